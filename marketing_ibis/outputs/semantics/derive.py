"""Derive entities, dimensions, measures and joins from the contracts and data tests of a compiled project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from marketing_ibis.model import Average, Column, DataTest, Model, Ratio, Sum
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.outputs.semantics.records import (
    CENTS_PER_UNIT,
    Dimension,
    Entity,
    Measure,
    SemanticModel,
    ValueType,
)
from marketing_ibis.project.static_parsing import Node
from marketing_ibis.testing.collect import DataTests
from marketing_ibis.testing.joins import Join, joins_of, unique_columns

COUNT = "count"
CENTS = "cents"


def semantic_model(
    dataflow: Dataflow,
    data_tests: DataTests,
    names: Collection[str],
    *,
    schema: str,
    title: str,
    name: str,
    exposures: Iterable[Node] = (),
    include_pii: bool = False,
    connection: str = "",
) -> SemanticModel:
    """Return the models called ``names`` as entities; columns of personal data only with ``include_pii``."""
    models = [dataflow.models[name] for name in names]
    entities = {
        model.name: _entity(model, data_tests.get(model.name, ()), schema, tuple(exposures), include_pii=include_pii)
        for model in models
    }
    joined = [
        replace(entity, joins=_joins(joins_of(dataflow, data_tests, each), entity, entities))
        for each, entity in entities.items()
    ]
    return SemanticModel(name, title, tuple(joined), connection or name)


def _entity(
    model: Model, data_tests: Sequence[DataTest], schema: str, exposures: tuple[Node, ...], *, include_pii: bool
) -> Entity:
    declaration = model.declaration
    columns = {c.name: c for c in declaration.contract.columns if include_pii or not c.pii}
    has_key = set(declaration.grain) <= columns.keys()
    return Entity(
        name=model.name,
        schema=schema,
        description=model.description.strip().split("\n\n")[0],
        key=declaration.grain if has_key else (),
        unique=tuple(name for name in unique_columns(declaration.grain, data_tests) if name in columns),
        layer=declaration.layer,
        owner=declaration.owner,
        exposures=tuple(node.name for node in exposures if model.name in node.parents),
        dimensions=tuple(_dimension(model, column) for column in columns.values()),
        measures=(*_count(model, columns), *_measures(model, columns)),
    )


def _dimension(model: Model, column: Column) -> Dimension:
    return Dimension(
        name=column.name,
        type=_value_type(model, column.name),
        description=column.description,
        unit=column.unit,
        is_personal=column.pii,
        is_aggregated=column.aggregate is not None,
        nullable=column.nullable,
    )


def _value_type(model: Model, column: str) -> ValueType:
    dtype = model.schema[column]
    if dtype.is_boolean():
        return "boolean"
    if dtype.is_integer():
        return "integer"
    if dtype.is_decimal():
        return "decimal"
    if dtype.is_floating():
        return "float"
    if dtype.is_date():
        return "date"
    return "timestamp" if dtype.is_timestamp() else "string"


def _count(model: Model, columns: Mapping[str, Column]) -> tuple[Measure, ...]:
    """Return the number of rows where a row is one thing: rows of a longer key count nothing that has a name."""
    grain = model.declaration.grain
    if len(grain) != 1 or COUNT in columns:
        return ()
    return (Measure(COUNT, "count", "integer", f"Number of rows: one for each {grain[0]}."),)


def _measures(model: Model, columns: Mapping[str, Column]) -> tuple[Measure, ...]:
    """Return the measure of each column that is aggregated, unless it is made of skipped columns."""
    sums = {
        name: _sum(model, column, column.aggregate)
        for name, column in columns.items()
        if isinstance(column.aggregate, Sum) and set(column.aggregate.per) <= columns.keys()
    }
    others = {name: _other_measure(column, sums) for name, column in columns.items()}
    measures = [sums.get(name) or others[name] for name in columns]
    return tuple(measure for measure in measures if measure is not None)


def _sum(model: Model, column: Column, aggregate: Sum) -> Measure:
    is_cents = column.unit == CENTS
    return Measure(
        column.name,
        "sum",
        "decimal" if is_cents else _value_type(model, column.name),
        column.description,
        _unit(column),
        per=aggregate.per,
        divisor=_divisor(column),
        is_personal=column.pii,
    )


def _other_measure(column: Column, sums: Mapping[str, Measure]) -> Measure | None:
    """Return the average or the ratio that a column declares."""
    aggregate, unit = column.aggregate, _unit(column)
    if isinstance(aggregate, Average):
        description = f"Average over rows. {column.description}"
        divisor = _divisor(column)
        return Measure(column.name, "average", "float", description, unit, divisor=divisor, is_personal=column.pii)
    if not isinstance(aggregate, Ratio) or not {aggregate.numerator, aggregate.denominator} <= sums.keys():
        return None
    parts = [sums[aggregate.numerator], sums[aggregate.denominator]]
    return Measure(
        column.name,
        "ratio",
        "float",
        column.description,
        unit,
        per=tuple(dict.fromkeys(name for part in parts for name in part.per)),
        numerator=aggregate.numerator,
        denominator=aggregate.denominator,
        times=aggregate.times,
        is_personal=column.pii,
    )


def _unit(column: Column) -> str:
    """Return the unit of a measure: cents are shown as dollars."""
    return "dollars" if column.unit == CENTS else column.unit


def _divisor(column: Column) -> int:
    return CENTS_PER_UNIT if column.unit == CENTS else 1


def _joins(joins: Sequence[Join], entity: Entity, entities: Mapping[str, Entity]) -> tuple[Join, ...]:
    """Return the joins with another entity of which each row has at most one match."""
    columns = {dimension.name for dimension in entity.dimensions}
    return tuple(
        join
        for join in joins
        if join.cardinality != "many_to_many"
        and join.column in columns
        and join.to in entities
        and join.to_column in entities[join.to].unique
    )
