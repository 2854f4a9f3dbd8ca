"""Every field of every set of rules has an effect in every model that uses the rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.adapters import declared_functions
from marketing_ibis.project.compile import compile_dataflow
from marketing_ibis.testing.collect import declared_data_tests
from tests.dataflows.shops import Placed, placed, shop
from tests.sources import GOLDEN_AS_OF, Order, Sources, golden_sources, golden_touches
from tests.warehouse import compiled_dataflow, dataflow_modules, evaluated

GOLDEN = golden_sources()
MONDAY, SUNDAY = date(2024, 4, 8), date(2024, 4, 14)
TESTED_ONLY = {("status_rules", "pending")}
"""Fields that only change what data tests accept."""


def scored_shop() -> Sources:
    """Return a buyer of each of the 125 combinations of scores."""
    orders = []
    for number in range(125):
        r, f, m = number // 25, number // 5 % 5, number % 5
        orders += [placed(number + 1, 200 - 40 * r, (m + 1) * 1_000)]
        orders += [placed(number + 1, 300) for _ in range(f)]
    return shop(*orders)


def product_shop() -> Sources:
    """Return five products that sell best, and one for each of the other limits."""

    def sold(product: str, *orders: tuple[int, int, int], method: str = "credit_card") -> list[Placed]:
        return [placed(buyer, age, (method, cents), product=product) for buyer, age, cents in orders]

    best = [order for n in range(5) for order in sold(f"best {n}", (n + 1, 100, 9_000 - n), (n + 2, 20, 9_000 - n))]
    others = [
        *sold("cash cow", (1, 100, 3_000), (1, 50, 3_000), (2, 50, 3_000), (1, 40, 10)),
        *sold("promoted", (1, 100, 700), (1, 50, 700), method="coupon"),
        *sold("slow", (1, 80, 600), (1, 95, 600)),
        *sold("growing", (1, 100, 200), (1, 40, 300)),
        *sold("young", (1, 35, 300)),
        *sold("shrinking", (1, 100, 300), (1, 40, 240)),
        *sold("returned", (1, 100, 400), (1, 50, 400)),
        placed(1, 55, 400, product="returned", status="returned"),
        *sold("rest", (1, 100, 1), (1, 50, 1)),
    ]
    return shop(*best, *others, customers=12)


def cohort_shop() -> Sources:
    """Return a cohort of each quality, and one that is older than a year."""

    def month(number: int) -> date:
        year, place = divmod(2024 * 12 + 4 - number, 12)
        return date(year, place + 1, 10)

    def cohort(buyer: int, first: int, cents: int, *active: int) -> list[Placed]:
        return [placed(buyer, month(first), cents), *(placed(buyer, month(first - k)) for k in active)]

    return shop(
        *cohort(1, 12, 60_000, 1, 2, 3),
        *cohort(2, 11, 40_000, 1, 2),
        *cohort(3, 10, 25_000, 1, 2),
        *cohort(4, 10, 25_000, 1),
        *cohort(5, 9, 5_000, 1),
        *cohort(6, 15, 100, 13),
    )


def bundles() -> Sources:
    """Return five buyers of two products, one of the first alone, and one of neither."""
    both = [placed(buyer, 9, 100, product=name) for buyer in range(1, 6) for name in ("A", "B")]
    first = [placed(6, age, 100, product="A") for age in (9, 4)]
    return shop(*both, *first, placed(7, 9, 100, product="C"))


def new_buyers() -> Sources:
    return shop(*(placed(b, MONDAY, 1) for b in range(1, 8)), *(placed(b, SUNDAY, 1) for b in range(8, 12)))


@dataclass(frozen=True)
class Setting:
    """The new value of a field, and the shop in which it must have an effect."""

    value: object
    sources: Sources


def of(sources: Sources, **values: object) -> dict[str, Setting]:
    return {field: Setting(value, sources) for field, value in values.items()}


CHANGES: Mapping[str, Mapping[str, Setting]] = {
    "status_rules": of(GOLDEN, successful=("completed",), returned=("returned",), pending=("placed", "packed")),
    "payment_rules": of(
        GOLDEN,
        card=("credit_card", "visa"),
        bank=("wire",),
        promotional=("voucher",),
        gift_cards=("present",),
        other=("paypal",),
        refunds=True,
    ),
    "guest_rules": of(
        shop(placed(1, MONDAY, 1)).plus(orders=[Order(2, None, MONDAY, "placed", "A")]), identity="order"
    ),
    "stage_rules": of(GOLDEN, loyal_above_orders=1),
    "channel_rules": of(GOLDEN, social_weekdays=(1,), email_above_cents=20_000, new_year_quarter=2),
    "touch_rules": of(golden_touches(), lookback_days=15),
    "churn_rules": of(GOLDEN, medium_from_score=60, high_from_score=60)
    | of(shop(placed(1, MONDAY, 1)), default_gap_days=30),
    "campaign_margins": of(
        shop(
            placed(1, date(2024, 1, 8), ("coupon", 100)),
            placed(1, date(2024, 1, 9), ("gift_card", 100)),
            placed(1, date(2023, 12, 11), 100),
            placed(1, date(2024, 1, 10), 100),
        ),
        discount_percent=50,
        gift_card_percent=50,
        holiday_percent=50,
        other_percent=50,
    ),
    "journey_rules": of(GOLDEN, half_life_days=14),
    "campaign_rules": of(scored_shop(), win_back_above_days=250),
    "rfm_rules": of(
        scored_shop(),
        score_groups=4,
        champions_min_recency=5,
        champions_min_frequency=5,
        champions_min_monetary=5,
        loyal_min_recency=4,
        loyal_min_frequency=4,
        loyal_min_monetary=5,
        potential_min_recency=4,
        potential_min_monetary=4,
        new_min_recency=5,
        new_max_frequency=1,
        promising_min_recency=4,
        promising_max_frequency=1,
        attention_min_recency=3,
        attention_min_frequency=4,
        at_risk_max_recency=0,
        at_risk_min_frequency=3,
        cant_lose_max_recency=2,
        cant_lose_min_monetary=5,
        hibernating_max_score=1,
        high_value_min_monetary=5,
        medium_value_min_monetary=2,
        highly_engaged_min_recency=5,
        highly_engaged_min_frequency=4,
        moderately_engaged_min_score=4,
    )
    | of(shop(*(placed(buyer, 1, 1) for buyer in range(1, 7))), scoring="ntile"),
    "product_rules": of(
        product_shop(),
        abc_a_below_percent=50,
        abc_b_below_percent=85,
        star_max_rank=4,
        problem_above_return_rate=0.5,
        cash_cow_above_percentile=0.9,
        cash_cow_above_repeat_rate=0.8,
        new_below_days=40,
        declining_above_days=100,
        recent_days=30,
        declining_below_percent=90,
        growth_above_percent=300,
        quality_above_return_rate=0.5,
        retention_below_repeat_rate=0.0,
        promotions_above_ratio=1.0,
        awareness_below_penetration=0.9,
    ),
    "cohort_rules": of(
        cohort_shop(),
        premium_above_retention=60,
        premium_above_ltv=700,
        high_value_above_retention=34,
        high_value_above_ltv=450,
        standard_above_retention=30,
        standard_above_ltv=280,
        below_average_above_retention=20,
        activation_until_month=2,
        retention_until_month=5,
        revenue_until_month=10,
        onboarding_below_retention=0,
        campaigns_below_retention=0,
        win_back_below_retention=0,
        loyalty_above_retention=100,
    ),
    "repeat_rules": of(GOLDEN, max_order_number=2),
    "group_rules": of(GOLDEN, min_group_size=2),
    "affinity_rules": of(GOLDEN, min_customers=2),
    "action_rules": of(GOLDEN, win_back_min_monetary=2, cross_sell_min_customers=1)
    | of(
        shop(placed(1, 1, ("coupon", 6), 4), placed(2, 20, 10), customers=2),
        full_price_above_ratio=0.6,
        second_order_within_days=10,
    )
    | of(bundles(), cross_sell_above_lift=2)
    | of(shop(*(placed(1, age, 1) for age in (9, 4))), loyalty_min_monetary=1),
    "attribution_rules": of(
        GOLDEN,
        revenue_weight=50,
        conversion_weight=50,
        acquisition_weight=50,
        high_performer_above_average=3,
        promotion_below_dollars=100,
        variety_below_products=1,
        acquisition_below_orders=0,
        organic_above_orders=1,
    )
    | of(new_buyers(), growth_driver_above_average=1.5)
    | of(shop(placed(1, MONDAY, 151), placed(2, SUNDAY, 100)), premium_above_average=1.5)
    | of(shop(placed(1, MONDAY, 1), *[placed(2, SUNDAY, 1)] * 2), efficient_above_average=1.5),
}
"""For every field of every set of rules a value other than the published one."""

FUNCTIONS = {name: function for module in dataflow_modules() for name, function in declared_functions(module).items()}


def settings_of(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    for name, parameter in inspect.signature(function).parameters.items():
        if is_dataclass(parameter.default):
            yield from ((name, field.name) for field in fields(parameter.default))


USES = [(model, *setting) for model, function in FUNCTIONS.items() for setting in settings_of(function)]


@pytest.mark.parametrize(("model", "rules", "field"), USES, ids=map(".".join, USES))
def test_a_setting_changes_what_each_of_its_models_publishes(model: str, rules: str, field: str) -> None:
    setting = CHANGES[rules][field]
    function = FUNCTIONS[model]
    published = inspect.signature(function).parameters[rules].default
    assert getattr(published, field) != setting.value
    if rules == "payment_rules":  # the models that it reads have other columns, too
        compiled = compiled_with(rules, **{field: setting.value}).models[model].expression
        same = compiled.equals(
            compiled_dataflow(GOLDEN_AS_OF, optional_sources=("raw_order_lines",)).models[model].expression
        )
        assert same == (field == "refunds" or (model, field) == ("stg_payments", "other"))
        return
    changed = {rules: replace(published, **{field: setting.value})}
    same = evaluated(function, setting.sources, GOLDEN_AS_OF) == evaluated(
        function, setting.sources, GOLDEN_AS_OF, **changed
    )
    assert same == ((rules, field) in TESTED_ONLY)


@cache
def compiled_with(rules: str, **values: object) -> Dataflow:
    return compile_dataflow(
        dataflow_modules(),
        inputs={"as_of": GOLDEN_AS_OF},
        variables={rules: values},
        optional_sources=("raw_order_lines",),
    )


@pytest.mark.parametrize("field", ["successful", "returned", "pending"])
def test_data_tests_accept_the_statuses_of_the_rules(field: str) -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    rules: Any = replace(dataflow.inputs["status_rules"], **{field: ("new word",)})  # type: ignore[type-var]
    changed = replace(dataflow, inputs={**dataflow.inputs, "status_rules": rules})
    declared = declared_data_tests(changed)
    # The status of a fit is not that of an order.
    every = [data_test for table, data_tests in declared.items() if table != "clv_fit" for data_test in data_tests]
    accepted = [
        data_test.arguments
        for data_test in every
        if (data_test.test, data_test.column) == ("accepted_values", "status")
    ]
    named = {*rules.successful, *rules.returned, *rules.pending}
    assert "new word" in named
    assert [set(values) for values in accepted] == [named] * 3


def test_every_setting_reaches_the_models() -> None:
    variables = {rules: {name: one.value for name, one in named.items()} for rules, named in CHANGES.items()}
    dataflow = compile_dataflow(
        dataflow_modules(),
        inputs={"as_of": GOLDEN_AS_OF},
        variables=variables,
        optional_sources=("raw_touches", "raw_spend"),
    )
    for rules, values in variables.items():
        result = dataflow.inputs[rules]
        assert {field.name: getattr(result, field.name) for field in fields(result)} == values


def test_every_field_has_a_case_and_every_case_a_field() -> None:
    declared = {setting for function in FUNCTIONS.values() for setting in settings_of(function)}
    assert declared == {(rules, field) for rules, named in CHANGES.items() for field in named}
