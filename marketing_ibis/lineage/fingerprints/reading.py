"""Read the values and relations of an expression, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from functools import singledispatch
from typing import NamedTuple
from uuid import UUID

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from marketing_ibis.lineage.fingerprints.digests import Digest, Fingerprints, digest, unordered


class Scope(IntEnum):
    """What a value is computed from besides the row that it belongs to."""

    ROW = 0
    ROWS = 1
    ORDER = 2


class Value(NamedTuple):
    """A value of a row: its identity, and what it is computed from besides the row."""

    digest: Digest
    scope: Scope = Scope.ROW


@dataclass(frozen=True, slots=True)
class Table:
    """A relation: its columns, and its rows as those of ``base`` that fulfil ``predicates``, in an ``order``."""

    columns: Mapping[str, Digest]
    base: Digest
    predicates: frozenset[Digest] = frozenset()
    order: Digest = ""

    @property
    def rows(self) -> Digest:
        """The identity of the rows."""
        return digest("where", self.base, unordered(self.predicates)) if self.predicates else self.base

    def resolve(self, value: Value, *context: Digest) -> Digest:
        """Return the digest of a value that this table's rows are read for."""
        if value.scope is Scope.ROW:
            return value.digest
        return digest("over", value.digest, self.rows, self.order if value.scope is Scope.ORDER else "", *context)


@dataclass(slots=True)
class Reader:
    """Read relations and values, each once."""

    parents: Mapping[str, Fingerprints]
    tables: dict[ops.Node, Table] = field(default_factory=dict)
    values: dict[ops.Node, Value] = field(default_factory=dict)
    views: dict[ops.Node, list[ops.Node]] = field(default_factory=dict)

    def table(self, operation: ops.Relation) -> Table:
        """Return what a relation means."""
        if operation not in self.tables:
            self.tables[operation] = read_table(operation, self)
        return self.tables[operation]

    def value(self, operation: ops.Node) -> Value:
        """Return what a value means."""
        if operation not in self.values:
            self.values[operation] = read_value(operation, self)
        return self.values[operation]

    def resolve(self, operation: ops.Node, table: Table, *context: Digest) -> Digest:
        """Return the digest of a value over the rows of a table."""
        return table.resolve(self.value(operation), *context)

    def resolve_all(self, operations: Iterable[ops.Node], table: Table) -> list[Digest]:
        """Return the digest of each value over the rows of a table."""
        return [self.resolve(operation, table) for operation in operations]

    def combine(self, name: str, arguments: Iterable[object]) -> Value:
        """Return an operation's identity: its name and its arguments, in order."""
        parts = [self.argument(argument) for argument in arguments]
        return Value(digest(name, *(part.digest for part in parts)), max((p.scope for p in parts), default=Scope.ROW))

    def argument(self, argument: object) -> Value:
        """Return what an argument of an operation means."""
        match argument:
            case ops.Relation():
                # How an operation that is not known reads a table is not known either.
                return Value(None)
            case ops.Node():
                return self.value(argument)
            case tuple() | list():
                return self.combine("list", argument)
            case Mapping():
                return self.combine("mapping", [part for item in argument.items() for part in item])
            case frozenset():
                return Value(unordered(self.argument(part).digest for part in argument))
            case None | bool() | int() | float() | str() | bytes() | Decimal() | UUID() | Enum():
                return Value(f"{type(argument).__name__} {argument!r}")
            case datetime() | date() | time() | timedelta() | dt.DataType() | ops.Namespace():
                return Value(repr(argument))
        return Value(None)

    @contextmanager
    def other_values(self) -> Iterator[None]:
        """Forget values for a while: the table of a reference means something else."""
        values, self.values = self.values, {}
        yield
        self.values = values


@singledispatch
def read_value(operation: ops.Node, reader: Reader) -> Value:
    """Return what a value means; one that has no rule of its own is its name and its arguments."""
    return reader.combine(type(operation).__name__, operation.args)


@singledispatch
def read_table(operation: ops.Relation, _reader: Reader) -> Table:
    """Return what a relation means; one that has no rule of its own is unknown."""
    return Table(dict.fromkeys(operation.schema.names), None)


def operands_of(operation: ops.Node, kind: type[ops.Node]) -> Iterator[ops.Node]:
    """Yield what AND or OR connects, however it is nested."""
    pending = [operation]
    while pending:
        operand = pending.pop()
        if isinstance(operand, kind):
            pending.extend(operand.args)
        else:
            yield operand
