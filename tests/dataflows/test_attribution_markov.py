"""Boundary cases and laws of attribution_markov."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflows.lib.removal_effects import CONVERSION, START, credit_channels, removal_effects, solve
from tests.dataflows.cases import built
from tests.sources import GOLDEN_AS_OF, golden_sources

CHANNELS = ("A", "B", "C")
Journey = tuple[str, ...]
JOURNEYS = st.lists(st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=4).map(tuple), min_size=1, max_size=8)


def transitions(journeys: list[Journey]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for journey in journeys:
        for step in zip((START, *journey), (*journey, CONVERSION), strict=True):
            counts[step] = counts.get(step, 0) + 1
    return counts


@pytest.mark.parametrize(
    ("journeys", "effects"),
    [
        pytest.param([("A", "B"), ("A",)], (1, Fraction(1, 2), 0), id="the example of its page"),
        pytest.param([("A",), ("A",), ("B",)], (Fraction(2, 3), Fraction(1, 3), 0), id="journeys of one touch"),
        pytest.param([("A", "A", "A")], (1, 0, 0), id="a channel that follows itself"),
        pytest.param([], (0, 0, 0), id="no journey"),
    ],
)
def test_effects_of_known_chains(journeys: list[Journey], effects: tuple[Fraction, ...]) -> None:
    assert tuple(removal_effects(transitions(journeys), CHANNELS).values()) == effects


@given(JOURNEYS)
def test_effects_are_shares_and_follow_from_the_journeys(journeys: list[Journey]) -> None:
    effects = removal_effects(transitions(journeys), CHANNELS)
    for channel, effect in effects.items():
        assert 0 <= effect <= 1
        touched = [channel in journey for journey in journeys]
        assert (effect == 0) == (not any(touched))
        # A channel that begins every journey stops all of them.
        assert effect == 1 or not all(journey[0] == channel for journey in journeys)
    assert removal_effects(transitions(journeys * 3), CHANNELS) == effects


@given(st.lists(st.integers(-3, 3), min_size=9, max_size=9), st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_equations_are_solved_exactly(cells: list[int], right: list[int]) -> None:
    # Larger on the diagonal than the rest of the row: such equations have one solution.
    rows = [[cells[3 * place + column] + 10 * (place == column) for column in range(3)] for place in range(3)]
    solution = solve([[Fraction(value) for value in (*row, side)] for row, side in zip(rows, right, strict=True)])
    assert [sum(a * x for a, x in zip(row, solution, strict=True)) for row in rows] == right


def test_every_customer_and_all_revenue_are_credited_once() -> None:
    tables = built(golden_sources(), GOLDEN_AS_OF)
    rows, touches = tables["attribution_markov"], tables["attribution_touchpoints"]
    assert isclose(sum(row["credit_share"] for row in rows), 1)
    assert isclose(sum(row["attributed_customers"] for row in rows), len({row["customer_id"] for row in touches}))
    assert isclose(sum(row["attributed_revenue"] for row in rows), float(sum(row["revenue"] for row in touches)))


def test_the_order_of_the_rows_does_not_matter() -> None:
    steps = [("A", "B", 2), (START, "A", 3), ("B", CONVERSION, 2), ("A", CONVERSION, 1)]
    rows = [
        dict(zip(("from_channel", "to_channel", "transitions", "revenue"), (*step, 5), strict=True)) for step in steps
    ]
    results = [credit_channels(part, date(2024, 5, 15)) for part in (rows, rows[::-1])]
    assert results[0] == results[1]
