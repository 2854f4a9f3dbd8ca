"""Count what the SELECT of each model makes the engine do, from the plan alone."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.datatypes as dt

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.costs import Costs, StoredRelation
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.vocabulary import DEFAULT_WIDTH

WORD = 8
NARROW = ((dt.Boolean, 1), (dt.Int8, 2), (dt.Int16, 2), (dt.Int32, 4), (dt.Date, 4), (dt.Float32, 4))
"""Types of fewer than eight bytes."""
LONG_DECIMAL, MOST_DIGITS_OF_A_WORD = 16, 18


def plan_costs(plan: Plan, dataflow: Dataflow) -> Mapping[str, Costs]:
    """Return the costs of each step of a plan, in the order of the steps.

    Raises:
        UsageError: the engine's costs are not estimated.
    """
    selects = {step.name: step.select for step in plan.steps()}
    stored = {
        str(relation): _stored(plan, dataflow.nodes[name], selects, plan.published)
        for name, relation in plan.published.items()
    }
    keys = {name: model.declaration.dist_key or "" for name, model in dataflow.models.items()}
    return {
        step.name: plan.dialect.estimate(step.select, stored, keys[step.name] if step.kind == "table" else "")
        for step in plan.steps()
    }


def _stored(
    plan: Plan, node: Model | Source, selects: Mapping[str, str], published: Mapping[str, Relation]
) -> StoredRelation:
    widths = plan.text_widths.get(node.name, {})
    columns = {name: _width(dtype, widths.get(name)) for name, dtype in node.schema.items()}
    if isinstance(node, Source):
        return StoredRelation(columns)
    declaration = node.declaration
    if declaration.materialized == "view":
        select = selects.get(node.name) or plan.dialect.resolve(plan.dialect.select(node.expression), published)
        return StoredRelation(columns, select=select)
    # A table whose key may be NULL is spread evenly: all rows without a key would be on one slice.
    is_nullable = {column.name: column.nullable for column in declaration.contract.columns}
    dist_key = declaration.dist_key or ""
    return StoredRelation(columns, "" if is_nullable.get(dist_key, True) else dist_key)


def _width(dtype: dt.DataType, text_width: int | None) -> int:
    """Return the bytes of a value of a column."""
    if dtype.is_string():
        return text_width or DEFAULT_WIDTH
    if isinstance(dtype, dt.Decimal):
        return LONG_DECIMAL if (dtype.precision or 0) > MOST_DIGITS_OF_A_WORD else WORD
    return next((width for kind, width in NARROW if isinstance(dtype, kind)), WORD)
