"""Write lineage as Mermaid, which forges and many documentation tools draw by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from marketing_ibis.graph import topological
from marketing_ibis.lineage.drawing.edges import ColumnEdges
from marketing_ibis.lineage.drawing.style import (
    INK,
    NO_NOTES,
    Notes,
    colours,
    declaration,
    kind,
    outputs,
    sort_layers,
)
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow


def tables_mermaid(
    dataflow: Dataflow, names: Iterable[str] | None = None, *, highlight: str = "", notes: Notes = NO_NOTES
) -> str:
    """Return the dataflow, or the tables called ``names``, as a Mermaid flowchart."""
    graph = dataflow.graph()
    chosen = frozenset(graph if names is None else names)
    ordered = [name for name in topological(graph) if name in chosen]
    lines = ["flowchart LR"]
    for name in ordered:
        layer = declaration(dataflow, name).layer
        lines.append(f'  {_id(name)}["{name}<br/><small>{kind(dataflow, name, notes.rows)}</small>"]:::{_id(layer)}')
    lines += [f"  {_id(parent)} --> {_id(name)}" for name in ordered for parent in graph[name] if parent in chosen]
    visible_outputs = outputs(dataflow, chosen, highlight, notes)
    for place, output in enumerate(visible_outputs):
        # No table's name opens with a digit.
        label = f"{_plain(output.name)}<br/><small>{output.kind}</small>"
        lines.append(f'  {place}_["{label}"]:::{_id(output.layer)}')
        lines += [f"  {_id(parent)} --> {place}_" for parent in output.parents]
    lines += _classes(
        [*(declaration(dataflow, name).layer for name in ordered), *(output.layer for output in visible_outputs)]
    )
    if highlight in chosen:
        lines.append(f"  style {_id(highlight)} stroke-width:4px")
    return "\n".join(lines) + "\n"


def columns_mermaid(dataflow: Dataflow, edges: ColumnEdges) -> str:
    """Return a drawing of columns as a Mermaid flowchart: values along solid arrows, controls along dashed ones."""
    places = {
        ColumnRef(name, column): f"c{table}_{place}"
        for table, (name, columns) in enumerate(edges.tables)
        for place, column in enumerate(columns)
    }
    lines = ["flowchart LR"]
    for name, columns in edges.tables:
        lines.append(f'  subgraph {_id(name)}["{name}"]')
        lines += [f'    {places[ColumnRef(name, column)]}["{_plain(column)}"]' for column in columns]
        lines.append("  end")
    lines += [f"  {places[origin]} --> {places[target]}" for origin, target in edges.values]
    lines += [f"  {places[origin]} -.-> {places[target]}" for origin, target in edges.controls]
    lines += [f"  {places[origin]} -.-> {_id(table)}" for origin, table in edges.rows]
    lines += _classes(declaration(dataflow, name).layer for name, _ in edges.tables)
    lines += [f"  class {_id(name)} {_id(declaration(dataflow, name).layer)}" for name, _ in edges.tables]
    return "\n".join(lines) + "\n"


def _classes(layers: Iterable[str]) -> list[str]:
    looks = ((layer, colours(layer)) for layer in sort_layers(layers))
    return [f"  classDef {_id(layer)} fill:{look.ground},stroke:{look.edge},color:{INK}" for layer, look in looks]


def _id(name: str) -> str:
    # A model may be called like a word of Mermaid's: "end", "graph".
    return f"{name}_"


def _plain(text: str) -> str:
    """Return a string that does not end a label early."""
    return escape(text).replace("&quot;", "#quot;")
