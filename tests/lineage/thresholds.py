"""The project's own dataflow with other values of its thresholds."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.compile import compile_dataflow
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow, dataflow_modules

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
FEW = 4


def thresholds() -> list[tuple[str, str]]:
    """Return the fields of every rule set, with its parameter's name."""
    rules = {name: value for name, value in compiled_dataflow(GOLDEN_AS_OF).inputs.items() if is_dataclass(value)}
    every = [(name, field.name) for name, value in rules.items() for field in fields(value)]
    return every if THOROUGH else random.Random(17).sample(every, FEW)


def with_other_threshold(dataflow: Dataflow, rules: str, field: str) -> Iterator[Dataflow]:
    """Yield the dataflow with other values of a threshold, as far as they are valid."""
    present = getattr(dataflow.inputs[rules], field)
    for value in other_values(present):
        if value == present:
            continue
        try:
            yield with_variables({rules: {field: value}})
        except MarketingIbisError:
            continue


def other_values(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [2 * value + 3, value + 1, value - 1]
        case float():
            return [value * 2, value * 1.25, value * 0.75]
        case str():
            return ["ntile", "ties", "order", f"{value} X"]
        case ():
            return [("a word",)]
        case tuple():
            others = [(*value[:-1], other) for other in other_values(value[-1])]
            return [value[:-1], *others]
    return []


def with_variables(variables: Mapping[str, Mapping[str, object]]) -> Dataflow:
    return compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF}, variables=variables)
