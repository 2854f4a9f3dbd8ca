"""Turn an expression into the tree of one engine's SELECT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis.expr.operations as ops
import sqlglot.expressions as sge

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    from ibis.backends.sql.compilers.base import SQLGlotCompiler


def select_tree(compiler: SQLGlotCompiler, expression: ir.Table, mark: str) -> sge.Select:
    """Return the SELECT of ``expression``, with ``mark`` in place of each table's schema.

    Every number and date is cast to the type that Ibis gives it.
    """
    tables = expression.op().find((ops.UnboundTable, ops.DatabaseTable))
    # A project's tables are bound to no engine; unbinding would rewrite every node all the same.
    is_bound = any(isinstance(table, ops.DatabaseTable) for table in tables)
    unbound = expression.unbind() if is_bound else expression
    tree = _project(compiler.to_sqlglot(unbound), expression.columns)
    schema = expression.schema()
    tree.set("expressions", [_cast(compiler, value, schema[value.alias_or_name]) for value in tree.expressions])
    # A common table expression of the statement itself is no relation.
    names = {table.name for table in tables if isinstance(table, ops.UnboundTable)}
    for table in list(tree.find_all(sge.Table)):
        if not table.db and table.name in names:
            _mark(table, mark)
    return tree


def _cast(compiler: SQLGlotCompiler, value: sge.Expression, dtype: dt.DataType) -> sge.Expression:
    if not (dtype.is_numeric() or dtype.is_temporal()):
        return value
    kind = compiler.type_mapper.from_ibis(dtype)
    inner = value.this if isinstance(value, sge.Alias) else value
    if isinstance(inner, sge.Cast) and inner.to == kind:
        return value
    # Nothing is copied: the tree is the caller's own.
    name = sge.to_identifier(value.alias_or_name, quoted=True)
    return sge.Alias(this=sge.Cast(this=inner, to=kind), alias=name)


def _project(tree: sge.Expression, columns: Sequence[str]) -> sge.Select:
    """Return ``tree`` as a SELECT that lists ``columns``."""
    if isinstance(tree, sge.Select) and [value.alias_or_name for value in tree.expressions] == list(columns):
        return tree
    projection = sge.select(*[sge.column(name, quoted=True) for name in columns])
    return projection.from_(sge.Subquery(this=tree, alias=sge.TableAlias(this=sge.to_identifier("model", quoted=True))))


def _mark(table: sge.Table, mark: str) -> None:
    alias = table.args.get("alias")
    if alias is None:
        table.set("alias", sge.TableAlias(this=sge.to_identifier(table.name, quoted=True)))
    table.set("this", sge.to_identifier(table.name, quoted=True))
    table.set("db", sge.to_identifier(mark, quoted=True))
