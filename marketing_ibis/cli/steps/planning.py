"""Plan a run or a build, write its SQL, and stop where nothing is to be executed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from marketing_ibis.cli.data_test_options import DataTestOptions, FreshOptions
from marketing_ibis.cli.defer_options import DeferOptions
from marketing_ibis.cli.output.run_console import report_bundle
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.days import dated_nodes
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.freshness import exclude_stale, require_fresh
from marketing_ibis.cli.steps.refreshing import incremental_models, plan_refreshes
from marketing_ibis.cli.steps.reuse import select_changed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from marketing_ibis.build.compared_models import ComparedModels
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.world import World
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.artifacts import CompiledProject
    from marketing_ibis.testing.collect import DataTests

Publish = Literal["all", "passing"]
"""After a failure: nothing is published, or what neither failed nor is built from what did."""
SUCCESS = 0
"""The exit code of a command that ends before its last step, and well."""


@dataclass(frozen=True, slots=True)
class Build:
    """What is to be built and how; without ``tests`` no data test is run. The sources may be generated for it."""

    session: Session
    run: RunOptions
    tests: DataTestOptions | None = None
    fresh: FreshOptions = field(default_factory=FreshOptions)
    publish: Publish = "all"
    defer: DeferOptions = field(default_factory=DeferOptions)
    is_profiled: bool = False
    sample: int | None = None
    replaces_full_tables: bool = False
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """A build with its plan, and the ``stale_models`` that it excludes. ``folder`` contains the SQL.

    ``nodes`` are the names of all models, sources and exposures of the project, None if they are not known.

    A plan that is read from a file comes without the compiled project, and with the ``world`` that it was made in. One
    that is recalled has the content of the ``manifest`` in its place.
    """

    build: Build
    plan: Plan
    folder: Path
    compiled_project: CompiledProject | None = None
    stale_models: tuple[str, ...] = ()
    world: World | None = None
    manifest: str = ""
    nodes: Collection[str] | None = None


def resolve_threads(build: Build) -> Build:
    """Take the number of threads from the profile's output where no option says it; artifacts list it either way."""
    session = build.session
    threads = build.run.threads or session.destination.threads
    arguments = dict(sorted({**session.call.arguments, "threads": threads}.items()))
    session = replace(session, call=replace(session.call, arguments=arguments))
    return replace(build, session=session, run=replace(build.run, threads=threads))


def plan_models(build: Build) -> PlannedBuild:
    """Plan the selected models, without data tests.

    Raises:
        SelectionError: no model is selected.
        NothingChanged: with --changed no model differs from what is published.
    """
    session, dataflow = build.session, build.session.selected_dataflow
    names = session.selected_names
    if not build.run.changed and not incremental_models(dataflow, names):
        return _planned_build(build, dataflow, session.plan, None)
    if not any(name in dataflow.models for name in names):
        raise session.nothing_to_build(names)
    if build.run.changed:
        names = choose_models(build, models_to_compare(build))
    return plan_names(build, names)


def plan_tested_models(build: Build) -> PlannedBuild:
    """Plan the selected models with their data tests: a source alone is tested.

    Tests in --exclude exclude these tests and no model.

    Raises:
        SelectionError: there is nothing to build or to test.
        NothingChanged: with --changed no model differs from what is published.
        RunFailed: with --require-fresh a source is too old, or with --fresh-only one that every model depends on.
    """
    session = build.session
    dataflow, names, _ = _compile_selected(build)
    selected_models = [name for name in names if name in dataflow.models]
    if build.fresh.require_fresh:
        require_fresh(session, dataflow, names, warn_error=build.tests is not None and build.tests.warn_error)
    if build.fresh.fresh_only and selected_models:
        names = exclude_stale(session, dataflow, names)
    stale_models = tuple(name for name in selected_models if name not in names)
    if build.run.changed:
        names = choose_models(build, replace(models_to_compare(build), names=names))
    return plan_names(build, names, stale_models)


def models_to_compare(build: Build) -> ComparedModels:
    """Compile the selected models, and return what --changed compares of them with what is published."""
    from marketing_ibis.build.compared_models import compared_models

    dataflow, names, data_tests = _compile_selected(build)
    return compared_models(dataflow, names, build.session.schemas, data_tests)


def choose_models(build: Build, models: ComparedModels) -> tuple[str, ...]:
    """Return the names that --changed leaves; where data tests are part of the build, a source alone is tested.

    Raises:
        SelectionError: no model is selected.
        NothingChanged: no model differs from what is published.
        UsageError: the state of what is published cannot be read.
    """
    if models.is_tested and not models.selected:
        return models.names
    return select_changed(build.session, models, build.run)


def plan_names(build: Build, names: Sequence[str], stale_models: tuple[str, ...] = ()) -> PlannedBuild:
    """Plan those of the selected ``names`` that are to be built, with their data tests if these are part of the build.

    Raises:
        SelectionError: there is nothing to build or to test.
    """
    from marketing_ibis.build.planning import build_plan

    session = build.session
    dataflow, _, data_tests = _compile_selected(build)
    refreshes = plan_refreshes(session, dataflow, names, build.run)
    with session.dialect() as dialect:
        plan = build_plan(dataflow, names, dialect, session.schemas, data_tests, refreshes)
    if not plan.waves and not plan.batches:
        raise session.nothing_to_build(names)
    return _planned_build(build, dataflow, plan, data_tests, stale_models)


def _compile_selected(build: Build) -> tuple[Dataflow, tuple[str, ...], DataTests | None]:
    """Compile what is selected; return it with the selected names, and with the data tests if they are in the build."""
    session = build.session
    dataflow = session.selected_dataflow
    if build.tests is None:
        return dataflow, session.selected_names, None
    return dataflow, session.select_names(session.selection.excluded_models), session.tests_to_build


def _planned_build(
    build: Build, dataflow: Dataflow, plan: Plan, data_tests: DataTests | None, stale_models: tuple[str, ...] = ()
) -> PlannedBuild:
    from marketing_ibis.build.project_facts import project_facts

    session = build.session
    dated, rules = dated_nodes(session.nodes, dataflow.nodes), session.project.health_rules
    plan = replace(plan, facts=project_facts(dataflow, plan, data_tests, dated, rules))
    compiled, folder = describe(session, dataflow, plan), session.folder / plan.engine
    return PlannedBuild(build, plan, folder, compiled, stale_models, nodes=tuple(session.nodes))


def write_bundle(planned_build: PlannedBuild) -> PlannedBuild:
    """Write the SQL of the models and of their tests, and the manifest."""
    from marketing_ibis.outputs.artifacts import manifest_content, write_manifest_of, write_sql
    from marketing_ibis.outputs.removed_models import remove_sql_of_removed
    from marketing_ibis.outputs.test_sql import write_queries

    session, plan = planned_build.build.session, planned_build.plan
    write_sql(plan, session.as_of, planned_build.folder)
    write_queries(plan.batches, plan.dialect, plan.published, planned_build.folder)
    if planned_build.nodes is not None:
        remove_sql_of_removed(planned_build.folder, planned_build.nodes)
    compiled = planned_build.compiled_project
    if content := planned_build.manifest or (manifest_content(compiled) if compiled else ""):
        write_manifest_of(session.folder, session.invocation, plan.schemas, content)
    _note_grants(session)
    return planned_build


def stop_before_execution(planned_build: PlannedBuild) -> PlannedBuild | int:
    """Stop after the SQL is written, with --dry-run or where an engine that is planned for has no connection."""
    from marketing_ibis.outputs.test_sql import write_script

    session, plan = planned_build.build.session, planned_build.plan
    destination, is_dry = session.destination, planned_build.build.run.dry_run
    if is_dry or (destination.engine.plans_without_connection and not destination.is_configured):
        if plan.batches:
            write_script(plan.batches, plan.dialect, plan.published, session.as_of, planned_build.folder)
        report_bundle(planned_build.build.session.log, planned_build.plan, planned_build.folder, dry_run=is_dry)
        return SUCCESS
    return planned_build


def _note_grants(session: Session) -> None:
    masking, engine = session.project.masking, session.destination.engine
    grants = (*session.project.grants, *(masking.roles if masking else ()))
    if grants and not engine.supports_grants:
        text = f"{engine.title} does not support grants, so these are skipped: {', '.join(grants)}."
        session.log.emit("note", text, grants=list(grants))
