"""Say by which Arrow type a column is exchanged with Python, by Ibis' name of its type and without Ibis."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.model.row_functions import FLAT_TYPES
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
    return pa.type_for_alias(FLAT_TYPES[name.partition("(")[0]])
