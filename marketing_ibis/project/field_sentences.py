"""Read what a dataclass says of its fields."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise


def field_sentences(record: type) -> dict[str, str]:
    """Return what is said of each field of a dataclass by the string below it; nothing without its source."""
    try:
        source = textwrap.dedent(inspect.getsource(record))
    except (OSError, TypeError):
        # It was made by a program.
        return {}
    (definition,) = ast.parse(source).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        statement.target.id: inspect.cleandoc(next_statement.value.value)
        for statement, next_statement in pairwise(body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(next_statement, ast.Expr)
        and isinstance(next_statement.value, ast.Constant)
        and isinstance(next_statement.value.value, str)
    }
