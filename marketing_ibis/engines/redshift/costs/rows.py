"""Rows on the way through a query: which columns they have, and on which slice a row is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketing_ibis.engines.costs import (
    BOTH,
    BROADCAST,
    COLLOCATED,
    FEW_ROWS,
    INNER,
    OUTER,
    REDISTRIBUTED,
    Movement,
)

Key = tuple[str, str]
"""The name of a relation in FROM, or "" for what a query returns, and the name of a column."""


class Value:
    """What a column holds; two columns with the same one are equal in every row.

    ``is_key`` says that it identifies rows or has their slice, so that its values are as many as a table has rows.
    """

    __slots__ = ("is_key",)

    def __init__(self, *, is_key: bool = False) -> None:
        self.is_key = is_key


Values = frozenset[Value]
Pair = tuple[Value, Value]
"""What the left and the right side of a join have in common."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of which those that agree in all of ``placed_by`` are on one slice; None if nothing is known of that.

    With an empty ``placed_by`` all of them are on one slice, as after a window over all rows.

    ``are_few`` says that there are so few that it does not matter where they are.
    """

    values: Mapping[Key, Value] = field(default_factory=dict)
    widths: Mapping[Key, int] = field(default_factory=dict)
    placed_by: Values | None = None
    are_few: bool = False

    def are_together(self, by: Values) -> bool:
        """Return whether the rows that agree in ``by`` are on one slice."""
        return self.are_few or (self.placed_by is not None and self.placed_by <= by)

    def with_alias(self, alias: str) -> Rows:
        """Return the same under the name that FROM gives it."""
        return replace(
            self,
            values={(alias, name): value for (_, name), value in self.values.items()},
            widths={(alias, name): width for (_, name), width in self.widths.items()},
        )

    def read_again(self) -> Rows:
        """Return the same with values of its own, as a query that is read twice has other rows each time."""
        values = {*self.values.values(), *(self.placed_by or ())}
        copies = {value: Value(is_key=value.is_key) for value in values}
        placed_by = None if self.placed_by is None else frozenset(copies[value] for value in self.placed_by)
        return replace(self, values={key: copies[value] for key, value in self.values.items()}, placed_by=placed_by)

    def placed(self, by: Values, at: str) -> tuple[Rows, tuple[Movement, ...]]:
        """Return the rows with those that agree in ``by`` on one slice, and what had to move."""
        if self.are_together(by):
            return self, ()
        return replace(self, placed_by=by), (Movement(REDISTRIBUTED, at),)


def joined(left: Rows, right: Rows, pairs: Sequence[Pair], side: str, at: str) -> tuple[Rows, Movement]:
    """Return the rows of a join of equal ``pairs``, and how its sides meet; ``side`` is that of an outer join."""
    placed_by, kind = _meeting(left, right, dict(pairs), side)
    if side == "FULL":
        placed_by = None
    elif side == "RIGHT" and placed_by is not None and kind != BROADCAST:
        matches = dict(pairs)
        placed_by = frozenset(matches.get(value, value) for value in placed_by)
    # Of an inner join both sides are equal, of an outer one the other side may be missing.
    same = {} if side else {right_value: left_value for left_value, right_value in pairs}
    rows = Rows(
        {**left.values, **{key: same.get(value, value) for key, value in right.values.items()}},
        {**left.widths, **right.widths},
        placed_by,
        left.are_few and right.are_few,
    )
    return rows, Movement(kind, at)


def _meeting(left: Rows, right: Rows, matches: Mapping[Value, Value], side: str) -> tuple[Values | None, str]:
    """Return where the rows of a join are afterwards, and how they came there.

    Few rows are copied to every slice, unless the join keeps those without a match, of which no slice knows by itself.
    Then they are sent to the rows that match, or these to them.
    """
    if right.are_few and (left.are_few or side in ("", "LEFT")):
        return left.placed_by, FEW_ROWS
    if left.are_few and side in ("", "RIGHT"):
        return right.placed_by, FEW_ROWS
    if not matches:
        return left.placed_by, BROADCAST
    left_keys, right_keys = frozenset(matches), frozenset(matches.values())
    left_stays = _is_part(left.placed_by, left_keys)
    right_stays = _is_part(right.placed_by, right_keys)
    if left.are_few or right.are_few:
        return _meeting_few(left, right, matches, left_stays=left_stays, right_stays=right_stays)
    if left_stays and right_stays and frozenset(matches[v] for v in left.placed_by or ()) == right.placed_by:
        return left.placed_by, COLLOCATED
    if left_stays:
        return left.placed_by, INNER
    if right_stays:
        return _matching(matches, right.placed_by or frozenset()), OUTER
    return left_keys, BOTH


def _meeting_few(
    left: Rows, right: Rows, matches: Mapping[Value, Value], *, left_stays: bool, right_stays: bool
) -> tuple[Values | None, str]:
    if right.are_few:
        return (left.placed_by, FEW_ROWS) if left_stays else (frozenset(matches), OUTER)
    if right_stays:
        return _matching(matches, right.placed_by or frozenset()), FEW_ROWS
    return frozenset(matches), INNER


def _is_part(placed_by: Values | None, keys: Values) -> bool:
    """Return whether rows are where the keys of a join would send them; those on one slice are not."""
    return bool(placed_by) and (placed_by or frozenset()) <= keys


def _matching(matches: Mapping[Value, Value], of_right: Values) -> Values:
    """Return the values of the left side that are equal to those of the right."""
    return frozenset(value for value, match in matches.items() if match in of_right)


def united(branches: Sequence[Rows]) -> Rows:
    """Return the rows of all branches of a UNION ALL, with the column names of the first."""
    first = branches[0]
    same_columns = zip(*(branch.values.values() for branch in branches), strict=False)
    are_keys = [any(value.is_key for value in column) for column in same_columns]
    values = {key: Value(is_key=is_key) for key, is_key in zip(first.values, are_keys, strict=False)}
    positions = [_positions(branch) for branch in branches if not branch.are_few]
    placed_by = None
    if positions and positions[0] and all(p == positions[0] for p in positions):
        # Columns of equal values are at several positions: one of them is enough.
        placed_by = frozenset(list(values.values())[min(group)] for group in positions[0])
    columns = zip(*(branch.widths.values() for branch in branches), strict=False)
    widths = dict(zip(first.widths, map(max, columns), strict=False))
    return Rows(values, widths, placed_by, all(branch.are_few for branch in branches))


def _positions(rows: Rows) -> frozenset[frozenset[int]] | None:
    """Return the positions at which each value stands that decides on the slice."""
    if rows.placed_by is None:
        return None
    values = list(rows.values.values())
    positions = [frozenset(i for i, v in enumerate(values) if v is value) for value in rows.placed_by]
    return frozenset(positions) if all(positions) else None
