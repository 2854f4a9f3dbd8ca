"""Find a misspelled decorator: its function would be no model, and its readers would be blamed for it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator

from marketing_ibis.errors import CompileError

SIMILAR = 0.8
"""How much of a decorator's name must be a known one's for it to count as a typing error."""


def check_decorator(decorator: ast.expr, module: ast.Module, path: str, known_names: Collection[str]) -> None:
    """Stop at a call whose name is nearly one of ``known_names`` and which ``module`` does not define.

    Raises:
        CompileError: naming the place and the decorator that was probably meant.
    """
    match decorator:
        case ast.Call(func=ast.Name(id=name)):
            similar = difflib.get_close_matches(name, known_names, n=1, cutoff=SIMILAR)
            # `from x import *` may define any name.
            if similar and not {name, "*"} & set(_defined_names(module)):
                raise CompileError(
                    f"{path}:{decorator.lineno}: @{name}(...) is not defined.", hint=f"Did you mean @{similar[0]}?"
                )


def _defined_names(module: ast.Module) -> Iterator[str]:
    """Yield the names that a module imports, assigns and defines, at any depth."""
    for node in ast.walk(module):
        match node:
            case ast.alias(name=name, asname=alias):
                yield alias or name.partition(".")[0]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
