"""Record models as of earlier days, and report each day."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.hash_key import hash_key
from marketing_ibis.cli.steps.readers import warn_of_unseen_readers
from marketing_ibis.cli.steps.snapshots import SnapshotJob
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.snapshots.replay import ReplayResult


def replay_models(job: SnapshotJob) -> SnapshotJob:
    """Record each model as of each day, and print it."""
    if not job.models:
        return job
    from marketing_ibis.build.snapshots.days import list_days
    from marketing_ibis.build.snapshots.replay import Replay

    session, destination = job.session, job.session.destination
    days = list_days(job.first, job.last, job.every or "month")
    with session.dialect() as dialect, destination.open_existing() as target:
        for model in job.models:
            replay = Replay(
                lambda day, model=model: session.project.compile(day, (model,)),  # type: ignore[misc]
                target,
                dialect,
                session.schemas,
                str(destination),
                destination.filling,
                hash_key,
            )
            replay.record(model, days, partial(_report, session))
        warn_of_unseen_readers(session.log, session.schemas, target)
    return job


def _report(session: Session, result: ReplayResult) -> None:
    text = f"{result.relation} as of {result.as_of}: {plural('row', result.rows)}"
    if result.snapshots:
        text += f", with the snapshots of {', '.join(result.snapshots)}"
    session.log.emit(
        "history_recorded",
        text,
        model=result.model,
        relation=str(result.relation),
        as_of=result.as_of,
        rows=result.rows,
        snapshots=list(result.snapshots),
    )
