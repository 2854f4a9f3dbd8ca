"""Carry out a plan and show it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from marketing_ibis.cli.console import RunConsole, summarise, tell_bundle
from marketing_ibis.cli.days import warn_of_other_days
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.failures import failed_run
from marketing_ibis.cli.gated import Gate
from marketing_ibis.cli.loading import Options, day_of, plan_of
from marketing_ibis.cli.log import current_log
from marketing_ibis.cli.recording import describe, emitter_of, invocation_of
from marketing_ibis.project import Project

if TYPE_CHECKING:
    from marketing_ibis.plan import Plan

T = TypeVar("T")


def build_models(project: Project, destination: Destination, options: Options, *, tested: bool = False) -> None:
    """Write the SQL of the selected models, execute it where there is a connection, and tell what became of it.

    Raises:
        RunFailed: a model failed, or with ``tested`` a data test; nothing was published.
    """
    from marketing_ibis.artifacts import Clock, write_manifest, write_run_results, write_sql
    from marketing_ibis.check_files import write_failing, write_queries
    from marketing_ibis.run import run_plan

    options = {**options, "threads": options["threads"] or destination.threads}
    as_of, invocation = day_of(project, options), invocation_of(project, destination, options)
    gate = Gate.of(project, destination, options) if tested else None
    dataflow = gate.dataflow if gate else project.compile(as_of)
    plan = gate.plan() if gate else plan_of(project, destination, options, dataflow)
    described = describe(project, destination, dataflow, plan)
    folder = write_sql(plan, as_of, options["target_path"] / plan.dialect.name)
    write_queries(plan.suites, plan.dialect, plan.published, folder)
    write_manifest(options["target_path"], invocation, described)
    _note_grants(project, destination)
    if options["dry_run"] or (destination.engine == "redshift" and not destination.is_known):
        tell_bundle(plan, folder, dry_run=options["dry_run"])
        return
    clock = Clock()
    with ExitStack() as stack:
        emitter = stack.enter_context(emitter_of(described, invocation, destination))
        target = stack.enter_context(destination.open_standing() if plan.sources else destination.open())
        warn_of_other_days(project.nodes(), plan, target, as_of)
        console = stack.enter_context(RunConsole(plan, as_of, folder / "run"))
        gating: dict[str, Any] = (
            {"verifier": gate.verifier(plan, target), "record": partial(gate.record, target)}
            if gate
            else {"record": partial(_record_days, as_of)}
        )
        results = run_plan(
            plan,
            target,
            threads=options["threads"],
            fail_fast=options["fail_fast"],
            on_start=_each(clock.started, emitter.started, console.started),
            on_result=_each(emitter.finished, console.finished),
            on_tested=console.tested,
            publish_passing=options.get("publish") == "passing",
            place=str(destination),
            **gating,
        )
        emitter.ended(results)
    if gate:
        gate.tell()
    # First what became of the tables: on a full disk the files below cannot be written either.
    summarise(results, plan.schemas.models, destination, folder)
    if not results.published:
        write_failing(plan, results, folder)
    write_run_results(options["target_path"], invocation, described, results, clock)
    if not results.published:
        raise failed_run(results, folder)


def _note_grants(project: Project, destination: Destination) -> None:
    if project.grants and destination.engine == "duckdb":
        text = f"DuckDB does not support grants, so these are skipped: {', '.join(project.grants)}."
        current_log().tell("note", text, grants=list(project.grants))


def _record_days(as_of: date, plan: Plan, *became: object) -> tuple[str, ...]:
    """Return the statements that keep as of which day each model of ``plan`` stands."""
    from marketing_ibis.history import append_statements

    return append_statements(plan, (), as_of)


def _each(*listeners: Callable[[T], None]) -> Callable[[T], None]:
    """Return a function that tells every listener."""

    def tell(news: T) -> None:
        for listener in listeners:
            listener(news)

    return tell
