"""Choose the sources and models to record, and record what has changed in the sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.hash_key import hash_key
from marketing_ibis.cli.steps.readers import warn_of_unseen_readers
from marketing_ibis.errors import SelectionError, UsageError, nearest
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.snapshots.importing import ImportResult
    from marketing_ibis.build.snapshots.recording import SnapshotResult

SUCCESS = 0
Every = Literal["day", "week", "month", "quarter", "year"]
DECLARE_SNAPSHOT = 'Declare it with the source: @source(..., snapshot=Snapshot(hard_deletes="invalidate")).'
DECLARE_HISTORY = 'Declare it: @model(..., history=History("customer_history", columns=("customer_segment",))).'


@dataclass(frozen=True, slots=True)
class SnapshotJob:
    """What is to be recorded: ``names`` as they were typed, the ``sources`` and ``models`` among them.

    Models are recorded as of days from ``first`` to ``last``; ``has_first`` says that --from names the first one.
    ``origin`` is the snapshot of dbt to import.
    """

    session: Session
    names: tuple[str, ...]
    first: date
    last: date
    every: Every | None = None
    has_first: bool = False
    origin: str | None = None
    sources: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


def choose_nodes(job: SnapshotJob) -> SnapshotJob:
    """Return the job with its sources and models; without names all sources that declare a snapshot.

    Raises:
        SelectionError: a name is not that of a source with a snapshot or a model with a history, or there is no source.
        UsageError: --from is passed without a model.
    """
    nodes = job.session.nodes
    kinds = {name: node.kind for name, node in nodes.items() if node.kind != "exposure"}
    for name in job.names:
        if name not in kinds:
            raise SelectionError(f"{name} is not a source or model.", hint=nearest(name, kinds))
    chosen = job.names or tuple(name for name, kind in kinds.items() if kind == "source")
    dataflow = job.session.project.compile(job.last, chosen)
    declaring = [
        name for name in chosen if (d := dataflow.nodes[name].declaration).snapshot is not None or d.history is not None
    ]
    for name in job.names:
        if name not in declaring:
            kind, hint = ("snapshot", DECLARE_SNAPSHOT) if kinds[name] == "source" else ("history", DECLARE_HISTORY)
            raise SelectionError(f"{name} does not declare a {kind}.", hint=hint)
    if not declaring:
        raise SelectionError("No source declares a snapshot.", hint=DECLARE_SNAPSHOT)
    names = dict.fromkeys(declaring)
    models = tuple(name for name in names if kinds[name] == "model")
    if job.has_first and not models:
        raise UsageError(
            "--from is for models that declare a history: a source only shows its rows as they are now.",
            hint="Name a model, or record the sources without --from.",
        )
    return replace(job, sources=tuple(name for name in names if kinds[name] == "source"), models=models)


def import_origin(job: SnapshotJob) -> SnapshotJob | int:
    """With --import create the snapshot from one of dbt, and stop.

    Raises:
        UsageError: the snapshot is to be that of a model.
    """
    if job.origin is None:
        return job
    if not job.sources:
        raise UsageError("--import is for a source.", hint="snapshot SOURCE --import SCHEMA.TABLE")
    from marketing_ibis.build.snapshots.importing import import_snapshot
    from marketing_ibis.build.snapshots.recording import plan_snapshots
    from marketing_ibis.engines.dialect import Relation

    session = job.session
    schema, _, table = job.origin.rpartition(".")
    origin = Relation(schema or session.schemas.models, table)
    dataflow = session.project.compile(session.as_of, job.sources)
    with session.dialect() as dialect, session.destination.open_existing() as target:
        result = import_snapshot(plan_snapshots(dataflow, job.sources, dialect, session.schemas), target, origin)
        _report_import(session, result)
        warn_of_unseen_readers(session.log, session.schemas, target)
    return SUCCESS


def _report_import(session: Session, result: ImportResult) -> None:
    text = f"{result.relation}: {plural('version', result.versions)} imported from {result.origin}"
    if result.skipped:
        text += f"; {result.skipped:,} that did not last until the end of a day were skipped"
    session.log.emit(
        "snapshot_imported",
        text,
        source=result.source,
        relation=str(result.relation),
        origin=str(result.origin),
        versions=result.versions,
        skipped=result.skipped,
    )


def record_sources(job: SnapshotJob) -> SnapshotJob:
    """Record the sources, all of them or none, and print what has changed."""
    if not job.sources:
        return job
    from marketing_ibis.build.snapshots.recording import plan_snapshots, record_snapshots

    session = job.session
    destination, as_of = session.destination, session.as_of
    dataflow = session.project.compile(as_of, job.sources)
    with session.dialect() as dialect:
        plan = plan_snapshots(dataflow, job.sources, dialect, session.schemas)
        key = hash_key(plan.masked_views)
        with destination.open_existing() as target:
            place, filling = str(destination), destination.filling
            results = record_snapshots(plan, target, as_of, place=place, filling=filling, key=key)
            for result in results:
                _report(session, result)
            warn_of_unseen_readers(session.log, session.schemas, target)
    return job


def _report(session: Session, result: SnapshotResult) -> None:
    text = f"{result.relation}: {result.new:,} new, {result.changed:,} changed, {result.deleted:,} deleted"
    if result.is_first:
        text = f"{result.relation}: created with {result.new:,} rows"
    if result.added_columns:
        text += f"; columns added: {', '.join(result.added_columns)}"
    session.log.emit(
        "snapshot_recorded",
        f"{text} as of {session.as_of}",
        source=result.source,
        relation=str(result.relation),
        as_of=session.as_of,
        new=result.new,
        changed=result.changed,
        deleted=result.deleted,
        added_columns=list(result.added_columns),
    )
