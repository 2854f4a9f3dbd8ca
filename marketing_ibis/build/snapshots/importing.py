"""Import a snapshot of dbt: its versions become versions of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.build.snapshots import checks, expressions
from marketing_ibis.build.snapshots.recording import SnapshotPlan
from marketing_ibis.build.snapshots.statements import SnapshotWriter
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError
from marketing_ibis.model.snapshots import IS_DELETED, VALID_FROM, VALID_TO
from marketing_ibis.plurals import plural

BEGIN, END, DELETED = "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted"
REQUIRED = (BEGIN, END, "dbt_scd_id", "dbt_updated_at")
IMPORTED = "snapshot_import"
"""What expressions call the table of dbt."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many ``versions`` were imported, and how many were ``skipped`` as none of them lasted until a day's end."""

    source: str
    relation: Relation
    origin: Relation
    versions: int
    skipped: int


def import_snapshot(plan: SnapshotPlan, target: Target, origin: Relation) -> ImportResult:
    """Create the only snapshot of ``plan`` with the versions in ``origin``, a snapshot of dbt, which stays as it is.

    Raises:
        SourceError: there is no such table, it is not a snapshot of dbt, or it lacks a key of the source.
        RunFailed: the snapshot exists, or versions of a key overlap.
        TargetUnavailable: another command is writing, or the connection is lost.
    """
    schemas = plan.inputs.schemas
    with target.exclusive(schemas.models, read=(schemas.sources,)):
        target.attempt("schema", lambda: target.create_schema(schemas.models))
        return target.attempt("snapshot", lambda: _import(plan, target, origin))


def _import(plan: SnapshotPlan, target: Target, origin: Relation) -> ImportResult:
    (writer,) = plan.writers
    if writer.table.name in target.relations(writer.table.schema):
        raise RunFailed(
            f"The snapshot {writer.table} already exists, so {origin} was not imported.",
            hint="Rename it or drop it first. It is unchanged.",
        )
    columns = _columns(writer, target, origin)
    dialect, relations = writer.dialect, {IMPORTED: origin}
    select = dialect.resolve(dialect.select(_versions(writer, columns)), relations)
    count = dialect.resolve(dialect.select(_table(columns).count().as_table()), relations)
    widths = dialect.stored_widths(target.query, origin)
    with target.transaction():
        execute_all(target, writer.create_from(select, widths))
        rights = reader_statements(target, plan.inputs.schemas, new=[writer.table])
        execute_all(target, rights)
        _check_overlaps(writer, target, origin)
        checks.check_current(writer, target)
        ((rows,),) = target.query(count)
        ((versions,),) = target.query(f"SELECT COUNT(*) FROM {dialect.relation(writer.table)}")
    number = int(str(versions))
    return ImportResult(writer.definition.source.name, writer.table, origin, number, int(str(rows)) - number)


def _columns(writer: SnapshotWriter, target: Target, origin: Relation) -> Mapping[str, str]:
    if origin.name not in target.relations(origin.schema):
        raise SourceError(f"{origin} does not exist.", hint="Pass the snapshot of dbt as SCHEMA.TABLE.")
    definition = writer.definition
    columns = as_declared(target.columns(origin), (*definition.schema, *REQUIRED, DELETED))
    for name in (*REQUIRED, *definition.keys):
        if name not in columns:
            kind = "the key of the source" if name in definition.keys else "as snapshots of dbt have it"
            raise SourceError(
                f"{origin} has no column {name}, {kind}.", hint="Pass the snapshot of dbt as SCHEMA.TABLE."
            )
    return columns


def _table(columns: Mapping[str, str]) -> ir.Table:
    return ibis.table(dict(columns), name=IMPORTED)


def _versions(writer: SnapshotWriter, columns: Mapping[str, str]) -> ir.Table:
    """Return the versions that were the state at the end of a day."""
    definition, rows = writer.definition, _table(columns)
    begin, end = rows[BEGIN].cast("date"), rows[END].cast("date")
    is_current = rows[END].isnull()
    if definition.current_until is not None:
        is_current |= end == ibis.literal(definition.current_until)
    current_until = definition.current_until
    until = ibis.null("date") if current_until is None else ibis.literal(current_until)
    is_deleted = ibis.literal(False)
    if DELETED in columns:
        is_deleted = rows[DELETED].cast("string").lower().isin(["true", "1", "t"])
    values = {
        name: rows[name].cast(dtype) if name in columns else ibis.null(dtype)
        for name, dtype in definition.source.schema.items()
    }
    meta = {VALID_FROM: begin, VALID_TO: is_current.ifelse(until, end), IS_DELETED: is_deleted.fill_null(False)}
    return rows.filter(is_current | (begin < end)).select(**values, **meta)


def _check_overlaps(writer: SnapshotWriter, target: Target, origin: Relation) -> None:
    """Stop where a version begins before the one before it has ended."""
    ((overlaps,),) = target.query(writer.select(expressions.count_overlaps))
    if overlaps:
        raise RunFailed(
            f"{plural('version', int(str(overlaps)))} in {origin} begin before the version before them has ended."
            " Nothing was imported.",
            hint="Correct valid_from and valid_to of these rows, then run again.",
        )
