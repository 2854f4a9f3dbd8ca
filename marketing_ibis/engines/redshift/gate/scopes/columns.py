"""Resolve the columns of an expression against the relations in reach."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.calls import function_name
from marketing_ibis.engines.redshift.gate.function_types import FUNCTION_TYPES
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.relations import Relation, Scope, Type
from marketing_ibis.engines.redshift.gate.scopes.sources import PAGE, fold

PSEUDO_COLUMNS = frozenset({"level", "$path", "$size", "$spectrum_oid", "default"})
PSEUDO_COLUMNS |= {"current_aws_account", "current_namespace"}
"""Words that are values by themselves, or columns that no table lists."""


class ColumnResolver:
    """Find the relation of each column, and note its type where it is known."""

    def __init__(self) -> None:
        self.types: dict[int, Type | None] = {}
        """By the identity of the column's node."""
        self.owners: dict[int, str] = {}
        """The name of the relation, where it is certain."""
        self.sources: dict[int, Relation] = {}
        """The relation itself."""

    def resolve(self, column: sge.Column, scope: Scope, *, sees_aliases: bool) -> Iterator[Refusal]:
        """Yield what is wrong with one column."""
        name = fold(column.name)
        table = fold(column.table)
        if table:
            yield from self._resolve_qualified(column, name, table, scope)
        elif name not in vocabulary.VALUES and name not in PSEUDO_COLUMNS:
            yield from self._resolve_bare(column, name, scope, sees_aliases=sees_aliases)

    def _note(self, column: sge.Column, relation: Relation, name: str) -> None:
        self.owners[id(column)] = relation.name
        self.sources[id(column)] = relation
        kind = relation.types.get(name)
        if kind is not None:
            self.types[id(column)] = kind

    def _resolve_qualified(self, column: sge.Column, name: str, table: str, scope: Scope) -> Iterator[Refusal]:
        relation = scope.relation(table)
        if relation is not None:
            if relation.is_open or name in relation.types:
                if name in relation.duplicates:
                    reason = f"{table} has two columns of this name"
                    yield Refusal(f"column {table}.{name}", reason, "another name for one of them", PAGE)
                self._note(column, relation, name)
            else:
                reason = f"{table} has no such column"
                yield Refusal(f"column {table}.{name}", reason, _closest(relation), PAGE)
            return
        if not _is_path(column, table, scope):
            reason = f"there is no {table} in FROM that it can read"
            sources = [relation.name for relation in scope.relations if relation.is_open and relation.name]
            path = f", or {sources[0]}.{table}.{name} for an attribute of a SUPER column" if sources else ""
            yield Refusal(f"column {table}.{name}", reason, f"a relation of the same FROM{path}", PAGE)

    def _resolve_bare(self, column: sge.Column, name: str, scope: Scope, *, sees_aliases: bool) -> Iterator[Refusal]:
        for reach in scope.reach():
            owners = reach.sources(name)
            if len(owners) > 1:
                tables = " and ".join(sorted(owner.name or "a subquery" for owner in owners))
                reason = f"it is a column of {tables}"
                yield Refusal(f"column {name}", reason, f"{owners[0].name}.{name}", PAGE)
                return
            if owners:
                if name in owners[0].duplicates:
                    reason = f"{owners[0].name or 'the subquery'} has two columns of this name"
                    yield Refusal(f"column {name}", reason, "another name for one of them", PAGE)
                self._note(column, owners[0], name)
                return
            if reach is scope and sees_aliases and name in reach.aliases:
                kind = reach.types.get(name)
                if kind is not None and not reach.is_open:  # a column of that name comes first
                    self.types[id(column)] = kind
                return
            if reach.is_open:
                if len(reach.relations) == 1:
                    self.owners[id(column)] = reach.relations[0].name
                return
            if any(relation.is_value and relation.name == name for relation in reach.relations):
                return
        yield Refusal(f"column {name}", "no relation in FROM has it", _closest(*scope.relations), PAGE)


def _closest(*relations: Relation) -> str:
    names = [name for relation in relations for name in relation.types][:5]
    return f"one of {', '.join(names)}" if names else "a column of the relations in FROM"


def _is_path(column: sge.Column, table: str, scope: Scope) -> bool:
    """Return whether a name with dots may lead into a SUPER column, or name a table with its schema.

    A path of two names needs the table's alias, as `t.payload.id`, unless its first is known to be a column, or it is
    read from one table and then cast or examined: `payload.id::INT`, `IS_ARRAY(payload.items)`.
    """
    schema = fold(column.args["db"].name) if column.args.get("db") else ""
    catalog = fold(column.args["catalog"].name) if column.args.get("catalog") else ""
    for first in filter(None, (catalog, schema)):
        if scope.relation(first) is not None:
            return True
    is_long = bool(schema) or isinstance(column.parent, sge.Bracket | sge.Dot) or _is_navigation(column, scope)
    first = catalog or schema or table
    return any(
        (is_long and reach.is_open) or any(owner.types[first] in (None, Type.SUPER) for owner in reach.owners(first))
        for reach in scope.reach()
    )


def _is_navigation(column: sge.Column, scope: Scope) -> bool:
    call = column.parent
    is_of_super = isinstance(call, sge.Cast) or (isinstance(call, sge.Func) and function_name(call) in SUPER_FUNCTIONS)
    is_plain_table = len(scope.relations) == 1 and scope.relations[0].place is not None
    return is_of_super and is_plain_table and scope.outer is None


SUPER_FUNCTIONS = frozenset(
    name
    for name, types in FUNCTION_TYPES.items()
    if types.arguments and types.arguments[0].words[0] in ("super", "array")
)
"""Functions that examine a SUPER value."""
