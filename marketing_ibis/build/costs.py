"""Count what the SELECT of each model makes the engine do, from the plan alone."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.costs import Costs, StoredRelation
from marketing_ibis.errors import CompileError
from marketing_ibis.model.dataflow import Dataflow


def plan_costs(plan: Plan, dataflow: Dataflow) -> Mapping[str, Costs]:
    """Return the costs of each step of a plan, in the order of the steps.

    Raises:
        UsageError: the engine's costs are not estimated.
        CompileError: the SQL of a model cannot be read.
    """
    stored, costs = stored_relations(plan, dataflow), {}
    for step in plan.steps():
        try:
            costs[step.name] = plan.dialect.estimate(step.select, stored, stored[str(step.relation)].dist_key)
        except CompileError as error:
            raise CompileError(f"{step.name}: {error}", hint=error.hint) from error
    return costs


def stored_relations(plan: Plan, dataflow: Dataflow) -> Mapping[str, StoredRelation]:
    """Return what is known of each table and view of a plan, by the name that SQL has."""
    selects = {step.name: step.select for step in plan.steps()}
    return {str(relation): _stored(plan, dataflow, name, selects) for name, relation in plan.published.items()}


def _stored(plan: Plan, dataflow: Dataflow, name: str, selects: Mapping[str, str]) -> StoredRelation:
    dialect, node, select = plan.dialect, dataflow.nodes[name], ""
    if name in dataflow.models and dataflow.models[name].declaration.materialized == "view":
        model = dataflow.models[name]
        select = selects.get(name) or dialect.resolve(dialect.select(model.expression), plan.published)
    return dialect.stored_relation(node, plan.text_widths.get(name, {}), select)
