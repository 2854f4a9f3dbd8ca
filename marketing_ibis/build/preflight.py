"""Look at what a plan reads before anything is touched: sources with their columns, and models that must stand."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.build.amounts import check_amount
from marketing_ibis.build.numeric_texts import check_numeric_text
from marketing_ibis.build.plan import Plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target, existing_kinds
from marketing_ibis.errors import SourceError, missing_optional, nearest
from marketing_ibis.model import type_names
from marketing_ibis.model.time_zones import TimeZones


def check_inputs(plan: Plan, target: Target, place: str = "", filling: str = "") -> None:
    """Stop before anything is touched when something that the plan reads is not there.

    ``filling`` is the beginning of a hint: how to fill a missing source table.

    Raises:
        SourceError: naming the table, or the column and the type found.
        ConfigurationError: the settings list an optional column that a source does not have.
    """
    sources = existing_kinds(target, plan.sources)
    for relation, schema in plan.sources.items():
        if relation not in sources:
            raise _missing(relation, plan, target, place, filling or ENGINES[plan.dialect.name].filling)
        columns = target.columns(relation)
        for name in plan.optional.get(relation, ()):
            if name not in columns:
                raise missing_optional(f"The source table {relation}", name)
        check_source(relation, schema, columns, plan.schemas.zones, plan.settings.get(relation))
        for query in plan.amounts:
            if query.relation == relation:
                check_amount(query, columns, target)
        for text_query in plan.numeric_texts:
            if text_query.relation == relation:
                check_numeric_text(text_query, target)
    published = existing_kinds(target, plan.published_parents)
    for relation, children in plan.published_parents.items():
        if relation not in published:
            raise SourceError(
                f"{children[0]} depends on {relation}, which does not exist and is not part of this run.",
                hint=f"Build it too: --select +{children[0]}",
            )


def _missing(relation: Relation, plan: Plan, target: Target, place: str, filling: str) -> SourceError:
    """Return the error of a source table that does not exist, with what to do about it."""
    hint = f"{filling}, or correct source_schema in [tool.marketing_ibis]."
    if relation.database or relation.schema != plan.schemas.sources:
        schema = ".".join(relation.parts[:-1])
        tables = target.relations(relation.schema, relation.database)
        hint = nearest(relation.name, tables) or f"Schema {schema} does not exist, or contains no tables."
    return SourceError(f"The source table {relation} does not exist{f' in {place}' if place else ''}.", hint=hint)


def check_source(
    relation: Relation | str,
    columns: Mapping[str, str],
    actual: Mapping[str, str],
    zones: TimeZones | None = None,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Stop where a source has other columns than declared, or timestamps whose day a cast would not give.

    ``settings`` name the settings that map a column, where there are any.

    Raises:
        SourceError: naming the column, and the type found.
    """
    for name, declared_type in columns.items():
        setting = settings.get(name, "") if settings else ""
        if name not in actual:
            hint = f"{nearest(name, actual)} See {setting}." if setting else nearest(name, actual)
            raise SourceError(f"The source table {relation} has no column {name}.", hint=hint)
        actual_type = actual[name]
        if setting:
            _check_mapped(relation, name, (actual_type, declared_type), zones or TimeZones(), setting)
        elif type_names.is_date(declared_type) and type_names.is_timestamp(actual_type):
            _check_day(relation, name, actual_type, zones or TimeZones())
        elif not _is_compatible(actual_type, declared_type):
            raise SourceError(
                f"Column {name} of the source table {relation} is {actual_type}, declared {declared_type}.",
                hint=_hint(name, actual_type, declared_type),
            )


def _check_mapped(relation: Relation | str, name: str, types: tuple[str, str], zones: TimeZones, setting: str) -> None:
    """Stop at a column of a mapped table whose type is not the expected one; the settings can name another."""
    actual_type, declared_type = map(type_names.comparable, types)
    is_number = any(
        is_kind(actual_type) for is_kind in (type_names.is_integer, type_names.is_decimal, type_names.is_float)
    )
    is_plain_day = type_names.is_date(declared_type) and actual_type == "timestamp" and zones.keeps_naive_days
    if is_plain_day or (declared_type == "decimal" and is_number) or _is_compatible(actual_type, declared_type):
        return
    if actual_type == "timestamp" and type_names.is_date(declared_type):
        hint = f'Set time_zone under {setting}: the zone of its timestamps, such as "UTC".'
    else:
        type_setting = "timestamptz" if type_names.time_zone(actual_type) else actual_type
        hint = f'If that is right, set types = {{ {name} = "{type_setting}" }} under {setting}.'
    raise SourceError(
        f"Column {name} of the source table {relation} is {actual_type}, and the mapping expects {declared_type}.",
        hint=hint,
    )


def _check_day(relation: Relation | str, name: str, actual_type: str, zones: TimeZones) -> None:
    """Stop at a timestamp whose day in the zone of the business is not the one that a cast gives."""
    zone = type_names.time_zone(actual_type)
    if zone is None and zones.keeps_naive_days:
        return
    column = f"Column {name} of the source table {relation}"
    local = f"AT TIME ZONE '{zones.business}' AS DATE)"
    if zone is None:
        raise SourceError(
            f"{column} has no time zone: naive_timestamps says {zones.unzoned}, and days are those of"
            f" {zones.business} (time_zone).",
            hint=f"Make the source a view that converts it: CAST({name} AT TIME ZONE '{zones.unzoned}' {local}.",
        )
    raise SourceError(
        f"{column} is a timestamp with a time zone, declared date: its day depends on the reader's time zone.",
        hint=f"Make the source a view that converts it: CAST({name} {local}.",
    )


def _hint(name: str, actual_type: str, declared_type: str) -> str:
    load = "Load it with the declared type, or change the declaration in the dataflow's sources."
    is_uuid = type_names.nullable(actual_type) == "uuid"
    if is_uuid:
        load = f"Make the source a view that converts it: CAST({name} AS VARCHAR)."
    if type_names.is_integer(declared_type) and (is_uuid or type_names.is_string(actual_type)):
        return f'If the column is a key, set id_type = "string" under [tool.marketing_ibis]. {load}'
    if type_names.is_string(declared_type) and type_names.is_integer(actual_type):
        return f'If the column is a key, remove id_type = "string" from [tool.marketing_ibis]. {load}'
    return load


def _is_compatible(actual_type: str, declared_type: str) -> bool:
    if type_names.is_integer(declared_type):
        return type_names.is_integer(actual_type)
    if type_names.is_timestamp(declared_type) and type_names.is_timestamp(actual_type):
        # Engines report digits after the second and a zone of their own; neither is part of a contract.
        return (type_names.time_zone(actual_type) is None) == (type_names.time_zone(declared_type) is None)
    return type_names.nullable(actual_type) == type_names.nullable(declared_type)
