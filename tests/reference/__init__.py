"""Every model in plain Python, written from the metric specification and sharing nothing with the SQL."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tests.reference.attribution import attribution_models, attribution_touchpoints
from tests.reference.campaign_performance import campaign_performance, channel_trends
from tests.reference.campaigns import champions, first_purchase, win_back
from tests.reference.churn import churn_risk, rfm_summary
from tests.reference.core import core_customers, core_orders
from tests.reference.customer_cohorts import customer_cohorts
from tests.reference.customer_segmentation import customer_segmentation
from tests.reference.intermediate import existing_customers, order_facts, order_lines
from tests.reference.marketing_attribution import marketing_attribution
from tests.reference.markov import attribution_markov
from tests.reference.next_best_action import next_best_action
from tests.reference.order_products import with_lines
from tests.reference.product_affinity import product_affinity
from tests.reference.product_performance import product_performance
from tests.reference.repeat_purchases import customer_cohorts_by, repeat_purchases
from tests.reference.shop_days import shop_days
from tests.reference.staging import staging
from tests.reference.touches import touch_tables
from tests.sources import Sources

Tables = dict[str, list[dict[str, object]]]


@lru_cache(maxsize=1024)
def reference_tables(sources: Sources, as_of: date, *, scoring: str = "ties") -> Tables:
    """Return the expected rows of every model, money as Decimal and quotients as float.

    Many tests look at one model of the same shop, so that no test may change what it gets.
    """
    tables = staging(sources)
    lines = order_lines(tables)
    facts = order_facts(lines, tables["stg_customers"], as_of)
    touchpoints = attribution_touchpoints(facts)
    existing = existing_customers(tables["stg_customers"], facts, as_of)
    segmentation = customer_segmentation(existing, facts, as_of, scoring)
    risk = churn_risk(facts, as_of)
    affinity = product_affinity(facts, as_of)
    customers = core_customers(segmentation, facts, risk)
    tables |= {
        "int_order_facts": [fact.row() for fact in facts],
        "customer_segmentation": segmentation,
        "product_performance": product_performance(facts, as_of, customers=len(existing)),
        "customer_cohorts": customer_cohorts(facts, as_of),
        "marketing_attribution": marketing_attribution(facts, as_of),
        "attribution_touchpoints": touchpoints,
        "attribution_models": attribution_models(touchpoints, as_of),
        "attribution_markov": attribution_markov(touchpoints, as_of),
        "shop_days": shop_days(facts, as_of),
        "repeat_purchases": repeat_purchases(facts, as_of),
        "customer_cohorts_by": customer_cohorts_by(facts, as_of),
        "rfm_summary": rfm_summary(facts, as_of),
        "churn_risk": risk,
        "campaign_performance": campaign_performance(facts, as_of),
        "channel_trends": channel_trends(facts, as_of),
        "product_affinity": affinity,
        "next_best_action": next_best_action(segmentation, risk, affinity, facts, as_of),
        "customers": customers,
        "orders": core_orders(lines, facts, as_of),
        "campaign_first_purchase": first_purchase(customers),
    }
    tables |= touch_tables(sources, tables["stg_customers"], facts, as_of)
    if sources.order_lines is not None:
        with_lines(tables, facts, sources, as_of, len(existing))
    return tables | {"campaign_champions": champions(segmentation), "campaign_win_back": win_back(segmentation)}
