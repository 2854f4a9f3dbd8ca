"""Keep the names apart that SQL of a user gives its queries in WITH, before these are brought into one list.

https://docs.aws.amazon.com/redshift/latest/dg/r_WITH_clause.html: a name is unique.
"""

from __future__ import annotations

from collections import Counter

import sqlglot.expressions as sge


def rename_embedded_queries(tree: sge.Expression) -> None:
    """Rename a query of a nested WITH whose name another query or subquery has, with all that reads it."""
    names = Counter(node.alias for node in tree.find_all(sge.CTE, sge.Subquery) if node.alias)
    for clause in list(tree.find_all(sge.With)):
        statement = clause.parent
        if statement is None or statement is tree:
            continue
        for cte in clause.expressions:
            if names[cte.alias] > 1:
                name = _free_name(cte.alias, names)
                names[cte.alias] -= 1
                names[name] += 1
                _rename(cte, statement, name)


def query_over(tree: sge.Expression, name: str, query: sge.Expression) -> sge.Expression:
    """Return a query of a user over another one, and over the queries that this names, all in one list of WITH."""
    user_clause = query.args.get("with_")
    queries = list(user_clause.expressions) if user_clause is not None else []
    below = tree.args.get("with_")
    inherited = list(below.expressions) if below is not None else []
    names = Counter(cte.alias for cte in (*queries, *inherited))
    for cte in inherited:
        if names[cte.alias] > 1:
            names[cte.alias] -= 1
            _rename(cte, tree, _free_name(cte.alias, names))
            names[cte.alias] += 1
    tree.set("with_", None)
    first = sge.CTE(this=tree, alias=sge.TableAlias(this=sge.to_identifier(name, quoted=True)))
    query.set("with_", sge.With(expressions=[*inherited, first, *queries]))
    return query


def _free_name(name: str, names: Counter[str]) -> str:
    number = 1
    while f"{name}_{number}" in names:
        number += 1
    return f"{name}_{number}"


def _rename(cte: sge.CTE, statement: sge.Expression, name: str) -> None:
    """Rename a query within the statement that declares it; what reads it keeps its alias."""
    old = cte.alias
    for table in statement.find_all(sge.Table):
        if not table.db and table.name == old and table.find_ancestor(sge.CTE) is not cte:
            if not table.alias:
                table.set("alias", sge.TableAlias(this=sge.to_identifier(old, quoted=True)))
            table.set("this", sge.to_identifier(name, quoted=True))
    cte.args["alias"].set("this", sge.to_identifier(name, quoted=True))
