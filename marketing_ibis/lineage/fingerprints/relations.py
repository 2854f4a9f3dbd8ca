"""What relations mean: their columns and which rows they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.operations as ops

from marketing_ibis.lineage.fingerprints.digests import Digest, digest, unordered
from marketing_ibis.lineage.fingerprints.reading import Reader, Table, operands_of, read_table


@read_table.register
def _physical_table(operation: ops.PhysicalTable, reader: Reader) -> Table:
    if (parent := reader.parents.get(operation.name)) is not None:
        return Table(parent.columns, parent.rows)
    table = digest("table", operation.name, repr(getattr(operation, "namespace", None)))
    return Table({name: digest(table, name, repr(dtype)) for name, dtype in operation.schema.items()}, table)


@read_table.register
def _memory_table(operation: ops.InMemoryTable, _reader: Reader) -> Table:
    values = operation.data.to_pyarrow(operation.schema).to_pydict()
    table = digest("constants", repr(values))
    return Table({name: digest(table, name, repr(dtype)) for name, dtype in operation.schema.items()}, table)


@read_table.register
def _dummy_table(operation: ops.DummyTable, reader: Reader) -> Table:
    table = Table({}, "one row")
    return _project_onto(table, operation.values, reader)


@read_table.register(ops.AliasedRelation)
@read_table.register(ops.JoinReference)
def _same(operation: ops.AliasedRelation | ops.JoinReference, reader: Reader) -> Table:
    return reader.table(operation.parent)


@read_table.register
def _view(operation: ops.SelfReference, reader: Reader) -> Table:
    # Its number within the process says nothing; which of the views of a table it is, does.
    views = reader.views.setdefault(operation.parent, [])
    views.append(operation)
    return _tag(reader.table(operation.parent), f"view {len(views)}")


def _tag(table: Table, *tags: Digest) -> Table:
    return replace(table, columns={name: digest(*tags, column) for name, column in table.columns.items()})


@read_table.register
def _filter(operation: ops.Filter, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    conditions = [part for predicate in operation.predicates for part in operands_of(predicate, ops.And)]
    return replace(table, predicates=table.predicates.union(reader.resolve_all(conditions, table)))


@read_table.register
def _drop_null(operation: ops.DropNull, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    subset = operation.subset
    columns = table.columns.values() if subset is None else [reader.resolve(column, table) for column in subset]
    present = [digest("NotNull", column) for column in columns]
    predicates = present if operation.how == "any" else [digest(unordered(present), digest("Or"))]
    return replace(table, predicates=table.predicates.union(predicates))


@read_table.register
def _fill_null(operation: ops.FillNull, reader: Reader) -> Table:
    table, values = reader.table(operation.parent), operation.replacements
    by_column = values if isinstance(values, Mapping) else dict.fromkeys(table.columns, values)
    filled = {name: digest("fill", table.columns[name], reader.argument(by_column[name]).digest) for name in by_column}
    return replace(table, columns={**table.columns, **filled})


@read_table.register
def _drop_columns(operation: ops.DropColumns, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    return replace(table, columns={name: table.columns[name] for name in operation.schema.names})


@read_table.register
def _project(operation: ops.Project, reader: Reader) -> Table:
    return _project_onto(reader.table(operation.parent), operation.values, reader)


def _project_onto(table: Table, values: Mapping[str, ops.Value], reader: Reader) -> Table:
    columns = {name: reader.resolve(value, table) for name, value in values.items()}
    # A list that is unnested makes as many rows as it is long.
    unnested = [columns[name] for name, value in values.items() if value.find(ops.Unnest, filter=ops.Value)]
    if not unnested:
        return replace(table, columns=columns)
    return Table(columns, digest("unnest", table.rows, *unnested), order=table.order)


@read_table.register
def _table_unnest(operation: ops.TableUnnest, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    items = digest("items", reader.resolve(operation.column, table))
    columns = {**table.columns, operation.column_name: items}
    if operation.offset is not None:
        columns[operation.offset] = digest("offset", items)
    return Table(columns, digest("unnest", table.rows, items, str(operation.keep_empty)), order=table.order)


@read_table.register
def _sort(operation: ops.Sort, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    return replace(table, order=digest("by", *reader.resolve_all(operation.keys, table)))


@read_table.register
def _limit(operation: ops.Limit, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    bounds = reader.combine("limit", (operation.n, operation.offset)).digest
    return Table(table.columns, digest(table.rows, table.order, bounds), order=table.order)


@read_table.register
def _sample(operation: ops.Sample, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    if operation.seed is None:
        return replace(table, base=None)
    how = reader.combine("sample", (operation.fraction, operation.method, operation.seed)).digest
    return Table(table.columns, digest(table.rows, table.order, how))


@read_table.register
def _distinct(operation: ops.Distinct, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    return Table(table.columns, digest("distinct", table.rows, unordered(table.columns.values())))


@read_table.register
def _aggregate(operation: ops.Aggregate, reader: Reader) -> Table:
    table = reader.table(operation.parent)
    keys = {name: reader.resolve(key, table) for name, key in operation.groups.items()}
    by = unordered(keys.values())
    metrics = {
        name: digest("metric", reader.resolve(metric, table, by), by, table.rows)
        for name, metric in operation.metrics.items()
    }
    base = digest("groups", table.rows, by) if keys else "one row"
    return Table({**keys, **metrics}, base)


@read_table.register
def _join_chain(operation: ops.JoinChain, reader: Reader) -> Table:
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
    return Table(columns, digest("join", first.rows, *links))


def _link(link: ops.JoinLink, right: Table, sides: Mapping[ops.Node, Table], reader: Reader) -> Digest:
    """Return the identity of a joined table: of its rows, and of how they are looked up."""
    if link.how == "positional":
        return None
    with reader.other_values():
        reader.tables.update({**sides, link.table: _tag(right, "right")})
        parts = [part for predicate in link.predicates for part in operands_of(predicate, ops.And)]
        predicates = unordered(reader.value(part).digest for part in parts)
    return digest("link", link.how, right.rows, right.order if link.how.startswith("any") else "", predicates)


@read_table.register
def _union(operation: ops.Union, reader: Reader) -> Table:
    left, right = reader.table(operation.left), reader.table(operation.right)
    columns = {name: digest("either", left.columns[name], right.columns[name]) for name in left.columns}
    rows = digest("union", left.rows, right.rows)
    return Table(columns, digest("distinct", rows, unordered(columns.values())) if operation.distinct else rows)


@read_table.register(ops.Intersection)
@read_table.register(ops.Difference)
def _compare_rows(operation: ops.relations.Set, reader: Reader) -> Table:
    left, right = reader.table(operation.left), reader.table(operation.right)
    pairs = unordered(digest(left.columns[name], right.columns[name]) for name in left.columns)
    kind = f"{type(operation).__name__} {operation.distinct}"
    return Table(left.columns, digest(kind, left.rows, right.rows, pairs))
