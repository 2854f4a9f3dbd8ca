"""Count who is on an audience today, without reading who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from marketing_ibis.build.reserved_names import AUDIENCE_EXPORTS
from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.hidden_values import hide_values
from marketing_ibis.outputs.audiences.members import (
    AudienceQuery,
    check_built,
    check_model_columns,
    check_table,
    missing_columns,
)
from marketing_ibis.outputs.audiences.published_lists import EXPORT_COLUMNS
from marketing_ibis.project.audiences import AudienceSize


class LastExport(NamedTuple):
    """When an audience was last exported, with how many customers were on it and held out of it."""

    at: datetime
    members: int
    held_out: int


def read_size(query: AudienceQuery, schema: str, target: Target, last: LastExport | None = None) -> AudienceSize:
    """Return how many customers an audience has, how many of them agreed and can be found, and what these are worth.

    Raises:
        ConfigurationError: the model does not have the columns that the audience names.
        SourceError: the model or its contacts have not been built, or not with these columns.
    """
    audience = query.declared.audience
    check_model_columns(query)
    missing = missing_columns(query)
    if not missing:
        check_built(query, schema, target)
    columns = (audience.key, audience.value) if audience.value else (audience.key,)
    check_table(query.model, columns, schema, target)
    select = select_size(query, schema, target, has_consent=not missing)
    target.dialect.approve((select,), "The size of the audience cannot be read")
    with hide_values(query.tables):
        ((customers, contactable, worth),) = target.query(select)
    size = AudienceSize(
        query.declared,
        customers=int(str(customers)),
        contactable=None if missing else int(str(contactable)),
        value=Decimal(str(worth)) if audience.value else None,
        missing=missing,
        is_clear=query.form.requires_clear,
    )
    return replace(size, exported_at=last.at, exported=last.members, held_out=last.held_out) if last else size


def select_size(query: AudienceQuery, schema: str, target: Target, *, has_consent: bool) -> str:
    """Return the SELECT of three numbers: the customers, those who agreed and can be found, and what they are worth.

    Without consent the worth is that of all customers.
    """
    audience, dialect = query.declared.audience, target.dialect
    key = dialect.identifier(audience.key)
    worth = dialect.identifier(audience.value) if audience.value else "0"
    where = f" WHERE {query.condition}" if query.condition else ""
    members = (
        f"(SELECT {key} AS member, MAX({worth}) AS worth FROM"
        f" {dialect.relation(Relation(schema, query.model.name))}{where} GROUP BY {key}) AS members"
    )
    if not has_consent:
        return f"SELECT COUNT(*), 0, COALESCE(SUM(members.worth), 0) FROM {members}"
    is_reachable = " OR ".join(f"contacts.{dialect.identifier(name)} <> ''" for name in query.finding)
    agreed = f"contacts.{dialect.identifier(audience.consent)}" + (f" AND ({is_reachable})" if is_reachable else "")
    return (
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {agreed} THEN 1 ELSE 0 END), 0),"
        f" COALESCE(SUM(CASE WHEN {agreed} THEN members.worth ELSE 0 END), 0)"
        f" FROM {members} LEFT JOIN {dialect.relation(Relation(schema, query.contacts.name))} AS contacts"
        f" ON contacts.{key} = members.member"
    )


def last_exports(schema: str, target: Target) -> Mapping[str, LastExport]:
    """Return the newest export of each audience, none where nothing was exported.

    Raises:
        UsageError: something else has the name of the table.
    """
    place = Relation(schema, AUDIENCE_EXPORTS)
    if not is_own_table(target, place, EXPORT_COLUMNS, "Exports of audiences are recorded"):
        return {}
    table = target.dialect.relation(place)
    rows = target.query(
        f"SELECT exports.audience, exports.exported_at, exports.members, exports.held_out FROM {table} AS exports"
        f" JOIN (SELECT audience, MAX(exported_at) AS newest FROM {table} GROUP BY audience) AS newest"
        " ON exports.audience = newest.audience AND exports.exported_at = newest.newest"
    )
    return {str(audience): LastExport(*rest) for audience, *rest in rows}  # type: ignore[arg-type]
