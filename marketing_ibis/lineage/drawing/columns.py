"""Draw columns and their origins: one box per table, one row per column."""

from __future__ import annotations

import re

from marketing_ibis.lineage.drawing.edges import ColumnEdges
from marketing_ibis.lineage.drawing.packages import graphviz
from marketing_ibis.lineage.drawing.style import FONT, INK, LINE, NO_NOTES, Notes, colours, declaration
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

HEAD = "head"
GRAPH = {"rankdir": "LR", "bgcolor": "transparent", "nodesep": "0.25", "ranksep": "1.6", "fontname": FONT}
NODES = {
    "shape": "record",
    "style": "filled",
    "height": "0.2",
    "margin": "0.16,0.04",
    "fontname": FONT,
    "fontsize": "11",
    "fontcolor": INK,
}
EDGES = {"color": LINE, "arrowsize": "0.6"}
MARK = "\u25b8 "
"""Precedes the column that a drawing is about: a record has one colour."""


def columns_dot(dataflow: Dataflow, edges: ColumnEdges, *, highlight: str = "", notes: Notes = NO_NOTES) -> str:
    """Return a drawing of columns as DOT source: values flow along solid edges, controls along dashed ones.

    What decides which rows a table has leads to its head. ``highlight`` is a table or TABLE.COLUMN.

    Raises:
        ConfigurationError: the packages that draw are not installed.
    """
    digraph = graphviz().Digraph(graph_attr=GRAPH, node_attr=NODES, edge_attr=EDGES)
    ports = _ports(edges)
    for name, columns in edges.tables:
        address = notes.link(name)
        link = {"URL": graphviz().escape(address), "target": "_top"} if address else {}
        digraph.node(name, tooltip=name, **_look(dataflow, name, columns, highlight), **link)
    for origin, column in edges.values:
        digraph.edge(f"{ports[origin]}:e", f"{ports[column]}:w", tooltip=f"{origin} -> {column}")
    for origin, column in edges.controls:
        tip = f"{origin} decides {column}"
        digraph.edge(f"{ports[origin]}:e", f"{ports[column]}:w", style="dashed", tooltip=tip)
    for origin, table in edges.rows:
        tip = f"{origin} decides the rows of {table}"
        digraph.edge(f"{ports[origin]}:e", f"{table}:{HEAD}:w", style="dashed", tooltip=tip)
    return str(digraph.source)


def _ports(edges: ColumnEdges) -> dict[ColumnRef, str]:
    """Return where the edges of each column begin and end."""
    # A port of its own name could be a compass point: a column may be called "n".
    return {
        ColumnRef(name, column): f"{name}:c{place}"
        for name, columns in edges.tables
        for place, column in enumerate(columns)
    }


def _look(dataflow: Dataflow, name: str, columns: tuple[str, ...], highlight: str) -> dict[str, str]:
    """Return a table as a record: its head, then a field for each column."""
    colour = colours(declaration(dataflow, name).layer)
    marks = {highlight.removeprefix(f"{name}."): MARK}
    fields = [f"<c{place}> {marks.get(column, '')}{_plain(column)}\\l" for place, column in enumerate(columns)]
    return {
        "label": "|".join((f"<{HEAD}> {_plain(name)}", *fields)),
        "fillcolor": colour.ground,
        "color": colour.edge,
        "penwidth": "2" if highlight.partition(".")[0] == name else "1",
    }


def _plain(name: str) -> str:
    """Return a name without the meaning that a record gives to brackets, bars and blanks."""
    return re.sub(r"([\\{}|<> ])", r"\\\1", name)
