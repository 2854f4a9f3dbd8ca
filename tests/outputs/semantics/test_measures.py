"""Measures count everything once: whatever they are grouped by, and next to the orders themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import ibis
import pytest
import yaml
from hypothesis import given, settings

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.outputs.semantics.bsl import bsl_files
from marketing_ibis.outputs.semantics.expressions import quoted
from marketing_ibis.outputs.semantics.records import Entity, Measure
from tests.dataflows.touched_shops import touched_sources
from tests.outputs.semantics.shops import evaluated, measured, model, warehouse
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.warehouse import MODEL_SCHEMA

ENTITIES = tuple(entity for entity in model().entities if entity.measures)
EXAMPLES = settings(max_examples=4)

ORDERS = f"(SELECT * FROM {MODEL_SCHEMA}.orders SEMI JOIN {MODEL_SCHEMA}.customers USING (customer_id))"
PROMOTIONAL = "coupon_amount + gift_card_amount"
SUCCESSFUL, SOLD = "order_status_group = 'successful'", "order_status_group IN ('successful', 'returned')"
TOUCHED = (
    "(SELECT DISTINCT order_id, is_new_customer, order_revenue FROM dbt_marketing.touch_attribution"
    " WHERE touch_id IS NOT NULL)"
)


def of_orders(value: str, condition: str = "TRUE") -> str:
    return f"SELECT {value} FROM {ORDERS} WHERE {condition}"


def of_payments(condition: str) -> str:
    return (
        f"SELECT sum(amount_cents) / 100 FROM {MODEL_SCHEMA}.stg_payments SEMI JOIN {MODEL_SCHEMA}.orders"
        f" USING (order_id) WHERE {condition}"
    )


NET, NET_ORDERS = of_orders("sum(amount)", SUCCESSFUL), of_orders("count(*)", SUCCESSFUL)
BUYERS = of_orders("count(DISTINCT customer_id)", SUCCESSFUL)
RETURNED = of_orders("count(*)", "order_status_group = 'returned'")
PENDING = of_orders("count(*)", "order_status_group = 'pending'")
ALL_ORDERS, GROSS = of_orders("count(*)"), of_orders("sum(amount)")
RETURNED_MONEY = of_orders("sum(amount)", "order_status_group = 'returned'")
NEW = f"SELECT sum(revenue) FROM {MODEL_SCHEMA}.attribution_touchpoints WHERE is_new_customer"
SPEND = f"SELECT sum(amount_cents) / 100 FROM {MODEL_SCHEMA}.stg_spend WHERE spend_date <= DATE '{GOLDEN_AS_OF}'"
TOUCHES = (
    f"SELECT count(*) FROM {MODEL_SCHEMA}.stg_touches SEMI JOIN {MODEL_SCHEMA}.stg_customers USING (customer_id)"
    f" WHERE touch_date <= DATE '{GOLDEN_AS_OF}'"
)


def of_segments(column: str, condition: str) -> str:
    return f"SELECT sum({column}) FROM {MODEL_SCHEMA}.customer_segmentation WHERE {condition}"


CHAMPIONS = "customer_segment = 'Champions'"
LOST = f"customer_id IN (SELECT customer_id FROM {MODEL_SCHEMA}.campaign_win_back)"

CONTROLS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "amount": of_payments("TRUE"),
        "payment_count": of_payments("TRUE").replace("sum(amount_cents) / 100", "count(*)"),
        "credit_card_amount": of_payments("payment_method = 'credit_card'"),
        "coupon_amount": of_payments("payment_method = 'coupon'"),
        "bank_transfer_amount": of_payments("payment_method = 'bank_transfer'"),
        "gift_card_amount": of_payments("payment_method = 'gift_card'"),
        "other_amount": of_payments(
            "coalesce(payment_method, '') NOT IN ('credit_card', 'coupon', 'bank_transfer', 'gift_card')"
        ),
    },
    "customers": {
        "number_of_orders": ALL_ORDERS,
        "customer_lifetime_value": GROSS,
        "net_lifetime_value": NET,
        "successful_orders": NET_ORDERS,
        "returned_orders": RETURNED,
        "pending_orders": PENDING,
    },
    "customer_segmentation": {
        "total_orders": NET_ORDERS,
        "total_revenue": NET,
        "promotional_spend": of_orders(f"sum({PROMOTIONAL})", SUCCESSFUL),
        "returned_orders": RETURNED,
        "pending_orders": PENDING,
    },
    "campaign_champions": {
        "total_orders": of_segments("total_orders", CHAMPIONS),
        "total_revenue": of_segments("total_revenue", CHAMPIONS),
    },
    "campaign_win_back": {
        "total_orders": of_segments("total_orders", LOST),
        "total_revenue": of_segments("total_revenue", LOST),
    },
    "attribution_touchpoints": {"revenue": NET},
    "attribution_models": {"attributed_customers": BUYERS, "attributed_revenue": NET},
    "attribution_markov": {"attributed_customers": BUYERS, "attributed_revenue": NET},
    "campaign_performance": {"campaign_conversions": NET_ORDERS, "campaign_revenue": NET},
    "channel_trends": {"monthly_conversions": NET_ORDERS, "monthly_revenue": NET},
    "customer_cohorts": {"cohort_revenue": NET, "total_orders": NET_ORDERS},
    "customer_cohorts_by": {"cohort_revenue": NET, "total_orders": NET_ORDERS},
    "marketing_attribution": {
        "total_conversions": NET_ORDERS,
        "new_customer_acquisitions": BUYERS,
        "total_revenue": NET,
        "first_touch_customers": BUYERS,
        "first_touch_revenue": NET,
        "last_touch_customers": BUYERS,
        "last_touch_revenue": NET,
    },
    "product_performance": {
        "total_revenue": of_orders("sum(amount)", SOLD),
        "promotional_revenue": of_orders(f"sum({PROMOTIONAL})", SOLD),
        "net_revenue": NET,
        "returned_revenue": RETURNED_MONEY,
    },
    "shop_days": {
        "orders": ALL_ORDERS,
        "successful_orders": NET_ORDERS,
        "returned_orders": RETURNED,
        "pending_orders": PENDING,
        "gross_revenue": GROSS,
        "revenue": NET,
        "returned_revenue": RETURNED_MONEY,
        "promotional_revenue": of_orders(f"sum({PROMOTIONAL})", SUCCESSFUL),
        "new_customers": BUYERS,
        "new_customer_revenue": NEW,
        "returning_customer_revenue": f"SELECT ({NET}) - ({NEW})",
    },
    "channel_performance": {
        "credited_orders": NET_ORDERS,
        "credited_new_customers": BUYERS,
        "credited_revenue": NET,
        "spend": SPEND,
    },
    "channel_months": {
        "spend": SPEND,
        "touches": TOUCHES,
        "credited_orders": f"SELECT count(*) FROM {TOUCHED}",
        "credited_new_customers": f"SELECT count(*) FROM {TOUCHED} WHERE is_new_customer",
        "credited_revenue": f"SELECT sum(order_revenue) FROM {TOUCHED}",
    },
    "channel_paths": {"orders": NET_ORDERS, "revenue": NET},
}
"""What the sum of each measure over everything is, or over each value of the columns that it is per, from orders."""

AT_START = {"cohort_size": BUYERS, "customers_active": BUYERS}
"""What measures of cohorts are in their first month."""

WITHOUT_CONTROL = {
    "campaign_performance.estimated_profit",
    "channel_paths.lost_journeys",
    "customer_clv.expected_purchases",
    "customer_clv.forecast_clv",
}
"""Numbers that no other table has."""
OF_ONE_PRODUCT = "product_performance"
OF_ONE_MONTH = ("customer_cohorts", "customer_cohorts_by")


def load(shop: Sources) -> None:
    warehouse().load(shop)
    warehouse().fill(warehouse().tables)


def close(left: object, right: object) -> bool:
    if left is None or right is None:
        return (left or 0) == (right or 0)
    return float(left) == pytest.approx(float(right), rel=1e-9, abs=1e-6)


def sums(entity: Entity) -> list[Measure]:
    return [measure for measure in entity.measures if measure.function == "sum"]


@given(shop=touched_sources())
@EXAMPLES
def test_sums_and_counts_of_groups_add_up(shop: Sources) -> None:
    load(shop)
    for entity in ENTITIES:
        additive = [measure.name for measure in entity.measures if measure.is_additive]
        dimensions = [f"t.{quoted(dimension.name)}" for dimension in entity.dimensions]
        sets = ", ".join(f"({dimension})" for dimension in dimensions)
        # One query groups by each dimension on its own, and says by which.
        number = f"GROUPING({', '.join(dimensions)})"
        groups = evaluated(entity, (number,), f"GROUP BY GROUPING SETS ({sets})") if additive else []
        (total,) = measured(entity).values()
        for name in additive:
            added: dict[object, float] = defaultdict(float)
            for group in groups:
                added[group[number]] += float(group[name] or 0)
            assert len(added) == len(dimensions) or not groups
            assert all(close(one, total[name]) for one in added.values()), (entity.name, name, added)


@given(shop=touched_sources())
@EXAMPLES
def test_sums_are_those_of_the_orders(shop: Sources) -> None:
    load(shop)
    for name, controls in CONTROLS.items():
        entity = model().entity(name)
        for measure, sql in controls.items():
            assert_total(entity, entity.measure(measure), sql)
    for name in OF_ONE_MONTH:
        for measure, sql in AT_START.items():
            entity = model().entity(name)
            assert_total(entity, entity.measure(measure), sql, where="t.months_since_first_purchase = 0")


def assert_total(entity: Entity, measure: Measure, sql: str, where: str = "TRUE") -> None:
    (control,) = warehouse().connection.execute(sql).fetchone()
    for group, values in measured(entity, measure.per, where=where).items():
        assert close(values[measure.name], control), (entity.name, measure.name, group)


def test_every_sum_has_a_control() -> None:
    found = {(entity.name, measure.name) for entity in ENTITIES for measure in sums(entity)}
    controlled = {(entity, measure) for entity, controls in CONTROLS.items() for measure in controls}
    per_row = {(e, m) for e, m in found if e == OF_ONE_PRODUCT and model().entity(e).measure(m).per}
    of_months = {(e, m) for e, m in found if e in OF_ONE_MONTH and m in (*AT_START, "cumulative_revenue")}
    others = {tuple(name.split(".")) for name in WITHOUT_CONTROL}
    assert found == controlled | per_row | of_months | others


@given(shop=touched_sources())
@EXAMPLES
def test_ratios_and_averages_of_one_row_are_its_own(shop: Sources) -> None:
    load(shop)
    for entity in ENTITIES:
        compared = [measure.name for measure in entity.measures if measure.function in ("ratio", "average")]
        own = {f"any_value(t.{quoted(name)})": name for name in compared}
        for key, values in measured(entity, entity.key, also=own).items() if compared else ():
            for column, name in own.items():
                # A ratio over nothing is NULL here, and 0 in some tables.
                assert close(values[name], values[column]), (entity.name, name, key, values)


def test_ratios_of_groups_divide_sums() -> None:
    load(golden_sources())
    days = model().entity("shop_days")
    (values,) = measured(days).values()
    assert values["avg_order_value"] == pytest.approx(float(values["revenue"]) / values["successful_orders"])
    (mean,) = warehouse().connection.execute("SELECT avg(avg_order_value) FROM dbt_marketing.shop_days").fetchone()
    assert values["avg_order_value"] != pytest.approx(mean)


def test_what_is_repeated_is_null_over_several_values() -> None:
    load(golden_sources())
    for entity in ENTITIES:
        limited = [measure for measure in entity.measures if measure.per]
        (total,) = measured(entity).values() if limited else ({},)
        for measure in limited:
            for column in measure.per:
                (count,) = (
                    warehouse()
                    .connection.execute(f"SELECT count(DISTINCT {column}) FROM {MODEL_SCHEMA}.{entity.name}")
                    .fetchone()
                )
                assert count < 2 or total[measure.name] is None, (entity.name, measure.name)


def test_distinct_customers_ranks_and_windows_are_not_measures() -> None:
    names = {f"{entity.name}.{measure.name}" for entity in ENTITIES for measure in entity.measures}
    assert "shop_days.revenue" in names
    assert not names & {
        "marketing_attribution.unique_customers",
        "campaign_performance.campaign_reach",
        "product_performance.unique_customers",
        "product_performance.revenue_rank",
        "product_performance.max_order_value",
        "shop_days.returning_customers",
        "shop_days.revenue_28d",
        "attribution_touchpoints.customer_total_value",
        "touch_attribution.order_revenue",
        "repeat_purchases.customers",
    }


def test_the_measures_of_boring_semantic_layer_are_the_same() -> None:
    load(golden_sources())
    (text,) = bsl_files(model()).values()
    dialect = ENGINES["duckdb"].dialect()
    for name, declared in yaml.safe_load(text).items():
        if "measures" not in declared:
            continue
        entity = model().entity(name)
        (expected,) = measured(entity).values()
        columns = warehouse().connection.table(f"{MODEL_SCHEMA}.{name}")
        table = ibis.table(ibis.Schema.from_pyarrow(columns.arrow().schema), name=name)
        values = {key: eval(one["expr"], {"_": ibis._}).resolve(table) for key, one in declared["measures"].items()}
        sql = dialect.select(table.agg(**values))
        (row,) = warehouse().connection.execute(dialect.resolve(sql, {name: Relation(MODEL_SCHEMA, name)})).fetchall()
        assert list(values) == list(expected)
        assert all(map(close, row, expected.values())), (name, row, expected)
