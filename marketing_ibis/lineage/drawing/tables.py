"""Have Hamilton draw the dataflow, and add what it does not know: how tables are stored, their rows and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from marketing_ibis.graph import topological
from marketing_ibis.lineage.drawing.packages import graphviz
from marketing_ibis.lineage.drawing.style import (
    FONT,
    INK,
    LINE,
    NO_NOTES,
    Notes,
    Output,
    colours,
    declaration,
    first_sentence,
    kind,
    outputs,
    parents_of,
    sort_layers,
)
from marketing_ibis.model.dataflow import Dataflow

LEGEND = {"rank": "", "label": "", "style": "rounded", "color": LINE, "penwidth": "0.5", "margin": "6"}
KEY = {"margin": "0.08,0.04", "height": "0.22", "width": "0", "shape": "rectangle", "style": "rounded,filled"}
LAYOUT = {
    "graph_attr": {
        "bgcolor": "transparent",
        "fontname": FONT,
        "fontcolor": LINE,
        "fontsize": "10",
        "nodesep": "0.18",
        "ranksep": "0.4",
        "concentrate": "false",
        "style": "",
    },
    "node_attr": {"fontname": FONT},
    "edge_attr": {"color": LINE, "arrowsize": "0.7"},
}


def tables_dot(
    dataflow: Dataflow, names: Iterable[str] | None = None, *, highlight: str = "", notes: Notes = NO_NOTES
) -> str:
    """Return Hamilton's drawing of the dataflow, or of the tables called ``names``, as DOT source.

    ``highlight`` is drawn with a thick edge. Layers have colours and a legend, views a dashed edge.

    Raises:
        ConfigurationError: the packages that draw are not installed.
    """
    graphviz()  # Hamilton only logs that it is missing.
    chosen = frozenset(dataflow.graph() if names is None else names)
    # Of these alone: a page for each of a thousand models looks at a few of them.
    ordered = topological({name: parents_of(dataflow, name) for name in sorted(chosen)})
    hamilton = dataflow.hamilton.graph
    digraph = hamilton.display(
        # A list, as a set would come in another order each time.
        [hamilton.nodes[name] for name in ordered],
        graphviz_kwargs=LAYOUT,
        strictly_display_only_passed_in_nodes=True,
        hide_inputs=True,
        custom_style_function=_style_function(dataflow),
        config={},
    )
    _drop_unused_edges(digraph, dataflow, ordered)
    for name in ordered:
        digraph.node(name, **_node_attributes(dataflow, name, highlight, notes))
    layers = {declaration(dataflow, name).layer for name in ordered}
    visible_outputs = outputs(dataflow, chosen, highlight, notes)
    _add_outputs(digraph, visible_outputs, notes)
    layers |= {output.layer for output in visible_outputs}
    _arrange_legend(digraph, sort_layers(layers))
    return str(digraph.source)


def _drop_unused_edges(digraph: Any, dataflow: Dataflow, names: Iterable[str]) -> None:
    """Drop the edges from optional parents that are not used: Hamilton draws every parameter."""
    unused_edges = {
        f"{parent} -> {name}"
        for name in names
        for parent in declaration(dataflow, name).optional_parents
        if parent not in parents_of(dataflow, name)
    }
    digraph.body[:] = [line for line in digraph.body if line.replace('"', "").strip() not in unused_edges]


def _arrange_legend(digraph: Any, layers: Sequence[str]) -> None:
    """Lay Hamilton's legend out as one low row, in the order of the layers."""
    with digraph.subgraph(name="cluster__legend", graph_attr=LEGEND) as legend:
        for layer in layers:
            legend.node(_legend_of(layer), label=graphviz().escape(layer), **_look(layer) | KEY)
        for left, right in pairwise(layers):
            legend.edge(_legend_of(left), _legend_of(right), style="invis")


def _style_function(dataflow: Dataflow) -> Any:
    def style(*, node: Any, node_class: str) -> tuple[dict[str, str], str, str]:
        """Return a node's style, as Hamilton expects it, and its line in the legend."""
        layer = declaration(dataflow, node.name).layer
        return _look(layer), node_class, _legend_of(layer)

    return style


def _look(layer: str) -> dict[str, str]:
    colour = colours(layer)
    return {
        "fillcolor": colour.ground,
        "color": colour.edge,
        "fontcolor": INK,
        "fontname": FONT,
        "fontsize": "12",
        "margin": "0.16,0.08",
    }


def _legend_of(layer: str) -> str:
    # No function has a blank in its name, so the legend takes no table's place.
    return f"layer {layer}"


def _node_attributes(dataflow: Dataflow, name: str, highlight: str, notes: Notes) -> dict[str, str]:
    """Return what is written on a table, how its storage and the choice of it look, and where it leads."""
    attributes = {
        # Plain text: the Graphviz that comes from PyPI reads no HTML labels.
        "label": f"{name}\\n{kind(dataflow, name, notes.rows)}",
        "tooltip": graphviz().escape(first_sentence(dataflow, name) or name),
    }
    if declaration(dataflow, name).kind == "source":
        attributes |= {"shape": "cylinder"}
    elif declaration(dataflow, name).materialized == "view":
        attributes |= {"style": "rounded,filled,dashed"}
    if name == highlight:
        attributes |= {"penwidth": "3"}
    if address := notes.link(name):
        attributes |= {"URL": graphviz().escape(address), "target": "_top"}
    return attributes


def _add_outputs(digraph: Any, visible_outputs: Iterable[Output], notes: Notes) -> None:
    """Draw what reads tables from outside of the dataflow."""
    escape = graphviz().escape
    for output in visible_outputs:
        label = f"{escape(output.name)}\\n{output.kind}"
        attributes = {"label": label, "tooltip": escape(output.name), **_look(output.layer)}
        if address := notes.link(output.name):
            attributes |= {"URL": escape(address), "target": "_top"}
        # A blank, as in the legend: a name of an exposure may be a table's too.
        node = f"{output.kind} {output.name}"
        digraph.node(node, shape="note", style="filled", **attributes)
        for parent in output.parents:
            digraph.edge(parent, node)
