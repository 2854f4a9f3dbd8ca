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
        declaration.dist_key,
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
    """Return an expression as text that depends on what it computes alone, not on the other columns of its tables."""

    def describe(node: ops.Node, results: Mapping[ops.Node, str], **arguments: Any) -> str:
        if isinstance(node, ops.UnboundTable):
            return f"table {node.name}"
        if isinstance(node, ops.InMemoryTable):
            return f"rows {node.schema!r}"
        return _digest((type(node).__name__, *map(repr, arguments.values())))

    if op not in texts:
        texts[op] = op.map(describe)[op]
    return texts[op]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:DIGITS]
