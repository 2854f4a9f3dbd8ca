"""The effects of known changes of the sources, or of the day, on the tables: MM-1 to MM-16."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from tests.dataflows import cases as shared
from tests.dataflows.cases import Case, built, cases, cents
from tests.dataflows.comparison import KEYS, Row, differences, only, without
from tests.sources import Customer, Order, Payment, Sources
from tests.strategies import AS_OF_DATES

Tables = dict[str, list[Row]]

few = settings(max_examples=settings().max_examples // 2)
"""Each example of these laws is another build."""

STAGING = tuple(model for model in KEYS if model.startswith("stg_"))
MARTS = tuple(model for model in KEYS if model not in STAGING)

NEW_ID = 5000
WEEKS = 13
SCORES = ("recency_score", "frequency_score", "monetary_score")
CUSTOMER = ("customer_id", *SCORES, "customer_segment", "total_orders", "has_purchased")
FAVOURITES = ("favorite_product", "unique_products_purchased", "preferred_payment_method")
PRODUCT = ("product_name", "total_orders", "revenue_rank", "volume_rank", "popularity_rank", "abc_category")
PRODUCT += ("product_status", "lifecycle_stage")
MONEY = {
    "stg_payments": ("amount",),
    "customer_segmentation": ("total_revenue", "promotional_spend"),
    "product_performance": ("total_revenue", "net_revenue", "returned_revenue", "promotional_revenue"),
    "customer_cohorts": ("cohort_revenue", "cumulative_revenue"),
    "attribution_touchpoints": ("revenue", "customer_total_value"),
    "customers": ("customer_lifetime_value", "net_lifetime_value"),
    "orders": ("amount", "credit_card_amount", "coupon_amount", "other_amount"),
}
# A cell of a cohort, without the columns of the cohort as a whole.
CELL = ("cohort_month", "months_since_first_purchase", "cohort_size", "customers_active", "retention_rate")
CELL += ("cohort_revenue", "avg_order_value", "total_orders", "revenue_per_original_customer", "cumulative_revenue")
CELL += ("revenue_per_active_customer", "cumulative_ltv", "period_month", "retention_stage", "marketing_action")
# The columns of a touch that do not depend on its channel.
TOUCH = ("order_id", "touch_position", "journey_length", "is_new_customer", "revenue", "customer_total_value")
TOUCH += ("first_touch_weight", "last_touch_weight", "linear_weight", "position_based_weight", "time_decay_weight")
CREDITS = ("attributed_customers", "attributed_revenue")

on_a_day_with_a_partner = st.sampled_from(
    [day for day in AS_OF_DATES if day + timedelta(weeks=WEEKS) in AS_OF_DATES],
)
two_days = st.lists(st.sampled_from(AS_OF_DATES), min_size=2, max_size=2, unique=True).map(sorted)
cases_and_a_later_day = two_days.flatmap(lambda days: st.tuples(cases(st.just(days[0])), st.just(days[1])))


def law(data_test: Callable[..., None]) -> Callable[..., None]:
    """Check a law on the first half of the cases."""
    return few(shared.law(data_test))


def law_of(**drawn: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Check a law on fewer drawn values than usual."""
    return lambda data_test: few(shared.law_of(**drawn)(data_test))


@law
def test_mm_1_cu_6_ac_8_and_mm_12_cu_4_repeating_and_permuting_rows_changes_nothing(case: Case) -> None:
    """The two changes are one here: that either of them matters shows as well, in half of the builds."""
    tables = built(case.sources.repeated().permuted(seed=7), case.as_of)
    assert not [
        line for model in KEYS for line in differences(model, tables[model], case.tables[model], to_the_bit=True)
    ]


@law
def test_mm_2_orders_after_the_day_change_only_staging(case: Case) -> None:
    shop = case.staged.sources
    later = {row.id for row in shop.orders if row.order_date is not None and row.order_date > case.as_of}
    _assert_same(built(shop.without_orders(later), case.as_of), case.tables, MARTS)


@law
def test_mm_3_tripling_amounts_keeps_scores_ranks_and_labels(case: Case) -> None:
    tripled = built(case.sources.scaled(3), case.as_of)
    _assert_same_columns(tripled, case.tables, "customer_segmentation", (*CUSTOMER, *FAVOURITES))
    _assert_same_columns(tripled, case.tables, "product_performance", PRODUCT)
    for model, columns in MONEY.items():
        threefold = [
            row | {column: None if row[column] is None else 3 * row[column] for column in columns}
            for row in only(case.tables[model], *KEYS[model], *columns)
        ]
        assert not differences(model, only(tripled[model], *KEYS[model], *columns), threefold)


@law
def test_mm_4_customer_without_orders_adds_a_row(case: Case) -> None:
    newcomer = Customer(NEW_ID, "New", None)
    tables = built(case.sources.plus(customers=[newcomer]), case.as_of)
    # The list of customers who never bought gains the new customer, too.
    per_customer = (
        "stg_customers",
        "customer_segmentation",
        "customers",
        "campaign_first_purchase",
        "next_best_action",
    )
    for model in per_customer:
        assert [row["customer_id"] for row in tables[model]].count(NEW_ID) == 1
        assert not differences(
            model, [row for row in tables[model] if row["customer_id"] != NEW_ID], case.tables[model]
        )
    rest = [model for model in KEYS if model not in (*per_customer, "product_performance")]
    _assert_same(tables, case.tables, rest)
    _assert_same_but(tables, case.tables, "product_performance", "market_penetration", "marketing_recommendation")


@law
def test_mm_5_relabelling_customers_in_reverse_only_relabels(case: Case) -> None:
    shop = case.staged.sources
    tables = built(shop.relabelled(lambda key: NEW_ID - key), case.as_of)
    for model in KEYS:
        restored = [
            row | {"customer_id": NEW_ID - row["customer_id"]} if row.get("customer_id") is not None else row
            for row in tables[model]
        ]
        assert not differences(model, restored, case.tables[model])


@law
def test_mm_6_another_order_never_lowers_the_buyers_scores(case: Case) -> None:
    for buyer, paid in zip(sorted(case.buyers)[-1:], (0, 7000)[len(case.sales) % 2 :], strict=False):
        order = Order(NEW_ID, buyer, case.as_of, "completed", "Road Pro")
        payment = Payment(NEW_ID, NEW_ID, "credit_card", paid, "Road Pro")
        after = built(case.staged.sources.plus(orders=[order], payments=[payment]), case.as_of)
        assert all(_customer(after, buyer)[score] >= _customer(case.tables, buyer)[score] for score in SCORES)


@law
def test_mm_7_splitting_payments_changes_only_their_number(case: Case) -> None:
    tables = built(case.staged.sources.with_split_payments(30, NEW_ID), case.as_of)
    for model in MARTS:
        _assert_same_but(tables, case.tables, model, "payment_count", "preferred_payment_method")


@law
def test_mm_8_or_7_statuses_of_a_group_differ_only_in_name(case: Case) -> None:
    pairs = (("completed", "shipped"), ("returned", "return_pending"))
    swapped = {left: right for pair in pairs for left, right in (pair, reversed(pair))}
    tables = built(case.staged.sources.with_statuses(swapped), case.as_of)
    for model in KEYS:
        _assert_same_but(tables, case.tables, model, "status")


@law
def test_mm_9_two_copies_keep_scores_retention_and_quality(case: Case) -> None:
    copy = case.sources.renumbered(NEW_ID)
    tables = built(case.sources.plus(customers=copy.customers, orders=copy.orders, payments=copy.payments), case.as_of)
    originals = [row for row in tables["customer_segmentation"] if row["customer_id"] < NEW_ID]
    assert not differences("customer_segmentation", originals, case.tables["customer_segmentation"])
    ratios = [column for column in CELL if column.startswith(("cohort_month", "months", "re", "avg", "cumulative_ltv"))]
    ratios += ["cohort_ltv", "avg_6m_retention", "avg_12m_retention", "top_3_products", "cohort_quality"]
    _assert_same_columns(tables, case.tables, "customer_cohorts", ratios)
    _assert_same_columns(tables, case.tables, "product_performance", (*PRODUCT[:1], *PRODUCT[2:], "return_rate"))
    assert cents(tables["marketing_attribution"], "total_revenue") == 2 * case.net
    twofold = [row | {column: 2 * row[column] for column in CREDITS} for row in case.tables["attribution_models"]]
    assert not differences("attribution_models", tables["attribution_models"], twofold)


@law_of(case=cases(on_a_day_with_a_partner))
def test_mm_10_shifting_by_whole_weeks_keeps_scores_and_revenue(case: Case) -> None:
    weeks = timedelta(weeks=WEEKS)
    tables = built(case.sources.shifted(weeks.days), case.as_of + weeks)
    recency = ("days_since_last_order", "customer_lifespan_days", "total_revenue", "promotional_spend")
    _assert_same_columns(tables, case.tables, "customer_segmentation", (*CUSTOMER, *FAVOURITES, *recency))
    ages = ("days_since_first_sale", "days_since_last_sale", "product_lifecycle_days", "total_revenue")
    _assert_same_columns(tables, case.tables, "product_performance", (*PRODUCT, *ages, "marketing_recommendation"))
    _assert_same_columns(tables, case.tables, "stg_orders", ("order_id", "order_day_of_week"))
    _assert_same_columns(tables, case.tables, "orders", ("order_id", "amount", "order_sequence"))
    _assert_same_columns(tables, case.tables, "attribution_touchpoints", TOUCH)


@law_of(drawn=cases_and_a_later_day)
def test_mm_11_a_later_day_keeps_what_was_complete(drawn: tuple[Case, date]) -> None:
    case, later = drawn
    before, after = case.tables, built(case.sources, later)
    for model, counts in (("customers", "number_of_orders"), ("customer_segmentation", "total_orders")):
        grown = {row["customer_id"]: row[counts] for row in after[model]}
        assert all(row[counts] <= grown[row["customer_id"]] for row in before[model])
    for model, first in (("customers", "first_order"), ("customer_segmentation", "first_order_date")):
        firsts = [row for row in before[model] if row[first] is not None]
        known = {row["customer_id"] for row in firsts}
        kept = [row for row in after[model] if row["customer_id"] in known]
        assert not differences(model, only(kept, "customer_id", first), only(firsts, "customer_id", first))
    complete = [row for row in before["customer_cohorts"] if row["is_complete_period"]]
    cells = {(row["cohort_month"], row["months_since_first_purchase"]) for row in complete}
    kept = [row for row in after["customer_cohorts"] if (row["cohort_month"], row[CELL[1]]) in cells]
    assert not differences("customer_cohorts", only(kept, *CELL), only(complete, *CELL))
    _assert_same(after, before, STAGING)


@law
def test_mm_13_cu_5_pa_6_customers_and_payments_are_staged_alone(case: Case) -> None:
    shop = case.sources
    for model, alone in (
        ("stg_customers", Sources(customers=shop.customers)),
        ("stg_payments", Sources(payments=shop.payments)),
    ):
        assert not differences(model, built(alone, case.as_of)[model], case.tables[model])


@law_of(drawn=cases_and_a_later_day)
def test_mm_14_a_later_day_without_orders_keeps_scores_and_channels(drawn: tuple[Case, date]) -> None:
    case, later = drawn
    shop = case.staged.sources
    between = {row.id for row in shop.orders if row.order_date and case.as_of < row.order_date <= later}
    tables = built(shop.without_orders(between), later)
    _assert_same_but(tables, case.tables, "customer_segmentation", "days_since_last_order", "analysis_timestamp")
    for model in ("marketing_attribution", "attribution_models"):
        _assert_same_but(tables, case.tables, model, "analysis_timestamp")
    _assert_same_but(tables, case.tables, "customers", "churn_risk_band")
    _assert_same(tables, case.tables, ["orders", "int_order_facts", "attribution_touchpoints"])


@law
def test_mm_15_renaming_products_in_order_only_renames(case: Case) -> None:
    shop = case.staged.sources
    names = _renamed({row.cycle_name for row in shop.orders if row.cycle_name is not None})
    tables = built(shop.with_products(names.__getitem__), case.as_of)
    originals = {new: old for old, new in names.items()} | {"(unknown)": "(unknown)"}
    for model in MARTS:
        restored = [{column: originals.get(value, value) for column, value in row.items()} for row in tables[model]]
        for row, renamed in zip(restored, tables[model], strict=True) if model == "customer_cohorts" else ():
            row["top_3_products"] = ", ".join(originals[name] for name in renamed["top_3_products"].split(", "))
        assert not differences(model, restored, case.tables[model])


@law
def test_mm_16_returning_an_order_lowers_net_by_its_amount(case: Case) -> None:
    for sale in case.successful[-1:]:
        tables = built(case.staged.sources.with_status(sale.order_id, "returned"), case.as_of)
        for model, column in (
            ("customer_segmentation", "total_revenue"),
            ("product_performance", "net_revenue"),
            ("customer_cohorts", "cohort_revenue"),
            ("marketing_attribution", "total_revenue"),
            ("attribution_touchpoints", "revenue"),
            ("customers", "net_lifetime_value"),
        ):
            assert cents(tables[model], column) == case.net - sale.cents
        gross = ("customer_id", "customer_lifetime_value", "number_of_orders", "first_order", "most_recent_order")
        _assert_same_columns(tables, case.tables, "customers", gross)
        sold = ("total_orders", "total_revenue", "unique_customers", "revenue_rank", "abc_category")
        _assert_same_columns(tables, case.tables, "product_performance", ("product_name", *sold))


def _renamed(names: set[str]) -> dict[str, str]:
    """Rename products by their position, keeping them before or after the product without a name."""
    places = {name: place for place, name in enumerate(sorted(names), start=100)}
    return {name: f"{'!' if name < '(unknown)' else 'P'}{place}" for name, place in places.items()} | {
        "(unknown)": "(unknown)"
    }


def _customer(tables: Tables, customer_id: int) -> Row:
    (row,) = (row for row in tables["customer_segmentation"] if row["customer_id"] == customer_id)
    return row


def _assert_same(actual: Tables, expected: Tables, models: Iterable[str] = tuple(KEYS)) -> None:
    assert not [line for model in models for line in differences(model, actual[model], expected[model])]


def _assert_same_columns(actual: Tables, expected: Tables, model: str, columns: Iterable[str]) -> None:
    kept = tuple(columns)
    assert not differences(model, only(actual[model], *kept), only(expected[model], *kept))


def _assert_same_but(actual: Tables, expected: Tables, model: str, *columns: str) -> None:
    assert not differences(model, without(actual[model], *columns), without(expected[model], *columns))
