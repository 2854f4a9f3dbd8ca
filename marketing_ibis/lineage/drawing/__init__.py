"""Draw the lineage of tables, by Hamilton, and of columns: as SVG, DOT, Mermaid, text or data.

``graph_svg``, ``focused_svg`` and ``columns_svg`` are pure: the same dataflow and notes, the same picture. They and
DOT need the packages of the extra ``docs``; the other forms need none.
"""

from __future__ import annotations

from collections.abc import Iterable

from marketing_ibis.lineage.drawing.columns import columns_dot
from marketing_ibis.lineage.drawing.edges import ColumnEdges, edges_of_column, edges_of_tables
from marketing_ibis.lineage.drawing.mermaid import columns_mermaid, tables_mermaid
from marketing_ibis.lineage.drawing.nearby import Nearby, Surroundings
from marketing_ibis.lineage.drawing.personal import Readers, edges_of_personal, personal_record, personal_text
from marketing_ibis.lineage.drawing.record import lineage_record
from marketing_ibis.lineage.drawing.style import NO_NOTES, Notes
from marketing_ibis.lineage.drawing.svg import dot_to_svg
from marketing_ibis.lineage.drawing.tables import tables_dot
from marketing_ibis.lineage.drawing.text import column_text, columns_text, table_text, tables_text
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

__all__ = [
    "NO_NOTES",
    "ColumnEdges",
    "Nearby",
    "Notes",
    "Readers",
    "Surroundings",
    "column_text",
    "columns_dot",
    "columns_mermaid",
    "columns_svg",
    "columns_text",
    "dot_to_svg",
    "edges_of_column",
    "edges_of_personal",
    "edges_of_tables",
    "focused_svg",
    "graph_svg",
    "lineage_record",
    "personal_record",
    "personal_text",
    "table_text",
    "tables_dot",
    "tables_mermaid",
    "tables_text",
]


def graph_svg(dataflow: Dataflow, *, notes: Notes = NO_NOTES) -> str:
    """Return the whole dataflow as one SVG element.

    Raises:
        ConfigurationError: what draws is not installed.
    """
    return dot_to_svg(tables_dot(dataflow, notes=notes), "Lineage of all tables")


def focused_svg(dataflow: Dataflow, names: Iterable[str], name: str, *, notes: Notes = NO_NOTES) -> str:
    """Return the tables ``names`` around the table ``name``, which stands out, as one SVG element.

    Raises:
        KeyError: there is no source or model of such a name.
        ConfigurationError: what draws is not installed.
    """
    return dot_to_svg(tables_dot(dataflow, names, highlight=name, notes=notes), f"Lineage of {name}")


def columns_svg(dataflow: Dataflow, lineage: Lineage, of: str | ColumnRef, *, notes: Notes = NO_NOTES) -> str:
    """Return a model's columns with what they are made of in its parents, or one column's whole path, as SVG.

    Raises:
        KeyError: there is no such table or column.
        ConfigurationError: what draws is not installed.
    """
    edges = edges_of_column(lineage, of) if isinstance(of, ColumnRef) else edges_of_tables(lineage, [of])
    return dot_to_svg(columns_dot(dataflow, edges, highlight=str(of), notes=notes), f"Columns of {of}")
