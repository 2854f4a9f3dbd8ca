"""Record which masked views there are, so that a build without them, or with them elsewhere, can drop them."""

from __future__ import annotations

from collections.abc import Iterable

from marketing_ibis.build.masked_views import VIEW_TABLE, MaskedView, create_masked, drop_masked
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target

COLUMNS = ("schema_name", "view_name")
PURPOSE = "The masked views cannot be recorded"


def recorded_views(target: Target, schema: str) -> frozenset[Relation]:
    """Return the masked views over tables of ``schema`` that were created, whether or not they still exist."""
    if VIEW_TABLE not in target.relations(schema):
        return frozenset()
    columns = ", ".join(map(target.dialect.identifier, COLUMNS))
    (select,) = target.dialect.approve((f"SELECT {columns} FROM {_place(target.dialect, schema)}",), PURPOSE)
    return frozenset(Relation(str(schema_name), str(name)) for schema_name, name in target.query(select))


def stale_views(target: Target, schema: str, views: Iterable[MaskedView]) -> tuple[Relation, ...]:
    """Return the recorded views in other schemas than those of ``views``: the settings do not ask for them any more.

    A view that another view depends on stays.
    """
    current = {view.relation.schema for view in views}
    recorded = sorted(view for view in recorded_views(target, schema) if view.schema not in current)
    stale: list[Relation] = []
    for masked_schema in dict.fromkeys(view.schema for view in recorded):
        kinds, dependents = target.relations(masked_schema), target.dependent_views(masked_schema)
        stale += (
            view
            for view in recorded
            if view.schema == masked_schema and kinds.get(view.name) == "view" and not dependents.get(view.name)
        )
    return tuple(stale)


def record_statements(
    target: Target, schema: str, views: Iterable[MaskedView], dropped: Iterable[Relation] = ()
) -> tuple[str, ...]:
    """Return the statements that record that ``views`` exist and the ``dropped`` ones do not; none if both is known.

    They change the rows of those views only, as another step of the same transaction may record others.
    """
    before, current = recorded_views(target, schema), {view.relation for view in views}
    added, removed = sorted(current - before), sorted((before & {*dropped}) - current)
    if not added and not removed:
        return ()
    dialect, place = target.dialect, _place(target.dialect, schema)
    statements: list[str] = []
    if removed and not current and len(removed) == len(before):
        statements.append(f"DROP TABLE IF EXISTS {place}")
    elif removed:
        schema_name, view_name = map(dialect.identifier, COLUMNS)
        matches = (
            f"({schema_name} = {dialect.literal(view.schema)} AND {view_name} = {dialect.literal(view.name)})"
            for view in removed
        )
        statements.append(f"DELETE FROM {place} WHERE {' OR '.join(matches)}")
    if added:
        types = ", ".join(f"{dialect.identifier(name)} VARCHAR(128)" for name in COLUMNS)
        columns = ", ".join(map(dialect.identifier, COLUMNS))
        rows = ", ".join(f"({dialect.literal(view.schema)}, {dialect.literal(view.name)})" for view in added)
        statements.append(f"CREATE TABLE IF NOT EXISTS {place} ({types})")
        statements.append(f"INSERT INTO {place} ({columns}) VALUES {rows}")
    return dialect.approve(statements, PURPOSE)


def refresh_masked(target: Target, schema: str, views: Iterable[MaskedView]) -> tuple[str, ...]:
    """Return the statements that create or replace masked views over tables that stay, and record them.

    A view that another view depends on is replaced in place.
    """
    views, dialect = tuple(views), target.dialect
    dependents = {name: target.dependent_views(name) for name in {view.relation.schema for view in views}}
    in_use = [view.original for view in views if dependents[view.relation.schema].get(view.relation.name)]
    statements = (*drop_masked(dialect, views, in_use), *create_masked(dialect, views, in_use))
    approved = dialect.approve(statements, "The masked views cannot be created")
    return (*approved, *record_statements(target, schema, views))


def _place(dialect: Dialect, schema: str) -> str:
    return dialect.relation(Relation(schema, VIEW_TABLE))
