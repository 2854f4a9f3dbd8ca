"""Find how many bytes each string column of a table needs, for engines whose tables are created with widths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketing_ibis.graph import topological
from marketing_ibis.lineage.text_widths import text_widths
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.records import Contract

Widths = dict[str, Mapping[str, int]]
"""The bytes of string columns, by the names of the table and of the column."""


def declared_widths(dataflow: Dataflow) -> Widths:
    """Return the widths of every source and model, as far as declarations and expressions say them."""
    sources = {name: _declared(source.declaration.contract) for name, source in dataflow.sources.items()}
    ordered = [dataflow.models[name] for name in topological(dataflow.graph()) if name in dataflow.models]
    return model_widths(ordered, sources)


def model_widths(models: Iterable[Model], input_widths: Mapping[str, Mapping[str, int]]) -> Widths:
    """Return ``input_widths`` and those of ``models``, which follow the models that they read.

    A declared width counts before the one that the expression implies.
    """
    widths: Widths = dict(input_widths)
    for model in models:
        widths[model.name] = text_widths(model.expression, widths) | _declared(model.declaration.contract)
    return widths


def _declared(contract: Contract) -> dict[str, int]:
    return {column.name: column.width for column in contract.columns if column.width}
