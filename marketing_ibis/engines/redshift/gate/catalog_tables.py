"""Distinguish tables of the catalog, which are on the leader node, tables of users and queries of WITH.

https://docs.aws.amazon.com/redshift/latest/dg/c_join_PG.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.calls import function_name
from marketing_ibis.engines.redshift.gate.functions import TABLE_FUNCTIONS
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.vocabulary import words

PAGE = "c_join_PG.html"
JOINABLE = words(
    """
    pg_attribute pg_cast pg_depend pg_description pg_locks pg_opclass
    pg_class pg_constraint pg_database pg_group pg_language pg_namespace pg_operator pg_proc pg_settings pg_statistic
    pg_tables pg_type pg_user pg_views
    """
)
"""Tables of the catalog that can be read next to others: the first line completely, the rest in part."""


def is_of_the_catalog(table: sge.Table) -> bool:
    """Return whether a table, or a function in its place, is on the leader node."""
    if isinstance(table.this, sge.Func):
        return function_name(table.this) in TABLE_FUNCTIONS
    return table.name.lower().startswith("pg_") and table.db.lower() in ("", "pg_catalog")


def check_catalog(tables: Iterable[sge.Table]) -> Iterator[tuple[Refusal, sge.Table]]:
    """Yield the tables of the catalog, with why not, that cannot be read next to tables of users."""
    for table in tables:
        if is_of_the_catalog(table) and not isinstance(table.this, sge.Func) and table.name.lower() not in JOINABLE:
            reason = "it is on the leader node only, and fails next to other tables"
            yield Refusal(f"table {table.name}", reason, "a query of its own", PAGE), table


def is_query_of_with(table: sge.Table) -> bool:
    """Return whether a name means a query of WITH: one that is declared before it, in a query around it."""
    inside: sge.Expression | None = None
    scope = table.parent
    while scope is not None:
        if isinstance(scope, sge.CTE):
            inside = scope
        clause = scope if isinstance(scope, sge.With) else scope.args.get("with_")
        for query in clause.expressions if clause is not None else ():
            if query is inside and not clause.args.get("recursive"):
                break
            if query.alias == table.name:
                return True
        # The statement of a WITH, which is next, has the same list.
        scope = scope.parent.parent if isinstance(scope, sge.With) and scope.parent else scope.parent
    return False
