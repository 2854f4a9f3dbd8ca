"""Record the history of sources, and the states of models as of earlier days."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.options import (
    AsOfOption,
    Day,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.replay import replay_models
from marketing_ibis.cli.steps.snapshots import Every, SnapshotJob, choose_nodes, import_origin, record_sources
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError


@dataclass(frozen=True, slots=True)
class SnapshotParameters:
    """What ``snapshot`` is called with."""

    target: TargetOptions
    names: tuple[str, ...] = ()
    as_of: AsOfOption = None
    first: AsOfOption = None
    last: AsOfOption = None
    every: Every | None = None
    origin: str | None = None


@click.command(
    "snapshot",
    epilog=examples(
        "snapshot                          every source that declares a snapshot",
        "snapshot raw_orders               one source",
        "snapshot customer_segmentation --from 2024-01-01  a model by month",
        "snapshot raw_orders --import snapshots.orders_snapshot  the history of dbt",
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--from", "first", type=Day(), metavar="DAY", help="First day as of which models are recorded.")
@click.option("--to", "last", type=Day(), metavar="DAY", help="Last day that may be recorded.  [default: --as-of]")
@click.option(
    "--every",
    type=click.Choice(("day", "week", "month", "quarter", "year")),
    help="Time between two days of --from.  [default: month]",
)
@click.option("--import", "origin", metavar="TABLE", help="Snapshot of dbt to import for one source: SCHEMA.TABLE.")
@as_of_option
@database_option
@log_options
@notify_option
@target_options
@vars_option
@project_options
@takes(SnapshotParameters)
def command(parameters: SnapshotParameters) -> None:
    """Record changes of the sources, or models as of earlier days.

    A source declares it: @source(snapshot=Snapshot(hard_deletes="invalidate")). Its history is in the table
    SOURCE_snapshot, one row per version of a row. Run it once per day, after the sources are loaded.

    A model that declares @model(history=History(...)) is computed as of --as-of, or as of each day of --from, from its
    sources as they were on that day where a snapshot has them, and its rows are kept in its history.
    """
    run_steps(STEPS, parameters)


def open_snapshots(parameters: SnapshotParameters) -> SnapshotJob:
    """Load the project and find the days to record.

    Raises:
        UsageError: --to or --every has no --from, --from is after --to, or --import has not one source.
    """
    if parameters.origin and (len(parameters.names) != 1 or parameters.first):
        raise UsageError("--import needs the name of one source.", hint="snapshot SOURCE --import SCHEMA.TABLE")
    if parameters.first is None and (parameters.last or parameters.every):
        raise UsageError("--to and --every need --from.", hint="For example: --from 2024-01-01 --every month.")
    session = open_session(parameters.target, as_of_option=parameters.as_of)
    last = session.resolve_day(parameters.last) if parameters.last else session.as_of
    first = session.resolve_day(parameters.first) if parameters.first else last
    if first > last:
        raise UsageError(f"--from {first} is after {last}.", hint="Correct --from, or pass a later --to.")
    return SnapshotJob(
        session, parameters.names, first, last, parameters.every, parameters.first is not None, parameters.origin
    )


STEPS: Steps = (open_snapshots, choose_nodes, import_origin, record_sources, replay_models)
