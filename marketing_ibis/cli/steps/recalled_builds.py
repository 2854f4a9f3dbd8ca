"""Recall the plan of a run, a build or a compilation, so that an unchanged project is neither imported nor compiled."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from marketing_ibis.cli.data_test_options import FreshOptions
from marketing_ibis.cli.steps.describing import describe
from marketing_ibis.cli.steps.planning import Build, PlannedBuild, plan_models, plan_tested_models

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.cli.session import Session
    from marketing_ibis.cli.steps.recall import ResultCache

KIND, MOST_FILES = "builds", 16
"""What the user's folder of plans is called, and how many files it keeps: each has some megabytes."""
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
    from marketing_ibis.cli.steps.recall import recall_or_compute

    cache = _cache(build) if _depends_on_the_project_alone(build) else None
    if cache is None:
        return plan(build)
    return recall_or_compute(
        cache, lambda: _with_manifest(plan(build)), read=partial(_planned_build, build), write=_document
    )


def _cache(build: Build) -> ResultCache | None:
    from marketing_ibis.cli.steps.recall import cache_of

    # How many models are built at a time is not part of the plan.
    options = replace(build.run, threads=None), build.tests, build.fresh, build.publish, build.defer
    return cache_of(build.session, KIND, "run" if build.tests is None else "build", options, most_files=MOST_FILES)


def _depends_on_the_project_alone(build: Build) -> bool:
    """Return whether no option asks for the state of tables, and no lineage server for the expressions."""
    session, options = build.session, build.run
    asks_for_tables = (
        options.changed or options.full_refresh or options.repair or build.fresh != FreshOptions() or build.sample
    )
    reads_elsewhere = session.deferred or session.selection.asks_for_state
    return not (asks_for_tables or reads_elsewhere or LINEAGE_SERVER in os.environ)


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
