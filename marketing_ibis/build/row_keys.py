"""Say which rows of a relation are to be computed, by the values of its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any, Self

import ibis.expr.operations as ops
import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The rows whose ``columns`` equal those of a row of ``values``, in order; without ``values``, those with a NULL.

    Which rows these are depends on the columns alone.
    """

    columns: tuple[str, ...]
    values: ops.Relation | None = None

    def over(self, columns: Sequence[str]) -> Self:
        """Return the same keys for a relation that has them in other columns."""
        return replace(self, columns=tuple(columns))

    def filter(self, rows: ops.Relation) -> ops.Relation:
        """Return the rows of a relation that have one of the keys."""
        table: ir.Table = rows.to_expr()
        if self.values is None:
            return table.filter(reduce(or_, (table[name].isnull() for name in self.columns))).op()
        keys: ir.Table = self.values.to_expr()
        matches = [table[name] == keys[key] for name, key in zip(self.columns, keys.columns, strict=True)]
        return table.semi_join(keys, matches).op()


def keys_of(rows: ops.Relation, columns: Sequence[str], over: Sequence[str]) -> RowKeys:
    """Return the keys that ``rows`` have in ``columns``, for a relation that has them in ``over``."""
    return RowKeys(tuple(over), ops.Project(rows, {name: ops.Field(rows, name) for name in dict.fromkeys(columns)}))


@dataclass(frozen=True, slots=True)
class Restricted:
    """A relation restricted to keys; ``is_exact`` says that it has no rows of other keys."""

    rows: ops.Relation
    is_exact: bool = True

    def exactly(self, keys: RowKeys) -> ops.Relation:
        """Return the rows of the keys alone."""
        return self.rows if self.is_exact else keys.filter(self.rows)


def rebind(value: ops.Value, relations: Mapping[ops.Relation, ops.Relation]) -> ops.Value:
    """Return a value that reads the same columns of other relations."""

    def replace_field(node: ops.Node, arguments: Mapping[str, Any] | None) -> ops.Node:
        if isinstance(node, ops.Field):
            return ops.Field(relations[node.rel], node.name) if node.rel in relations else node
        if isinstance(node, ops.CountStar | ops.CountDistinctStar) and node.arg in relations:
            return node.copy(**{**(arguments or {}), "arg": relations[node.arg]})
        return node.__recreate__(arguments) if arguments else node

    return value.replace(replace_field, filter=ops.Value)
