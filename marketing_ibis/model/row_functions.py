"""The function that computes the rows of a model in Python, from the rows of its query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketing_ibis.errors import CompileError
from marketing_ibis.model.type_names import is_string, nullable
from marketing_ibis.model.vocabulary import Materialization

if TYPE_CHECKING:
    import ibis.expr.types as ir

FLAT_TYPES = {"boolean": "bool", "date": "date32", "string": "string", "timestamp": "timestamp[us]"}
FLAT_TYPES |= {name: name for name in ("float32", "float64", "int8", "int16", "int32", "int64")}
"""The types, next to decimals, of the rows that a function receives and returns, with Arrow's names of them."""
EXAMPLE = "@model(..., rows=credit_shares)"


@dataclass(frozen=True, slots=True, eq=False)
class RowFunction:
    """A function from the rows of ``query`` to the rows of a model.

    ``place`` is its "module:name". ``digest`` identifies the source of that module, of the project's modules that it
    imports, and the versions of libraries. ``arguments`` are the inputs and rules that its further parameters name.
    """

    place: str
    digest: str
    arguments: Mapping[str, object]
    query: ir.Table

    @property
    def identity(self) -> str:
        """What the rows depend on besides the rows of the query."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in sorted(self.arguments.items()))
        return f"{self.place}({arguments}) {self.digest}"


def is_flat(type_name: str) -> bool:
    """Return whether values of a type, by Ibis' name of it, are exchanged with Python functions."""
    name = nullable(type_name).partition("(")[0]
    return name in (*FLAT_TYPES, "decimal") and "'" not in type_name


def check_rows(
    relation: str,
    rows: Callable[..., Any],
    columns: Mapping[str, str],
    widths: Mapping[str, int],
    materialization: Materialization,
) -> None:
    """Stop where the rows of a model cannot be computed by ``rows``; ``columns`` have types, and strings ``widths``.

    Raises:
        CompileError: it is not a function that can be imported, the model is not a table, or a column has a type that
            is not exchanged with Python.
    """
    if not callable(rows):
        raise CompileError(f"{relation}: rows= is {rows!r}, not a function.", hint=f"Write {EXAMPLE}.")
    name = getattr(rows, "__qualname__", "")
    if not name.isidentifier():
        raise CompileError(
            f"{relation}: rows= is {name or rows!r}, which cannot be imported by its name.",
            hint="Define it with def, outside of any function or class.",
        )
    check_is_table(relation, materialization)
    for column, type_name in columns.items():
        if type_name != "id" and not is_flat(type_name):
            raise CompileError(
                f"{relation}: column {column} is {type_name}, which a Python function cannot return.",
                hint=f"Use one of {', '.join(FLAT_TYPES)} or a decimal.",
            )
        if is_string(type_name) and not widths.get(column):
            raise CompileError(
                f"{relation}: column {column} is computed by a Python function and has no width=.",
                hint="Declare the most bytes of its strings: width=32.",
            )


def check_is_table(relation: str, materialization: Materialization) -> None:
    """Stop where a model with a Python function is not stored as a table.

    Raises:
        CompileError: naming the model.
    """
    if materialization != "table":
        raise CompileError(
            f"{relation} is materialized as {materialization}, but a Python function computes its rows (rows=).",
            hint='Store it as a table: materialized="table".',
        )
