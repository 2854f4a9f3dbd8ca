"""Bring the relations of a FROM clause into reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.relations import Output, Outputs, Relation, Schemas, Scope, Type

PAGE = "r_FROM_clause30.html"
COLUMNS = "columns"
"""Under this word the compiler notes the columns of a stored table with its node, as ``Schemas`` has them."""


class StoredColumns(dict[str, Type | None]):
    """Columns that never change, so that copies of a table's node share them."""

    def __deepcopy__(self, memo: object) -> StoredColumns:
        return self


def fold(name: object) -> str:
    """Return a name as Redshift stores it."""
    return str(name).lower()


def stored_relation(
    table: sge.Table, named_queries: Mapping[str, Relation], schemas: Schemas, scope: Scope
) -> Relation:
    """Return a table as a relation: one of the named queries, an array to unnest, or a stored table."""
    name, schema = fold(table.name), fold(table.db)
    alias = fold(table.alias) or name
    columns = table.meta.get(COLUMNS)
    if columns is not None:
        pass
    elif schema:
        columns = schemas.get(f"{schema}.{name}")
        if columns is None and scope.relation(schema) is not None:
            return Relation(alias, is_value=True)
    elif name in named_queries:
        return named_queries[name].rename(alias, [])
    else:
        columns = schemas.get(name)
    outputs = None if columns is None else [Output(fold(column), kind) for column, kind in columns.items()]
    place = None if table.alias else f"{fold(table.catalog)}.{schema}"
    return Relation(alias, outputs, place=place)


def renamed_columns(node: sge.Expression) -> list[str]:
    """Return the names in the column list of an alias, `AS t (a, b)`."""
    alias = node.args.get("alias")
    return [fold(column.name) for column in alias.columns] if isinstance(alias, sge.TableAlias) else []


def array_of(node: sge.Expression) -> tuple[list[sge.Expression], list[str]]:
    """Return the SUPER values that FROM unnests, and the names that it gives to their elements and places.

    https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
    """
    # Aliases are read below, with what they stand around.
    names = [] if isinstance(node, sge.Alias) else [fold(node.alias), *renamed_columns(node)]
    values = list(node.expressions)
    while isinstance(node, sge.Pivot | sge.AtIndex | sge.Alias):
        names += [fold(node.expression.name)] if isinstance(node, sge.AtIndex) else []
        names += [fold(node.alias)] if isinstance(node, sge.Alias) else []
        node = node.this
        values = [node]
    return values, [name for name in names if name]


def check_width(relation: Relation, columns: Sequence[str], page: str) -> Iterator[Refusal]:
    """Yield a refusal where a column list is longer than what it names, or names a column twice."""
    if relation.outputs is not None and len(columns) > len(relation.outputs):
        construct = f"{len(columns)} names for the columns of {relation.name}"
        yield Refusal(construct, f"it returns {len(relation.outputs)}", "one name per column", page)
    if len(set(columns)) < len(columns):
        yield Refusal(f"the column list of {relation.name}", "it repeats a name", "one name per column", page)


def merge_columns(join: sge.Join, left: Sequence[Relation], right: Relation, scope: Scope) -> Iterator[Refusal]:
    """Note the columns that a join merges into one, and yield those of USING that a side lacks or has twice."""
    using = [fold(column.name) for column in join.args.get("using") or []]
    if (join.args.get("method") or "").upper() == "NATURAL":
        shared = {name for relation in left for name in relation.types if name in right.types}
        for name in sorted(shared):
            scope.merge(name, [right, *(relation for relation in left if name in relation.types)])
    if len(set(using)) < len(using):
        yield Refusal(f"USING ({', '.join(using)})", "it repeats a column", "each column once", PAGE)
    for name in using:
        if not right.is_open and name not in right.types:
            yield Refusal(f"USING ({name})", f"{right.name} has no such column", "a column of both sides", PAGE)
        owners = [relation for relation in left if name in relation.types]
        if not owners and not any(relation.is_open for relation in left):
            yield Refusal(f"USING ({name})", "the left side has no such column", "a column of both sides", PAGE)
        elif len([owner for owner in scope.sources(name) if owner is not right]) > 1:
            yield Refusal(f"USING ({name})", "the left side has two such columns", "ON", PAGE)
        scope.merge(name, [right, *owners])


def star_outputs(star: sge.Expression, scope: Scope) -> Outputs:
    """Return the columns that a star stands for; None if some are unknown."""
    table = fold(star.args["table"].name) if isinstance(star, sge.Column) and star.args.get("table") else ""
    relations = [scope.names[table]] if table in scope.names else scope.relations if not table else []
    if not relations or any(relation.is_open for relation in relations):
        return None
    plain = star.this if isinstance(star, sge.Column) else star
    excluded = {fold(column.name) for column in plain.args.get("except_") or []}
    outputs: list[Output] = []
    names: set[str] = set()
    for relation in relations:
        for output in relation.outputs or ():
            is_repeated = not table and output.name in scope.merged and output.name in names
            if output.name not in excluded and not is_repeated:
                outputs.append(output)
            names.add(output.name)
    return outputs
