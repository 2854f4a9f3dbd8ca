"""Name the queries of WITH after the table that they read first and what they do with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.functions import AGGREGATES

NUMBERED = re.compile(r"t\d+")
"""A name as Ibis gives it."""
ROWS_IN_MEMORY = "ibis_"
"""Begins the names that Ibis gives to rows in memory; they change with each process."""
LONGEST = 50
"""Characters of a table's name that a query's name begins with: names have at most 127 bytes."""
MOST_KEYS = 2


def name_queries(nodes: Iterable[sge.Expression], tables: Collection[str]) -> None:
    """Rename the queries of WITH, and where they are read, in a statement of these ``nodes``.

    Only names that Ibis made are replaced. The new one has a subject, the first table that the query reads, and an
    operation: ``orders_filtered``. It differs from those of all ``tables``. A query keeps its alias where it is read.
    """
    nodes = list(nodes)
    queries = [node for node in nodes if isinstance(node, sge.CTE)]
    counts = Counter(query.alias for query in queries)
    used_names = {name.lower() for name in (*tables, *counts)}
    subjects: dict[str, str] = {}
    names: dict[str, str] = {}
    for query in queries:
        if counts[query.alias] > 1 or query.alias in tables or not NUMBERED.fullmatch(query.alias):
            continue
        subjects[query.alias] = _subject(query.this, subjects)
        names[query.alias] = name = _unique(_description(query.this, subjects), used_names)
        used_names.add(name)
    for node in nodes:
        if isinstance(node, sge.CTE) and node.alias in names:
            node.args["alias"].this.set("this", names[node.alias])
        elif isinstance(node, sge.Table) and not node.db and node.name in names:
            if not node.alias:
                node.set("alias", sge.TableAlias(this=node.this.copy()))
            node.this.set("this", names[node.name])


def _description(query: sge.Expression, subjects: dict[str, str]) -> str:
    if query.find(sge.Table) is None:
        return "constant_rows"
    return f"{_subject(query, subjects)}_{_operation(query, subjects)}"


def _subject(query: sge.Expression, subjects: dict[str, str]) -> str:
    while isinstance(query, sge.SetOperation | sge.Subquery | sge.Paren):
        query = query.this
    source = query.args.get("from_") or query
    table = source.find(sge.Table)
    if table is None or not table.name or table.name.startswith(ROWS_IN_MEMORY):
        return "rows"
    return _plain(table.name) if table.db or table.name not in subjects else subjects[table.name]


def _plain(name: str) -> str:
    """Return a table's name in characters that every name may have."""
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:LONGEST]
    return plain if plain[:1].isalpha() else f"table_{plain}".rstrip("_")


def _operation(query: sge.Expression, subjects: dict[str, str]) -> str:
    if isinstance(query, sge.SetOperation):
        return {"union": "combined", "intersect": "shared", "except": "remaining"}.get(query.key, "combined")
    if not isinstance(query, sge.Select):
        return "rows"
    args = query.args
    if args.get("group"):
        keys = [_plain(value.alias_or_name) for value in query.expressions[: len(args["group"].expressions)]]
        return f"by_{'_and_'.join(keys)[:LONGEST]}" if 0 < len(keys) <= MOST_KEYS else "grouped"
    if args.get("distinct"):
        return "distinct"
    if any(map(_is_aggregate, query.find_all(sge.Anonymous))):
        return "totals"
    if args.get("joins"):
        joined = [_subject(join, subjects) for join in args["joins"]]
        return f"with_{joined[0]}" if len(joined) == 1 else "joined"
    if args.get("qualify"):
        return "picked"
    if any(value.find(sge.Window) for value in query.expressions):
        return "ranked"
    if args.get("where"):
        return "filtered"
    if args.get("limit"):
        return "first_rows"
    return "sorted" if args.get("order") else "selected"


def _is_aggregate(call: sge.Anonymous) -> bool:
    is_in_select = isinstance(call.find_ancestor(sge.Window, sge.Subquery, sge.Select), sge.Select)
    return call.name.upper() in AGGREGATES and is_in_select


def _unique(name: str, used_names: Collection[str]) -> str:
    if name not in used_names:
        return name
    number = 2
    while f"{name}_{number}" in used_names:
        number += 1
    return f"{name}_{number}"
