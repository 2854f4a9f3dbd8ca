"""Identify what the columns and rows of an expression mean, however the expression is written.

Two fingerprints are equal only if the values are equal whatever the tables under them contain. They stay equal when an
expression is refactored: names inside of it, the order of filters, projections and operands of AND, OR and =, columns
that nothing reads, and the place of a step count for nothing.

*columns*   A column's fingerprint covers how its value is computed for one row. A join, a window or an aggregate adds
            the rows that it reads.
*rows*      The fingerprint of the rows covers filters, joins, groups, limits and the orders that limits depend on.

An operation that is not known here, or whose result is random, has the fingerprint None, which equals no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import singledispatch
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Graph

Digest = str | None
"""An identity; None equals no other."""

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The identity of a table's rows, and of each of its columns by name; None if it cannot be known."""

    rows: Digest
    columns: Mapping[str, Digest]


def fingerprints_of(
    expression: ir.Table, parents: Mapping[str, Fingerprints] = MappingProxyType({})
) -> Fingerprints:
    """Return the fingerprints of an expression's rows and columns.

    A table under it that is named in ``parents`` means what its fingerprints there say, so that a step may move from
    one model to another; any other table means its name, and its columns their names and types.
    """
    operation = expression.op()
    reader = _Reader(parents)
    # From the leaves up, so that a long chain of steps needs no deep recursion.
    for node in Graph.from_bfs(operation).toposort():
        if isinstance(node, ops.Relation) and not isinstance(node, ops.JoinReference):
            reader.table(node)
    table = reader.table(operation)
    return Fingerprints(table.rows, dict(table.columns))


def _digest(*parts: Digest) -> Digest:
    if None in parts:
        return None
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()  # type: ignore[arg-type]


def _unordered(parts: Iterable[Digest]) -> Digest:
    distinct = set(parts)
    return None if None in distinct else _digest("unordered", *sorted(distinct))  # type: ignore[type-var]


class _Reads(IntEnum):
    """What a value is computed from besides the row that it belongs to."""

    ROW = 0
    ROWS = 1
    ORDER = 2


class _Value(NamedTuple):
    digest: Digest
    reads: _Reads = _Reads.ROW


@dataclass(frozen=True, slots=True)
class _Table:
    """A relation: its columns, and its rows as those of ``base`` that fulfil ``predicates``, in an ``order``."""

    columns: Mapping[str, Digest]
    base: Digest
    predicates: frozenset[Digest] = frozenset()
    order: Digest = ""

    @property
    def rows(self) -> Digest:
        return _digest("where", self.base, _unordered(self.predicates)) if self.predicates else self.base

    def resolve(self, value: _Value, *context: Digest) -> Digest:
        """Return the digest of a value that this table's rows are read for."""
        if value.reads is _Reads.ROW:
            return value.digest
        return _digest("over", value.digest, self.rows, self.order if value.reads is _Reads.ORDER else "", *context)


@dataclass(slots=True)
class _Reader:
    """Read relations and values, each once."""

    parents: Mapping[str, Fingerprints]
    tables: dict[ops.Node, _Table] = field(default_factory=dict)
    values: dict[ops.Node, _Value] = field(default_factory=dict)
    views: dict[ops.Node, list[ops.Node]] = field(default_factory=dict)

    def table(self, operation: ops.Relation) -> _Table:
        if operation not in self.tables:
            self.tables[operation] = _read_table(operation, self)
        return self.tables[operation]

    def value(self, operation: ops.Node) -> _Value:
        if operation not in self.values:
            self.values[operation] = _read_value(operation, self)
        return self.values[operation]

    def resolve(self, operation: ops.Node, table: _Table, *context: Digest) -> Digest:
        return table.resolve(self.value(operation), *context)

    def resolve_all(self, operations: Iterable[ops.Node], table: _Table) -> list[Digest]:
        return [self.resolve(operation, table) for operation in operations]

    def combine(self, name: str, arguments: Iterable[object]) -> _Value:
        """Return an operation's identity: its name and its arguments, in order."""
        parts = [self.argument(argument) for argument in arguments]
        return _Value(_digest(name, *(part.digest for part in parts)), max((p.reads for p in parts), default=_Reads.ROW))

    def argument(self, argument: object) -> _Value:
        match argument:
            case ops.Relation():
                # How an operation that is not known reads a table is not known either.
                return _Value(None)
            case ops.Node():
                return self.value(argument)
            case tuple() | list():
                return self.combine("list", argument)
            case Mapping():
                return self.combine("mapping", [part for item in argument.items() for part in item])
            case frozenset():
                return _Value(_unordered(self.argument(part).digest for part in argument))
            case None | bool() | int() | float() | str() | bytes() | Decimal() | UUID() | Enum():
                return _Value(f"{type(argument).__name__} {argument!r}")
            case datetime() | date() | time() | timedelta() | dt.DataType() | ops.Namespace():
                return _Value(repr(argument))
        return _Value(None)

    @contextmanager
    def other_values(self) -> Iterator[None]:
        """Forget values for a while: the table of a reference means something else."""
        values, self.values = self.values, {}
        yield
        self.values = values


# Values.


@singledispatch
def _read_value(operation: ops.Node, reader: _Reader) -> _Value:
    return reader.combine(type(operation).__name__, operation.args)


@_read_value.register
def _impure(_operation: ops.Impure, _reader: _Reader) -> _Value:
    return _Value(None)


@_read_value.register(ops.ScalarUDF)
@_read_value.register(ops.AggUDF)
def _function(operation: ops.ScalarUDF | ops.AggUDF, reader: _Reader) -> _Value:
    # The engine's own function is identified by its name; the body of one that is written in Python is not read.
    if operation.__input_type__.name != "BUILTIN":
        return _Value(None)
    namespace = operation.__udf_namespace__
    name = f"function {namespace.catalog!r} {namespace.database!r} {operation.__func_name__!r} {operation.dtype!r}"
    value = reader.combine(name, operation.args)
    return _reading_rows(value, operation) if isinstance(operation, ops.AggUDF) else value


@_read_value.register
def _field(operation: ops.Field, reader: _Reader) -> _Value:
    return _Value(reader.table(operation.rel).columns[operation.name])


@_read_value.register
def _alias(operation: ops.Alias, reader: _Reader) -> _Value:
    return reader.value(operation.arg)


@_read_value.register
def _reduction(operation: ops.Reduction, reader: _Reader) -> _Value:
    return _reading_rows(reader.combine(type(operation).__name__, operation.args), operation)


@_read_value.register(ops.CountStar)
@_read_value.register(ops.CountDistinctStar)
def _count(operation: ops.CountStar | ops.CountDistinctStar, reader: _Reader) -> _Value:
    columns = reader.table(operation.arg).columns.values() if isinstance(operation, ops.CountDistinctStar) else ()
    where = reader.argument(operation.where).digest
    return _Value(_digest(type(operation).__name__, _unordered(columns), where), _Reads.ROWS)


def _reading_rows(value: _Value, operation: ops.Reduction) -> _Value:
    follows_order = isinstance(operation, _ORDERED) and not getattr(operation, "order_by", ())
    return value._replace(reads=_Reads.ORDER if follows_order else max(value.reads, _Reads.ROWS))


_ORDERED = (ops.First, ops.Last, ops.ArrayCollect, ops.GroupConcat, ops.Arbitrary, ops.ArgMin, ops.ArgMax, ops.AggUDF)
"""Aggregates whose result may depend on the order of the rows."""


@_read_value.register
def _window(operation: ops.WindowFunction, reader: _Reader) -> _Value:
    func = reader.value(operation.func)
    frame = reader.combine("frame", (operation.how, operation.start, operation.end)).digest
    groups = _unordered(reader.value(key).digest for key in operation.group_by)
    keys = reader.combine("order", operation.order_by).digest
    is_ordered = bool(operation.order_by) or (func.reads is not _Reads.ORDER and isinstance(operation.func, ops.Reduction))
    # Without an order a frame of some rows, too, depends on the order in which the rows arrive.
    has_frame = operation.start is not None or operation.end is not None
    reads = _Reads.ROWS if is_ordered and (operation.order_by or not has_frame) else _Reads.ORDER
    return _Value(_digest("window", func.digest, frame, groups, keys), reads)


@_read_value.register
def _scalar_subquery(operation: ops.ScalarSubquery, reader: _Reader) -> _Value:
    table = reader.table(operation.rel)
    return _Value(_digest("scalar", table.rows, *table.columns.values()))


@_read_value.register
def _exists(operation: ops.ExistsSubquery, reader: _Reader) -> _Value:
    return _Value(_digest("exists", reader.table(operation.rel).rows))


@_read_value.register
def _in_subquery(operation: ops.InSubquery, reader: _Reader) -> _Value:
    table, needle = reader.table(operation.rel), reader.value(operation.needle)
    return needle._replace(digest=_digest("in", needle.digest, table.rows, *table.columns.values()))


@_read_value.register
def _in_values(operation: ops.InValues, reader: _Reader) -> _Value:
    return _commuted("in values", reader, operation.options, operation.value)


@_read_value.register(ops.And)
@_read_value.register(ops.Or)
def _connective(operation: ops.And | ops.Or, reader: _Reader) -> _Value:
    return _commuted(type(operation).__name__, reader, _operands(operation, type(operation)))


@_read_value.register(ops.Equals)
@_read_value.register(ops.NotEquals)
@_read_value.register(ops.IdenticalTo)
def _symmetric(operation: ops.Binary, reader: _Reader) -> _Value:
    return _commuted(type(operation).__name__, reader, operation.args)


@_read_value.register(ops.Greater)
@_read_value.register(ops.GreaterEqual)
def _turned(operation: ops.Binary, reader: _Reader) -> _Value:
    name = "Less" if isinstance(operation, ops.Greater) else "LessEqual"
    return reader.combine(name, (operation.right, operation.left))


def _commuted(name: str, reader: _Reader, operands: Iterable[ops.Node], *others: ops.Node) -> _Value:
    parts, rest = [reader.value(operand) for operand in operands], reader.combine(name, others)
    return _Value(_digest(_unordered(p.digest for p in parts), rest.digest), max(p.reads for p in (*parts, rest)))


def _operands(operation: ops.Node, kind: type[ops.Node]) -> Iterator[ops.Node]:
    """Yield what AND or OR connects, however it is nested."""
    pending = [operation]
    while pending:
        operand = pending.pop()
        if isinstance(operand, kind):
            pending.extend(operand.args)
        else:
            yield operand


# Relations.


@singledispatch
def _read_table(operation: ops.Relation, _reader: _Reader) -> _Table:
    return _Table(dict.fromkeys(operation.schema.names), None)


@_read_table.register
def _physical_table(operation: ops.PhysicalTable, reader: _Reader) -> _Table:
    if (parent := reader.parents.get(operation.name)) is not None:
        return _Table(parent.columns, parent.rows)
    table = _digest("table", operation.name, repr(getattr(operation, "namespace", None)))
    return _Table({name: _digest(table, name, repr(dtype)) for name, dtype in operation.schema.items()}, table)


@_read_table.register
def _memory_table(operation: ops.InMemoryTable, _reader: _Reader) -> _Table:
    values = operation.data.to_pyarrow(operation.schema).to_pydict()
    table = _digest("constants", repr(values))
    return _Table({name: _digest(table, name, repr(dtype)) for name, dtype in operation.schema.items()}, table)


@_read_table.register
def _dummy_table(operation: ops.DummyTable, reader: _Reader) -> _Table:
    table = _Table({}, "one row")
    return _project_onto(table, operation.values, reader)


@_read_table.register(ops.AliasedRelation)
@_read_table.register(ops.JoinReference)
def _same(operation: ops.AliasedRelation | ops.JoinReference, reader: _Reader) -> _Table:
    return reader.table(operation.parent)


@_read_table.register
def _view(operation: ops.SelfReference, reader: _Reader) -> _Table:
    # Its number within the process says nothing; which of the views of a table it is, does.
    views = reader.views.setdefault(operation.parent, [])
    views.append(operation)
    return _tag(reader.table(operation.parent), f"view {len(views)}")


def _tag(table: _Table, *tags: Digest) -> _Table:
    return replace(table, columns={name: _digest(*tags, column) for name, column in table.columns.items()})


@_read_table.register
def _filter(operation: ops.Filter, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    conditions = [part for predicate in operation.predicates for part in _operands(predicate, ops.And)]
    return replace(table, predicates=table.predicates.union(reader.resolve_all(conditions, table)))


@_read_table.register
def _drop_null(operation: ops.DropNull, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    subset = operation.subset
    columns = table.columns.values() if subset is None else [reader.resolve(column, table) for column in subset]
    present = [_digest("NotNull", column) for column in columns]
    predicates = present if operation.how == "any" else [_digest(_unordered(present), _digest("Or"))]
    return replace(table, predicates=table.predicates.union(predicates))


@_read_table.register
def _fill_null(operation: ops.FillNull, reader: _Reader) -> _Table:
    table, values = reader.table(operation.parent), operation.replacements
    by_column = values if isinstance(values, Mapping) else dict.fromkeys(table.columns, values)
    filled = {name: _digest("fill", table.columns[name], reader.argument(by_column[name]).digest) for name in by_column}
    return replace(table, columns={**table.columns, **filled})


@_read_table.register
def _drop_columns(operation: ops.DropColumns, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    return replace(table, columns={name: table.columns[name] for name in operation.schema.names})


@_read_table.register
def _project(operation: ops.Project, reader: _Reader) -> _Table:
    return _project_onto(reader.table(operation.parent), operation.values, reader)


def _project_onto(table: _Table, values: Mapping[str, ops.Value], reader: _Reader) -> _Table:
    columns = {name: reader.resolve(value, table) for name, value in values.items()}
    # A list that is unnested makes as many rows as it is long.
    unnested = [columns[name] for name, value in values.items() if value.find(ops.Unnest, filter=ops.Value)]
    if not unnested:
        return replace(table, columns=columns)
    return _Table(columns, _digest("unnest", table.rows, *unnested), order=table.order)


@_read_table.register
def _table_unnest(operation: ops.TableUnnest, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    items = _digest("items", reader.resolve(operation.column, table))
    columns = {**table.columns, operation.column_name: items}
    if operation.offset is not None:
        columns[operation.offset] = _digest("offset", items)
    return _Table(columns, _digest("unnest", table.rows, items, str(operation.keep_empty)), order=table.order)


@_read_table.register
def _sort(operation: ops.Sort, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    return replace(table, order=_digest("by", *reader.resolve_all(operation.keys, table)))


@_read_table.register
def _limit(operation: ops.Limit, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    bounds = reader.combine("limit", (operation.n, operation.offset)).digest
    return _Table(table.columns, _digest(table.rows, table.order, bounds), order=table.order)


@_read_table.register
def _sample(operation: ops.Sample, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    if operation.seed is None:
        return replace(table, base=None)
    how = reader.combine("sample", (operation.fraction, operation.method, operation.seed)).digest
    return _Table(table.columns, _digest(table.rows, table.order, how))


@_read_table.register
def _distinct(operation: ops.Distinct, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    return _Table(table.columns, _digest("distinct", table.rows, _unordered(table.columns.values())))


@_read_table.register
def _aggregate(operation: ops.Aggregate, reader: _Reader) -> _Table:
    table = reader.table(operation.parent)
    keys = {name: reader.resolve(key, table) for name, key in operation.groups.items()}
    by = _unordered(keys.values())
    metrics = {
        name: _digest("metric", reader.resolve(metric, table, by), by, table.rows)
        for name, metric in operation.metrics.items()
    }
    base = _digest("groups", table.rows, by) if keys else "one row"
    return _Table({**keys, **metrics}, base)


@_read_table.register
def _join_chain(operation: ops.JoinChain, reader: _Reader) -> _Table:
    first = reader.table(operation.first.parent)
    sides = {operation.first: first}
    links = []
    for link in operation.rest:
        right = reader.table(link.table.parent)
        identity = _link(link, right, sides, reader)
        links.append(identity)
        if link.how in ("right", "outer"):
            sides = {reference: _tag(side, "or none", identity) for reference, side in sides.items()}
        sides[link.table] = _tag(right, "joined", identity)
    with reader.other_values():
        reader.tables.update(sides)
        columns = {name: reader.value(value).digest for name, value in operation.values.items()}
    return _Table(columns, _digest("join", first.rows, *links))


def _link(link: ops.JoinLink, right: _Table, sides: Mapping[ops.Node, _Table], reader: _Reader) -> Digest:
    """Return the identity of a joined table: of its rows, and of how they are looked up."""
    if link.how == "positional":
        return None
    with reader.other_values():
        reader.tables.update({**sides, link.table: _tag(right, "right")})
        parts = [part for predicate in link.predicates for part in _operands(predicate, ops.And)]
        predicates = _unordered(reader.value(part).digest for part in parts)
    return _digest("link", link.how, right.rows, right.order if link.how.startswith("any") else "", predicates)


@_read_table.register
def _union(operation: ops.Union, reader: _Reader) -> _Table:
    left, right = reader.table(operation.left), reader.table(operation.right)
    columns = {name: _digest("either", left.columns[name], right.columns[name]) for name in left.columns}
    rows = _digest("union", left.rows, right.rows)
    return _Table(columns, _digest("distinct", rows, _unordered(columns.values())) if operation.distinct else rows)


@_read_table.register(ops.Intersection)
@_read_table.register(ops.Difference)
def _compare_rows(operation: ops.relations.Set, reader: _Reader) -> _Table:
    left, right = reader.table(operation.left), reader.table(operation.right)
    pairs = _unordered(_digest(left.columns[name], right.columns[name]) for name in left.columns)
    kind = f"{type(operation).__name__} {operation.distinct}"
    return _Table(left.columns, _digest(kind, left.rows, right.rows))
