"""The models of a shop with touches and costs: the golden example, the reference, and the laws of attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import settings

from dataflows.lib.touch_rules import TouchRules, decayed
from dataflows.marts.channel_months import channel_months
from dataflows.marts.channel_performance import channel_performance
from marketing_ibis.project.settings import ProjectSettings
from tests.dataflows.cases import built, cents, law_of, near
from tests.dataflows.comparison import KEYS, KEYS_WITH_TOUCHES, Row, differences, golden_rows
from tests.dataflows.shops import placed, shop
from tests.dataflows.touched_shops import touched_sources
from tests.paths import GOLDEN_LINES, ROOT
from tests.reference import reference_tables
from tests.reference.touches import LOOKBACK_DAYS, MODELS
from tests.sources import GOLDEN_AS_OF, Sources, Touch, golden_touches
from tests.warehouse import build_tables, compiled_dataflow, evaluated

SETTING = ("raw_touches", "raw_spend")
MARTS = ("touch_attribution", "channel_performance", "channel_months", "channel_paths")
SUMS = ("credited_orders", "credited_new_customers", "credited_revenue")
law = law_of(sources=touched_sources())
FEWER = max(5, settings().max_examples // 10)
"""Examples of the laws that build a second shop for each."""


def law_of_two(data_test: Callable[..., None]) -> Callable[..., None]:
    return settings(max_examples=FEWER)(law(data_test))


def tables_of(sources: Sources, as_of: date = GOLDEN_AS_OF) -> dict[str, list[Row]]:
    tables = built(sources, as_of)
    return {name: tables[name] for name in (*MARTS, "int_touches", "stg_touches", "stg_spend", "int_order_facts")}


def successful(tables: dict[str, list[Row]]) -> list[Row]:
    return [fact for fact in tables["int_order_facts"] if fact["success_sequence"] is not None]


def spend_in_scope(tables: dict[str, list[Row]]) -> int:
    dated = [row for row in tables["stg_spend"] if row["spend_date"] and row["spend_date"] <= GOLDEN_AS_OF]
    return sum(row["amount_cents"] or 0 for row in dated)


@pytest.mark.parametrize("model", KEYS_WITH_TOUCHES)
def test_model_gives_the_golden_rows(model: str) -> None:
    expected, actual = golden_rows(model, GOLDEN_LINES), build_tables(golden_touches(), GOLDEN_AS_OF)[model]
    assert [*actual[0]] == [*expected[0]]
    assert len(actual) == len(expected)
    assert not differences(model, actual, expected)
    assert not differences(model, reference_tables(golden_touches(), GOLDEN_AS_OF)[model], expected)


@law
def test_models_equal_the_reference(sources: Sources) -> None:
    tables, expected = tables_of(sources), reference_tables(sources, GOLDEN_AS_OF)
    assert not [line for model in KEYS_WITH_TOUCHES for line in differences(model, tables[model], expected[model])]


def test_a_shop_without_touches_has_none_of_their_models() -> None:
    without, with_touches = compiled_dataflow(GOLDEN_AS_OF), compiled_dataflow(GOLDEN_AS_OF, optional_sources=SETTING)
    names = {*KEYS_WITH_TOUCHES, "int_touches", "int_order_touches"}
    assert with_touches.models.keys() - without.models.keys() == names
    for name, model in without.models.items():
        assert with_touches.models[name].schema == model.schema
    nodes = {
        source: ProjectSettings(ROOT, optional_sources=(source,)).nodes().keys() - without.models.keys() & names
        for source in SETTING
    }
    assert nodes == {"raw_touches": names - {"stg_spend"}, "raw_spend": {"stg_spend"}}


@pytest.mark.parametrize("model", [channel_performance, channel_months])
def test_touches_without_spend_cost_nothing(model: Callable[..., ir.Table]) -> None:
    without = evaluated(model, golden_touches(), GOLDEN_AS_OF, stg_spend=None)
    free = evaluated(model, replace(golden_touches(), spend=()), GOLDEN_AS_OF)
    assert without == free
    assert all("Decimal('0.00')" in row for row in without)


def test_no_touch_at_all_changes_no_other_number() -> None:
    plain = replace(golden_touches(), touches=None, spend=None)
    without, empty = build_tables(plain, GOLDEN_AS_OF), build_tables(plain.with_touches([], []), GOLDEN_AS_OF)
    for model in KEYS:
        assert not differences(model, empty[model], without[model], to_the_bit=True)
    assert {row["channel"] for row in empty["touch_attribution"]} == {"(none)"}
    assert [row["path"] for row in empty["channel_paths"]] == ["(none)"]
    assert not empty["channel_months"]


@law
def test_tch_1_to_3_weights_orders_and_touches(sources: Sources) -> None:
    tables = tables_of(sources)
    weights: dict[tuple[object, str], float] = defaultdict(float)
    for row in tables["touch_attribution"]:
        for weight in MODELS.values():
            weights[row["order_id"], weight] += row[weight]
    assert all(near(total, 1) for total in weights.values())
    assert {order for order, _ in weights} == {fact["order_id"] for fact in successful(tables)}
    touches = [row["touch_id"] for row in tables["touch_attribution"] if row["touch_id"] is not None]
    assert len(touches) == len(set(touches))


@law
def test_tch_4_to_6_totals(sources: Sources) -> None:
    tables = tables_of(sources)
    sales = successful(tables)
    net = sum(fact["cents"] for fact in sales)
    wholes = (len(sales), sum(fact["success_sequence"] == 1 for fact in sales), net / 100)
    for model in MODELS:
        rows = [row for row in tables["channel_performance"] if row["attribution_model"] == model]
        assert all(near(sum(row[name] for row in rows), whole) for name, whole in zip(SUMS, wholes, strict=True))
        assert cents(rows, "spend") == spend_in_scope(tables)
    assert sum(row["orders"] for row in tables["channel_paths"]) == len(sales)
    assert cents(tables["channel_paths"], "revenue") == net
    credited = sum(row["touch_id"] is not None for row in tables["touch_attribution"])
    uncredited = sum(row["order_id"] is None for row in tables["int_touches"])
    assert credited + uncredited == len(tables["int_touches"])
    assert sum(row["touches"] for row in tables["channel_months"]) == len(tables["int_touches"])


@law
def test_tch_7_a_path_of_one_channel_credits_it_fully(sources: Sources) -> None:
    credits: dict[object, list[Row]] = defaultdict(list)
    for row in tables_of(sources)["touch_attribution"]:
        credits[row["order_id"]].append(row)
    for rows in credits.values():
        if len({row["channel"] for row in rows}) == 1:
            assert all(near(sum(row[weight] for row in rows), 1) for weight in MODELS.values())


def marts_differ(one: Sources, other: Sources) -> list[str]:
    first, second = tables_of(one), tables_of(other)
    return [line for mart in MARTS for line in differences(mart, first[mart], second[mart], to_the_bit=True)]


@law_of_two
def test_tch_8_touches_after_the_day_change_nothing(sources: Sources) -> None:
    # Of rows that share an id one counts, which a removal could change.
    staged = staged_touches(sources)
    known = [touch for touch in staged.touches or () if touch.touched_at and touch.touched_at.date() <= GOLDEN_AS_OF]
    assert not marts_differ(staged, replace(staged, touches=tuple(known)))


def staged_touches(sources: Sources) -> Sources:
    rows = tables_of(sources)["stg_touches"]
    columns = ("touch_id", "customer_id", "touched_at", "channel", "campaign")
    return replace(sources, touches=tuple(Touch(*(row[name] for name in columns)) for row in rows))


@law_of_two
def test_tch_9_other_names_of_channels_only_rename(sources: Sources) -> None:
    staged = staged_touches(sources)
    renamed = replace(
        staged, touches=tuple(touch._replace(channel=f"x{touch.channel}") for touch in staged.touches or ())
    )
    ours, theirs = tables_of(staged)["touch_attribution"], tables_of(renamed)["touch_attribution"]
    names = [row if row["touch_id"] is None else {**row, "channel": f"x{row['channel']}"} for row in ours]
    assert not differences("touch_attribution", theirs, names, to_the_bit=True)


@law_of_two
def test_tch_10_a_touch_too_long_before_an_order_changes_no_credit(sources: Sources) -> None:
    tables = tables_of(sources)
    sales = successful(tables)
    if not sales:
        return
    first = min(sales, key=lambda fact: (fact["order_date"], fact["order_id"]))
    day = first["order_date"] - timedelta(LOOKBACK_DAYS + 1)
    early = Touch(5000, first["customer_id"], datetime.combine(day, time(8)), "radio", None)
    more = tables_of(replace(sources, touches=(*(sources.touches or ()), early)))
    ours, theirs = tables["touch_attribution"], more["touch_attribution"]
    assert not differences("touch_attribution", theirs, ours, to_the_bit=True)


@law_of_two
def test_tch_11_the_order_of_rows_does_not_matter(sources: Sources) -> None:
    assert not marts_differ(sources, sources.permuted(1))


@law_of_two
def test_tch_12_a_later_day_keeps_complete_months_and_lost_journeys(sources: Sources) -> None:
    # SQL is compiled for one day. What it is on an earlier day is what it would be had later rows not come, and lost
    # journeys do not depend on the calendar: there all days are moved instead.
    now, distance = tables_of(sources), timedelta(45)
    then = tables_of(moved(sources, distance))
    lost = Counter({row["path"]: row["lost_journeys"] for row in now["channel_paths"]})
    assert all(lost[row["path"]] >= row["lost_journeys"] for row in then["channel_paths"])
    early = tables_of(until(sources, GOLDEN_AS_OF - distance))
    months = {(row["channel"], row["month_start"]): row for row in now["channel_months"]}
    for row in early["channel_months"]:
        if row["month_start"] + timedelta(30 + LOOKBACK_DAYS) <= GOLDEN_AS_OF - distance:
            assert all(near(months[row["channel"], row["month_start"]][name], row[name]) for name in SUMS)


def moved(sources: Sources, distance: timedelta) -> Sources:
    touches = [touch._replace(touched_at=touch.touched_at and touch.touched_at + distance) for touch in sources.touches]
    return sources.shifted(distance.days).with_touches(touches, sources.spend)


def until(sources: Sources, day: date) -> Sources:
    """Return the shop without orders, touches and costs after a day."""
    touches = [touch for touch in sources.touches or () if touch.touched_at and touch.touched_at.date() <= day]
    orders = tuple(order for order in sources.orders if order.order_date and order.order_date <= day)
    spend = [cost for cost in sources.spend or () if cost.spend_date and cost.spend_date <= day]
    return replace(sources, orders=orders).with_touches(touches, spend)


def touched(*touches: tuple[int, int, str], lookback_orders: Iterable[int] = ()) -> Sources:
    """Return the touches of customer 1, each an age, an hour and a channel, and orders of such ages."""
    ids = count(1)
    rows = [
        Touch(next(ids), 1, datetime.combine(GOLDEN_AS_OF - timedelta(age), time(hour)), channel, None)
        for age, hour, channel in touches
    ]
    return shop(*(placed(1, age, 100) for age in lookback_orders), customers=1).with_touches(rows)


def paths(sources: Sources) -> dict[object, tuple[object, object]]:
    rows = build_tables(sources, GOLDEN_AS_OF)["channel_paths"]
    return {row["path"]: (row["orders"], row["lost_journeys"]) for row in rows}


@pytest.mark.parametrize(
    ("age", "expected"),
    [(30, {"a": (1, 0)}), (31, {"(none)": (1, 0), "a": (0, 1)}), (0, {"a": (1, 0)})],
)
def test_an_order_is_credited_to_touches_of_30_days(age: int, expected: dict[str, tuple[int, int]]) -> None:
    assert paths(touched((age, 23, "a"), lookback_orders=[0])) == expected


def test_open_journeys_are_not_lost_and_later_touches_prolong_them() -> None:
    assert paths(touched((30, 12, "a"))) == {"a": (0, 1)}
    assert paths(touched((29, 12, "a"))) == {}
    assert paths(touched((60, 12, "a"), (30, 12, "b"))) == {"a > b": (0, 1)}
    assert paths(touched((61, 12, "a"), (30, 12, "b"))) == {"a": (0, 1), "b": (0, 1)}


@pytest.mark.parametrize("length", [20, 21])
def test_long_paths_are_cut(length: int) -> None:
    channels = [f"c{place:02}" for place in range(length)]
    steps = [(0, place, channel) for place, channel in enumerate(channels[:20])]
    steps = [(1, 0, channel) for channel in channels[: length - 20]] + [
        (0, place, channel) for place, channel in enumerate(channels[length - 20 :])
    ]
    (path,) = paths(touched(*steps, *[(0, 23, channels[-1])] * 2, lookback_orders=[0]))
    assert path == ("" if length == 20 else "... > ") + " > ".join(channels[-20:])


def test_a_touch_counts_at_most_64_half_lives() -> None:
    ages, con = (0, 7, 448, 455, 10_000), ibis.duckdb.connect()
    parts = [con.to_pyarrow(decayed(ibis.literal(age))).as_py() for age in ages]
    assert parts == [1, 0.5, 2**-64, 2**-64, 2**-64]


def test_a_negative_number_of_days_is_refused() -> None:
    with pytest.raises(ValueError, match="lookback_days must be 0 or more, not -1"):
        TouchRules(lookback_days=-1)
