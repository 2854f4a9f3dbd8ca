"""Record which masked views there are and who may read them, so that a build with other settings can take both back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set

from marketing_ibis.build.masked_views import RIGHT_TABLE, VIEW_TABLE, MaskedView, create_masked, drop_masked
from marketing_ibis.build.recorded_relations import RelationRecord, Row, role_exists
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target

VIEWS = RelationRecord(VIEW_TABLE, ("schema_name", "view_name"), "masked views")
RIGHTS = RelationRecord(RIGHT_TABLE, ("schema_name", "view_name", "role_name"), "rights on masked views")


def stale_views(target: Target, schema: str, views: Iterable[MaskedView]) -> tuple[Relation, ...]:
    """Return the recorded views in other schemas than those of ``views``: the settings do not ask for them any more.

    A view that another view depends on stays.
    """
    current = {view.relation.schema for view in views}
    recorded = sorted(Relation(*row) for row in VIEWS.read(target, schema))
    recorded = [view for view in recorded if view.schema not in current]
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
    target: Target,
    schema: str,
    views: Iterable[MaskedView],
    dropped: Collection[Relation] = (),
    in_use: Collection[Relation] = (),
    *,
    is_complete: bool = False,
) -> tuple[str, ...]:
    """Return the statements that record that ``views`` exist and the ``dropped`` ones do not; none if both is known.

    They also take the rights of roles that the settings no longer name, on all recorded views of the schemas of
    ``views``; with ``is_complete`` of every schema, since the settings ask for masked views in no other. They belong
    behind those that create the views. A view over a relation ``in_use`` is replaced in place, and keeps its rights.
    """
    views = tuple(views)
    before, current = VIEWS.read(target, schema), {_row(view.relation) for view in views}
    recreated = {view.relation for view in views if view.original not in in_use}
    masked_schemas = {view.relation.schema for view in views}
    recorded = {row for row in RIGHTS.read(target, schema) if is_complete or row[0] in masked_schemas}
    # No right is recorded of views that an earlier release made: they may have those that the settings name.
    unknown = {row for row in before if row[0] in masked_schemas} - {row[:2] for row in recorded}
    granted = {(*row, role) for row in unknown for view in views for role in view.roles}
    granted |= {(*_row(view.relation), role) for view in views for role in view.roles}
    rights = _right_statements(target, schema, granted, recorded, {*dropped, *recreated})
    return (
        *VIEWS.delete(target.dialect, schema, (before & {*map(_row, dropped)}) - current),
        *VIEWS.insert(target.dialect, schema, current - before),
        *target.dialect.approve(tuple(rights), "The rights on masked views cannot be revoked"),
    )


def _right_statements(
    target: Target, schema: str, granted: Set[Row], recorded: Set[Row], replaced: Collection[Relation]
) -> Iterator[str]:
    """Yield the statements that revoke those of the ``recorded`` rights whose roles have none in ``granted``.

    On the ``replaced`` views there are only the rights that were granted with them.
    """
    dialect = target.dialect

    def holder(row: Row) -> tuple[str, str]:
        """Return a schema and the SELECT of a role, which is the same however the settings write it."""
        return row[0], dialect.find_reader(row[2])

    holders = {holder(row) for row in granted}
    withdrawn = {row for row in recorded if holder(row) not in holders}
    existing = {name: target.relations(name) for name in {row[0] for row in withdrawn}}
    ended = {row for row in withdrawn if Relation(*row[:2]) in replaced or existing[row[0]].get(row[1]) != "view"}
    existing_roles = {dialect.find_reader(role) for role in {row[2] for row in withdrawn} if role_exists(target, role)}
    revoked = {row for row in withdrawn - ended if holder(row)[1] in existing_roles}
    for masked_schema, view, role in sorted(revoked):
        yield from dialect.revoke(Relation(masked_schema, view), (role,))
    remaining = {holder(row) for row in (recorded | granted) - ended - revoked}
    former = {row for row in withdrawn if holder(row) not in remaining and holder(row)[1] in existing_roles}
    for masked_schema, role in sorted({(row[0], row[2]) for row in former if existing[row[0]]}):
        yield from dialect.revoke_usage(masked_schema, (role,))
    yield from RIGHTS.delete(dialect, schema, ended | revoked)
    yield from RIGHTS.insert(dialect, schema, granted - recorded)


def _row(relation: Relation) -> Row:
    return relation.schema, relation.name


def refresh_masked(target: Target, schema: str, views: Iterable[MaskedView]) -> tuple[str, ...]:
    """Return the statements that create or replace masked views over tables that stay, and record them.

    A view that another view depends on is replaced in place.
    """
    views, dialect = tuple(views), target.dialect
    if not views:
        return ()
    dependents = {name: target.dependent_views(name) for name in {view.relation.schema for view in views}}
    in_use = [view.original for view in views if dependents[view.relation.schema].get(view.relation.name)]
    statements = (*drop_masked(dialect, views, in_use), *create_masked(dialect, views, in_use))
    approved = dialect.approve(statements, "The masked views cannot be created")
    return (*approved, *record_statements(target, schema, views, in_use=in_use))
