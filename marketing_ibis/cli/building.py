"""Carry out a plan and show it."""

from __future__ import annotations

from marketing_ibis.cli.console import RunConsole, plural, summarise, tell_bundle
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.loading import Options, day_of, plan_of
from marketing_ibis.errors import RunFailed
from marketing_ibis.project import Project

RUN_RESULTS = "run_results.json"


def build_models(project: Project, destination: Destination, options: Options) -> None:
    """Write the SQL of the selected models, execute it where there is a connection, and tell what became of it.

    Raises:
        RunFailed: a model failed; nothing was published.
    """
    from marketing_ibis.artifacts import write_run_results, write_sql
    from marketing_ibis.run import run_plan

    as_of = day_of(project, options)
    plan = plan_of(project, destination, options)
    folder = write_sql(plan, as_of, options["target_path"] / plan.dialect.name)
    if options["dry_run"] or (destination.engine == "redshift" and not destination.is_known):
        tell_bundle(plan, folder, dry_run=options["dry_run"])
        return
    with destination.open() as target, RunConsole(plan, as_of, quiet=options["quiet"]) as console:
        results = run_plan(
            plan,
            target,
            threads=options["threads"],
            fail_fast=options["fail_fast"],
            on_start=console.started,
            on_result=console.finished,
        )
    write_run_results(results, as_of, plan.dialect.name, options["target_path"] / RUN_RESULTS)
    summarise(results, plan.schemas.models, destination, folder / "run")
    if not results.published:
        raise RunFailed(f"{plural('model', len(results.failures))} failed.")
