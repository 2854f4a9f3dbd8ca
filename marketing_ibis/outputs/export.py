"""Hand a published model to a file, or have the engine unload it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import ibis

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target, existing_kinds
from marketing_ibis.errors import RunFailed, SourceError, UsageError
from marketing_ibis.model import ID, Model
from marketing_ibis.outputs.formats import FORMULA_STARTS, TEXT_MARK, write_file
from marketing_ibis.outputs.row_order import read_order
from marketing_ibis.outputs.where import columns_of_condition, read_condition

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Export:
    """What leaves the warehouse: columns of a model, and the rows where a condition holds.

    ``excluded_columns`` are personal data that was not asked for. ``suspect_keys`` are keys that are strings, so that
    they may be addresses. ``order_terms`` are SQL that comes before the columns of ``order``. ``model_schema`` has
    every column of the model: the condition may name them all. ``history_of`` is the model of whose history the
    relation is a view.
    """

    relation: Relation
    schema: ibis.Schema
    condition: str
    order: tuple[str, ...]
    excluded_columns: tuple[str, ...] = ()
    suspect_keys: tuple[str, ...] = ()
    model_schema: ibis.Schema | None = None
    history_of: str = ""
    order_terms: tuple[str, ...] = ()

    def without(self, names: Sequence[str]) -> Export:
        """Return the export with columns of ``names`` left behind, too.

        Raises:
            UsageError: nothing is left.
        """
        columns = {name: kind for name, kind in self.schema.items() if name not in names}
        if not columns:
            raise UsageError(
                f"All columns of {self.relation.name} are personal data.", hint="Export them with --include-pii."
            )
        order = tuple(name for name in self.order if name in columns)
        return replace(
            self, schema=ibis.schema(columns), order=order, excluded_columns=(*self.excluded_columns, *names)
        )


def plan_export(
    model: Model,
    schema_name: str,
    dialect: Dialect,
    *,
    where: str | None,
    include_pii: bool,
    order_by: str | None = None,
) -> Export:
    """Return the export of ``model``; without ``include_pii`` personal data stays behind.

    Raises:
        UsageError: ``where`` is no condition on the model's columns, ``order_by`` names others, or nothing is left to
            export.
    """
    columns = model.declaration.contract.columns
    excluded_columns = () if include_pii else tuple(c.name for c in columns if c.pii)
    condition = read_condition(where, model.schema, dialect) if where is not None else ""
    keys = () if include_pii else tuple(c.name for c in columns if c.type == ID and model.schema[c.name].is_string())
    suspect_keys = tuple(name for name in keys if name not in excluded_columns)
    grain = model.declaration.grain
    relation = Relation(schema_name, model.name)
    order_terms = () if order_by is None else read_order(order_by, dict(model.schema.items()), dialect)
    export = Export(
        relation,
        model.schema,
        condition,
        grain,
        suspect_keys=suspect_keys,
        model_schema=model.schema,
        order_terms=order_terms,
    )
    return export.without(excluded_columns)


def without_addressed_keys(export: Export, target: Target) -> Export:
    """Return the export without the string keys that contain an e-mail address in an exported row.

    Raises:
        SourceError: the model has not been built, or not with these columns.
        UsageError: nothing is left.
    """
    if not export.suspect_keys:
        return export
    check_published(export, target)
    return export.without([name for name in export.suspect_keys if _contains_addresses(export, name, target)])


def _contains_addresses(export: Export, name: str, target: Target) -> bool:
    dialect = target.dialect
    condition = f"{dialect.identifier(name)} LIKE '%_@_%._%'"
    where = f"{condition} AND ({export.condition})" if export.condition else condition
    with _explaining_condition(export, target):
        return bool(target.query(f"SELECT 1 FROM {dialect.relation(export.relation)} WHERE {where} LIMIT 1"))


def select(export: Export, dialect: Dialect, *, marks_formulas: bool = False) -> str:
    """Return the SELECT of ``export``, in the end in the order of the grain: the same rows give the same file."""
    columns = (
        _mark_formulas(name, dialect) if marks_formulas and kind.is_string() else dialect.identifier(name)
        for name, kind in export.schema.items()
    )
    parts = [f"SELECT {', '.join(columns)}", f"FROM {dialect.relation(export.relation)}"]
    if export.condition:
        parts.append(f"WHERE {export.condition}")
    if order := [*export.order_terms, *(dialect.sort_key(name, export.schema[name]) for name in export.order)]:
        parts.append(f"ORDER BY {', '.join(order)}")
    return "\n".join(parts)


def write_export(export: Export, target: Target, path: Path) -> int:
    """Write the rows to a file, which is replaced at the end, and return how many there are.

    Raises:
        SourceError: the model has not been built, or not with these columns.
        RunFailed: the engine cannot read the rows.
        UsageError: the engine cannot evaluate the condition, or the file cannot be written.
    """
    check_published(export, target)
    schema = export.schema.to_pyarrow()
    return write_file(path, schema, cast_batches(_read_batches(export, target, schema), schema))


def _read_batches(export: Export, target: Target, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with _explaining_condition(export, target):
        yield from target.batches(select(export, target.dialect), schema)


@contextmanager
def _explaining_condition(export: Export, target: Target) -> Iterator[None]:
    """Turn the engine's error into one of the condition, with the types of its columns, if it is the condition's.

    Where the rows cannot be read without the condition either, the error is left as it is.
    """
    try:
        yield
    except RunFailed as error:
        if not export.condition or error.is_temporary or not _is_readable(export, target):
            raise
        schema = export.model_schema or export.schema
        used = " and ".join(
            f"{name} is {schema[name]}" for name in columns_of_condition(export.condition, target.dialect)
        )
        columns = f"the columns are {', '.join(schema.names)}."
        raise UsageError(
            f"The rows of {export.relation} that meet --where cannot be read: {error.message.rstrip('.')}.",
            hint=f"{used}; {columns}" if used else f"{columns[0].upper()}{columns[1:]}",
        ) from error


def _is_readable(export: Export, target: Target) -> bool:
    try:
        target.query(f"SELECT 1 FROM {target.dialect.relation(export.relation)} LIMIT 1")
    except RunFailed:
        return False
    return True


def check_published(export: Export, target: Target) -> None:
    """Refuse what has not been built.

    Raises:
        SourceError: the relation is missing, or lacks a column.
    """
    relation = export.relation
    hint = f"Build it: `build --select +{relation.name}`."
    if export.history_of:
        hint = f"Record a day: `snapshot {export.history_of}`."
    if not existing_kinds(target, (relation,)):
        raise SourceError(f"{relation} has not been built.", hint=hint)
    columns = target.columns(relation)
    for name in export.schema:
        if name not in columns:
            raise SourceError(f"{relation} was built without the column {name}.", hint=hint)


def unload(export: Export, dialect: Dialect, place: str, iam_role: str | None) -> str:
    """Return the engine's statement that writes the rows to S3.

    Raises:
        UsageError: the place is no s3://bucket/key of a known format, or the role no ARN.
    """
    rows = select(export, dialect, marks_formulas=PurePosixPath(place).suffix.lower() == ".csv")
    return dialect.unload(rows, place, iam_role)


def run_unload(export: Export, target: Target, statement: str) -> int:
    """Execute an UNLOAD and return its rows.

    Raises:
        SourceError: the model has not been built.
        RunFailed: the engine refused.
        UsageError: the engine cannot evaluate the condition.
    """
    check_published(export, target)
    with _explaining_condition(export, target):
        target.execute(statement)
    ((rows,),) = target.query(target.dialect.count_unloaded())
    return int(str(rows))


def _mark_formulas(name: str, dialect: Dialect) -> str:
    column = dialect.identifier(name)
    starts = ", ".join(
        dialect.literal(start) if start.isprintable() else f"CHR({ord(start)})" for start in FORMULA_STARTS
    )
    case = f"CASE WHEN LEFT({column}, 1) IN ({starts}) THEN {dialect.literal(TEXT_MARK)} || {column} ELSE {column} END"
    return f"{case} AS {column}"


def cast_batches(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Give batches the types of the contract: an engine may widen what it returns."""
    import pyarrow as pa

    for batch in batches:
        try:
            yield batch if batch.schema.equals(schema) else batch.cast(schema)
        except pa.ArrowInvalid as error:
            raise RunFailed(f"A value does not fit its column: {error}") from error
