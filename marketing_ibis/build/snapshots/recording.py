"""Record the state of sources in their snapshots: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_records import refresh_masked
from marketing_ibis.build.masked_views import MaskedView, masked_view
from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.preflight import check_inputs
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.build.reserved_names import check_snapshot_names
from marketing_ibis.build.snapshots import checks, expressions
from marketing_ibis.build.snapshots.definition import define_snapshot
from marketing_ibis.build.snapshots.statements import SnapshotWriter
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.model.dataflow import Dataflow


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """The snapshots of some sources; ``inputs`` says what they read."""

    inputs: Plan
    writers: tuple[SnapshotWriter, ...]

    @property
    def masked_views(self) -> tuple[MaskedView, ...]:
        """The masked views over the snapshots, if the settings ask for them."""
        views = (masked_view(writer.dialect, writer.definition.model, writer.table) for writer in self.writers)
        return tuple(view for view in views if view is not None)


@dataclass(frozen=True, slots=True)
class SnapshotResult:
    """What was recorded of a source: how many keys are ``new``, have ``changed`` or were ``deleted``.

    ``is_first`` says that the snapshot was created, ``added_columns`` are columns that it did not have before.
    """

    source: str
    relation: Relation
    new: int = 0
    changed: int = 0
    deleted: int = 0
    is_first: bool = False
    added_columns: tuple[str, ...] = ()


def plan_snapshots(dataflow: Dataflow, sources: Sequence[str], dialect: Dialect, schemas: Schemas) -> SnapshotPlan:
    """Return the plan that records the ``sources``.

    Raises:
        ConfigurationError: a source does not declare a snapshot.
        CompileError: a table cannot have the name of a snapshot.
    """
    inputs = build_plan(dataflow, sources, dialect, schemas)
    definitions = [define_snapshot(dataflow.sources[name], schemas.zones) for name in sources]
    writers = tuple(
        SnapshotWriter(
            definition,
            inputs.dialect,
            inputs.published[definition.source.name],
            Relation(schemas.models, definition.name),
            schemas.readers,
        )
        for definition in definitions
    )
    check_snapshot_names([name for writer in writers for name in (writer.rows.name, writer.changes.name)], dialect.name)
    return SnapshotPlan(inputs, writers)


def record_snapshots(
    plan: SnapshotPlan, target: Target, as_of: date, *, place: str = "", filling: str = "", key: str = ""
) -> tuple[SnapshotResult, ...]:
    """Bring every snapshot to the state of its source, as of the end of ``as_of``.

    ``key`` is that of the hashes in the masked views over them. A second call as of the same day, with the same rows,
    changes nothing.

    Raises:
        SourceError: a source is missing or has other columns than declared, or its rows have no key, or repeat one.
        RunFailed: a snapshot was recorded as of a later day, or a statement failed; the snapshots are unchanged.
        TargetUnavailable: another command is writing, or the connection is lost.
    """
    schemas = plan.inputs.schemas
    target.attempt("inputs", lambda: check_inputs(plan.inputs, target, place, filling))
    with target.exclusive(schemas.models, read=(schemas.sources,)):
        for name in (schemas.models, *{view.relation.schema for view in plan.masked_views}):
            target.attempt("schema", partial(target.create_schema, name))
        results = target.attempt("snapshot", lambda: _record_all(plan, target, as_of, key))
        for writer in plan.writers:
            execute_all(target, writer.dialect.maintain(writer.table))
    return results


def _record_all(plan: SnapshotPlan, target: Target, as_of: date, key: str) -> tuple[SnapshotResult, ...]:
    with target.transaction():
        results = tuple(_record(writer, target, as_of) for writer in plan.writers)
        schemas, tables = plan.inputs.schemas, [writer.table for writer in plan.writers]
        execute_all(target, refresh_masked(target, schemas.models, plan.masked_views))
        execute_all(target, reader_statements(target, schemas, old=tables))
        execute_all(target, key_statements(plan.masked_views, target, key))
        return results


def _record(writer: SnapshotWriter, target: Target, as_of: date) -> SnapshotResult:
    existing = target.relations(writer.table.schema)
    # A table of that name can only be what a command left behind that could not use a transaction.
    execute_all(target, writer.drop(existing))
    execute_all(target, writer.read_source())
    checks.check_rows(writer, target, as_of)
    is_first = writer.table.name not in existing
    widths = writer.dialect.stored_widths(target.query, writer.source)
    if is_first:
        execute_all(target, writer.create(widths))
        added: tuple[str, ...] = ()
    else:
        added = checks.missing_columns(writer, target, existing[writer.table.name])
        execute_all(target, writer.add_columns(added, widths))
        checks.check_clock(writer, target, as_of)
    execute_all(target, writer.compare(as_of))
    counts = {str(change): int(str(keys)) for change, keys in target.query(writer.select(expressions.change_counts))}
    execute_all(target, writer.apply())
    checks.check_current(writer, target)
    execute_all(target, writer.drop((writer.rows.name, writer.changes.name)))
    return SnapshotResult(
        writer.definition.source.name,
        writer.table,
        counts.get(expressions.NEW, 0),
        counts.get(expressions.CHANGED, 0),
        counts.get(expressions.DELETED, 0),
        is_first,
        added,
    )
