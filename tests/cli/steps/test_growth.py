"""What a command does of its own grows in proportion to the models of a project."""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from datetime import date

import pytest

from marketing_ibis.build.changes import Changes, ModelChange
from marketing_ibis.cli.output.plan_report import PlanReport, json_text, markdown_lines, text_lines
from marketing_ibis.cli.steps.days import dated_nodes
from marketing_ibis.project.static_parsing import Node

SIZES = (50, 100, 200)
MOST = 2.3
"""How much more the second doubling may add than the first: 2 if all is linear, 4 if all is quadratic."""


def report(models: int) -> PlanReport:
    changes = (
        ModelChange(f"m{number}", "changed", modified=("n",), is_own=True, downstream=((f"m{number + 1}", "n"),))
        for number in range(models)
    )
    return PlanReport(Changes(tuple(changes), ()), "schema marts on duckdb", date(2024, 5, 15), connected=True)


def chain(models: int) -> dict[str, Node]:
    """Return models of which each depends on the one before it, and the middle one on the day."""
    return {
        f"m{number}": Node(
            f"m{number}",
            "model",
            "marts",
            "table",
            "m.py",
            parents=(f"m{number - 1}",) if number else (),
            inputs=("as_of",) if number == models // 2 else (),
        )
        for number in range(models)
    }


def work_of_text(models: int) -> object:
    return list(text_lines(report(models)))


def work_of_markdown(models: int) -> object:
    return list(markdown_lines(report(models)))


def work_of_json(models: int) -> object:
    return json_text(report(models))


def work_of_days(models: int) -> object:
    nodes = chain(models)
    return dated_nodes(nodes, nodes)


@pytest.mark.parametrize("work", [work_of_text, work_of_markdown, work_of_json, work_of_days])
def test_twice_the_models_are_twice_the_work(work: Callable[[int], object]) -> None:
    work(3)
    few, some, many = (calls(work, size) for size in SIZES)
    assert (many - some) / (some - few) < MOST


def calls(work: Callable[[int], object], models: int) -> int:
    """Return the function calls of some work."""
    profile = cProfile.Profile()
    profile.runcall(work, models)
    return sum(entry.callcount for entry in profile.getstats())


def test_the_rows_of_a_model_depend_on_the_day_if_those_of_a_parent_do() -> None:
    nodes = chain(6)
    assert dated_nodes(nodes, ["m5", "m0", "m3", "m2"]) == ["m3", "m5"]
