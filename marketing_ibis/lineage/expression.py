"""Read from one Ibis expression which columns of the tables under it make each of its columns.

A column has two kinds of origin:

*value*     It appears in the computation of the value: arguments, operands, the conditions of a case, and what a rank
            ranks by.
*control*   It decides which rows there are or how they are grouped: filters, join keys, group keys, the columns of a
            distinct, keys that sort, partition and order windows, conditions and orders inside an aggregate.

A group key is a value and a control. What is looked up in a table of constants has the join's keys as controls. Where
an operation is not known every column under it counts as both: an origin without an effect may be listed, but none is
ever missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any
from weakref import WeakKeyDictionary

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.model.column_ref import ColumnRef


@dataclass(frozen=True, slots=True)
class Origins:
    """What a column is made of.

    ``tables`` are those whose rows count, also where no column of theirs does. ``copies`` is the column that this one
    passes through unchanged, except for rows that are removed, duplicated or, by an outer join, empty.
    """

    values: frozenset[ColumnRef] = frozenset()
    controls: frozenset[ColumnRef] = frozenset()
    tables: frozenset[str] = frozenset()
    copies: ColumnRef | None = None

    def columns(self) -> frozenset[ColumnRef]:
        """Return every origin, of either kind."""
        return self.values | self.controls

    def controlled_by(self, *others: Origins) -> Origins:
        """Return these origins with all that ``others`` are made of as controls."""
        controls = self.controls.union(*(part for other in others for part in (other.values, other.controls)))
        tables = self.tables.union(*(other.tables for other in others))
        # Most have them already: the rows of a table decide its columns at every step.
        if len(controls) == len(self.controls) and len(tables) == len(self.tables):
            return self
        return Origins(self.values, controls, tables, self.copies)


NOTHING = Origins()


@dataclass(frozen=True, slots=True)
class TableOrigins:
    """The origins of a table's columns, and of its rows, which are controls of every column too."""

    columns: Mapping[str, Origins] = field(default_factory=dict)
    rows: Origins = NOTHING

    def controlled_by(self, *others: Origins) -> TableOrigins:
        """Return the table with rows, and so every column, decided by ``others`` too."""
        rows = self.rows.controlled_by(*others)
        return TableOrigins({name: column.controlled_by(rows) for name, column in self.columns.items()}, rows)

    def own_controls(self, column: str) -> frozenset[ColumnRef]:
        """Return the controls of a column that do not decide the rows as well."""
        return self.columns[column].controls - self.rows.controls

    def entire(self) -> Origins:
        """Return all columns taken together."""
        return merge_origins((*self.columns.values(), self.rows))


def merge_origins(parts: Iterable[Origins]) -> Origins:
    """Return the origins of a value that is computed from ``parts``."""
    origins = tuple(parts)
    if not origins:
        return NOTHING
    return Origins(
        frozenset().union(*(part.values for part in origins)),
        frozenset().union(*(part.controls for part in origins)),
        frozenset().union(*(part.tables for part in origins)),
    )


_CACHE: MutableMapping[ops.Node, TableOrigins] = WeakKeyDictionary()
"""The origins of expressions as long as they exist: a command asks for them more than once."""


def origins_of(expression: ir.Table) -> TableOrigins:
    """Return where the columns and rows of ``expression`` come from, in terms of the named tables under it.

    Tables in memory are constants of the expression: they are no origin.
    """
    operation = expression.op()
    origins = _CACHE.get(operation)
    if origins is None:
        origins = _CACHE[operation] = operation.map(_visit)[operation]
    return origins


def _visit(operation: ops.Node, _: Mapping[ops.Node, object], **arguments: Any) -> object:
    return _read(operation, **arguments)


@singledispatch
def _read(operation: ops.Node, **arguments: Any) -> Any:
    """Return an operation's origins from those of its arguments: TableOrigins of a relation, else Origins."""
    return merge_origins(_parts(arguments))


def _parts(arguments: object) -> Iterator[Origins]:
    """Yield the origins that stand anywhere in ``arguments``."""
    match arguments:
        case Origins():
            yield arguments
        case TableOrigins():
            yield arguments.entire()
        case Mapping():
            for part in arguments.values():
                yield from _parts(part)
        case tuple():
            for part in arguments:
                yield from _parts(part)


# Values.

_CONTROLLING: tuple[tuple[type[ops.Node], tuple[str, ...]], ...] = (
    (ops.ArgMin, ("key", "where")),
    (ops.ArgMax, ("key", "where")),
    (ops.Reduction, ("order_by", "where")),
)
"""The arguments of a value that choose rows rather than being computed with; the first line that fits counts."""

_RANKS = (ops.RankBase, ops.PercentRank, ops.CumeDist, ops.NTile)


@_read.register
def _value(operation: ops.Value, **arguments: Any) -> Origins:
    names = next((names for kind, names in _CONTROLLING if isinstance(operation, kind)), ())
    computed = {name: argument for name, argument in arguments.items() if name not in names}
    chosen = [arguments[name] for name in names if name in arguments]
    return merge_origins(_parts(computed)).controlled_by(*_parts(tuple(chosen)))


@_read.register
def _window(operation: ops.WindowFunction, *, func: Origins, order_by: tuple[Origins, ...], **frame: Any) -> Origins:
    # A rank has no argument: the keys that it orders by are what it is computed from.
    if isinstance(operation.func, _RANKS):
        return merge_origins((func, *order_by)).controlled_by(*_parts(frame))
    return merge_origins((func,)).controlled_by(*order_by, *_parts(frame))


@_read.register
def _field(operation: ops.Field, *, rel: TableOrigins, **_: Any) -> Origins:
    return rel.columns[operation.name]


@_read.register
def _alias(_operation: ops.Alias, *, arg: Origins, **_: Any) -> Origins:
    return arg


@_read.register
def _count_star(_operation: ops.CountStar, *, arg: TableOrigins, where: Origins | None) -> Origins:
    return merge_origins((arg.rows,)).controlled_by(*_parts((where,)))


@_read.register
def _exists(_operation: ops.ExistsSubquery, *, rel: TableOrigins) -> Origins:
    return rel.rows


# Relations. Each passes through columns that already contain the controls of its rows.


@_read.register
def _relation(operation: ops.Relation, **arguments: Any) -> TableOrigins:
    everything = merge_origins(_parts(arguments))
    return TableOrigins(dict.fromkeys(operation.schema.names, everything), everything).controlled_by(everything)


@_read.register
def _physical_table(operation: ops.PhysicalTable, **_: Any) -> TableOrigins:
    tables = frozenset({operation.name})
    refs = {name: ColumnRef(operation.name, name) for name in operation.schema.names}
    return TableOrigins(
        {name: Origins(frozenset({ref}), tables=tables, copies=ref) for name, ref in refs.items()},
        Origins(tables=tables),
    )


@_read.register
def _memory_table(operation: ops.InMemoryTable, **_: Any) -> TableOrigins:
    return TableOrigins(dict.fromkeys(operation.schema.names, NOTHING))


@_read.register
def _dummy_table(_operation: ops.DummyTable, *, values: Mapping[str, Origins]) -> TableOrigins:
    return TableOrigins(values)


@_read.register(ops.AliasedRelation)
@_read.register(ops.Reference)
def _same(_operation: ops.Relation, *, parent: TableOrigins, **_: Any) -> TableOrigins:
    return parent


@_read.register
def _simple(_operation: ops.relations.Simple, *, parent: TableOrigins, **decisive: Any) -> TableOrigins:
    # Filters, sorts, limits, samples: which rows there are, and which come first.
    return parent.controlled_by(*_parts(decisive))


@_read.register
def _distinct(_operation: ops.Distinct, *, parent: TableOrigins) -> TableOrigins:
    return parent.controlled_by(*parent.columns.values())


@_read.register
def _drop_null(operation: ops.DropNull, *, parent: TableOrigins, **_: Any) -> TableOrigins:
    columns = parent.columns if operation.subset is None else [column.name for column in operation.subset]
    return parent.controlled_by(*(parent.columns[name] for name in columns))


@_read.register
def _fill_null(operation: ops.FillNull, *, parent: TableOrigins, replacements: Any) -> TableOrigins:
    by_column = replacements if isinstance(replacements, Mapping) else dict.fromkeys(parent.columns, replacements)
    filled = {name: merge_origins((parent.columns[name], *_parts((by_column[name],)))) for name in by_column}
    return TableOrigins({**parent.columns, **filled}, parent.rows)


@_read.register
def _drop_columns(operation: ops.DropColumns, *, parent: TableOrigins, **_: Any) -> TableOrigins:
    return TableOrigins({name: parent.columns[name] for name in operation.schema.names}, parent.rows)


@_read.register
def _project(operation: ops.Project, *, parent: TableOrigins, values: Mapping[str, Origins]) -> TableOrigins:
    # A list that is unnested makes as many rows as it is long.
    computed = {name: value for name, value in operation.values.items() if not isinstance(value, ops.Field)}
    unnested = [values[name] for name, value in computed.items() if value.find(ops.Unnest, filter=ops.Value)]
    return TableOrigins(values, parent.rows).controlled_by(*unnested)


@_read.register
def _aggregate(
    _operation: ops.Aggregate, *, parent: TableOrigins, groups: Mapping[str, Origins], metrics: Mapping[str, Origins]
) -> TableOrigins:
    return TableOrigins({**groups, **metrics}, parent.rows).controlled_by(*groups.values())


@_read.register
def _join_link(_operation: ops.JoinLink, *, table: TableOrigins, predicates: tuple[Origins, ...], **_: Any) -> Origins:
    """Return what a joined table does to the rows."""
    return table.rows.controlled_by(*predicates)


@_read.register
def _join_chain(
    _operation: ops.JoinChain, *, first: TableOrigins, rest: tuple[Origins, ...], values: Mapping[str, Origins]
) -> TableOrigins:
    return TableOrigins(values, first.rows).controlled_by(*rest)


@_read.register
def _union(operation: ops.Union, *, left: TableOrigins, right: TableOrigins, distinct: bool) -> TableOrigins:
    both = _side_by_side(left, right, left.columns)
    return both.controlled_by(*both.columns.values()) if distinct else both


@_read.register(ops.Intersection)
@_read.register(ops.Difference)
def _compare_rows(
    operation: ops.relations.Set, *, left: TableOrigins, right: TableOrigins, distinct: bool
) -> TableOrigins:
    # Whole rows are compared; those that stay are the left side's.
    return left.controlled_by(*left.columns.values(), *right.columns.values(), right.rows)


def _side_by_side(left: TableOrigins, right: TableOrigins, names: Iterable[str]) -> TableOrigins:
    columns = {}
    for name in names:
        left_origins, right_origins = left.columns[name], right.columns[name]
        copied_column = left_origins.copies if left_origins.copies == right_origins.copies else None
        columns[name] = replace(merge_origins((left_origins, right_origins)), copies=copied_column)
    return TableOrigins(columns, left.rows).controlled_by(right.rows)
