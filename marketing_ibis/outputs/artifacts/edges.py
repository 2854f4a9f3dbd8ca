"""Write the lineage of a model's columns in the form that the manifest keeps under ``meta``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.model.column_ref import ColumnRef

if TYPE_CHECKING:
    import ibis.expr.types as ir

Edges = dict[str, list[str]]
"""Columns that another one comes from, as TABLE.COLUMN, by kind: value or control.

A kind without any is omitted. dbt's docs page prints it in one line next to the description, so it is kept short.
"""

PART = "lineage"


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a model's columns come from in the tables that it reads.

    ``rows`` leads to what decides the rows, and so to controls of every column; ``columns`` from each column to what it
    is computed from, and to the controls that it has in addition.
    """

    rows: Edges
    columns: Mapping[str, Edges]


def lineage_of(expression: ir.Table, dialect: Dialect) -> Lineage:
    """Return the lineage of a model's expression.

    It does not depend on the dialect, but that has a cache, and a run is too short to read every expression again.
    """
    return Lineage(**json.loads(dialect.recall(PART, expression, lambda: _lineage_json(expression))))


def _lineage_json(expression: ir.Table) -> str:
    from marketing_ibis.lineage.expression import origins_of  # it imports ibis, which an applied plan does without

    table = origins_of(expression)
    columns = {
        name: _edges(value=origins.values, control=table.own_controls(name)) for name, origins in table.columns.items()
    }
    return json.dumps({"rows": _edges(control=table.rows.controls), "columns": columns})


def _edges(**kinds: Iterable[ColumnRef]) -> Edges:
    return {kind: [str(ref) for ref in sorted(refs)] for kind, refs in kinds.items() if refs}
