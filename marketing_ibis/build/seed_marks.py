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
MOST_COLUMNS = 4
MOST_ADDITIONS = 8


@dataclass(frozen=True, slots=True)
class ForeignObject:
    """Something under a source's name that seeding did not make, or that was changed since; ``reason`` says which.

    ``losses`` is what would be gone if it were replaced.
    """

    occupant: Occupant
    reason: str
    losses: tuple[str, ...]

    def __str__(self) -> str:
        described = "; ".join(filter(None, (self.reason, ", ".join(self.losses))))
        return f"the {self.occupant.kind} {self.occupant.relation} ({described})"


@dataclass(frozen=True, slots=True)
class RowState:
    """How many rows a table has, and a digest of their state; no digest of a table that seeding did not make."""

    count: int
    content: str = ""

    @classmethod
    def of(cls, target: Target, occupant: Occupant) -> RowState | None:
        """Look at the rows of a table; those of a view are not its own."""
        if occupant.kind not in ("table", "partitioned table"):
            return None
        ((count,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(occupant.relation)}")
        mark_match = MARK.fullmatch(occupant.comment)
        is_seeded = mark_match is not None and mark_match["columns"] == _digest(occupant.columns)
        return cls(int(str(count)), content_digest(target, occupant) if is_seeded else "")


@dataclass(frozen=True, slots=True)
class SchemaState:
    """What exists in a schema under the names of sources, and what of it is ``foreign``.

    ``columns`` are those that each source is to have, ``rows`` the state of the rows of each table that exists.
    """

    schema: str
    columns: Mapping[str, Collection[str]]
    occupants: Mapping[str, Occupant]
    rows: Mapping[str, RowState]
    foreign: tuple[ForeignObject, ...]

    @classmethod
    def of(cls, target: Target, schema: str, columns: Mapping[str, Collection[str]]) -> SchemaState:
        """Look at the existing relations."""
        occupants = target.occupants(schema, list(columns))
        rows = {
            name: state for name, occupant in occupants.items() if (state := RowState.of(target, occupant)) is not None
        }
        return cls(schema, columns, occupants, rows, tuple(_foreign_in(target.release, occupants, rows, columns)))

    @property
    def tables(self) -> list[Relation]:
        """The tables that are to be replaced."""
        return [occupant.relation for occupant in self.occupants.values() if occupant.kind == "table"]

    def existing_kind(self, name: str) -> Materialized | None:
        """Return how what exists under ``name`` is dropped."""
        if name not in self.occupants:
            return None
        return "view" if self.occupants[name].kind == "view" else "table"


Permit = Callable[[Sequence[ForeignObject]], None]
"""Raises UsageError where what is foreign must not be replaced."""


def content_digest(target: Target, occupant: Occupant) -> str:
    """Return a digest that changes with the rows of a table, by what a build notices its sources' changes by."""
    columns = tuple(name for name, _ in occupant.columns)
    return _short_digest(repr(target.versions({occupant.relation: columns}).get(occupant.relation)))


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
        parts.append(f"additions {_short_digest(repr(sorted(additions)))}")
    text = f"Seeded by marketing-ibis, which may replace it. {', '.join(parts)}."
    relation, dialect = occupant.relation, target.dialect
    return f"COMMENT ON {kind.upper()} {dialect.relation(relation)} IS {dialect.literal(text)}"


def refuse(foreign: Sequence[ForeignObject]) -> None:
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
    rows: Mapping[str, RowState],
    columns: Mapping[str, Collection[str]],
) -> Iterator[ForeignObject]:
    for name, occupant in sorted(occupants.items()):
        reason = _reason(occupant, rows.get(name), release)
        if reason:
            yield ForeignObject(occupant, reason, tuple(_losses(occupant, rows.get(name), columns[name])))


def _reason(occupant: Occupant, rows: RowState | None, release: str) -> str:
    """Return why ``occupant`` is not simply what seeding made; nothing where it is."""
    mark_match = MARK.fullmatch(occupant.comment)
    if not mark_match:
        return "not created by seed"
    if occupant.columns and mark_match["columns"] != _digest(occupant.columns):
        return "its columns were changed after it was seeded"
    if rows is not None and mark_match["rows"] and int(mark_match["rows"]) != rows.count:
        return f"changed after it was seeded with {int(mark_match['rows']):,} rows"
    if occupant.attachments and mark_match["added"] != _short_digest(repr(sorted(occupant.attachments))):
        return "extended after it was seeded"
    is_comparable = mark_match["content"] and (mark_match["release"] or "") == release
    if rows is not None and is_comparable and mark_match["content"] != rows.content:
        return "its rows were changed after it was seeded"
    return ""


def _losses(occupant: Occupant, rows: RowState | None, columns: Collection[str]) -> Iterator[str]:
    """Yield what would be lost: rows, columns that the source does not have, and what is attached."""
    if rows is not None:
        yield plural("row", rows.count)
    source_columns = {name.lower() for name in columns}
    extra_columns = [name for name, _ in occupant.columns if name.lower() not in source_columns]
    if extra_columns:
        listing = ", ".join(extra_columns[:MOST_COLUMNS]) + (", ..." if len(extra_columns) > MOST_COLUMNS else "")
        yield f"other columns {listing}"
    yield from occupant.attachments[:MOST_ADDITIONS]
    if more := len(occupant.attachments[MOST_ADDITIONS:]):
        yield f"{more} more"


def _digest(columns: Iterable[tuple[str, str]]) -> str:
    return _short_digest("\n".join(f"{name} {kind}" for name, kind in columns))


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
