"""Compare the models of a project with the state of those that are published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from marketing_ibis.build.changes import Changes, IdentitiesOn, ModelChange
    from marketing_ibis.build.identity import Identity
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.project.settings import ProjectSettings
    from marketing_ibis.project.static_parsing import Node


def published_states(target: Target, schema: str) -> dict[str, ModelState]:
    """Return the state of each model whose table exists.

    A model whose table was dropped is not published, whatever the table of states says.

    Raises:
        UsageError: the state cannot be read.
    """
    from marketing_ibis.build.state import read_states

    states = target.attempt("state", lambda: read_states(target, schema))
    existing = target.relations(schema) if states else {}
    return {name: state for name, state in states.items() if name in existing}


def compare_models(
    project: ProjectSettings,
    nodes: Mapping[str, Node],
    dataflow: Dataflow,
    as_of: date,
    identities: Mapping[str, Identity],
    states: Mapping[str, ModelState],
) -> Changes:
    """Return what differs between the models of ``dataflow`` that were evaluated and the published ones."""
    from marketing_ibis.build.changes import Comparison
    from marketing_ibis.lineage.project import column_lineage
    from marketing_ibis.model.records import Exposure

    evaluated = {name: model for name, model in dataflow.models.items() if model.evaluated}
    on_other_days = _identities_on(project, evaluated, is_whole=len(evaluated) == len(dataflow.models))
    dataflow = replace(dataflow, models=evaluated)
    exposures = {
        name: Exposure(node.exposure_type, node.owner, node.description, node.parents)
        for name, node in nodes.items()
        if node.kind == "exposure"
    }
    lineage = column_lineage(dataflow)
    return Comparison(dataflow, lineage, as_of, identities, states, on_other_days, exposures).changes()


def compare_identities(
    project: ProjectSettings,
    as_of: date,
    identities: Mapping[str, Identity],
    states: Mapping[str, ModelState],
    *,
    is_whole: bool,
) -> dict[str, ModelChange]:
    """Return what differs between the models of ``identities``, parents first, and the published ones.

    The project is compiled only if a model that depends on as_of was published as of a different date: these models, or
    with ``is_whole`` all.
    """
    from marketing_ibis.build.changes import ModelComparison

    on_other_days = _identities_on(project, identities, is_whole=is_whole)
    return ModelComparison(as_of, identities, states, on_other_days).changes()


def _identities_on(project: ProjectSettings, names: Collection[str], *, is_whole: bool) -> IdentitiesOn:
    """Return what compiles the models ``names``, or the whole project, as of a date, and identifies them."""

    def compile_on(day: date) -> Mapping[str, Identity]:
        from marketing_ibis.build.identities import model_identities

        return model_identities(project.compile(day, None if is_whole else tuple(names)))

    return compile_on


def compare_project(
    project: ProjectSettings,
    nodes: Mapping[str, Node],
    dataflow: Dataflow,
    as_of: date,
    states: Mapping[str, ModelState],
) -> dict[str, frozenset[str]]:
    """Return what ``state:`` says of each source and model: new and modified, old and modified, or old and unmodified.

    A model is modified if its rows or columns mean something else than what is published, also because of a parent, if
    it is stored in another way, or if its data tests changed. A source is new if no published model was built from it.
    """
    from marketing_ibis.build.identities import model_identities
    from marketing_ibis.testing.collect import declared_data_tests

    identities = model_identities(dataflow, declared_data_tests(dataflow, project.tests))
    words = {}
    for change in compare_models(project, nodes, dataflow, as_of, identities, states).models:
        is_modified = change.kind != "unchanged" or change.tests_changed
        words[change.name] = ("new" if change.kind == "new" else "old", "modified" if is_modified else "unmodified")
    sources_read = {source for state in states.values() for source in state.inputs}
    for name in dataflow.sources:
        words[name] = ("old", "unmodified") if name in sources_read else ("new", "modified")
    return {name: frozenset(pair) for name, pair in words.items() if name in dataflow.nodes}
