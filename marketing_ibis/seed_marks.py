"""Mark the tables that seeding makes, and recognise all others, which it must not replace unasked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.dialects import Dialect, Relation
from marketing_ibis.errors import UsageError
from marketing_ibis.layers import Materialized
from marketing_ibis.occupants import Occupant
from marketing_ibis.targets.base import Target

MARK = re.compile(r"Seeded by marketing-ibis, which may replace it\. (?:(\d+) rows, )?columns ([0-9a-f]{12})\.")
DIGITS = 12
LISTED_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something under a source's name that seeding did not make, or that was changed since; ``reason`` says which.

    ``lost`` is what would be gone if it were replaced.
    """

    occupant: Occupant
    reason: str
    lost: tuple[str, ...]

    def __str__(self) -> str:
        described = "; ".join(filter(None, (self.reason, ", ".join(self.lost))))
        return f"the {self.occupant.kind} {self.occupant.relation} ({described})"


@dataclass(frozen=True, slots=True)
class Present:
    """What exists in a schema under the names of sources, and what of it is ``foreign``.

    ``columns`` are those that each source is to have.
    """

    schema: str
    columns: Mapping[str, Collection[str]]
    occupants: Mapping[str, Occupant]
    foreign: tuple[Foreign, ...]

    @classmethod
    def of(cls, target: Target, schema: str, columns: Mapping[str, Collection[str]]) -> Present:
        """Look at what is there now."""
        occupants = target.occupants(schema, list(columns))
        return cls(schema, columns, occupants, tuple(_foreign_in(target, occupants, columns)))

    @property
    def tables(self) -> list[Relation]:
        """The tables that are to be replaced."""
        return [occupant.relation for occupant in self.occupants.values() if occupant.kind == "table"]

    def standing(self, name: str) -> Materialized | None:
        """Return how what exists under ``name`` is dropped."""
        if name not in self.occupants:
            return None
        return "view" if self.occupants[name].kind == "view" else "table"


Permit = Callable[[Sequence[Foreign]], None]
"""Raises UsageError where what is foreign must not be replaced."""


def mark(
    dialect: Dialect, relation: Relation, kind: Materialized, columns: Iterable[tuple[str, str]], rows: int
) -> str:
    """Return the statement that marks ``relation`` as seeded with ``rows``; a view has as many as its file."""
    counted = f"{rows} rows, " if kind == "table" else ""
    text = f"Seeded by marketing-ibis, which may replace it. {counted}columns {_digest(columns)}."
    return f"COMMENT ON {kind.upper()} {dialect.relation(relation)} IS {dialect.literal(text)}"


def refuse(foreign: Sequence[Foreign]) -> None:
    """Refuse to replace what seeding did not make.

    Raises:
        UsageError: naming it, and what would be lost.
    """
    raise UsageError(
        f"Nothing was loaded: seed would replace {' and '.join(map(str, foreign))}.",
        hint="To replace it all the same, add --replace. To keep it, name another source_schema in"
        " [tool.marketing_ibis], or another target.",
    )


def refuse_kinds(occupants: Iterable[Occupant]) -> None:
    """Refuse to replace what is not a plain table or view, whoever asks for it.

    Raises:
        UsageError: naming it.
    """
    for occupant in occupants:
        if not occupant.can_be_replaced:
            raise UsageError(
                f"Nothing was loaded: the {occupant.kind} {occupant.relation} has the name of a source, and seed"
                " replaces tables and views only.",
                hint="Rename or drop it yourself, or name another source_schema in [tool.marketing_ibis].",
            )


def _foreign_in(
    target: Target, occupants: Mapping[str, Occupant], columns: Mapping[str, Collection[str]]
) -> Iterator[Foreign]:
    for name, occupant in sorted(occupants.items()):
        rows = _count(target, occupant)
        reason = _reason(occupant, rows)
        if reason:
            yield Foreign(occupant, reason, tuple(_lost(occupant, rows, columns[name])))


def _reason(occupant: Occupant, rows: int | None) -> str:
    """Return why ``occupant`` is not simply what seeding made; nothing where it is."""
    marked = MARK.fullmatch(occupant.comment)
    if not marked:
        return "not created by seed"
    if occupant.columns and marked[2] != _digest(occupant.columns):
        return "its columns were changed after it was seeded"
    if marked[1] and rows is not None and int(marked[1]) != rows:
        return f"changed after it was seeded with {int(marked[1]):,} rows"
    return "extended after it was seeded" if occupant.attached else ""


def _lost(occupant: Occupant, rows: int | None, wanted: Collection[str]) -> Iterator[str]:
    """Yield what would be lost: rows, columns that the source does not have, and what is attached."""
    if rows is not None:
        yield f"{rows:,} row{'' if rows == 1 else 's'}"
    ours = {name.lower() for name in wanted}
    others = [name for name, _ in occupant.columns if name.lower() not in ours]
    if others:
        shown = ", ".join(others[:LISTED_COLUMNS]) + (", ..." if len(others) > LISTED_COLUMNS else "")
        yield f"other columns {shown}"
    yield from occupant.attached


def _count(target: Target, occupant: Occupant) -> int | None:
    """Return the rows of a table; those of a view are not its own."""
    if occupant.kind not in ("table", "partitioned table"):
        return None
    ((rows,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(occupant.relation)}")
    return int(str(rows))


def _digest(columns: Iterable[tuple[str, str]]) -> str:
    text = "\n".join(f"{name} {kind}" for name, kind in columns)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
