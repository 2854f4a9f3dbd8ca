"""Write the lineage of a model's columns in the form that the manifest keeps under ``meta``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from marketing_ibis.dialects import Dialect
from marketing_ibis.origins import ColumnRef, origins_of

Edge = dict[str, str]
"""A column that another one comes from: ``unique_id`` of its table, ``column``, and ``kind``, value or control."""

PART = "lineage"


@dataclass(frozen=True, slots=True)
class Edges:
    """Where a model's columns come from.

    ``rows`` leads to what decides the rows, and so to controls of every column; ``columns`` from each column to what it
    is computed from, and to the controls that it has beside those.
    """

    rows: list[Edge]
    columns: Mapping[str, list[Edge]]


def edges_of(expression: ir.Table, ids: Mapping[str, str], dialect: Dialect) -> Edges:
    """Return the edges of an expression; ``ids`` has the unique id of every table by its name.

    They are no matter of the dialect, but it has a memory, and a run is too short to read every expression anew.
    """
    kept = json.loads(dialect.recall(PART, expression, lambda: _written(expression)))
    return Edges(_named(kept["rows"], ids), {column: _named(edges, ids) for column, edges in kept["columns"].items()})


def _written(expression: ir.Table) -> str:
    table = origins_of(expression)
    columns = {
        name: _triples("value", origins.values) + _triples("control", table.own_controls(name))
        for name, origins in table.columns.items()
    }
    return json.dumps({"rows": _triples("control", table.rows.controls), "columns": columns})


def _triples(kind: str, refs: Iterable[ColumnRef]) -> list[tuple[str, str, str]]:
    return [(ref.table, ref.column, kind) for ref in sorted(refs)]


def _named(triples: Iterable[tuple[str, str, str]], ids: Mapping[str, str]) -> list[Edge]:
    return [{"unique_id": ids[table], "column": column, "kind": kind} for table, column, kind in triples]
