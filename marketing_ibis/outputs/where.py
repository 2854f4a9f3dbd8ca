"""Read a condition on a model's columns, as a user writes it, into SQL that can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlglot
import sqlglot.expressions as sge
from sqlglot.errors import ErrorLevel, SqlglotError

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import UsageError, nearest

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

CONDITIONS = (sge.Predicate, sge.And, sge.Or, sge.Not, sge.Boolean, sge.Escape)
"""What is true or false whatever it contains."""
VALUES = (
    *(sge.Column, sge.Identifier, sge.Literal, sge.Null, sge.Paren, sge.Tuple, sge.Neg, sge.Add, sge.Sub, sge.Mul),
    *(sge.Div, sge.Mod, sge.DPipe, sge.Cast, sge.DataType, sge.DataTypeParam, sge.Interval, sge.Var),
    *(sge.Coalesce, sge.Nullif, sge.Lower, sge.Upper, sge.Trim, sge.Length, sge.Abs, sge.Round, sge.Left, sge.Right),
    *(sge.Extract, sge.Year, sge.Month, sge.Day),
)
"""What a condition may be made of besides: columns, literals, arithmetic and functions of one row."""
REFUSED_PREDICATES = (sge.Exists, sge.Any, sge.All, sge.SubqueryPredicate)
"""Predicates that read another table."""
PLAIN_TYPES = (*sge.DataType.NUMERIC_TYPES, *sge.DataType.TEXT_TYPES, *sge.DataType.TEMPORAL_TYPES)
"""What a value may be cast to."""
BARE_NAME = re.compile("[a-z_][a-z0-9_]*")
"""A column's name that a condition may have without quotes, unless it is a word of SQL."""


def read_condition(text: str, schema: ibis.Schema, dialect: Dialect) -> str:
    """Return the condition in the SQL of ``dialect``, generated from its parsed form.

    Only what is listed here is let through; names are quoted, and text is escaped as the engine wants it.

    Raises:
        UsageError: the text is not SQL, not a single condition, names another column, or holds anything but columns,
            values, comparisons and plain functions of them.
    """
    example = example_condition(schema, dialect)
    if not text.strip() or "\x00" in text:
        raise UsageError("--where is empty." if not text.strip() else "--where contains a NUL character.", hint=example)
    try:
        return _generate(_parse(text, dialect, example), text, schema, dialect, example)
    except SqlglotError as error:
        reason = _plain(str(error).splitlines()[0])
        if text.split()[0].lower() == "where":
            raise UsageError("--where contains the word WHERE itself.", hint=f"Remove it. {example}") from error
        raise UsageError(f"--where '{_short(text)}' is not SQL: {reason}.", hint=example) from error
    except RecursionError as error:
        raise UsageError("--where is nested too deeply.", hint="Write it with fewer brackets.") from error


def columns_of_condition(condition: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the columns that a condition in the SQL of ``dialect`` names, in order."""
    tree = sqlglot.parse_one(condition, read=dialect.compiler.dialect)
    return tuple(dict.fromkeys(column.name for column in tree.find_all(sge.Column, bfs=False)))


def example_condition(schema: ibis.Schema, dialect: Dialect) -> str:
    """Return a hint with a condition on columns of ``schema``."""
    names = [name for name in schema.names if _is_bare(name, dialect)]
    texts = [f"{name} = 'some text'" for name in names if schema[name].is_string()]
    numbers = [f"{name} > 100" for name in names if schema[name].is_numeric()]
    days = [f"{name} >= '2024-01-31'" for name in names if schema[name].is_date()]
    others = [f"{name} IS NOT NULL" for name in (*names, *map(dialect.identifier, schema.names))]
    # The first number of a table is usually its key.
    parts = [*texts[:1], *(numbers[-1:] or days[:1])] or others[:1]
    return f"Write a condition such as {' AND '.join(parts)}."


def _is_bare(name: str, dialect: Dialect) -> bool:
    if not BARE_NAME.fullmatch(name):
        return False
    try:
        return isinstance(sqlglot.parse_one(name, read=dialect.compiler.dialect), sge.Column)
    except SqlglotError:
        return False


def _parse(text: str, dialect: Dialect, example: str) -> sge.Expression:
    statements = sqlglot.parse(text, read=dialect.compiler.dialect)
    if len(statements) != 1 or statements[0] is None:
        raise UsageError(f"--where '{_short(text)}' is not one condition.", hint=example)
    tree: sge.Expression = statements[0]
    return tree


def _generate(tree: sge.Expression, text: str, schema: ibis.Schema, dialect: Dialect, example: str) -> str:
    columns = {name.lower(): name for name in schema.names}
    for node in tree.walk():
        _check(node, columns)
    if not _is_condition(tree, dict(schema.items())):
        raise UsageError(f"--where '{_short(text)}' is a value, not a condition.", hint=example)
    sql: str = tree.sql(dialect=dialect.compiler.dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    return sql


def _check(node: sge.Expression, columns: Mapping[str, str]) -> None:
    is_known = isinstance(node, (*CONDITIONS, *VALUES)) and not isinstance(node, (*REFUSED_PREDICATES, sge.Query))
    if not is_known or _has_forbidden_part(node):
        raise UsageError(
            f"--where must not contain {_describe(node)}.",
            hint="Use comparisons of the model's columns with values, AND, OR, NOT, arithmetic and functions of a row.",
        )
    if isinstance(node, sge.Column):
        _check_column(node, columns)


def _has_forbidden_part(node: sge.Expression) -> bool:
    has_subquery = isinstance(node, sge.In) and bool(node.args.get("query"))
    return has_subquery or (isinstance(node, sge.DataType) and node.this not in PLAIN_TYPES)


def _check_column(node: sge.Column, columns: Mapping[str, str]) -> None:
    identifier = node.this
    if len(node.parts) > 1 or not isinstance(identifier, sge.Identifier):
        raise UsageError(
            f"--where names {node.sql()}, but columns must be unqualified.", hint="Write the column's name alone."
        )
    name = identifier.name if identifier.args.get("quoted") else identifier.name.lower()
    if columns.get(name.lower()) != name:
        if identifier.args.get("quoted") and name.lower() not in columns:
            raise UsageError(
                f'--where names "{name}", which is not a column.',
                hint=f"Double quotes are for columns. Put strings in single quotes: {sge.Literal.string(name).sql()}.",
            )
        hint = nearest(name, columns)
        if hint.startswith("Known"):
            hint += f" A string needs single quotes: {sge.Literal.string(identifier.name).sql()}."
        raise UsageError(f"--where names {identifier.name}, which is not a column.", hint=hint)
    identifier.set("quoted", True)
    identifier.set("this", name)


def _is_condition(node: sge.Expression, types: Mapping[str, dt.DataType]) -> bool:
    if isinstance(node, sge.Paren):
        return _is_condition(node.this, types)
    if isinstance(node, (sge.And, sge.Or)):
        return _is_condition(node.left, types) and _is_condition(node.right, types)
    if isinstance(node, (sge.Not, sge.Escape)):
        return _is_condition(node.this, types)
    if isinstance(node, sge.Column):
        return bool(types[node.name].is_boolean())
    return isinstance(node, CONDITIONS)


def _describe(node: sge.Expression) -> str:
    if isinstance(node, sge.Query):
        return "a query"
    if isinstance(node, (sge.Anonymous, sge.Func)):
        return f"the function {node.name if isinstance(node, sge.Anonymous) else node.sql_name()}"
    return f"'{_short(node.sql(unsupported_level=ErrorLevel.IGNORE)) or type(node).__name__}'"


def _short(text: str, limit: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}..."


def _plain(message: str) -> str:
    """Take out what sqlglot says of itself, and the codes by which it underlines."""
    return message.partition(" for <class")[0].replace("\033[4m", "").replace("\033[0m", "").rstrip(".")
