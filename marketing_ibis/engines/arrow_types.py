"""Say by which Arrow type a column is exchanged with Python, by Ibis' name of its type and without Ibis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.model.type_names import comparable

if TYPE_CHECKING:
    import pyarrow as pa

DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
MOST_DIGITS = 38


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow types of columns with Ibis' names of their types.

    Raises:
        KeyError: a type is not flat.
    """
    import pyarrow as pa

    return pa.schema([(name, _arrow_type(comparable(type_name))) for name, type_name in columns.items()])


def decimal_size(name: str) -> tuple[int, int]:
    """Return the digits of a decimal, and those after its point, by Ibis' name of its type."""
    match = DECIMAL.fullmatch(name)
    # Without digits it is that of a sum for which an expression declares none.
    return (int(match[1]), int(match[2])) if match else (MOST_DIGITS, 9)


def _arrow_type(name: str) -> pa.DataType:
    import pyarrow as pa

    if name.startswith("decimal"):
        return pa.decimal128(*decimal_size(name))
    types = {
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "float32": pa.float32(),
        "float64": pa.float64(),
        "int8": pa.int8(),
        "int16": pa.int16(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "string": pa.string(),
        "timestamp": pa.timestamp("us"),
    }
    return types[name.partition("(")[0]]
