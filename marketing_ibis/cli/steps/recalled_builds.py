"""Recall the plan of a run, a build or a compilation, so that an unchanged project is neither imported nor compiled."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from marketing_ibis.cli.data_test_options import FreshOptions
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.planning import (
    Build,
    PlannedBuild,
    choose_models,
    models_to_compare,
    plan_models,
    plan_names,
    plan_tested_models,
)

if TYPE_CHECKING:
    from marketing_ibis.build.compared_models import ComparedModels
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.cli.session import Session

KIND, MOST_FILES = "builds", 16
"""What the user's folder of plans is called, and how many files it keeps: each has some megabytes."""
COMPARED, MOST_COMPARED = "compared", 64
"""The same for the folder of what --changed compares, which is smaller."""
LINEAGE_SERVER = "OPENLINEAGE_URL"


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """The plan of the selected models without data tests, and the content of the manifest.

    ``nodes`` are the names of all models, sources and exposures of the project. It ``is_complete`` if every file of the
    project could be imported.
    """

    plan: Plan
    manifest: str
    nodes: Collection[str]
    is_complete: bool = True


def recall_or_compile(session: Session) -> CompiledPlan:
    """Compile the selected models, or recall what was compiled: no table decides on it.

    Raises:
        SelectionError: no model is selected.
    """
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    asks_for_state = session.selection.asks_for_state
    cache = None if asks_for_state else cache_of(session, KIND, "compile", most_files=MOST_FILES)

    def write(compiled: CompiledPlan) -> Mapping[str, Any] | None:
        return _plan_document(compiled.plan, compiled.manifest, compiled.nodes) if compiled.is_complete else None

    def read(document: Any) -> CompiledPlan:
        return CompiledPlan(*_plan_of(session, document))

    return recall_or_compute(cache, lambda: compile_plan(session), read=read, write=write)


def compile_plan(session: Session) -> CompiledPlan:
    """Compile the selected models.

    Raises:
        SelectionError: no model is selected.
    """
    from marketing_ibis.outputs.artifacts import manifest_content

    dataflow, plan = session.selected_dataflow, session.plan
    manifest = manifest_content(describe(session, dataflow, plan))
    return CompiledPlan(plan, manifest, tuple(session.nodes), not dataflow.skipped)


def recall_or_plan_models(build: Build) -> PlannedBuild:
    """Plan the selected models, without data tests, or recall the plan.

    Raises:
        SelectionError: no model is selected.
    """
    return _recall_or(plan_models, build)


def recall_or_plan_tested_models(build: Build) -> PlannedBuild:
    """Plan the selected models with their data tests, or recall the plan.

    Raises:
        SelectionError: there is nothing to build or to test.
        RunFailed: with --require-fresh a source is too old, or with --fresh-only one that every model depends on.
    """
    return _recall_or(plan_tested_models, build)


def _recall_or(plan: Callable[[Build], PlannedBuild], build: Build) -> PlannedBuild:
    if not (build.run.changed and _compares_the_project_alone(build)):
        return _recall_or_plan(lambda: plan(build), build)
    names = choose_models(build, _recall_or_compare(build))
    return _recall_or_plan(lambda: plan_names(build, names), build, names)


def _recall_or_compare(build: Build) -> ComparedModels:
    """Return what --changed compares with what is published: recalled, or compiled."""
    from marketing_ibis.build.compared_models import ComparedModels
    from marketing_ibis.build.plain_data import from_plain, to_plain
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    def write(models: ComparedModels) -> Mapping[str, Any] | None:
        skipped = build.session.selected_dataflow.skipped
        document: Mapping[str, Any] = to_plain(models)
        return None if skipped else document

    # No option of the command says how models are compared.
    cache = cache_of(build.session, COMPARED, _command(build), most_files=MOST_COMPARED)
    read = partial(from_plain, ComparedModels)
    models: ComparedModels = recall_or_compute(cache, lambda: models_to_compare(build), read=read, write=write)
    return models


def _recall_or_plan(
    plan: Callable[[], PlannedBuild], build: Build, names: tuple[str, ...] | None = None
) -> PlannedBuild:
    """Return a plan of the selected models, or of those ``names`` that --changed leaves: recalled, or planned."""
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    if not _depends_on_the_project_alone(build):
        return plan()
    # How many models are built at a time is not part of the plan, nor what is printed about it.
    options = replace(build.run, threads=None, explain=False), build.tests, build.fresh, build.publish, build.defer
    command = _command(build) if names is None else f"{_command(build)} --changed"
    cache = cache_of(build.session, KIND, command, options, names, most_files=MOST_FILES)
    read = partial(_planned_build, build)
    return recall_or_compute(cache, lambda: _with_manifest(plan()), read=read, write=_document)


def _command(build: Build) -> str:
    return "run" if build.tests is None else "build"


def _compares_the_project_alone(build: Build) -> bool:
    """Return whether the project decides alone what --changed compares with the published tables."""
    session = build.session
    return build.fresh == FreshOptions() and not (build.sample or session.deferred or session.selection.asks_for_state)


def _depends_on_the_project_alone(build: Build) -> bool:
    """Return whether no other option asks for the state of tables, and no lineage server for the expressions."""
    asks_for_tables = build.run.full_refresh or build.run.repair
    return _compares_the_project_alone(build) and not (asks_for_tables or LINEAGE_SERVER in os.environ)


def _is_the_same_again(planned: PlannedBuild) -> bool:
    """Return whether the plan depends on no published table, and planning it again would report nothing."""
    has_increments = any(step.incremental is not None for step in planned.plan.steps())
    compiled = planned.compiled_project
    return not has_increments and compiled is not None and not compiled.dataflow.skipped


def _with_manifest(planned: PlannedBuild) -> PlannedBuild:
    """Return the plan with the manifest, if it is the same again."""
    from marketing_ibis.outputs.artifacts import manifest_content

    compiled = planned.compiled_project
    return (
        replace(planned, manifest=manifest_content(compiled)) if compiled and _is_the_same_again(planned) else planned
    )


def _document(planned: PlannedBuild) -> Mapping[str, Any] | None:
    """Return a plan that is the same again as plain data."""
    return _plan_document(planned.plan, planned.manifest, planned.nodes or ()) if planned.manifest else None


def _planned_build(build: Build, document: Any) -> PlannedBuild:
    """Return what a document was made of."""
    plan, manifest, nodes = _plan_of(build.session, document)
    return PlannedBuild(build, plan, build.session.folder / plan.engine, manifest=manifest, nodes=nodes)


def _plan_document(plan: Plan, manifest: str, nodes: Collection[str]) -> Mapping[str, Any]:
    from marketing_ibis.build.plain_data import to_plain

    return {"plan": to_plain(plan), "manifest": manifest, "nodes": list(nodes)}


def _plan_of(session: Session, document: Any) -> tuple[Plan, str, tuple[str, ...]]:
    """Return the plan, the content of the manifest and the names of the nodes that a document was made of."""
    from marketing_ibis.build.plain_data import from_plain
    from marketing_ibis.build.plan import Plan

    plan = from_plain(Plan, document["plan"], dialect=session.destination.engine.dialect())
    return plan, str(document["manifest"]), tuple(map(str, document["nodes"]))
