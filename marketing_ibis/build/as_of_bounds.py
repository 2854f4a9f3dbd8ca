"""See whether a later as_of only lets further rows into a model, or changes rows that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import ibis.expr.operations as ops

from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.identity import Identity
from marketing_ibis.model.dataflow import Dataflow


def unbounded_identities(dataflow: Dataflow) -> dict[str, Identity]:
    """Return the identities that the models would have without filters for what is not later than as_of.

    If they are the same as of two dates, the later date only adds rows that those filters let in.
    """
    as_of = dataflow.inputs.get("as_of")
    if not isinstance(as_of, date):
        return model_identities(dataflow)

    def unbounded(node: ops.Node, arguments: Mapping[str, Any] | None) -> ops.Node:
        node = node.__recreate__(arguments) if arguments else node
        if not isinstance(node, ops.Filter):
            return node
        predicates = tuple(TRUE if _is_upper_bound(p, as_of) else p for p in node.predicates)
        return node.copy(predicates=predicates)

    models = {
        name: replace(model, expression=model.expression.op().replace(unbounded).to_expr())
        for name, model in dataflow.models.items()
        if model.evaluated
    }
    return model_identities(replace(dataflow, models=models))


TRUE = ops.Literal(True, dtype="boolean")


def _is_upper_bound(predicate: ops.Node, as_of: date) -> bool:
    match predicate:
        case ops.LessEqual(left=ops.Field(), right=bound) | ops.GreaterEqual(left=bound, right=ops.Field()):
            return isinstance(bound, ops.Literal) and bound.dtype.is_date() and bound.value == as_of
    return False
