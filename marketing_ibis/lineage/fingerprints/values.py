"""What values mean: operations on columns, windows, aggregates and subqueries."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.operations as ops

from marketing_ibis.lineage.fingerprints.digests import digest, unordered
from marketing_ibis.lineage.fingerprints.reading import Reader, Scope, Value, operands_of, read_value


@read_value.register
def _impure(_operation: ops.Impure, _reader: Reader) -> Value:
    return Value(None)


@read_value.register(ops.ScalarUDF)
@read_value.register(ops.AggUDF)
def _function(operation: ops.ScalarUDF | ops.AggUDF, reader: Reader) -> Value:
    # The engine's own function is identified by its name; the body of one that is written in Python is not read.
    if operation.__input_type__.name != "BUILTIN":
        return Value(None)
    namespace = operation.__udf_namespace__
    name = f"function {namespace.catalog!r} {namespace.database!r} {operation.__func_name__!r} {operation.dtype!r}"
    value = reader.combine(name, operation.args)
    return _reading_rows(value, operation) if isinstance(operation, ops.AggUDF) else value


@read_value.register
def _field(operation: ops.Field, reader: Reader) -> Value:
    return Value(reader.table(operation.rel).columns[operation.name])


@read_value.register
def _alias(operation: ops.Alias, reader: Reader) -> Value:
    return reader.value(operation.arg)


@read_value.register
def _reduction(operation: ops.Reduction, reader: Reader) -> Value:
    return _reading_rows(reader.combine(type(operation).__name__, operation.args), operation)


@read_value.register(ops.CountStar)
@read_value.register(ops.CountDistinctStar)
def _count(operation: ops.CountStar | ops.CountDistinctStar, reader: Reader) -> Value:
    columns = reader.table(operation.arg).columns.values() if isinstance(operation, ops.CountDistinctStar) else ()
    where = reader.argument(operation.where).digest
    return Value(digest(type(operation).__name__, unordered(columns), where), Scope.ROWS)


def _reading_rows(value: Value, operation: ops.Reduction) -> Value:
    follows_order = isinstance(operation, _ORDERED) and not getattr(operation, "order_by", ())
    return value._replace(scope=Scope.ORDER if follows_order else max(value.scope, Scope.ROWS))


_ORDERED = (ops.First, ops.Last, ops.ArrayCollect, ops.GroupConcat, ops.Arbitrary, ops.ArgMin, ops.ArgMax, ops.AggUDF)
"""Aggregates whose result may depend on the order of the rows."""


@read_value.register
def _window(operation: ops.WindowFunction, reader: Reader) -> Value:
    func = reader.value(operation.func)
    frame = reader.combine("frame", (operation.how, operation.start, operation.end)).digest
    groups = unordered(reader.value(key).digest for key in operation.group_by)
    keys = reader.combine("order", operation.order_by).digest
    is_reduced = func.scope is not Scope.ORDER and isinstance(operation.func, ops.Reduction)
    # Without an order a frame of some rows, too, depends on the order in which the rows arrive.
    has_frame = operation.start is not None or operation.end is not None
    scope = Scope.ROWS if operation.order_by or (is_reduced and not has_frame) else Scope.ORDER
    return Value(digest("window", func.digest, frame, groups, keys), scope)


@read_value.register
def _scalar_subquery(operation: ops.ScalarSubquery, reader: Reader) -> Value:
    table = reader.table(operation.rel)
    return Value(digest("scalar", table.rows, *table.columns.values()))


@read_value.register
def _exists(operation: ops.ExistsSubquery, reader: Reader) -> Value:
    return Value(digest("exists", reader.table(operation.rel).rows))


@read_value.register
def _in_subquery(operation: ops.InSubquery, reader: Reader) -> Value:
    table, needle = reader.table(operation.rel), reader.value(operation.needle)
    return needle._replace(digest=digest("in", needle.digest, table.rows, *table.columns.values()))


@read_value.register
def _in_values(operation: ops.InValues, reader: Reader) -> Value:
    return _commuted("in values", reader, operation.options, operation.value)


@read_value.register(ops.And)
@read_value.register(ops.Or)
def _connective(operation: ops.And | ops.Or, reader: Reader) -> Value:
    return _commuted(type(operation).__name__, reader, operands_of(operation, type(operation)))


@read_value.register(ops.Equals)
@read_value.register(ops.NotEquals)
@read_value.register(ops.IdenticalTo)
def _symmetric(operation: ops.Binary, reader: Reader) -> Value:
    return _commuted(type(operation).__name__, reader, operation.args)


@read_value.register(ops.Greater)
@read_value.register(ops.GreaterEqual)
def _turned(operation: ops.Binary, reader: Reader) -> Value:
    name = "Less" if isinstance(operation, ops.Greater) else "LessEqual"
    return reader.combine(name, (operation.right, operation.left))


def _commuted(name: str, reader: Reader, operands: Iterable[ops.Node], *others: ops.Node) -> Value:
    parts, rest = [reader.value(operand) for operand in operands], reader.combine(name, others)
    return Value(digest(unordered(p.digest for p in parts), rest.digest), max(p.scope for p in (*parts, rest)))
