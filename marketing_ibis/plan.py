"""Lay out which statements build and publish the selected models, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import ibis

from marketing_ibis.compile import Dataflow
from marketing_ibis.dialects import Dialect, Relation
from marketing_ibis.graph import ancestors, descendants, subgraph, waves
from marketing_ibis.layers import Materialized
from marketing_ibis.materializations import build_candidate, drop, publish, refill


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where sources are read and models are written."""

    sources: str = "dbt_production"
    models: str = "dbt_marketing"


@dataclass(frozen=True, slots=True)
class Step:
    """One model to build: where it goes, the SELECT of the candidate and of the published relation."""

    name: str
    relation: Relation
    kind: Materialized
    parents: tuple[str, ...]
    schema: ibis.Schema
    candidate_select: str
    select: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run does, decided before anything is touched.

    ``waves`` are steps that do not need each other. ``sources`` and ``standing`` are what must be there before.
    """

    dialect: Dialect
    schemas: Schemas
    waves: tuple[tuple[Step, ...], ...]
    sources: Mapping[Relation, ibis.Schema]
    standing: Mapping[Relation, tuple[str, ...]]

    def steps(self) -> Iterator[Step]:
        """Yield the steps in an order in which they can run one after another."""
        for wave in self.waves:
            yield from wave


def build_plan(dataflow: Dataflow, selected: Collection[str], dialect: Dialect, schemas: Schemas) -> Plan:
    """Return the plan that builds the ``selected`` models, and only these."""
    graph = dataflow.graph()
    chosen = _with_views_between({name for name in selected if name in dataflow.models}, dataflow)
    published = {name: Relation(schemas.models, name) for name in dataflow.models} | {
        name: Relation(schemas.sources, source.declaration.table) for name, source in dataflow.sources.items()
    }
    reading = {name: relation.candidate if name in chosen else relation for name, relation in published.items()}

    def step(name: str) -> Step:
        model = dataflow.models[name]
        select = dialect.select(model.expression)

        def reads(relations: Mapping[str, Relation]) -> str:
            return dialect.resolve(select, {parent: relations[parent] for parent in model.parents})

        kind = model.declaration.materialized
        return Step(name, published[name], kind, model.parents, model.schema, reads(reading), reads(published))

    ordered = waves(subgraph(graph, chosen))
    steps = tuple(tuple(step(name) for name in wave) for wave in ordered)
    outside = {parent for name in chosen for parent in graph[name] if parent not in chosen}
    sources = {published[name]: dataflow.sources[name].schema for name in sorted(outside & set(dataflow.sources))}
    standing = {
        published[name]: tuple(sorted(child for child in chosen if name in graph[child]))
        for name in sorted(outside & set(dataflow.models))
    }
    return Plan(dialect, schemas, steps, sources, standing)


def _with_views_between(chosen: set[str], dataflow: Dataflow) -> set[str]:
    """Add the views through which one chosen model reads another: they must read its candidate."""
    graph = dataflow.graph()
    between = descendants(graph, chosen) & ancestors(graph, chosen)
    return chosen | {name for name in between if dataflow.models[name].declaration.materialized == "view"}


def build_statements(plan: Plan, step: Step) -> tuple[str, ...]:
    """Return the statements that build the step's candidate."""
    return build_candidate(plan.dialect, step.relation, step.kind, step.candidate_select)


def publish_statements(
    plan: Plan, kinds: Mapping[str, Materialized], held: Collection[Relation] = ()
) -> tuple[str, ...]:
    """Return the statements that publish every step.

    ``kinds`` says what stands under which name. What is ``held`` by a view from outside the plan is refilled, not
    replaced.
    """
    standing = dict(kinds)
    statements = list(_drop_views(plan, standing, held)) if plan.dialect.binds_views else []
    for step in plan.steps():
        if step.relation in held:
            statements += refill(plan.dialect, step.relation, step.kind, step.select)
        else:
            kind = standing.get(step.relation.name)
            statements += publish(plan.dialect, step.relation, step.kind, step.select, standing=kind)
    return tuple(statements)


def _drop_views(plan: Plan, standing: dict[str, Materialized], held: Collection[Relation]) -> Iterator[str]:
    """Drop the plan's views, readers first, and take them out of ``standing``: nothing they hold on to could go."""
    for step in reversed(tuple(plan.steps())):
        if standing.get(step.relation.name) == "view" and step.relation not in held:
            del standing[step.relation.name]
            yield from drop(plan.dialect, step.relation, "view")
        if step.kind == "view":
            yield from drop(plan.dialect, step.relation.candidate, "view")


def held_relations(plan: Plan, readers: Mapping[str, Collection[Relation]]) -> dict[Relation, Relation]:
    """Return the plan's relations that must not be dropped, each with a view that holds on to it.

    A view of the plan holds on to what it reads only if it is itself held.
    """
    ours = {relation for step in plan.steps() for relation in (step.relation, step.relation.candidate)}
    held: dict[Relation, Relation] = {}
    while True:
        found = {
            step.relation: reader
            for step in plan.steps()
            for reader in readers.get(step.relation.name, ())
            if step.relation not in held and (reader not in ours or reader in held)
        }
        if not found:
            return held
        held |= found


def script(plan: Plan) -> str:
    """Return the whole run as one SQL script, for a client of the engine."""
    dialect = plan.dialect
    statements = [f"CREATE SCHEMA IF NOT EXISTS {dialect.identifier(plan.schemas.models)}"]
    for step in reversed(tuple(plan.steps())):
        statements += drop(dialect, step.relation.candidate, step.kind)
    for step in plan.steps():
        statements += build_statements(plan, step)
    kinds = {step.relation.name: step.kind for step in plan.steps()}
    statements += ["BEGIN", *publish_statements(plan, kinds), "COMMIT"]
    return "".join(f"{statement};\n\n" for statement in statements)
