"""Record the sources that declare a snapshot, and report what has changed in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.errors import SelectionError, nearest

if TYPE_CHECKING:
    from marketing_ibis.build.snapshots.recording import SnapshotResult
    from marketing_ibis.model.dataflow import Dataflow

DECLARE = 'Declare it with the source: @source(..., snapshot=Snapshot(hard_deletes="invalidate")).'


@dataclass(frozen=True, slots=True)
class SnapshotJob:
    """The sources that are to be recorded, by name: all that declare a snapshot if there are no ``names``."""

    session: Session
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedSnapshots:
    """What was recorded of each source."""

    session: Session
    results: Sequence[SnapshotResult]


def choose_sources(job: SnapshotJob) -> SnapshotJob:
    """Return the job with the name of every source that it records.

    Raises:
        SelectionError: a name is not that of a source with a snapshot, or no source declares one.
    """
    sources = [name for name, node in job.session.nodes.items() if node.kind == "source"]
    for name in job.names:
        if name not in sources:
            raise SelectionError(f"{name} is not a source.", hint=nearest(name, sources))
    declaring = _declaring(job.session.project.compile(job.session.as_of, job.names or sources))
    for name in job.names:
        if name not in declaring:
            raise SelectionError(f"{name} does not declare a snapshot.", hint=DECLARE)
    if not declaring:
        raise SelectionError("No source declares a snapshot.", hint=DECLARE)
    return replace(job, names=tuple(dict.fromkeys(job.names or declaring)))


def record_sources(job: SnapshotJob) -> RecordedSnapshots:
    """Record the sources: all of them, or none."""
    from marketing_ibis.build.snapshots.recording import plan_snapshots, record_snapshots

    session = job.session
    destination, as_of = session.destination, session.as_of
    dataflow = session.project.compile(as_of, job.names)
    with session.dialect() as dialect:
        plan = plan_snapshots(dataflow, job.names, dialect, session.schemas)
        with destination.open_existing() as target:
            place, filling = str(destination), destination.filling
            return RecordedSnapshots(session, record_snapshots(plan, target, as_of, place=place, filling=filling))


def report_recorded(recorded: RecordedSnapshots) -> RecordedSnapshots:
    """Print what was recorded."""
    session = recorded.session
    for result in recorded.results:
        text = f"{result.relation}: {result.new:,} new, {result.changed:,} changed, {result.deleted:,} deleted"
        if result.is_first:
            text = f"{result.relation}: created with {result.new:,} rows"
        if result.added_columns:
            text += f"; columns added: {', '.join(result.added_columns)}"
        session.log.emit(
            "snapshot_recorded",
            text,
            source=result.source,
            relation=str(result.relation),
            as_of=session.as_of,
            new=result.new,
            changed=result.changed,
            deleted=result.deleted,
            added_columns=list(result.added_columns),
        )
    return recorded


def _declaring(dataflow: Dataflow) -> list[str]:
    return [name for name, source in dataflow.sources.items() if source.declaration.snapshot]
