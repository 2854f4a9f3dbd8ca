"""The laws of product_performance."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.dataflows.cases import Case, Sale, cents, in_cents, law, near, total
from tests.dataflows.comparison import Row

RATES = ("market_penetration", "repeat_purchase_rate", "return_rate")
RANKS = {"revenue_rank": "total_revenue", "volume_rank": "total_orders", "popularity_rank": "unique_customers"}
METHODS = ("credit_card", "coupon", "bank_transfer", "gift_card")


@law
def test_prd_1_each_product_exactly_once(case: Case) -> None:
    names = {sale.product for sale in case.sales}
    assert Counter(row["product_name"] for row in _products(case)) == Counter(names)


@law
def test_prd_2_net_revenue_adds_up_to_net(case: Case) -> None:
    assert cents(_products(case), "net_revenue") == case.net


@law
def test_prd_3_total_is_net_and_returned(case: Case) -> None:
    for row in _products(case):
        assert row["total_revenue"] == row["net_revenue"] + row["returned_revenue"]
        assert row["total_orders"] == row["successful_orders"] + row["return_count"]


@law
def test_prd_4_orders_add_up_to_the_sold_ones(case: Case) -> None:
    assert sum(row["total_orders"] for row in _products(case)) == len(case.sold)
    assert sum(row["pending_orders"] for row in _products(case)) == len(case.sales) - len(case.sold)


@law
def test_prd_5_rates_are_shares(case: Case) -> None:
    for row in _products(case):
        assert all(0 <= row[rate] <= 1 for rate in RATES if row[rate] is not None)
        assert case.has_negative_payments or 0 <= row["promotional_revenue_ratio"] <= 1


@law
def test_prd_6_each_rank_is_a_permutation(case: Case) -> None:
    for rank in RANKS:
        assert sorted(row[rank] for row in _products(case)) == list(range(1, len(_products(case)) + 1))


@law
def test_prd_7_better_rank_never_has_less(case: Case) -> None:
    for rank, metric in RANKS.items():
        ordered = sorted(_products(case), key=lambda row: row[rank])
        assert ordered == sorted(ordered, key=lambda row: (-row[metric], row["product_name"]))


@law
def test_prd_8_more_revenue_never_has_a_worse_class(case: Case) -> None:
    ordered = sorted(_products(case), key=lambda row: (-row["total_revenue"], row["abc_category"]))
    assert [row["abc_category"] for row in ordered] == sorted(row["abc_category"] for row in ordered)
    assert len({(row["total_revenue"], row["abc_category"]) for row in ordered}) == len(
        {row["total_revenue"] for row in ordered}
    )


@law
def test_prd_9_class_a_holds_eighty_percent(case: Case) -> None:
    gross = total(case.sold)
    if gross > 0 and not case.has_negative_payments:
        best = [row for row in _products(case) if row["abc_category"] == "A"]
        assert best
        assert 100 * cents(best, "total_revenue") >= 80 * gross
        # The class contains no more products than necessary.
        assert 100 * (cents(best, "total_revenue") - _smallest(best)) < 80 * gross


@law
def test_prd_10_percentiles_are_shares(case: Case) -> None:
    for percentile, metric in (("revenue_percentile", "total_revenue"), ("volume_percentile", "total_orders")):
        values = sorted((row[metric], row[percentile]) for row in _products(case))
        assert all(0 <= share <= 1 for _, share in values)
        assert [share for _, share in values] == sorted(share for _, share in values)
        assert not values or values[0][1] == 0


@law
def test_prd_11_average_lies_between_min_and_max(case: Case) -> None:
    for name, sales in _by_product(case.sold).items():
        row = _row(case, name)
        values = [sale.cents for sale in sales]
        assert (in_cents(row["min_order_value"]), in_cents(row["max_order_value"])) == (min(values), max(values))
        assert min(values) / 100 - 1e-9 <= row["avg_order_value"] <= max(values) / 100 + 1e-9
        assert (row["revenue_stddev"] is None) == (len(values) < 2)


@law
def test_prd_12_counts_do_not_exceed_the_orders(case: Case) -> None:
    sold = _by_product(case.sold)
    for row in _products(case):
        sales = sold[row["product_name"]]
        assert row["unique_customers"] == len({sale.customer_id for sale in sales}) <= row["total_orders"]
        for method in METHODS:
            used = sum(any(part["payment_method"] == method for part in sale.payments) for sale in sales)
            assert row[f"{method}_orders"] == used <= row["total_orders"]


@law
def test_prd_13_promotional_orders_are_coupon_or_gift_card_orders(case: Case) -> None:
    for row in _products(case):
        coupon, gift = row["coupon_orders"], row["gift_card_orders"]
        assert max(coupon, gift) <= row["promotional_orders"] <= coupon + gift


@law
def test_prd_14_a_star_is_among_five_and_earns(case: Case) -> None:
    for row in _products(case):
        is_star = row["revenue_rank"] <= 5 and row["total_revenue"] > 0
        assert (row["product_status"] == "Star") is is_star


@law
def test_prd_15_penetration_counts_customers(case: Case) -> None:
    customers = len(case.tables["stg_customers"])
    for row in _products(case):
        assert near(row["market_penetration"] * customers, row["unique_customers"])


def _smallest(rows: list[Row]) -> int:
    """Return the revenue of the tied products that a class does not need."""
    least = min(row["total_revenue"] for row in rows)
    return cents([row for row in rows if row["total_revenue"] == least], "total_revenue")


def _products(case: Case) -> list[Row]:
    return case.tables["product_performance"]


def _row(case: Case, name: str) -> Row:
    (row,) = (row for row in _products(case) if row["product_name"] == name)
    return row


def _by_product(sales: list[Sale]) -> dict[str, list[Sale]]:
    grouped = defaultdict(list)
    for sale in sales:
        grouped[sale.product].append(sale)
    return grouped
