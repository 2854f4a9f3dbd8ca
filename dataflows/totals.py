"""Control totals of the models, each computed from staging or the sources by a separate query."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.expressions import MONTHS_PER_YEAR, dollars, existing_customers
from dataflows.lib.guests import NONE, ORDER, GuestRules
from dataflows.lib.passed_columns import NO_COLUMNS, ORDERS, without_passed
from marketing_ibis.model import PassedColumns

SOLD = ("successful", "returned")
UNKNOWN_PRODUCT = "(unknown)"


def source_totals(
    raw_customers: ir.Table,
    raw_orders: ir.Table,
    raw_payments: ir.Table,
    guest_rules: GuestRules = GuestRules(),
) -> ir.Table:
    """Count the ids of each source, and add up the payments with one row per id.

    Of payments that share an id, the smallest by the other columns counts.
    """
    payments = raw_payments.filter(raw_payments.id.notnull())
    by_id = payments.group_by("id").agg(rows=payments.count(), cents=payments.amount.sum())
    again = payments.semi_join(by_id.filter(by_id.rows > 1), "id")
    smallest = [again[name].asc(nulls_first=False) for name in ("order_id", "payment_method", "amount", "cycle_name")]
    first = again.filter(ibis.row_number().over(group_by=again.id, order_by=smallest) == 0)
    singles = (by_id.rows == 1).ifelse(by_id.cents, 0).sum().fill_null(0)
    totals = (
        raw_customers.agg(customers=raw_customers.id.nunique())
        .cross_join(raw_orders.agg(orders=raw_orders.id.nunique()))
        .cross_join(by_id.agg(payments=by_id.count(), cents_of_singles=singles))
        .cross_join(first.agg(cents_of_others=first.amount.sum().fill_null(0)))
    )
    customers = totals.customers
    if guest_rules.identity != NONE:
        totals = totals.cross_join(_guest_totals(raw_orders, guest_rules))
        customers = totals.customers + totals.guests
    return totals.select(
        "orders", "payments", customers=customers, cents=totals.cents_of_singles + totals.cents_of_others
    )


def _guest_totals(raw_orders: ir.Table, rules: GuestRules) -> ir.Table:
    """Count the guests: the orders that never name a customer, those of one e-mail address once."""
    with_customer = raw_orders.filter(raw_orders.user_id.notnull())
    of_guests = raw_orders.filter(raw_orders.id.notnull()).anti_join(with_customer, "id")
    if rules.identity == ORDER:
        return of_guests.agg(guests=of_guests.id.nunique())
    smallest = [of_guests[name].asc(nulls_first=False) for name in ("order_date", "status", "cycle_name", "email")]
    first = of_guests.filter(ibis.row_number().over(group_by=of_guests.id, order_by=smallest) == 0)
    address = first.email.strip().lower().nullif("")
    without = address.isnull().ifelse(1, 0).sum().fill_null(0)
    return first.agg(guests=address.nunique() + without)


def shop_totals(
    stg_customers: ir.Table,
    stg_orders: ir.Table,
    stg_payments: ir.Table,
    as_of: date,
    stg_order_lines: ir.Table | None = None,
    passed_columns: PassedColumns = NO_COLUMNS,
) -> ir.Table:
    """Add up the orders of known customers up to as_of: money, orders, buyers, products, days, months of cohorts.

    An order of several products is sold once for each of them.
    Units: ``net``, the payments of successful orders, in dollars; every mart reconciles to it (docs/metrics/README.md).
    """
    facts = _facts(stg_customers, without_passed(ORDERS, passed_columns, stg_orders), stg_payments, as_of)
    is_success = facts.order_status_group == "successful"
    buyers = facts.filter(is_success).group_by("customer_id").agg(first=facts.order_date.min())
    cohorts = buyers.select(month=buyers.first.year() * MONTHS_PER_YEAR + buyers.first.month()).distinct()
    dated = stg_orders.filter(stg_orders.order_date <= ibis.date(as_of))
    this_month = as_of.year * MONTHS_PER_YEAR + as_of.month
    totals = (
        facts.agg(
            net=dollars(is_success.ifelse(facts.cents, 0).sum().fill_null(0)),
            successful_orders=is_success.ifelse(1, 0).sum().fill_null(0),
            sold_orders=facts.order_status_group.isin(SOLD).ifelse(1, 0).sum().fill_null(0),
            known_orders=facts.count(),
            products=facts.product_name.fill_null(UNKNOWN_PRODUCT).nunique(),
            days=(ibis.date(as_of).delta(facts.order_date.min(), unit="day") + 1).fill_null(0),
        )
        .cross_join(buyers.agg(buyers=buyers.count()))
        .cross_join(cohorts.agg(cohort_months=(this_month - cohorts.month + 1).sum().fill_null(0)))
        .cross_join(dated.agg(dated_orders=dated.count()))
        .cross_join(existing_customers(stg_customers, facts, as_of).agg(customers=_.count()))
    )
    if stg_order_lines is None:
        return totals
    return totals.drop("sold_orders", "products").cross_join(_product_totals(facts, stg_order_lines))


def _product_totals(facts: ir.Table, lines: ir.Table) -> ir.Table:
    """Count the products of sold orders, each once per order, and all products."""
    names = lines.filter(lines.order_id.notnull()).select(
        "order_id", line_product=lines.product_name.fill_null(UNKNOWN_PRODUCT)
    )
    sales = facts.left_join(names.distinct(), "order_id", rname="{name}_of_lines")
    product = sales.line_product.fill_null(sales.product_name).fill_null(UNKNOWN_PRODUCT)
    return sales.agg(
        sold_orders=sales.order_status_group.isin(SOLD).ifelse(1, 0).sum().fill_null(0), products=product.nunique()
    )


def _facts(customers: ir.Table, orders: ir.Table, payments: ir.Table, as_of: date) -> ir.Table:
    paid = payments.group_by("order_id").agg(cents=payments.amount_cents.sum())
    in_scope = orders.filter(orders.order_date <= ibis.date(as_of))
    known_orders = in_scope.semi_join(customers, "customer_id")
    facts = known_orders.left_join(paid, "order_id", rname="{name}_of_payments")
    return facts.mutate(cents=facts.cents.fill_null(0))


def touch_totals(
    stg_touches: ir.Table, stg_customers: ir.Table, as_of: date, stg_spend: ir.Table | None = None
) -> ir.Table:
    """Count the touches of known customers up to as_of, and add up the costs up to that day.

    Units: ``spend`` in dollars.
    """
    until = ibis.date(as_of)
    touches = stg_touches.semi_join(stg_customers, "customer_id")
    totals = touches.agg(touches=(touches.touch_date <= until).ifelse(1, 0).sum().fill_null(0))
    if stg_spend is None:
        return totals.mutate(spend=dollars(ibis.literal(0, "int64")))
    is_dated = stg_spend.spend_date <= until
    return totals.cross_join(
        stg_spend.agg(spend=dollars(is_dated.ifelse(stg_spend.amount_cents, 0).sum().fill_null(0)))
    )
