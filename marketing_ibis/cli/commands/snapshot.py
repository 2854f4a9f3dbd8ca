"""Record the history of sources."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import (
    AsOfOption,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    takes,
    target_options,
)
from marketing_ibis.cli.session import open_session
from marketing_ibis.cli.steps.snapshots import SnapshotJob, choose_sources, record_sources, report_recorded
from marketing_ibis.cli.workflow import Steps, run_steps


@dataclass(frozen=True, slots=True)
class SnapshotParameters:
    """What ``snapshot`` is called with."""

    target: TargetOptions
    names: tuple[str, ...] = ()
    as_of: AsOfOption = None


@click.command(
    "snapshot",
    epilog=examples(
        "snapshot                          every source that declares a snapshot",
        "snapshot raw_orders               one source",
    ),
)
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@as_of_option
@database_option
@log_options
@target_options
@project_options
@takes(SnapshotParameters)
def command(parameters: SnapshotParameters) -> None:
    """Record which rows of the sources are new, have changed or were deleted.

    A source declares it: @source(snapshot=Snapshot(strategy="check", hard_deletes="invalidate")). Its history is in the
    table SOURCE_snapshot, one row per version of a row. Run it once per day, after the sources are loaded.
    """
    run_steps(STEPS, parameters)


def open_snapshots(parameters: SnapshotParameters) -> SnapshotJob:
    """Load the project and find where its sources are."""
    return SnapshotJob(open_session(parameters.target, as_of_option=parameters.as_of), parameters.names)


STEPS: Steps = (open_snapshots, choose_sources, record_sources, report_recorded)
