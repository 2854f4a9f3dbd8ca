"""Evaluate an expression that a user writes on the command line over the project's models and sources."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import CodeType

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.errors import UsageError, nearest
from marketing_ibis.model.validation import advice_for

OPTION = "--inline"
EXAMPLE = f'Write an Ibis expression over model names: {OPTION} "orders.count()".'


@dataclass(frozen=True, slots=True)
class InlineExpression:
    """A Python expression, and the models and sources that it ``names``."""

    code: CodeType
    names: tuple[str, ...]
    known_names: Collection[str]

    def evaluate(self, tables: Mapping[str, ir.Table]) -> ir.Table:
        """Return the table expression that it gives over ``tables``; a value or a column becomes a table of one column.

        Raises:
            UsageError: it fails, or gives something else.
        """
        try:
            # The command's user wrote it, who could run any other Python as well.
            value = eval(self.code, {"ibis": ibis, "_": ibis._, **tables})  # noqa: S307
            expression = value.as_table() if isinstance(value, ir.Value) else value
        except (Exception, SystemExit) as error:  # what the expression raises is not known beforehand
            raise self._failure(error) from error
        if not isinstance(expression, ir.Table):
            raise UsageError(f"{OPTION} is {_describe(value)}, not an Ibis expression.", hint=EXAMPLE)
        if expression.op().find(ops.InMemoryTable):
            raise UsageError(f"{OPTION} contains rows in memory, which the engine cannot read.", hint=EXAMPLE)
        return expression

    def _failure(self, error: BaseException) -> UsageError:
        message = f"{OPTION} cannot be evaluated: {type(error).__name__}: {error}".rstrip(".")
        hint = advice_for(error)
        if isinstance(error, NameError) and not hint:
            message = f"{OPTION} names {error.name}, which is not a model or source"
            hint = nearest(str(error.name), self.known_names)
        return UsageError(f"{message}.", hint=hint or EXAMPLE)


def parse_inline(text: str, known_names: Collection[str]) -> InlineExpression:
    """Return the expression with those of ``known_names`` that it uses.

    Raises:
        UsageError: it is not a Python expression.
    """
    try:
        tree = ast.parse(text.strip(), OPTION, "eval")
        code = compile(tree, OPTION, "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise UsageError(f"{OPTION} is not a Python expression: {reason}.", hint=EXAMPLE) from error
    used_names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return InlineExpression(code, tuple(name for name in known_names if name in used_names), known_names)


def _describe(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"
