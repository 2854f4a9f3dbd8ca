"""The report's statements about channels: their own orders, and the credit of the attribution models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dataflows.report import channels
from dataflows.report.rows import Channel, Credit, FundingMonth
from tests.report.markup import words


def channel(name: str, revenue: int, score: float, conversions: int = 2) -> Channel:
    money = Decimal(revenue)
    return Channel(name, conversions, 1, 1, money, 1.0, score, money, money)


def credits_of(**models: dict[str, float]) -> list[Credit]:
    return [
        Credit(model, channel, float(bool(amount)), amount)
        for model, amounts in models.items()
        for channel, amount in amounts.items()
    ]


@pytest.mark.parametrize(
    ("credits", "expected"),
    [
        pytest.param(
            credits_of(a={"Email": 30, "Organic": 10}, b={"Email": 20, "Organic": 20.0001, "Idle": 0}),
            "By the stand-in rule, the 2 attribution models disagree: Email leads in 1, Organic leads in 1",
            id="disagree",
        ),
        pytest.param(
            credits_of(a={"Email": 30, "Organic": 10}, b={"Email": 25, "Organic": 15}),
            "By the stand-in rule, all 2 attribution models credit Email with the most revenue (63% to 75%)",
            id="agree with the orders",
        ),
        pytest.param(
            credits_of(a={"Email": 10, "Organic": 30}, b={"Email": 10, "Organic": 30}),
            "By the stand-in rule, all 2 attribution models credit Organic with the most revenue (75%); by its own"
            " orders Email leads",
            id="agree against the orders",
        ),
        pytest.param(
            credits_of(a={"Email": 20, "Organic": 20}, b={"Email": 20, "Organic": 20 + 1e-12}),
            "By the stand-in rule, all 2 attribution models credit Email and Organic with the most revenue",
            id="tie",
        ),
        pytest.param(
            credits_of(a={"Email": 20, "Organic": 20}, b={"Email": 20, "Organic": 10}),
            "By the stand-in rule, all 2 attribution models credit Email with the most revenue (50% to 67%)",
            id="tie in one",
        ),
        pytest.param(
            credits_of(a={"Email": -20, "Organic": -30}),
            "By the stand-in rule, the attribution model credits Email with the most revenue",
            id="losses have no shares",
        ),
        pytest.param(
            credits_of(a={"Email": 0, "Organic": 0}),
            "By the stand-in rule, Email has the most revenue from its own orders",
            id="no customer has credit",
        ),
        pytest.param(
            credits_of(a={"X": 3, "Email": 1}, b={"X": 3, "Email": 1}, c={"X": 1, "Email": 3}),
            "By the stand-in rule, the 3 attribution models disagree: X leads in 2, Email leads in 1",
            id="votes",
        ),
    ],
)
def test_the_title_of_channels_is_what_the_models_agree_on(credits: list[Credit], expected: str) -> None:
    rows = [channel("Email", 30, 3.0), channel("Organic", 10, 9.0)]
    assert words(channels.finding(rows, credits)) == expected


def test_channels_by_model_are_drawn() -> None:
    rows = [channel("Email", 30, 3.0), channel("Organic", 10, 9.0)]
    credits = credits_of(**{"Shapley": {"Email": 20, "Organic": 20}, "First Touch": {"Email": 10, "Organic": 30}})
    section = channels.describe(rows, credits)
    (drawn,) = section.heat_maps
    assert drawn.columns == ("Email", "Organic")
    assert [(name, [tile and words(f"{tile.text} {tile.detail}") for tile in tiles]) for name, tiles in drawn.rows] == [
        ("Own orders", ["$30.00 75%", "$10.00 25%"]),
        ("First Touch", ["$10.00 25%", "$30.00 75%"]),
        ("Shapley", ["$20.00 50%", "$20.00 50%"]),
    ]
    assert any(note.startswith("No costs are loaded") for note in section.notes)
    paid = FundingMonth("email", date(2024, 1, 1), True, Decimal(9), 3, 1.0, 1.0, 20.0)
    notes = channels.describe(rows, credits, observed=[paid]).notes
    assert any(note.startswith("The costs that are loaded are of observed channels") for note in notes)
    assert not any(note.startswith("No costs are loaded") for note in notes)


def test_channels() -> None:
    both = [channel("Email", 30, 9.0), channel("Organic", 10, 3.0), channel("Idle", 0, 0.0, conversions=0)]
    assert words(channels.finding(both)) == "By the stand-in rule, Email has the most revenue from its own orders"
    assert channels.finding([channel("Idle", 0, 0.0, conversions=0)]) == "No channel has an order yet"
    assert "stand-in" in channels.describe(both).warning
    assert "stand-in" in channels.describe([]).warning
