"""Return whether a model would be built in the same way again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.model import DataTest, Model, Source

DIGITS = 12


def fingerprint(model: Model, select: str) -> str:
    """Return the identity of a model on an engine: of its SELECT, how it is stored, laid out and described.

    ``select`` is the text that the engine gets, so as_of, settings and versions of the compiler are in it as far as
    they change anything.
    """
    declaration = model.declaration
    parts = (
        select,
        declaration.materialized,
        *declaration.distribution,
        *declaration.sort_keys,
        model.description,
        *(repr(column) for column in declaration.contract.columns),
        *((model.row_function.identity,) if model.row_function else ()),
    )
    return _digest(parts)


def source_fingerprint(source: Source) -> str:
    """Return the identity of a source: its table, its columns and how it is described."""
    declaration = source.declaration
    columns = (repr(column) for column in declaration.contract.columns)
    place = filter(None, (declaration.database, declaration.schema, declaration.table))
    return _digest((*place, source.description, repr(source.schema), *columns))


def data_test_fingerprint(
    data_test: DataTest, expressions: Iterable[object], texts: MutableMapping[ops.Node, str]
) -> str:
    """Return the identity of a data test: of the expressions that find what fails, its severity and thresholds.

    A column that is added to a table the test reads changes nothing. ``texts`` caches the string of each expression,
    which several tests may share.
    """
    parts = [_expression_text(part.op(), texts) if isinstance(part, ir.Expr) else repr(part) for part in expressions]
    where = "" if data_test.where is None else "where"
    return _digest(
        (data_test.test, data_test.column, data_test.severity, data_test.warn_if, data_test.error_if, where, *parts)
    )


def _expression_text(op: ops.Node, texts: MutableMapping[ops.Node, str]) -> str:
    """Return an expression as a string that depends only on what it computes, not on other columns of its tables."""
    waiting = [op]
    # Without recursion, so that a long chain of steps has no limit.
    while waiting:
        node = waiting[-1]
        missing = [] if node in texts else [child for child in node.__children__ if child not in texts]
        if missing:
            waiting += missing
        elif waiting.pop() not in texts:
            texts[node] = _node_text(node, texts)
    return texts[op]


def _node_text(node: ops.Node, texts: Mapping[ops.Node, str]) -> str:
    if isinstance(node, ops.UnboundTable):
        return f"table {node.name}"
    if isinstance(node, ops.InMemoryTable):
        return f"rows {node.schema!r}"
    return _digest((type(node).__name__, *(repr(_with_texts(argument, texts)) for argument in node.__args__)))


def _with_texts(argument: Any, texts: Mapping[ops.Node, str]) -> Any:
    """Return an argument of an operation with strings in place of the nodes in it."""
    if isinstance(argument, ops.Node):
        return texts[argument]
    if isinstance(argument, tuple | list):
        return tuple(_with_texts(part, texts) for part in argument)
    if isinstance(argument, dict):
        return {_with_texts(key, texts): _with_texts(value, texts) for key, value in argument.items()}
    return argument


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:DIGITS]
