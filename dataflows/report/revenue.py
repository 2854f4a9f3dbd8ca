"""Revenue by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dataflows.report import queries
from dataflows.report.chance import CRITICAL, is_clear_count, is_enough
from dataflows.report.rows import Month, days_in, newest_day
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import (
    COLOUR,
    CROWDED,
    SIZE,
    Spec,
    dollars_axis,
    figure,
    mark,
    nominal,
    quantitative,
    temporal,
    values,
)
from marketing_ibis.report.theme import ACCENT, SOFT
from marketing_ibis.report.wording import count, money, month, percent, short_money

LABEL_WIDTH = 48
"""Pixels that the label of a bar, such as $8.33k, needs."""
CHANCE_NOTE = f"""\
Revenue itself is not tested; orders per day are: those of two months differ by more than chance explains if they are
more than {CRITICAL:.2f} standard errors apart (orders as a Poisson process). A month is compared with the same month a
year before, if there is one; a change against the month before includes the season."""
MONTHS = 48
"""The newest months that are drawn."""


def finding(months: Sequence[Month]) -> str:
    """Return the revenue of the last complete month, compared with a year before or the month before."""
    complete = [row for row in months if row.is_complete]
    if not complete:
        return f"{month(months[-1].month)} is not over yet and has brought {money(months[-1].revenue)}"
    last = complete[-1]
    sentence = f"{month(last.month)} brought {money(last.revenue)}"
    by_month = {row.month: row for row in complete}
    earlier = by_month.get(date(last.month.year - 1, last.month.month, 1)) or (complete[-2] if complete[1:] else None)
    if earlier is None or earlier.revenue <= 0:
        return sentence
    change = float(last.revenue / earlier.revenue) - 1
    if percent(abs(change)) == "0%":
        return f"{sentence}, as much as {month(earlier.month)}"
    compared = f"{sentence}, {percent(abs(change))} {'more' if change > 0 else 'less'} than {month(earlier.month)}"
    return f"{compared}{chance_caveat(last, earlier)}"


def chance_caveat(last: Month, earlier: Month) -> str:
    """Return why the orders behind a change of revenue may differ by chance; nothing where they clearly differ."""
    if not is_enough(last.orders, earlier.orders):
        return f"; too few orders to tell from chance ({count(last.orders)} and {count(earlier.orders, 'order')})"
    if is_clear_count(last.orders, days_in(last.month), earlier.orders, days_in(earlier.month)):
        return ""
    orders = f"{count(last.orders)} and {count(earlier.orders)}"
    return f"; the change in orders ({orders}) is within what chance alone would give"


def section(answers: Answers) -> Section:
    """Return the section on revenue over time."""
    return describe(answers.rows(queries.months), newest_day(answers.rows(queries.built)))


def describe(months: Sequence[Month], as_of: date | None) -> Section:
    """Return the section on the revenue of ``months``."""
    if not months:
        return Section("revenue", "Revenue", "No order has been paid and completed yet")
    recent = months[-MONTHS:]
    partial = [row for row in recent if not row.is_complete]
    paler = (
        f" {month(partial[0].month)}, drawn paler, is known up to day {as_of.day} only." if partial and as_of else ""
    )
    caption = f"Net revenue per month, from {month(recent[0].month)} to {month(recent[-1].month)}, in dollars.{paler}"
    rows = tuple(
        (
            month(row.month) + ("" if row.is_complete else " (to date)"),
            money(row.revenue),
            count(row.orders),
            count(row.buyers),
        )
        for row in reversed(months)
    )
    return Section(
        "revenue",
        "Revenue",
        finding(months),
        figures=(figure(lambda width: chart(recent, width), caption, name="revenue"),),
        tables=(Table("Revenue by month", ("Month", "Net revenue", "Orders", "Buyers"), rows, frozenset({1, 2, 3})),),
        notes=(CHANCE_NOTE,),
    )


def chart(months: Sequence[Month], width: int) -> Spec:
    """Return one bar per month; an unfinished one is paler."""
    plot = width - (140 if width > CROWDED else 92)
    labelled = labelled_months(months, plot) if width > CROWDED else labelled_months(months, plot)[:1]
    data = values(
        {
            "month": f"{row.month.isoformat()}T00:00:00",
            "revenue": float(row.revenue),
            "tip": max(float(row.revenue), 0.0),
            "colour": ACCENT if row.is_complete else SOFT,
            "label": short_money(row.revenue) if row.month in labelled and row.is_complete else "",
            "partial": "" if row.is_complete else f"{short_money(row.revenue)}{' to date' if width > CROWDED else ''}",
        }
        for row in months
    )
    return {
        "data": data,
        "width": plot,
        "height": 220 if width > CROWDED else 180,
        "layer": [
            mark(
                "bar",
                {
                    "x": _by_month(axis=_months_axis(len(months), width)),
                    "y": quantitative("revenue", axis=dollars_axis()),
                    "color": COLOUR,
                },
            ),
            mark("text", _label("label", 0.5), dy=-7, fontSize=SIZE - 1),
            mark("text", _label("partial", 1), align="left", dx=4, fontSize=SIZE - 1),
        ],
    }


def _by_month(**how: object) -> Spec:
    return temporal("month", timeUnit="yearmonth", title=None, **how)


def _label(field: str, place: float) -> Spec:
    """Return the label above a bar; ``place`` is 0 at its start and 1 at its end."""
    return {"x": _by_month(bandPosition=place), "y": quantitative("tip"), "text": nominal(field)}


def labelled_months(months: Sequence[Month], plot: int) -> tuple[date, ...]:
    """Return the best month and the last complete one, without the latter if their labels would overlap."""
    best = max(range(len(months)), key=lambda at: months[at].revenue)
    last = max((at for at, row in enumerate(months) if row.is_complete), default=best)
    is_apart = abs(best - last) * plot / len(months) >= LABEL_WIDTH
    return (months[best].month, months[last].month) if is_apart else (months[best].month,)


def _months_axis(months: int, width: int) -> Spec:
    most = 12 if width > CROWDED else 4
    step = next((step for step in (1, 2, 3, 6) if months / step <= most), 12)
    return {"format": "%b %y", "grid": False, "tickCount": {"interval": "month", "step": step}, "labelOverlap": True}
