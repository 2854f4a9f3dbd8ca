"""Mark the tables that seeding makes, and recognise all others, which it must not replace unasked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.existing_objects import Occupant
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import UsageError
from marketing_ibis.model.vocabulary import Materialized
from marketing_ibis.plurals import plural

MARK = re.compile(
    r"Seeded by marketing-ibis, which may replace it\. (?:(?P<rows>\d+) rows, )?columns (?P<columns>[0-9a-f]{12})"
    r"(?:, content (?P<content>[0-9a-f]{12})(?: \((?P<release>[\w.+-]+)\))?)?(?:, additions (?P<added>[0-9a-f]{12}))?\."
)
"""Marks of earlier versions have no content and no additions."""
DIGITS = 12
LISTED_COLUMNS = 4
LISTED_ADDITIONS = 8


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
class Rows:
    """How many rows a table has, and a digest of their state; no digest of a table that seeding did not make."""

    count: int
    content: str = ""

    @classmethod
    def of(cls, target: Target, occupant: Occupant) -> Rows | None:
        """Look at the rows of a table; those of a view are not its own."""
        if occupant.kind not in ("table", "partitioned table"):
            return None
        ((count,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(occupant.relation)}")
        marked = MARK.fullmatch(occupant.comment)
        is_ours = marked is not None and marked["columns"] == _digest(occupant.columns)
        return cls(int(str(count)), content_digest(target, occupant) if is_ours else "")


@dataclass(frozen=True, slots=True)
class Present:
    """What exists in a schema under the names of sources, and what of it is ``foreign``.

    ``columns`` are those that each source is to have, ``rows`` the state of the rows of each table that exists.
    """

    schema: str
    columns: Mapping[str, Collection[str]]
    occupants: Mapping[str, Occupant]
    rows: Mapping[str, Rows]
    foreign: tuple[Foreign, ...]

    @classmethod
    def of(cls, target: Target, schema: str, columns: Mapping[str, Collection[str]]) -> Present:
        """Look at the existing relations."""
        occupants = target.occupants(schema, list(columns))
        rows = {name: found for name, one in occupants.items() if (found := Rows.of(target, one)) is not None}
        return cls(schema, columns, occupants, rows, tuple(_foreign_in(target.release, occupants, rows, columns)))

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


def content_digest(target: Target, occupant: Occupant) -> str:
    """Return a digest that changes with the rows of a table, by what a build notices its sources' changes by."""
    columns = tuple(name for name, _ in occupant.columns)
    return _shortened(repr(target.versions({occupant.relation: columns}).get(occupant.relation)))


def mark(
    target: Target,
    occupant: Occupant,
    kind: Materialized,
    rows: int,
    content: str = "",
    additions: Collection[str] = (),
) -> str:
    """Return the statement that marks ``occupant`` as seeded with ``rows``; a view has as many as its file.

    ``content`` is the digest of the rows; ``additions`` are what the server adds to a new table by itself, such as
    default rights.
    """
    parts = [f"{rows} rows"] if kind == "table" else []
    parts.append(f"columns {_digest(occupant.columns)}")
    if content:
        release = f" ({target.release})" if target.release else ""
        parts.append(f"content {content}{release}")
    if additions:
        parts.append(f"additions {_shortened(repr(sorted(additions)))}")
    text = f"Seeded by marketing-ibis, which may replace it. {', '.join(parts)}."
    relation, dialect = occupant.relation, target.dialect
    return f"COMMENT ON {kind.upper()} {dialect.relation(relation)} IS {dialect.literal(text)}"


def refuse(foreign: Sequence[Foreign]) -> None:
    """Refuse to replace what seeding did not make.

    Raises:
        UsageError: naming it, and what would be lost.
    """
    raise UsageError(
        f"Nothing was loaded: seed would replace {' and '.join(map(str, foreign))}.",
        hint="To replace it anyway, add --replace. To keep it, choose another source_schema in"
        " [tool.marketing_ibis], or another target.",
    )


def refuse_kinds(occupants: Iterable[Occupant]) -> None:
    """Refuse to replace what is not a plain table or view, even with ``permit``.

    Raises:
        UsageError: naming it.
    """
    for occupant in occupants:
        if not occupant.can_be_replaced:
            raise UsageError(
                f"Nothing was loaded: the {occupant.kind} {occupant.relation} has the name of a source, and seed"
                " replaces tables and views only.",
                hint="Rename or drop it yourself, or choose another source_schema in [tool.marketing_ibis].",
            )


def _foreign_in(
    release: str,
    occupants: Mapping[str, Occupant],
    rows: Mapping[str, Rows],
    columns: Mapping[str, Collection[str]],
) -> Iterator[Foreign]:
    for name, occupant in sorted(occupants.items()):
        reason = _reason(occupant, rows.get(name), release)
        if reason:
            yield Foreign(occupant, reason, tuple(_lost(occupant, rows.get(name), columns[name])))


def _reason(occupant: Occupant, rows: Rows | None, release: str) -> str:
    """Return why ``occupant`` is not simply what seeding made; nothing where it is."""
    marked = MARK.fullmatch(occupant.comment)
    if not marked:
        return "not created by seed"
    if occupant.columns and marked["columns"] != _digest(occupant.columns):
        return "its columns were changed after it was seeded"
    if rows is not None and marked["rows"] and int(marked["rows"]) != rows.count:
        return f"changed after it was seeded with {int(marked['rows']):,} rows"
    if occupant.attached and marked["added"] != _shortened(repr(sorted(occupant.attached))):
        return "extended after it was seeded"
    is_comparable = marked["content"] and (marked["release"] or "") == release
    if rows is not None and is_comparable and marked["content"] != rows.content:
        return "its rows were changed after it was seeded"
    return ""


def _lost(occupant: Occupant, rows: Rows | None, wanted: Collection[str]) -> Iterator[str]:
    """Yield what would be lost: rows, columns that the source does not have, and what is attached."""
    if rows is not None:
        yield plural("row", rows.count)
    ours = {name.lower() for name in wanted}
    others = [name for name, _ in occupant.columns if name.lower() not in ours]
    if others:
        shown = ", ".join(others[:LISTED_COLUMNS]) + (", ..." if len(others) > LISTED_COLUMNS else "")
        yield f"other columns {shown}"
    yield from occupant.attached[:LISTED_ADDITIONS]
    if more := len(occupant.attached[LISTED_ADDITIONS:]):
        yield f"{more} more"


def _digest(columns: Iterable[tuple[str, str]]) -> str:
    return _shortened("\n".join(f"{name} {kind}" for name, kind in columns))


def _shortened(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
