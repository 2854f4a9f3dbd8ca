"""Execute a plan, report the outcome and record it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from marketing_ibis.cli.output.anomalies import warn_of_anomalies
from marketing_ibis.cli.output.failures import run_failure
from marketing_ibis.cli.output.increments import drift_warnings
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.output.run_console import RunConsole, summarise
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.data_test_runner import data_test_runner
from marketing_ibis.cli.steps.days import warn_of_other_days
from marketing_ibis.cli.steps.describing import emitter_of
from marketing_ibis.cli.steps.early_days import early_day_warning
from marketing_ibis.cli.steps.hash_key import hash_key
from marketing_ibis.cli.steps.latest_results import record_results
from marketing_ibis.cli.steps.measuring import BuildRecorder, DayRecorder, Recorder, log_metrics
from marketing_ibis.cli.steps.old_dates import old_date_warnings
from marketing_ibis.cli.steps.orphans import orphan_warning
from marketing_ibis.cli.steps.planning import PlannedBuild
from marketing_ibis.cli.steps.readers import unseen_readers
from marketing_ibis.errors import MarketingIbisError, ModelsExcluded
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.health import Anomaly
    from marketing_ibis.build.metrics import MetricValue
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.published import Warned
    from marketing_ibis.build.run import Discarded, RunResults
    from marketing_ibis.engines.target import Target
    from marketing_ibis.outputs.artifacts import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """The outcome of a plan. ``discarded`` is why a build is void, and ``remarks`` what is odd about its tables.

    ``warned`` are those remarks that functions of the project make.
    """

    planned_build: PlannedBuild
    results: RunResults
    clock: Clock
    discarded: Discarded | None = None
    remarks: tuple[str, ...] = ()
    warned: tuple[Warned, ...] = ()
    metric_values: tuple[MetricValue, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    published_at: datetime | None = None


def execute_plan(planned_build: PlannedBuild) -> BuildOutcome:
    """Execute the plan: build and test every model, then publish."""
    from marketing_ibis.build.published import Warned, warnings
    from marketing_ibis.build.run import Discarded, run_plan
    from marketing_ibis.outputs.artifacts import Clock
    from marketing_ibis.outputs.artifacts.previous_run import write_unfinished_run

    build, session, plan = planned_build.build, planned_build.build.session, planned_build.plan
    clock, recorder, key = Clock(), _recorder(planned_build), hash_key(plan.masked_views)
    write_unfinished_run(session.folder, session.invocation, [step.name for step in plan.steps()])
    discarded, remarks, warned = None, tuple[str, ...](), tuple[Warned, ...]()
    try:
        with ExitStack() as stack:
            emitter = stack.enter_context(emitter_of(session, planned_build.compiled_project))
            destination = session.destination
            target = stack.enter_context(destination.open_existing() if plan.sources else destination.open())
            _check_published(session, plan, target)
            console = stack.enter_context(RunConsole(session.log, plan, session.as_of, planned_build.folder / "run"))
            runner = data_test_runner(plan.relations, session.schemas, target, build.tests) if build.tests else None
            results = run_plan(
                plan,
                target,
                threads=build.run.threads or destination.threads,
                fail_fast=build.run.fail_fast,
                on_start=_notify_all(clock.started, emitter.started, console.started),
                on_result=_notify_all(emitter.finished, console.finished),
                on_tested=console.report_tested,
                test_runner=runner,
                record=partial(_record, recorder, key, target),
                record_failure=recorder.record_failure,
                on_unrecorded=partial(_warn_unrecorded, session.log),
                publish_passing=build.publish == "passing",
                place=str(destination),
                filling=destination.filling,
            )
            emitter.ended(results)
            warned = tuple(warnings(plan.facts.questions, plan, target, results.published_models))
            remarks = _remarks(planned_build, results, target, warned)
    except Discarded as error:
        results, discarded = error.results, error
    measured = tuple(recorder.metric_values), recorder.anomalies, recorder.published_at
    return BuildOutcome(planned_build, results, clock, discarded, remarks, warned, *measured)


def _recorder(planned_build: PlannedBuild) -> Recorder:
    plan = planned_build.plan
    return BuildRecorder(plan.as_of) if plan.is_tested else DayRecorder(plan.as_of)


def _record(recorder: Recorder, key: str, target: Target, plan: Plan, *outcome: Any) -> Iterable[str]:
    """Return the statements that record a build, also in the histories of its models that exist."""
    from marketing_ibis.build.hash_key import key_statements
    from marketing_ibis.build.histories import history_statements

    keys = key_statements(plan.masked_views, target, key)
    return (*recorder.record(target, plan, *outcome), *history_statements(plan, target), *keys)


def _check_published(session: Session, plan: Plan, target: Target) -> None:
    """Warn of published tables as of a different date.

    Raises:
        UsageError: something else has the name of a table in which builds are recorded, or a newer version of this
            package wrote it.
    """
    from marketing_ibis.build.metrics import has_history
    from marketing_ibis.build.state import has_state

    target.attempt("history", lambda: has_history(target, plan.schemas.models))
    target.attempt("state", lambda: has_state(target, plan.schemas.models))
    warn_of_other_days(session.log, plan, plan.facts.view_parents, plan.facts.dated, target)


def _remarks(
    planned_build: PlannedBuild, results: RunResults, target: Target, warned: Iterable[Warned]
) -> tuple[str, ...]:
    """Return what is odd about the tables that a build published."""
    plan = planned_build.plan
    texts = (each.text for each in warned)
    dates = old_date_warnings(plan, results, target)
    early_day = early_day_warning(plan, results, target)
    orphans = orphan_warning(plan, target) if results.published_models else ""
    readers = unseen_readers(plan.schemas, target)
    return (*drift_warnings(results), *texts, *dates, *filter(None, [early_day, orphans, readers]))


def _warn_unrecorded(log: Log, error: MarketingIbisError) -> None:
    from marketing_ibis.build.reserved_names import HISTORY  # it imports ibis, which help does without

    log.warn(f"The failed build is not recorded in {HISTORY}: {error.message}")


def _notify_all(*listeners: Callable[[T], None]) -> Callable[[T], None]:
    """Return a function that tells every listener."""

    def notify(event: T) -> None:
        for listener in listeners:
            listener(event)

    return notify


def report_outcome(outcome: BuildOutcome) -> BuildOutcome:
    """Report the outcome of the tables: first of all, as on a full disk no file can be written."""
    session, plan = outcome.planned_build.build.session, outcome.planned_build.plan
    if not outcome.discarded:
        log_metrics(session.log, outcome.metric_values)
    folder = outcome.planned_build.folder
    summarise(session.log, outcome.results, plan.schemas.models, session.destination, folder)
    for text in outcome.remarks:
        session.log.warn(text)
    warn_of_anomalies(session.log, outcome.anomalies, plan.facts.owners)
    return outcome


def write_outcome(outcome: BuildOutcome) -> BuildOutcome:
    """Write the queries of what failed, run_results.json and the newest results."""
    from marketing_ibis.outputs.artifacts import write_run_results
    from marketing_ibis.outputs.artifacts.previous_run import remove_unfinished_run
    from marketing_ibis.outputs.test_sql import write_failing

    planned_build, results, clock = outcome.planned_build, outcome.results, outcome.clock
    session, plan = planned_build.build.session, planned_build.plan
    if not results.published:
        write_failing(plan, results, planned_build.folder)
    reason = outcome.discarded.message if outcome.discarded else ""
    write_run_results(
        session.folder,
        session.invocation,
        plan.dialect,
        results,
        clock,
        discarded=reason,
        warnings=outcome.remarks,
    )
    record_results(session, results, plan.batches, plan.facts.view_parents, outcome.published_at)
    remove_unfinished_run(session.folder)
    return outcome


def check_outcome(outcome: BuildOutcome) -> BuildOutcome:
    """Fail if something was not published.

    Raises:
        RunFailed: a model or a test failed, or the sources changed during the build; unpublished tables are unchanged.
        LeftOut: with --fresh-only, models were excluded; the others were published.
    """
    if outcome.discarded:
        raise outcome.discarded
    if not outcome.results.published:
        owners = outcome.planned_build.plan.facts.owners
        raise run_failure(outcome.results, outcome.planned_build.folder, owners=owners)
    if stale_models := outcome.planned_build.stale_models:
        raise ModelsExcluded(
            f"Published without {plural('model', len(stale_models))} that depend on sources that are too old:"
            f" {', '.join(stale_models)}.",
            hint="Load newer data and build again; their published tables are unchanged.",
        )
    return outcome
