"""The numbers at the head of the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dataflows.report.rows import Total
from marketing_ibis.report.blocks import Fact
from marketing_ibis.report.wording import DASH, count, either, money, month, percent, share, short_money


def facts(
    total: Total, successful: Sequence[str], *, only_with_orders: bool = False, since: date | None = None
) -> tuple[Fact, ...]:
    """Return label, value and meaning of each headline number, from orders with a status of ``successful``.

    ``only_with_orders`` says that ``total`` has only customers who placed an order, ``since`` is the month of the first
    successful one.
    """
    whom = " with an order by that day" if only_with_orders else ""
    period = f" since {month(since)}" if since else ""
    sold = total.orders + total.returned_orders
    value = money(total.revenue / total.orders) if total.orders else DASH
    return (
        Fact("Net revenue", short_money(total.revenue), f"{money(total.revenue)} paid for successful orders{period}"),
        Fact("Buyers", count(total.buyers), f"of {count(total.customers, 'customer')}{whom}"),
        Fact("Orders", count(total.orders), f"successful: {either(successful)}"),
        Fact("Average order value", value, "net revenue / orders, unpaid ones included"),
        Fact(
            "Repeat rate",
            percent(share(total.repeat_buyers, total.buyers)),
            f"{count(total.repeat_buyers, 'buyer')} with two or more orders",
        ),
        Fact(
            "Return rate",
            percent(share(total.returned_orders, sold)),
            f"{count(total.returned_orders)} of {count(sold, 'sold order')}",
        ),
    )
