"""Ranks of products by revenue, orders and customers, and the rows of a group with the largest value."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def product_ranks(products: ir.Table) -> dict[str, ir.Column]:
    """Return each product's ranks and percentiles, and the cents of the products above it."""
    gross, orders = products.gross_cents, products.total_orders
    return {
        "revenue_rank": _rank(products, gross),
        "volume_rank": _rank(products, orders),
        "popularity_rank": _rank(products, products.unique_customers),
        "revenue_percentile": ibis.percent_rank().over(order_by=gross),
        "volume_percentile": ibis.percent_rank().over(order_by=orders),
        "cents_above": _cents_above(products),
        "all_cents": gross.sum().over(ibis.window()),
    }


def _rank(products: ir.Table, metric: ir.IntegerColumn) -> ir.IntegerColumn:
    return ibis.row_number().over(order_by=[metric.desc(), products.product_name]) + 1


def _cents_above(products: ir.Table) -> ir.IntegerColumn:
    # The running total in rank order, less the product's own tie group up to and including itself: the products
    # strictly above. Rows frames only, since Redshift has no range frames.
    # The place in a tie is not a window per tie, for which Redshift would send the products to other slices.
    gross = products.gross_cents
    in_rank_order = [gross.desc(), products.product_name]
    to_here = gross.sum().over(ibis.cumulative_window(order_by=in_rank_order))
    rows_before_tie = ibis.rank().over(order_by=gross.desc())
    place_in_tie = ibis.row_number().over(order_by=in_rank_order) - rows_before_tie + 1
    return to_here - gross * place_in_tie


def with_most(rows: ir.Table, group: str, measure: str, **totals: ir.IntegerScalar) -> ir.Table:
    """Keep the rows of each group with its largest ``measure``, and add ``totals`` of all of the group's rows.

    Finding the largest by hash sorts nothing. For the favorites among 830,000 products of customers: 0.37 CPU seconds
    for sorting all rows, 0.28 for sorting those of most orders, 0.21 for finding those of most revenue by hash, too.
    """
    most = f"most_{measure}"
    largest = rows.group_by(group).agg(**totals, **{most: rows[measure].max()})
    joined = rows.inner_join(largest, group)
    # The filter is the last step, so that SQL that reads the result twice names it once.
    return joined.filter(joined[measure] == joined[most])
