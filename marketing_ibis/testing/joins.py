"""Read from data tests how tables join: on which columns, and how many rows meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from marketing_ibis.model import DataTest
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import DataTests

Cardinality = Literal["one_to_one", "many_to_one", "many_to_many"]
NO_FAILURE = "!=0"


@dataclass(frozen=True, slots=True)
class Join:
    """A column whose values are those of another table's column, as a ``relationships`` test says."""

    column: str
    to: str
    to_column: str
    cardinality: Cardinality


def unique_columns(grain: Sequence[str], data_tests: Sequence[DataTest]) -> tuple[str, ...]:
    """Return the columns of which each value is in one row: a grain of one column, and those that are tested.

    A test that only warns, allows failures or looks at some of the rows proves nothing of the whole table.
    """
    tested = [t.column for t in data_tests if t.test == "unique" and _is_strict(t)]
    return tuple(dict.fromkeys([*(grain if len(grain) == 1 else ()), *tested]))


def joins_of(dataflow: Dataflow, data_tests: DataTests, name: str) -> tuple[Join, ...]:
    """Return the joins of a model or source with others, by column; a table is not joined with itself."""
    uniques = {
        node: unique_columns(dataflow.nodes[node].declaration.grain, data_tests.get(node, ()))
        for node in (name, *_related(data_tests.get(name, ())))
        if node in dataflow.nodes
    }
    joins = {
        Join(t.column, to, field, _cardinality(t.column in uniques[name], field in uniques[to]))
        for t in data_tests.get(name, ())
        if t.test == "relationships" and isinstance(t.arguments, tuple)
        for to, field in [t.arguments]
        if to in uniques and to != name
    }
    return tuple(sorted(joins, key=lambda join: (join.column, join.to, join.to_column)))


def _related(data_tests: Sequence[DataTest]) -> list[str]:
    return [t.arguments[0] for t in data_tests if t.test == "relationships" and isinstance(t.arguments, tuple)]


def _is_strict(data_test: DataTest) -> bool:
    return data_test.severity == "error" and data_test.where is None and data_test.error_if == NO_FAILURE


def _cardinality(is_unique: bool, is_unique_there: bool) -> Cardinality:
    if not is_unique_there:
        return "many_to_many"
    return "one_to_one" if is_unique else "many_to_one"
