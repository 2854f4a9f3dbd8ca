"""Carry out a plan and show it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.output.failures import failed_run
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.output.run_console import RunConsole, summarise, tell_bundle
from marketing_ibis.cli.session import Options, compile_selected, day_of, plan_of
from marketing_ibis.cli.steps.days import warn_of_other_days
from marketing_ibis.cli.steps.describing import describe, emitter_of, invocation_of
from marketing_ibis.cli.steps.latest_results import BuildMoment, keep_results
from marketing_ibis.cli.steps.measuring import Gate
from marketing_ibis.cli.steps.old_dates import old_dates
from marketing_ibis.cli.steps.orphans import orphan_warning
from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.project.settings import Project

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow

T = TypeVar("T")


def build_models(project: Project, destination: Destination, options: Options, *, tested: bool = False) -> None:
    """Write the SQL of the selected models, execute it where there is a connection, and tell what became of it.

    Raises:
        RunFailed: a model failed, or with ``tested`` a data test; nothing was published.
        LeftOut: with --fresh-only, models were excluded; the others were published.
    """
    from marketing_ibis.build.published import questions, warnings
    from marketing_ibis.build.run import Discarded, run_plan
    from marketing_ibis.outputs.artifacts import Clock, write_manifest, write_run_results, write_sql
    from marketing_ibis.outputs.test_sql import write_failing, write_queries

    options = {**options, "threads": options["threads"] or destination.threads}
    as_of, invocation = day_of(project, options), invocation_of(project, destination, options)
    gate = Gate.of(project, destination, options) if tested else None
    dataflow = gate.dataflow if gate else compile_selected(project, options)
    plan = gate.plan() if gate else plan_of(project, destination, options, dataflow)
    described, asked = describe(project, destination, dataflow, plan), questions(dataflow, plan)
    folder = write_sql(plan, as_of, options["target_path"] / plan.dialect.name)
    write_queries(plan.suites, plan.dialect, plan.published, folder)
    write_manifest(options["target_path"], invocation, described)
    _note_grants(project, destination)
    if options["dry_run"] or (destination.engine.plans_without_connection and not destination.is_known):
        tell_bundle(plan, folder, dry_run=options["dry_run"])
        return
    clock, moment = Clock(), gate.moment if gate else BuildMoment()
    noted, discarded = list[str](), None
    try:
        with ExitStack() as stack:
            emitter = stack.enter_context(emitter_of(described, invocation, destination))
            target = stack.enter_context(destination.open_standing() if plan.sources else destination.open())
            _check_standing(project, plan, target, as_of)
            console = stack.enter_context(RunConsole(plan, as_of, folder / "run"))
            results = run_plan(
                plan,
                target,
                on_start=_each(clock.started, emitter.started, console.started),
                on_result=_each(emitter.finished, console.finished),
                on_tested=console.tested,
                **_run_settings(destination, options),
                **_recording(gate, plan, target, as_of, moment),
            )
            emitter.ended(results)
            noted += [*warnings(asked, plan, target, results.released), *_remarks(dataflow, plan, results, target)]
    except Discarded as error:
        results, discarded = error.results, error
    if gate and not discarded:
        gate.tell()
    # First what became of the tables: on a full disk the files below cannot be written either.
    summarise(results, plan.schemas.models, destination, folder)
    for text in noted:
        current_log().warn(text)
    if not results.published:
        write_failing(plan, results, folder)
    reason = discarded.message if discarded else ""
    write_run_results(options["target_path"], invocation, described, results, clock, discarded=reason)
    keep_results(project, destination, options, results, plan.suites, as_of, moment)
    if discarded:
        raise discarded
    _check_outcome(results, gate, folder)


def _run_settings(destination: Destination, options: Options) -> dict[str, Any]:
    """Return how the options have a plan carried out."""
    return {
        "threads": options["threads"],
        "fail_fast": options["fail_fast"],
        "publish_passing": options.get("publish") == "passing",
        "place": str(destination),
        "on_unrecorded": _warn_unrecorded,
    }


def _remarks(dataflow: Dataflow, plan: Plan, results: RunResults, target: Target) -> list[str]:
    """Return what is odd about the tables that a build published."""
    orphans = orphan_warning(plan, target) if results.released else ""
    return [*old_dates(dataflow, plan, results, target), *filter(None, [orphans])]


def _check_standing(project: Project, plan: Plan, target: Target, as_of: date) -> None:
    """Warn of published tables of another day.

    Raises:
        UsageError: something else has the name of the table in which builds are recorded.
    """
    from marketing_ibis.build.metrics import has_history

    target.attempt("history", lambda: has_history(target, plan.schemas.models))
    warn_of_other_days(project.nodes(), plan, target, as_of)


def _check_outcome(results: RunResults, gate: Gate | None, folder: Path) -> None:
    """Say by the exit code what was not published.

    Raises:
        RunFailed: a model or a test failed.
        LeftOut: with --fresh-only, models were excluded.
    """
    if not results.published:
        raise failed_run(results, folder)
    if gate:
        gate.check_complete()


def _note_grants(project: Project, destination: Destination) -> None:
    if project.grants and not destination.engine.supports_grants:
        text = f"{destination.engine.title} does not support grants, so these are skipped: {', '.join(project.grants)}."
        current_log().tell("note", text, grants=list(project.grants))


def _recording(gate: Gate | None, plan: Plan, target: Target, as_of: date, moment: BuildMoment) -> dict[str, Any]:
    """Return who answers the tests, and what records a build; a run records the day and no more."""
    if not gate:
        return {"record": partial(_record_days, as_of, moment), "record_failure": partial(_record_failure, as_of)}
    return {
        "verifier": gate.verifier(plan, target),
        "record": partial(gate.record, target),
        "record_failure": gate.record_failure,
    }


def _record_days(as_of: date, moment: BuildMoment, plan: Plan, *became: object) -> tuple[str, ...]:
    """Return the statements that keep as of which day each model of ``plan`` stands."""
    from marketing_ibis.build.metrics import append_statements

    return append_statements(plan, (), as_of, moment.now())


def _record_failure(as_of: date, plan: Plan, *results: object) -> tuple[str, ...]:
    """Return the statements that record that a run failed."""
    from marketing_ibis.build.metrics import failure_statements

    return failure_statements(plan, (), as_of)


def _warn_unrecorded(error: MarketingIbisError) -> None:
    from marketing_ibis.build.reserved_names import HISTORY  # it imports ibis, which help does without

    current_log().warn(f"The failed build is not recorded in {HISTORY}: {error.message}")


def _each(*listeners: Callable[[T], None]) -> Callable[[T], None]:
    """Return a function that tells every listener."""

    def tell(news: T) -> None:
        for listener in listeners:
            listener(news)

    return tell
