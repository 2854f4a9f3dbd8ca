"""Look at what a plan reads before anything is touched: sources with their columns, and models that must stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError, missing_optional, nearest
from marketing_ibis.model.time_zones import TimeZones

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt


def check_inputs(plan: Plan, target: Target, place: str = "", filling: str = "") -> None:
    """Stop before anything is touched when something that the plan reads is not there.

    ``filling`` is the beginning of a hint: how to fill a missing source table.

    Raises:
        SourceError: naming the table, or the column and the type found.
        ConfigurationError: the settings list an optional column that a source does not have.
    """
    sources = target.relations(plan.schemas.sources)
    for relation, schema in plan.sources.items():
        if relation.name not in sources:
            fill = filling or ENGINES[plan.dialect.name].filling
            raise SourceError(
                f"The source table {relation} does not exist{f' in {place}' if place else ''}.",
                hint=f"{fill}, or correct source_schema in [tool.marketing_ibis].",
            )
        columns = target.columns(relation)
        for name in plan.optional.get(relation, ()):
            if name not in columns:
                raise missing_optional(f"The source table {relation}", name)
        check_source(relation, schema, columns, plan.schemas.zones)
    models = target.relations(plan.schemas.models)
    for relation, children in plan.published_parents.items():
        if relation.name not in models:
            raise SourceError(
                f"{children[0]} depends on {relation}, which does not exist and is not part of this run.",
                hint=f"Build it too: --select +{children[0]}",
            )


def check_source(
    relation: Relation, schema: ibis.Schema, actual: Mapping[str, dt.DataType], zones: TimeZones | None = None
) -> None:
    """Stop where a source has other columns than declared, or timestamps whose day a cast would not give.

    Raises:
        SourceError: naming the column, and the type found.
    """
    for name, declared_type in schema.items():
        if name not in actual:
            raise SourceError(f"The source table {relation} has no column {name}.", hint=nearest(name, actual))
        actual_type = actual[name]
        if declared_type.is_date() and actual_type.is_timestamp():
            _check_day(relation, name, actual_type, zones or TimeZones())
        elif not _is_compatible(actual_type, declared_type):
            raise SourceError(
                f"Column {name} of the source table {relation} is {actual_type}, declared {declared_type}.",
                hint=_hint(actual_type, declared_type),
            )


def _check_day(relation: Relation, name: str, actual_type: dt.DataType, zones: TimeZones) -> None:
    """Stop at a timestamp whose day in the zone of the business is not the one that a cast gives."""
    if actual_type.timezone is None and zones.keeps_naive_days:
        return
    column = f"Column {name} of the source table {relation}"
    local = f"AT TIME ZONE '{zones.business}' AS DATE)"
    if actual_type.timezone is None:
        raise SourceError(
            f"{column} has no time zone: naive_timestamps says {zones.unzoned}, and days are those of"
            f" {zones.business} (time_zone).",
            hint=f"Make the source a view that converts it: CAST({name} AT TIME ZONE '{zones.unzoned}' {local}.",
        )
    raise SourceError(
        f"{column} is a timestamp with a time zone, declared date: its day depends on the reader's time zone.",
        hint=f"Make the source a view that converts it: CAST({name} {local}.",
    )


def _hint(actual_type: dt.DataType, declared_type: dt.DataType) -> str:
    load = "Load it with the declared type, or change the declaration in the dataflow's sources."
    if declared_type.is_integer() and (actual_type.is_string() or actual_type.is_uuid()):
        return f'If the column is a key, set id_type = "string" under [tool.marketing_ibis]. {load}'
    if declared_type.is_string() and actual_type.is_integer():
        return f'If the column is a key, remove id_type = "string" from [tool.marketing_ibis]. {load}'
    return load


def _is_compatible(actual_type: dt.DataType, declared_type: dt.DataType) -> bool:
    if declared_type.is_integer():
        return bool(actual_type.is_integer())
    if declared_type.is_timestamp() and actual_type.is_timestamp():
        # Engines report digits after the second and a zone of their own; neither is part of a contract.
        return (actual_type.timezone is None) == (declared_type.timezone is None)
    return bool(actual_type.copy(nullable=True) == declared_type.copy(nullable=True))
