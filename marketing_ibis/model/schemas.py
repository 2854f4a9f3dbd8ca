"""Compare the schema of an expression or a table with the declared one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt


def schema_differences(expected: ibis.Schema, actual: Mapping[str, dt.DataType]) -> tuple[str, ...]:
    """Return how ``actual`` columns differ from ``expected``, nullability aside, one phrase a column."""
    found = {name: _comparable(dtype) for name, dtype in actual.items()}
    wanted = {name: _comparable(dtype) for name, dtype in expected.items()}
    phrases = [f"{name} is missing" for name in wanted if name not in found]
    phrases += [f"{name} is not declared" for name in found if name not in wanted]
    phrases += [
        f"{name} is {found[name]}, declared {dtype}"
        for name, dtype in wanted.items()
        if name in found and found[name] != dtype
    ]
    if not phrases and list(found) != list(wanted):
        phrases.append(f"columns are in a different order than declared: {', '.join(found)}")
    return tuple(phrases)


def _comparable(dtype: dt.DataType) -> dt.DataType:
    # Engines report a timestamp's digits after the second; no contract depends on them.
    return dtype.copy(nullable=True, scale=None) if dtype.is_timestamp() else dtype.copy(nullable=True)
