"""No model makes Redshift do more than SQL written by hand for the same rows, or benchmarks/README.md says why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pytest
import sqlglot

from marketing_ibis.build.costs import plan_costs, stored_relations
from marketing_ibis.engines.costs import Costs, StoredRelation
from marketing_ibis.engines.redshift import gate
from tests.engines.redshift.test_sql import redshift_plan
from tests.paths import JAFFLE, ROOT, TESTS
from tests.sources import GOLDEN_AS_OF, sources_from_csv
from tests.warehouse import Row, build_tables, compiled_dataflow, selected_rows

BY_HAND = {path.stem: path for path in sorted((TESTS / "engines" / "redshift" / "by_hand").glob("*.sql"))}
PAGE = ROOT / "benchmarks" / "README.md"
HEADER = "| model | scans | moved | if groups are few | sorts | windows | distinct | why it is more |"
MODEL = re.compile(r"dbt_marketing\.(\w+)")
DIGITS = 9
"""How many digits of a DOUBLE are compared."""


class Counts(NamedTuple):
    """What is counted of a query, in the order of the table."""

    scans: int
    moved: int
    moved_with_few_groups: int
    sorts: int
    windows: int
    distincts: int

    @classmethod
    def of(cls, costs: Costs) -> Counts:
        moved = costs.redistributions + costs.broadcasts
        least = costs.least_redistributions + costs.broadcasts
        return cls(len(costs.scans), moved, least, len(costs.sorts), len(costs.windows), len(costs.distincts))


@cache
def counts() -> dict[str, tuple[Counts, Counts]]:
    """Count what each model does, and what the SQL written by hand does."""
    plan, dataflow = redshift_plan(), compiled_dataflow(GOLDEN_AS_OF)
    stored, ours = stored_relations(plan, dataflow), plan_costs(plan, dataflow)
    return {name: (Counts.of(ours[name]), Counts.of(_costs_by_hand(name, stored))) for name in BY_HAND}


def _costs_by_hand(name: str, stored: Mapping[str, StoredRelation]) -> Costs:
    plan = redshift_plan()
    select = MODEL.sub(lambda match: str(plan.published[match[1]]), BY_HAND[name].read_text("utf-8"))
    return plan.dialect.estimate(select, stored, stored[str(plan.published[name])].dist_key)


def _line(name: str, why: str) -> str:
    ours, by_hand = counts()[name]
    cells = [str(own) if own == other else f"{own}, not {other}" for own, other in zip(ours, by_hand, strict=True)]
    return " | ".join([f"| `{name}`", *cells, f"{why} |" if why else "|"])


def _reasons() -> dict[str, str]:
    """Return what the page says of each model, empty if nothing."""
    lines = PAGE.read_text("utf-8").partition(HEADER)[2].partition("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[-1] for row in cells}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_model_does_no_more_than_sql_by_hand_unless_the_page_says_why(name: str) -> None:
    ours, by_hand = counts()[name]
    is_more = any(own > other for own, other in zip(ours, by_hand, strict=True))
    assert bool(_reasons().get(name)) == is_more


@pytest.mark.parametrize("name", BY_HAND)
def test_the_page_has_what_is_counted(name: str) -> None:
    assert _line(name, _reasons().get(name, "")) in PAGE.read_text("utf-8")


@pytest.mark.parametrize("name", BY_HAND)
def test_sql_by_hand_has_the_rows_of_the_model(name: str) -> None:
    text, shop = BY_HAND[name].read_text("utf-8"), sources_from_csv(JAFFLE)
    gate.require(text, subject=name)
    (select,) = sqlglot.transpile(text, read="redshift", write="duckdb")
    rows = selected_rows(select, {name, *MODEL.findall(text)}, shop, GOLDEN_AS_OF)
    expected = build_tables(shop, GOLDEN_AS_OF)[name]
    assert rows
    assert _texts(rows, list(rows[0])) == _texts(expected, list(rows[0]))


def _texts(rows: list[Row], columns: list[str]) -> list[str]:
    return sorted(str([_comparable(row[column]) for column in columns]) for row in rows)


def _comparable(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return int(value) if isinstance(value, int) else value
