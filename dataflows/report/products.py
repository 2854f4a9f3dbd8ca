"""Which products earn the revenue."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from types import MappingProxyType

from dataflows.report import queries
from dataflows.report.queries import PRODUCTS
from dataflows.report.rows import AbcClass, Product
from dataflows.report.rules import rules_of
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import (
    CROWDED,
    HALF,
    ROW,
    Spec,
    bars,
    figure,
    heading,
    mark,
    nominal,
    quantitative,
    room,
    side_by_side,
    values,
)
from marketing_ibis.report.theme import ACCENT, AXIS, INK, MIDDLE, QUIET
from marketing_ibis.report.wording import count, distinct, money, percent, share, short_money

ABC_COLOURS = MappingProxyType({"A": ACCENT, "B": MIDDLE, "C": QUIET})
Limits = tuple[float, float]
"""Where class A and class B end, in percent, to draw lines; the classes themselves come from the warehouse."""


def finding(classes: Sequence[AbcClass]) -> str:
    """Return how many products are in class A and what they bring."""
    total = _total(classes)
    best = next((row for row in classes if row.name == "A"), None)
    if best is None or total <= 0:
        return "No product has earned anything yet"
    products = sum(row.products for row in classes)
    if best.products == products:
        return f"All {count(products, 'product')} are class A" if products > 1 else "One product earns all revenue"
    verb = "brings" if best.products == 1 else "bring"
    revenue_share = percent(share(best.revenue, total))
    return f"{count(best.products)} of {count(products, 'product')} {verb} {revenue_share} of gross revenue"


def section(answers: Answers) -> Section:
    """Return the section on the products' shares."""
    limits = rules_of(answers.context.inputs).abc_limits
    return describe(answers.rows(queries.products), answers.rows(queries.classes), limits)


def describe(products: Sequence[Product], classes: Sequence[AbcClass], limits: Limits) -> Section:
    """Return the section on the shares of ``products`` and their classes."""
    first = [row for row in products if row.revenue_rank <= PRODUCTS]
    if not first:
        return Section("products", "Products", "No product has been ordered yet", is_half=True)
    more = sum(row.products for row in classes) - len(first)
    caption = (
        "Gross revenue of the products that earn most, colored by ABC class, and the share of all revenue that they"
        f" bring together. Dotted lines: where classes A and B end, {limits[0]:g}% and {limits[1]:g}%."
    )
    if more:
        caption += f" {count(more, 'more product')} {'is' if more == 1 else 'are'} not drawn."
    return Section(
        "products",
        "Products",
        finding(classes),
        figures=(figure(lambda width: chart(first, classes, limits, width), caption, name="products", width=HALF),),
        tables=(_class_table(classes), _product_table(first, classes)),
        notes=(
            "Revenue here is gross: it includes orders that were returned later.",
            f"A covers the first {limits[0]:g}% of revenue, B up to {limits[1]:g}%.",
        ),
        is_half=True,
    )


def running_shares(products: Sequence[Product], classes: Sequence[AbcClass]) -> list[float | None]:
    """Return the share of all revenue of each product and those before it together."""
    total = _total(classes)
    return [share(amount, total) for amount in accumulate(row.revenue for row in products)]


def chart(products: Sequence[Product], classes: Sequence[AbcClass], limits: Limits, width: int) -> Spec:
    """Return bars of revenue next to the running share."""
    names = distinct([row.name for row in products], 24 if width > CROWDED else 16)
    left, right = (200, 140) if width > CROWDED else (118, 66)
    revenues = [float(row.revenue) for row in products]
    data = values(
        {
            "name": name,
            "start": 0,
            "value": value,
            "tip": max(value, 0.0),
            "label": f"{short_money(row.revenue)} · {row.abc}" if width > CROWDED else short_money(row.revenue),
            "colour": ABC_COLOURS.get(row.abc, QUIET),
        }
        for name, row, value in zip(names, products, revenues, strict=True)
    )
    revenue_bars = bars(
        data,
        width=left,
        title="Gross revenue",
        names=names,
        with_names=True,
        scale=room(max(revenues), min(revenues), left, 78 if width > CROWDED else 50),
    )
    shares = running_shares(products, classes)
    known_shares = [(name, part) for name, part in zip(names, shares, strict=True) if part is not None]
    return (
        side_by_side(revenue_bars, _running(known_shares, names, limits, right))
        if known_shares
        else side_by_side(revenue_bars)
    )


def _running(shares: Sequence[tuple[str, float]], names: list[str], ends: Limits, width: int) -> Spec:
    # Vega hides labels that overlap: one of 100% would take those of 50% and of the end of class A with it.
    ticks = sorted({0.0, *([0.5] if width > 80 else []), ends[0] / 100})
    axis = {"format": "%", "values": ticks, "title": None, "grid": False}
    along = quantitative("share", scale={"domain": [0, 1], "nice": False}, axis=axis)
    place = {"x": along, "y": nominal("name", sort=names, axis=None)}
    limits = values({"limit": end / 100} for end in ends)
    return {
        "data": values({"name": product, "share": part} for product, part in shares),
        "width": width,
        "height": {"step": ROW},
        "title": heading("Running share"),
        "layer": [
            mark("rule", {"x": quantitative("limit")}, data=limits, strokeDash=[2, 3], stroke=AXIS),
            mark("line", {**place, "order": quantitative("share")}, color=INK, strokeWidth=1.5),
            mark("point", place, filled=True, size=24, opacity=1, color=INK),
        ],
    }


def _class_table(classes: Sequence[AbcClass]) -> Table:
    total = _total(classes)
    products = sum(row.products for row in classes)
    rows = tuple(
        (
            row.name,
            count(row.products),
            percent(share(row.products, products)),
            money(row.revenue),
            percent(share(row.revenue, total)),
        )
        for row in classes
    )
    head = ("Class", "Products", "Share", "Gross revenue", "Share")
    return Table("ABC classes", head, rows, frozenset({1, 2, 3, 4}), is_folded=False)


def _product_table(products: Sequence[Product], classes: Sequence[AbcClass]) -> Table:
    shares = running_shares(products, classes)
    names = distinct([row.name for row in products])
    rows = tuple(
        (name, row.abc, money(row.revenue), money(row.net_revenue), count(row.orders), percent(part))
        for name, row, part in zip(names, products, shares, strict=True)
    )
    head = ("Product", "Class", "Gross revenue", "Net revenue", "Sold orders", "Running share")
    return Table("Products by revenue", head, rows, frozenset({2, 3, 4, 5}))


def _total(classes: Sequence[AbcClass]) -> Decimal:
    return sum((row.revenue for row in classes), Decimal(0))
