"""Find how many bytes each string column of a table needs, for engines whose tables are created with widths."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.graph import topological
from marketing_ibis.lineage.text_widths import width_rules
from marketing_ibis.lineage.width_rules import Width, evaluate
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.records import Contract


def declared_rules(model: Model) -> dict[str, Width]:
    """Return how wide the string columns of a model are; a declared width counts before what the expression implies."""
    return width_rules(model.expression) | _declared(model.declaration.contract)


def declared_widths(dataflow: Dataflow) -> dict[str, Mapping[str, int]]:
    """Return the widths of every source and model, as far as declarations and expressions say them."""
    widths: dict[str, Mapping[str, int]] = {
        name: _declared(source.declaration.contract) for name, source in dataflow.sources.items()
    }
    for name in topological(dataflow.graph()):
        if name in dataflow.models:
            rules = declared_rules(dataflow.models[name])
            widths[name] = {column: evaluate(rule, widths) for column, rule in rules.items()}
    return widths


def _declared(contract: Contract) -> dict[str, int]:
    return {column.name: column.width for column in contract.columns if column.width}
