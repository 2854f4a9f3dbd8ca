"""Report how old the sources are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.options import (
    AsOfOption,
    Selection,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    select_options,
    takes,
    target_options,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.alerting import alert_of_ages
from marketing_ibis.cli.steps.freshness import failure_of, query_freshness, report_age
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import RunFailed, SelectionError
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.freshness import FreshnessResult


@dataclass(frozen=True, slots=True)
class FreshnessParameters:
    """What ``freshness`` is called with."""

    target: TargetOptions
    selection: Selection
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class Ages:
    """How old the sources are."""

    session: Session
    results: Sequence[FreshnessResult]


@click.command(
    "freshness",
    epilog=examples(
        "freshness                         how old every source is",
        "freshness -s source:orders --as-of 2024-05-15",
    ),
)
@select_options
@as_of_option
@database_option
@log_options
@notify_option
@target_options
@project_options
@takes(FreshnessParameters)
def command(parameters: FreshnessParameters) -> None:
    """Report the age of each source's newest data.

    The age is that at the end of --as-of, and is compared with the limits of the source:
    @source(freshness=freshness("order_date", warn_after=..., error_after=...)).
    """
    run_steps(STEPS, parameters)


def open_freshness(parameters: FreshnessParameters) -> Session:
    """Load the project and find where its sources are."""
    return open_session(parameters.target, parameters.selection, parameters.as_of)


def query_source_ages(session: Session) -> Ages:
    """Ask the selected sources how old they are, and write it to a file.

    Raises:
        SelectionError: no selected source declares how old its data may be.
    """
    names = session.selected_names
    results = query_freshness(session, session.declarations, names)
    if not results:
        raise SelectionError(
            "No selected source declares how old its data may be.",
            hint="Declare it: @source(freshness=freshness(...)).",
        )
    return Ages(session, results)


def report_ages(ages: Ages) -> Ages:
    """Print how old each source is."""
    for result in ages.results:
        report_age(ages.session.log, result)
    alert_of_ages(ages.session.as_of, ages.results)
    return ages


def check_ages(ages: Ages) -> Ages:
    """Say by the exit code that a source is too old.

    Raises:
        RunFailed: a source is too old.
    """
    stale = [result for result in ages.results if result.status == "error"]
    if stale:
        raise RunFailed(
            f"{plural('source', len(stale))} too old: {', '.join(str(r.relation) for r in stale)}.",
            hint="Load newer data; for data of an earlier day, pass that day with --as-of.",
            failures=map(failure_of, stale),
        )
    return ages


STEPS: Steps = (open_freshness, query_source_ages, report_ages, check_ages)
