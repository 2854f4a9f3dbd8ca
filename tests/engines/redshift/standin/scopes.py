"""Resolve names of WITH where they can be seen, and distinguish tables of users from those of the catalog."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

CATALOG_SCHEMAS = ("pg_catalog", "information_schema")


def cte_of(table: exp.Table) -> exp.CTE | None:
    """Return the query of WITH that a name in FROM means: one declared before it, in a query around it."""
    inside: exp.Expression | None = None
    scope = table.parent
    while scope is not None and not table.db:
        if isinstance(scope, exp.CTE):
            inside = scope
        clause = scope if isinstance(scope, exp.With) else scope.args.get("with_")
        for cte in clause.expressions if clause is not None else []:
            if cte is inside and not clause.args.get("recursive"):
                break
            if cte.alias == table.name:
                return cte
        # The statement of a WITH, which is next, has the same list.
        scope = scope.parent.parent if isinstance(scope, exp.With) and scope.parent else scope.parent
    return None


def stored_tables(tree: exp.Expression) -> list[exp.Table]:
    """Return the tables that a statement reads or changes, without the names of its WITH."""
    return [table for table in tree.find_all(exp.Table) if cte_of(table) is None]


def is_catalog(table: exp.Table) -> bool:
    """Return whether a table is on the leader node: https://docs.aws.amazon.com/redshift/latest/dg/c_join_PG.html."""
    return table.db in CATALOG_SCHEMAS or (not table.db and table.name.startswith("pg_"))


def reads_user_table(tables: Iterable[exp.Table]) -> bool:
    """Return whether one of the tables is on the compute nodes."""
    return not all(is_catalog(table) for table in tables)
