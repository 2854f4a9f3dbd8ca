"""Compute the rows of a model by the same Python function that `run` calls, inside of dbt and SQLMesh."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

import pyarrow as pa


def compute_rows(module: str, name: str, rows: pa.Table, as_of: str) -> list[dict[str, Any]]:
    """Return the rows that a function returns for these, as dictionaries."""
    function = getattr(importlib.import_module(module), name)
    arguments: Mapping[str, object] = {"as_of": date.fromisoformat(as_of)}
    known = {key: value for key, value in arguments.items() if key in inspect.signature(function).parameters}
    order = [(column, "ascending") for column in rows.column_names]
    found = function(rows.sort_by(order).to_pylist(), **known)
    return [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in found]


def arrow_table(rows: list[dict[str, Any]], types: Mapping[str, str]) -> pa.Table:
    """Return rows as a table with these SQL types."""
    known = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us")}
    schema = pa.schema([(name, known.get(sql, pa.string())) for name, sql in types.items()])
    return pa.Table.from_pylist(rows, schema)
