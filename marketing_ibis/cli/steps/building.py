"""Execute a plan, report the outcome and record it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from marketing_ibis.cli.output.failures import failed_run
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.output.run_console import RunConsole, summarise
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.days import warn_of_other_days
from marketing_ibis.cli.steps.describing import emitter_of
from marketing_ibis.cli.steps.latest_results import keep_results
from marketing_ibis.cli.steps.measuring import BuildRecorder, DayRecorder, Recorder, tell_measured
from marketing_ibis.cli.steps.old_dates import old_dates
from marketing_ibis.cli.steps.orphans import orphan_warning
from marketing_ibis.cli.steps.planning import Planned
from marketing_ibis.cli.steps.verifying import verifier_of
from marketing_ibis.errors import LeftOut, MarketingIbisError
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.metrics import MetricValue
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import Discarded, RunResults
    from marketing_ibis.engines.target import Target
    from marketing_ibis.outputs.artifacts import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Built:
    """The outcome of a plan. ``discarded`` is why a build is void, and ``remarks`` what is odd about its tables."""

    planned: Planned
    results: RunResults
    clock: Clock
    discarded: Discarded | None = None
    remarks: tuple[str, ...] = ()
    measured: tuple[MetricValue, ...] = ()
    published_at: datetime | None = None


def carry_out(planned: Planned) -> Built:
    """Execute the plan: build and test every model, then publish."""
    from marketing_ibis.build.run import Discarded, run_plan
    from marketing_ibis.outputs.artifacts import Clock

    build, session, plan = planned.build, planned.build.session, planned.plan
    clock, recorder = Clock(), _recorder(planned)
    discarded, remarks = None, tuple[str, ...]()
    try:
        with ExitStack() as stack:
            emitter = stack.enter_context(emitter_of(session, planned.described))
            destination = session.destination
            target = stack.enter_context(destination.open_standing() if plan.sources else destination.open())
            _check_standing(session, plan, target)
            console = stack.enter_context(RunConsole(plan, session.as_of, planned.folder / "run"))
            results = run_plan(
                plan,
                target,
                threads=build.run.threads or destination.threads,
                fail_fast=build.run.fail_fast,
                on_start=_each(clock.started, emitter.started, console.started),
                on_result=_each(emitter.finished, console.finished),
                on_tested=console.tested,
                test_runner=verifier_of(plan.relations, session.schemas, target, build.tests) if build.tests else None,
                record=partial(recorder.record, target),
                record_failure=recorder.record_failure,
                on_unrecorded=partial(_warn_unrecorded, session.log),
                publish_passing=build.publish == "passing",
                place=str(destination),
            )
            emitter.ended(results)
            remarks = _remarks(planned, results, target)
    except Discarded as error:
        results, discarded = error.results, error
    return Built(planned, results, clock, discarded, remarks, tuple(recorder.measured), recorder.published_at)


def _recorder(planned: Planned) -> Recorder:
    as_of = planned.build.session.as_of
    return BuildRecorder(planned.dataflow, as_of) if planned.build.tests else DayRecorder(as_of)


def _check_standing(session: Session, plan: Plan, target: Target) -> None:
    """Warn of published tables as of a different date.

    Raises:
        UsageError: something else has the name of the table in which builds are recorded.
    """
    from marketing_ibis.build.metrics import has_history

    target.attempt("history", lambda: has_history(target, plan.schemas.models))
    warn_of_other_days(session, plan, target)


def _remarks(planned: Planned, results: RunResults, target: Target) -> tuple[str, ...]:
    """Return what is odd about the tables that a build published."""
    from marketing_ibis.build.published import warnings

    plan = planned.plan
    asked = warnings(planned.questions, plan, target, results.published_models)
    dates = old_dates(planned.dataflow, plan, results, target)
    orphans = orphan_warning(plan, target) if results.published_models else ""
    return (*asked, *dates, *filter(None, [orphans]))


def _warn_unrecorded(log: Log, error: MarketingIbisError) -> None:
    from marketing_ibis.build.reserved_names import HISTORY  # it imports ibis, which help does without

    log.warn(f"The failed build is not recorded in {HISTORY}: {error.message}")


def _each(*listeners: Callable[[T], None]) -> Callable[[T], None]:
    """Return a function that tells every listener."""

    def tell(news: T) -> None:
        for listener in listeners:
            listener(news)

    return tell


def tell_outcome(built: Built) -> Built:
    """Report the outcome of the tables: first of all, as on a full disk no file can be written."""
    session, plan = built.planned.build.session, built.planned.plan
    if not built.discarded:
        tell_measured(session.log, built.measured)
    summarise(built.results, plan.schemas.models, session.destination, built.planned.folder)
    for text in built.remarks:
        session.log.warn(text)
    return built


def keep_outcome(built: Built) -> Built:
    """Write the queries of what failed, run_results.json and the newest results."""
    from marketing_ibis.outputs.artifacts import write_run_results
    from marketing_ibis.outputs.test_sql import write_failing

    planned, results, session = built.planned, built.results, built.planned.build.session
    if not results.published:
        write_failing(planned.plan, results, planned.folder)
    reason = built.discarded.message if built.discarded else ""
    write_run_results(session.folder, session.invocation, planned.described, results, built.clock, discarded=reason)
    keep_results(session, results, planned.plan.batches, built.published_at)
    return built


def check_outcome(built: Built) -> Built:
    """Fail if something was not published.

    Raises:
        RunFailed: a model or a test failed, or the sources changed during the build; unpublished tables are unchanged.
        LeftOut: with --fresh-only, models were excluded; the others were published.
    """
    if built.discarded:
        raise built.discarded
    if not built.results.published:
        raise failed_run(built.results, built.planned.folder)
    if built.planned.left_out:
        left_out = built.planned.left_out
        raise LeftOut(
            f"Published without {plural('model', len(left_out))} that depend on sources that are too old:"
            f" {', '.join(left_out)}.",
            hint="Load newer data and build again; their tables are as they were.",
        )
    return built
