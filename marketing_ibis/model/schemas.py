"""Compare the columns of an expression or a table with the declared ones."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.model.type_names import comparable


def schema_differences(expected: Mapping[str, object], actual: Mapping[str, object]) -> tuple[str, ...]:
    """Return how ``actual`` columns differ from ``expected``, nullability aside, one phrase per column.

    Types are Ibis' own, or their names.
    """
    actual_types = {name: comparable(str(dtype)) for name, dtype in actual.items()}
    expected_types = {name: comparable(str(dtype)) for name, dtype in expected.items()}
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
