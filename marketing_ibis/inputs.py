"""Look at what a plan reads before anything is touched: sources with their columns, and models that must stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.dialects import Relation
from marketing_ibis.errors import SourceError, nearest
from marketing_ibis.plan import Plan
from marketing_ibis.targets.base import Target

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt


def check_inputs(plan: Plan, target: Target, place: str = "") -> None:
    """Stop before anything is touched when something that the plan reads is not there.

    Raises:
        SourceError: naming the table, or the column and the type found.
    """
    sources = target.relations(plan.schemas.sources)
    for relation, schema in plan.sources.items():
        if relation.name not in sources:
            raise SourceError(
                f"The source table {relation} does not exist{f' in {place}' if place else ''}.",
                hint="Fill it with `seed --demo` or `seed --from DIR`, or name the schema in [tool.marketing_ibis].",
            )
        check_source(relation, schema, target.columns(relation))
    models = target.relations(plan.schemas.models)
    for relation, children in plan.standing.items():
        if relation.name not in models:
            raise SourceError(
                f"{children[0]} reads {relation}, which is neither built nor selected.",
                hint=f"Build it too: --select +{children[0]}",
            )


def check_source(relation: Relation, schema: ibis.Schema, actual: Mapping[str, dt.DataType]) -> None:
    """Stop where a source has other columns than declared.

    Raises:
        SourceError: naming the column, and the type found.
    """
    for name, wanted in schema.items():
        if name not in actual:
            raise SourceError(f"The source table {relation} has no column {name}.", hint=nearest(name, actual))
        if not _reads_as(actual[name], wanted):
            raise SourceError(
                f"Column {name} of the source table {relation} is {actual[name]}, declared {wanted}.",
                hint="Load it with the declared type, or change the declaration in the dataflow's sources.",
            )


def _reads_as(actual: dt.DataType, wanted: dt.DataType) -> bool:
    if wanted.is_integer():
        return bool(actual.is_integer())
    if wanted.is_date():
        # A timestamp without a zone is truncated to its day when staging casts it.
        return bool(actual.is_date() or (actual.is_timestamp() and actual.timezone is None))
    return bool(actual.copy(nullable=True) == wanted.copy(nullable=True))
