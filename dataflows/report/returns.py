"""Return rates of products."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from dataflows.report import queries
from dataflows.report.chance import critical_value
from dataflows.report.queries import PRODUCTS
from dataflows.report.rows import Product, Total
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import (
    COLOUR,
    CROWDED,
    HALF,
    ROW,
    Spec,
    figure,
    mark,
    nominal,
    quantitative,
    values,
)
from marketing_ibis.report.theme import ACCENT, MUTED, WARM
from marketing_ibis.report.wording import count, distinct, percent, share

NO_CHANNELS = """\
Returns by channel cannot be determined: the stand-in rule gives a channel to successful orders only, and touches are
credited with successful orders only. A returned order has no channel in any built table."""
RANGES_NOTE = "Sold orders are successful or returned ones. The ranges hold for all products together, 19 times in 20."


def interval(returns: int, orders: int, products: int) -> tuple[float, float]:
    """Return Wilson's interval of a return rate, wide enough to hold for ``products`` products at once.

    Small numbers make it wide: one return of three orders tells little. doi.org/10.1080/01621459.1927.10502953
    """
    z = critical_value(products)
    rate, spread = returns / orders, z * z / orders
    middle = (rate + spread / 2) / (1 + spread)
    half = z * sqrt(rate * (1 - rate) / orders + spread / (4 * orders)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def most_ordered(products: Sequence[Product]) -> list[Product]:
    """Return the products of most sold orders, highest return rate first."""
    sold = [row for row in products if row.volume_rank <= PRODUCTS and row.orders]
    return sorted(sold, key=lambda row: (-row.returns / row.orders, -row.orders, row.name))


def find_outliers(products: Sequence[Product], overall: float) -> list[Product]:
    """Return the products that are returned more often than average, beyond what chance explains."""
    return [row for row in products if interval(row.returns, row.orders, len(products))[0] > overall]


def finding(products: Sequence[Product], shop: Total) -> str:
    """Return the rate of all products, and the product that is returned clearly more often."""
    overall = _overall(shop)
    if overall is None:
        return "No order has been sold yet"
    if not shop.returned_orders:
        return "No sold order has been returned"
    worst = find_outliers(most_ordered(products), overall)
    if not worst:
        return f"{percent(overall)} of sold orders are returned; no product clearly more often"
    name, rate = distinct([worst[0].name])[0], worst[0].returns / worst[0].orders
    return f"{name} is returned most: {percent(rate)} of its orders, against {percent(overall)} of all"


def section(answers: Answers) -> Section:
    """Return the section on returns."""
    return describe(answers.rows(queries.products), answers.row(queries.total))


def describe(products: Sequence[Product], shop: Total) -> Section:
    """Return the section on the returns of ``products``."""
    most_sold, overall = most_ordered(products), _overall(shop)
    if not most_sold or overall is None:
        return Section("returns", "Products", finding(products, shop), is_half=True)
    caption = (
        f"Return rate of the {count(len(most_sold))} products with the most sold orders. Each bar is the range in"
        " which the true rate is likely to be, given so few orders; the dashed line is the rate of all products,"
        f" {percent(overall)}."
    )
    names = distinct([row.name for row in most_sold])
    rows = tuple(
        (name, percent(row.returns / row.orders), count(row.returns), count(row.orders))
        for name, row in zip(names, most_sold, strict=True)
    )
    head = ("Product", "Return rate", "Returned", "Sold orders")
    return Section(
        "returns",
        "Products",
        finding(products, shop),
        figures=(figure(lambda width: chart(most_sold, overall, width), caption, name="returns", width=HALF),),
        tables=(Table("Return rates", head, rows, frozenset({1, 2, 3})),),
        notes=(RANGES_NOTE, NO_CHANNELS),
        is_half=True,
    )


def chart(products: Sequence[Product], overall: float, width: int) -> Spec:
    """Return one dot per product with its interval; outliers have a different colour and shape."""
    names = distinct([row.name for row in products], 24 if width > CROWDED else 16)
    worst = find_outliers(products, overall)
    points = []
    for name, row in zip(names, products, strict=True):
        low, high = interval(row.returns, row.orders, len(products))
        label = f"{percent(row.returns / row.orders)} of {count(row.orders)}"
        paint, shape = (WARM, "diamond") if row in worst else (ACCENT, "circle")
        point = {"name": name, "rate": row.returns / row.orders, "low": low, "high": high, "label": label}
        points.append(point | {"colour": paint, "shape": shape})
    highest = max(float(str(point["high"])) for point in points)
    plot, margin = (width - 150, 100) if width > CROWDED else (width - 128, 92)
    scale = {"domain": [0, highest * plot / (plot - margin)], "nice": False}
    rates = {"title": None, "format": ".0%", "values": _ticks(highest), "grid": True}
    axis = {"title": None, "domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 190}
    along = quantitative("rate", scale=scale, axis=rates)
    down = nominal("name", sort=names, axis=axis)
    start, end = quantitative("low", scale=scale), quantitative("high", scale=scale)
    shapes = nominal("shape", scale=None, legend=None)
    return {
        "data": values(points),
        "width": plot,
        "height": {"step": ROW},
        "layer": [
            mark("rule", {"x": along}, data=values([{"rate": overall}]), strokeDash=[4, 3], stroke=MUTED),
            mark(
                "rule",
                {"x": start, "x2": {"field": "high"}, "y": down, "color": COLOUR},
                strokeWidth=5,
                opacity=0.3,
            ),
            mark("point", {"x": along, "y": down, "color": COLOUR, "shape": shapes}, filled=True, size=62, opacity=1),
            mark("text", {"x": end, "y": down, "text": nominal("label")}, align="left", dx=7),
        ],
    }


def _ticks(highest: float) -> list[float]:
    step = next(step for step in (0.05, 0.1, 0.2, 0.25) if highest / step <= 5)
    return [round(step * number, 2) for number in range(int(highest / step) + 1)]


def _overall(shop: Total) -> float | None:
    # An order of several products is one order, so those of the products do not add up to it.
    return share(shop.returned_orders, shop.orders + shop.returned_orders)
