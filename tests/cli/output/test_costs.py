"""What `compile --explain` prints fits a terminal, whatever models and expressions are called."""

from __future__ import annotations

import pytest

from marketing_ibis.cli.output.costs import WIDTH, costs_of_all, costs_of_one
from marketing_ibis.engines.costs import OUTER, Costs, Movement

LONG = "revenue_by_region_and_month_of_first_purchase"
COSTS = Costs(
    scans=(f"dbt_marketing.{LONG}",),
    joins=(Movement(OUTER, f"{LONG} ON customer_id"),) * 12,
    moves=(Movement("redistributed", "GROUP BY customer_id, order_id, payment_method, first_channel, first_product"),),
    sorts=("customer_id, order_id, payment_method, first_channel DESC, first_product DESC",),
    widest_sort=65_535,
    least_redistributions=10,
)


@pytest.mark.parametrize("name", ["orders", "attribution_touchpoints", LONG])
def test_the_table_fits_a_terminal(name: str) -> None:
    lines = "\n".join(costs_of_all({"first": Costs(), name: COSTS, "last": Costs()})).splitlines()
    assert max(map(len, lines)) <= WIDTH
    place = next(place for place, line in enumerate(lines) if line.startswith(name))
    numbers = lines[place].removeprefix(name) or lines[place + 1]
    assert numbers.split() == ["1", "0", "13", "(10)", "1", "0", "0", "65535"]
    assert [line.split()[0] for line in (lines[2], lines[place + (name == LONG) + 1])] == ["first", "last"]


def test_the_parts_of_a_model_fit_a_terminal() -> None:
    name, *lines = costs_of_one(LONG, COSTS)
    assert name == LONG
    assert max(map(len, lines)) <= WIDTH
    words = " ".join(lines).split()
    expressions = [*COSTS.scans, *(join.at for join in COSTS.joins), *(move.at for move in COSTS.moves), *COSTS.sorts]
    assert all(word in words for expression in expressions for word in expression.split())
    assert [line[:20].strip() for line in lines if line[2:3].strip()] == [
        "scans",
        "joins",
        "moved for",
        "moved",
        "sorts by",
        "widest row sorted",
    ]
