"""What the channels of the stand-in rule convert and bring."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marketing_ibis.site.report.blocks import Section, Table
from marketing_ibis.site.report.drawing import CROWDED, Chart, bars, figure, room, side_by_side, values
from marketing_ibis.site.report.rows import Channel
from marketing_ibis.site.report.theme import ACCENT
from marketing_ibis.site.report.wording import count, money, percent, share, short_money

STAND_IN = (
    "The channel is a stand-in rule on the order itself (how it was paid, its weekday, total and quarter), not observed"
    " traffic. Read these numbers as kinds of orders, not as what advertising caused."
)
SCORE = (
    "Efficiency score: 40 x revenue per order + 30 x customers per order, both against the average of live channels,"
    " + 30 x the share of new customers. It ranks channels and has no unit."
)
TOUCH = (
    "First and last touch count a buyer's whole revenue in the channel of the first or last order. Customers do not add"
    " up over channels."
)


def finding(channels: Sequence[Channel]) -> str:
    """Return the channel of most revenue and the most efficient one."""
    live = [row for row in channels if row.conversions]
    if not live:
        return "No channel has an order yet"
    first, best = max(live, key=lambda row: row.revenue), max(live, key=lambda row: row.score)
    part = share(first.revenue, _total(channels))
    earns = f"{first.name} earns most ({percent(part) + ' of revenue' if part is not None else money(first.revenue)})"
    if first.name == best.name:
        return f"{earns} and scores highest for efficiency"
    return f"{earns}; {best.name} scores highest for efficiency"


def section(channels: Sequence[Channel]) -> Section:
    """Return the section on channels."""
    if not any(row.conversions for row in channels):
        return Section("channels", "Channels", finding(channels), warning=STAND_IN)
    caption = "Net revenue, order value and efficiency score of each channel of the stand-in rule, most revenue first."
    return Section(
        "channels",
        "Channels",
        finding(channels),
        warning=STAND_IN,
        figures=(figure(lambda width: chart(channels, width), caption, name="channels"),),
        tables=(_performance(channels), _advice(channels)),
        notes=(SCORE, TOUCH),
    )


def chart(channels: Sequence[Channel], width: int) -> Chart:
    """Return panels of bars: revenue, order value where there is room, and efficiency."""
    panels = 3 if width > CROWDED else 2
    panel = (width - (190 if width > CROWDED else 158)) // panels
    total, names = _total(channels), [row.name for row in channels]

    def drawn(title: str, measured: Sequence[float], labels: Sequence[str], *, first: bool = False) -> Chart:
        rows = zip(names, measured, labels, strict=True)
        data = values(
            {"name": name, "start": 0, "value": value, "tip": max(value, 0.0), "label": label, "colour": ACCENT}
            for name, value, label in rows
        )
        beside = 100 if width > CROWDED and first else 54
        scale = room(max(measured), min(measured), panel, beside)
        return bars(data, width=panel, title=title, names=names, with_names=first, scale=scale)

    parts = [percent(share(row.revenue, total)) for row in channels]
    if width > CROWDED:
        parts = [f"{short_money(row.revenue)} · {part}" for row, part in zip(channels, parts, strict=True)]
    revenue = drawn("Net revenue", [float(row.revenue) for row in channels], parts, first=True)
    value = drawn(
        "Average order value", [row.order_value for row in channels], [money(row.order_value) for row in channels]
    )
    score = drawn("Efficiency score", [row.score for row in channels], [f"{row.score:,.0f}" for row in channels])
    return side_by_side(revenue, value, score) if panels == 3 else side_by_side(revenue, score)


def _performance(channels: Sequence[Channel]) -> Table:
    rows = tuple(
        (
            row.name,
            count(row.conversions),
            count(row.customers),
            count(row.new_customers),
            money(row.revenue),
            money(row.order_value),
            f"{row.score:,.1f}",
            money(row.first_touch_revenue),
            money(row.last_touch_revenue),
        )
        for row in channels
    )
    head = (
        "Channel",
        "Orders",
        "Customers",
        "New customers",
        "Net revenue",
        "Order value",
        "Efficiency",
        "First-touch revenue",
        "Last-touch revenue",
    )
    return Table("Channel performance", head, rows, frozenset(range(1, 9)), is_folded=False)


def _advice(channels: Sequence[Channel]) -> Table:
    rows = tuple((row.name, row.classification, row.recommendation) for row in channels)
    return Table("Classes and recommendations", ("Channel", "Class", "Recommendation"), rows)


def _total(channels: Sequence[Channel]) -> Decimal:
    return sum((row.revenue for row in channels), Decimal(0))
