"""Have Hamilton draw the dataflow, and add what it does not know: how tables are stored, their rows and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from marketing_ibis.graph import topological
from marketing_ibis.lineage.drawing.packages import graphviz
from marketing_ibis.lineage.drawing.style import (
    EXPOSURES,
    FONT,
    INK,
    LINE,
    NO_NOTES,
    Notes,
    colours,
    declaration,
    described,
    exposures,
    in_order,
    kind,
    parents_of,
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
    kept = frozenset(dataflow.graph() if names is None else names)
    # Of these alone: a page for each of a thousand models looks at a few of them.
    shown = topological({name: parents_of(dataflow, name) for name in sorted(kept)})
    hamilton = dataflow.hamilton.graph
    digraph = hamilton.display(
        # A list, as a set would come in another order each time.
        [hamilton.nodes[name] for name in shown],
        graphviz_kwargs=LAYOUT,
        strictly_display_only_passed_in_nodes=True,
        hide_inputs=True,
        custom_style_function=_styled(dataflow),
        config={},
    )
    for name in shown:
        digraph.node(name, **_told(dataflow, name, highlight, notes))
    layers = {declaration(dataflow, name).layer for name in shown}
    exposed = exposures(dataflow, kept, highlight, notes)
    _expose(digraph, exposed, notes)
    layers |= {EXPOSURES} if exposed else set()
    _arrange_legend(digraph, in_order(layers))
    return str(digraph.source)


def _arrange_legend(digraph: Any, layers: Sequence[str]) -> None:
    """Lay Hamilton's legend out as one low row, in the order of the layers."""
    with digraph.subgraph(name="cluster__legend", graph_attr=LEGEND) as legend:
        for layer in layers:
            legend.node(_legend_of(layer), label=graphviz().escape(layer), **_look(layer) | KEY)
        for left, right in pairwise(layers):
            legend.edge(_legend_of(left), _legend_of(right), style="invis")


def _styled(dataflow: Dataflow) -> Any:
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


def _told(dataflow: Dataflow, name: str, highlight: str, notes: Notes) -> dict[str, str]:
    """Return what is written on a table, how its storage and the choice of it look, and where it leads."""
    told = {
        # Plain text: the Graphviz that comes from PyPI reads no HTML labels.
        "label": f"{name}\\n{kind(dataflow, name, notes.rows)}",
        "tooltip": graphviz().escape(described(dataflow, name) or name),
    }
    if declaration(dataflow, name).kind == "source":
        told |= {"shape": "cylinder"}
    elif declaration(dataflow, name).materialized == "view":
        told |= {"style": "rounded,filled,dashed"}
    if name == highlight:
        told |= {"penwidth": "3"}
    if address := notes.link(name):
        told |= {"URL": graphviz().escape(address), "target": "_top"}
    return told


def _expose(digraph: Any, exposed: Mapping[str, Sequence[str]], notes: Notes) -> None:
    """Draw what reads tables from outside of the dataflow."""
    escape = graphviz().escape
    for name, parents in exposed.items():
        told = {"label": f"{escape(name)}\\nexposure", "tooltip": escape(name), **_look(EXPOSURES)}
        if address := notes.link(name):
            told |= {"URL": escape(address), "target": "_top"}
        # A blank, as in the legend: a name of an exposure may be a table's too.
        node = f"exposure {name}"
        digraph.node(node, shape="note", style="filled", **told)
        for parent in parents:
            digraph.edge(parent, node)
