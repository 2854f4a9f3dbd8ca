"""Names, types and values as Redshift's statements spell them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.compiler import compiler

PLACEHOLDER = re.compile(
    r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|%(?:\((?P<name>\w+)\))?(?P<kind>.)""", re.DOTALL
)
"""%s or %(name)s, as in Amazon's driver; and the strings, names and comments in which neither counts."""


def identifier(name: str) -> str:
    """Return a name in quotes."""
    return str(sge.to_identifier(name, quoted=True).sql(dialect=compiler.dialect))


def identifiers(names: Sequence[str]) -> str:
    """Return names in quotes, with commas between."""
    return ", ".join(map(identifier, names))


def literal(text: str) -> str:
    """Return a string in quotes."""
    return str(sge.Literal.string(text).sql(dialect=compiler.dialect))


def column_type(dtype: dt.DataType) -> str:
    """Return a type as DDL spells it."""
    return str(compiler.type_mapper.to_string(dtype))


def value_text(value: Any, dtype: dt.DataType | None = None) -> str:
    """Return a value of Python as an expression."""
    if value is None:
        return "NULL"
    tree = compiler.to_sqlglot(ibis.literal(value, dtype)).expressions[0]
    return str(getattr(tree, "this", tree).sql(dialect=compiler.dialect))


def with_parameters(statement: str, parameters: Sequence[Any] | Mapping[str, Any] | None) -> str:
    """Return a statement with its parameters as literals, so that the gate sees what is sent.

    Raises:
        IbisInputError: the parameters do not match the placeholders.
    """
    if parameters is None:
        return statement
    waiting = [] if isinstance(parameters, Mapping) else list(parameters)
    by_name = parameters if isinstance(parameters, Mapping) else {}

    def text(match: re.Match[str]) -> str:
        if match["kind"] is None:
            return match[0]
        if match[0] == "%%":
            return "%"
        if match["kind"] != "s":
            raise com.IbisInputError(
                f"{match[0]} is not a placeholder; write %s or %(name)s, and %% for a per cent sign."
            )
        if match["name"]:
            if match["name"] not in by_name:
                raise com.IbisInputError(f"The statement has %({match['name']})s, and parameters has no such key.")
            return value_text(by_name[match["name"]])
        if not waiting:
            raise com.IbisInputError("The statement has more placeholders than parameters.")
        return value_text(waiting.pop(0))

    filled = PLACEHOLDER.sub(text, statement)
    if waiting:
        raise com.IbisInputError(f"{len(waiting)} of the parameters have no placeholder %s in the statement.")
    return filled
