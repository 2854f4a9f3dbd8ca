"""Compare the schema of an expression or a table with the declared one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt


def schema_differences(expected: ibis.Schema, actual: Mapping[str, dt.DataType]) -> tuple[str, ...]:
    """Return how ``actual`` columns differ from ``expected``, nullability aside, one phrase a column."""
    actual_types = {name: _comparable(dtype) for name, dtype in actual.items()}
    expected_types = {name: _comparable(dtype) for name, dtype in expected.items()}
    phrases = [f"{name} is missing" for name in expected_types if name not in actual_types]
    phrases += [f"{name} is not declared" for name in actual_types if name not in expected_types]
    phrases += [
        f"{name} is {actual_types[name]}, declared {dtype}"
        for name, dtype in expected_types.items()
        if name in actual_types and actual_types[name] != dtype
    ]
    if not phrases and list(actual_types) != list(expected_types):
        phrases.append(f"columns are in a different order than declared: {', '.join(actual_types)}")
    return tuple(phrases)


def _comparable(dtype: dt.DataType) -> dt.DataType:
    # Engines report a timestamp's digits after the second; no contract depends on them.
    return dtype.copy(nullable=True, scale=None) if dtype.is_timestamp() else dtype.copy(nullable=True)
