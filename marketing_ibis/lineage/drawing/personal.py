"""Show which columns contain personal data: as text, as plain data, or as what is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marketing_ibis.lineage.drawing.edges import ColumnEdges
from marketing_ibis.lineage.personal_columns import PersonalColumn, PersonalData
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef

VERSION = 1
NONE = "No column contains personal data."


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read the published tables in ``schema``, and who the masked views, as the settings grant it."""

    schema: str
    readers: tuple[str, ...] = ()
    masked_schema: str = ""
    masked_roles: tuple[str, ...] = ()


def personal_text(personal: PersonalData, readers: Readers) -> str:
    """Return a line for each personal column, what is computed from them, and who reads them."""
    if not personal.columns:
        return f"{NONE}\n"
    lines = _aligned(_table(personal, is_masked=bool(readers.masked_schema)))
    if personal.computed:
        lines += ["", "computed from personal data, and not personal"]
        lines += _aligned([(f"  {c.ref}", c.type, f"< {_names(c.origins)}") for c in personal.computed])
    return "\n".join([*lines, "", "read by, as the settings grant it", *_readers(readers)]) + "\n"


def personal_record(personal: PersonalData, readers: Readers) -> dict[str, object]:
    """Return the same as plain data, for programs."""
    masked = {"schema": readers.masked_schema, "roles": list(readers.masked_roles)} if readers.masked_schema else None
    return {
        "version": VERSION,
        "columns": [
            {
                "table": column.ref.table,
                "name": column.ref.column,
                "type": column.type,
                "declared": column.is_declared,
                "inherited": column.is_inherited,
                "origins": list(map(str, column.origins)),
                "sources": list(map(str, column.sources)),
                "through": list(column.through),
                "mask": column.mask or None,
            }
            for column in personal.columns
        ],
        "computed": [
            {
                "table": column.ref.table,
                "name": column.ref.column,
                "type": column.type,
                "origins": list(map(str, column.origins)),
            }
            for column in personal.computed
        ],
        "readers": {"schema": readers.schema, "grants": list(readers.readers), "masked": masked},
    }


def edges_of_personal(lineage: Lineage, personal: PersonalData) -> ColumnEdges:
    """Return what is drawn: personal data flows along values, and ends along what is drawn as controls."""
    refs = {column.ref for column in personal.columns} | {column.ref for column in personal.computed}
    values, ends = (
        tuple((origin, ref) for origin, ref in edges if origin in refs) for edges in (personal.edges, personal.ends)
    )
    tables = sorted({ref.table for ref in refs}, key=lambda name: lineage.positions[name])
    columns = ((name, tuple(c for c in lineage.direct[name].columns if ColumnRef(name, c) in refs)) for name in tables)
    return ColumnEdges(tuple(columns), values, ends)


def _table(personal: PersonalData, *, is_masked: bool) -> list[tuple[str, ...]]:
    mask = ("masked",) if is_masked else ()
    return [
        ("column", "type", "personal", *mask, "from", "through"),
        *(_cells(column, is_masked=is_masked) for column in personal.columns),
    ]


def _cells(column: PersonalColumn, *, is_masked: bool) -> tuple[str, ...]:
    kinds = [word for word, is_it in (("declared", column.is_declared), ("inherited", column.is_inherited)) if is_it]
    mask = (column.mask or "-",) if is_masked else ()
    sources = [source for source in column.sources if source != column.ref]
    return (str(column.ref), column.type, " and ".join(kinds), *mask, _names(sources), _names(column.through))


def _readers(readers: Readers) -> list[str]:
    lines = [f"  {readers.schema}: {_names(readers.readers)}"]
    if readers.masked_schema:
        lines.append(f"  {readers.masked_schema} (masked): {_names(readers.masked_roles)}")
    return lines


def _names(names: Iterable[object]) -> str:
    return ", ".join(map(str, names)) or "-"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
