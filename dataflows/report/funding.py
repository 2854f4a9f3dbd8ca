"""Which channel to fund: what observed touches are credited with, against what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dataflows.report import decisions, queries
from dataflows.report.chance import LEAST
from dataflows.report.rows import FundingMonth
from marketing_ibis.report.blocks import VIEWS, Fact, Section, Table, View
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import sparkline
from marketing_ibis.report.wording import (
    DASH,
    UNKNOWN,
    both,
    count,
    display_name,
    distinct,
    money,
    month,
    percent,
    short_money,
    short_month,
    slug,
)

MONTHS = 3
"""Complete months that are added up."""
SHORT = 2
"""Words of this many letters do not make two names alike."""
RULES = """\
The five channels of the next section are kinds of orders, by a rule on how and when they were paid. They can say which
kinds of orders bring revenue; they cannot say what advertising caused or what it returned."""
NO_TOUCHES = "Which channel to fund cannot be said: no touches and no costs are loaded"
HINT = f"""\
List raw_touches and raw_spend in optional_sources to compare costs with credited revenue. {RULES}"""
CREDIT_NOTE = f"""\
Revenue is credited to observed touches by their Shapley share and counted in the month of the touch, like the cost,
over the last {MONTHS} months that no later order can change. Credit is not cause: buyers who would have come anyway are
credited, too. An experiment that pauses a channel for some customers would show it. A dash: no cost is recorded.
Unknown: there is a cost, and no touch is observed. {RULES}"""
TERMS = ("Channel", "Net revenue", "ROAS")


class Funding(NamedTuple):
    """A channel over several months."""

    name: str
    spend: Decimal
    touches: int
    orders: float
    customers: float
    revenue: float

    @property
    def is_silent(self) -> bool:
        """Whether there is a cost without any observed touch, so that its effect is unknown."""
        return self.spend > 0 and not self.touches

    @property
    def roas(self) -> float | None:
        """Credited revenue per dollar of cost; None without cost or without touch."""
        return self.revenue / float(self.spend) if self.spend > 0 and self.touches else None

    @property
    def customer_cost(self) -> float | None:
        """Cost per credited new customer; None without one."""
        return float(self.spend) / self.customers if self.customers > 0 and self.spend > 0 else None


def section(answers: Answers) -> Section:
    """Return the section on costs and credit."""
    return describe(answers.rows(decisions.funding), [row.name for row in answers.rows(queries.channels)])


def describe(months: Sequence[FundingMonth], ruled: Sequence[str] = ()) -> Section:
    """Return the section on the newest complete ones of ``months``; ``ruled`` are the channels of the stand-in rule."""
    if not months:
        return Section("funding", "Channels", NO_TOUCHES, lead=HINT, terms=("Channel",))
    chosen = sorted({row.month for row in months if row.is_complete})[-MONTHS:]
    channels = add_up([row for row in months if row.month in chosen])
    names = distinct([row.name for row in channels])
    rows = tuple(
        (
            name,
            money(row.spend),
            count(row.touches),
            f"{row.orders:,.1f}",
            f"{row.customers:,.1f}",
            money(round(row.revenue, 2)),
            _roas(row),
            _missing(row) if row.customer_cost is None else money(round(row.customer_cost, 2)),
        )
        for name, row in zip(names, channels, strict=True)
    )
    head = (
        "Observed channel",
        "Cost",
        "Touches",
        "Credited orders",
        "Credited new customers",
        "Credited revenue",
        "ROAS",
        "Cost per new customer",
    )
    period = f"{short_month(chosen[0])} to {short_month(chosen[-1])}" if chosen else ""
    table = Table(f"Cost and credit of channels, {period}", head, rows, frozenset(range(1, 8)), is_folded=False)
    open_months = len({row.month for row in months if not row.is_complete})
    return Section(
        "funding",
        "Channels",
        finding(channels),
        lead=_lead(channels, open_months),
        tables=(table,) if rows else (),
        views=tuple(view(name, row.name, months) for name, row in zip(names, channels, strict=True))[:VIEWS],
        view_title="Choose an observed channel to see its months" if rows else "",
        notes=(CREDIT_NOTE, *alike_note([row.name for row in channels], ruled)),
        terms=TERMS,
    )


def view(name: str, channel: str, months: Sequence[FundingMonth]) -> View:
    """Return the months of a channel, the newest first, with a small line of its credited revenue."""
    rows = sorted((row for row in months if row.channel == channel), key=lambda row: row.month)
    complete = [row.revenue for row in rows if row.is_complete] if any(row.touches for row in rows) else []
    facts: tuple[Fact, ...] = ()
    if len(complete) > 1:
        caption = f"Credited revenue of {count(len(complete), 'complete month')}, the newest last"
        line = sparkline(complete, f"{caption}: {', '.join(short_money(round(value)) for value in complete)}")
        newest = f"in the newest complete month, {short_money(round(complete[-2]))} in the one before"
        facts = (Fact("Credited revenue", short_money(round(complete[-1])), newest, line),)
    cells = tuple(
        (
            month(row.month) + ("" if row.is_complete else " (can still change)"),
            money(row.spend),
            count(row.touches),
            f"{row.orders:,.1f}",
            money(round(row.revenue, 2)),
            _roas(add_up([row])[0]),
        )
        for row in reversed(rows)
    )
    head = ("Month", "Cost", "Touches", "Credited orders", "Credited revenue", "ROAS")
    table = Table(f"{name}: month by month", head, cells, frozenset(range(1, 6)), is_folded=False)
    return View(name, facts=facts, tables=(table,))


def _lead(channels: Sequence[Funding], open_months: int) -> str:
    """Return what is not compared: open months, and channels whose touches are not observed."""
    silent = [row for row in channels if row.is_silent]
    cost = sum((row.spend for row in silent), Decimal(0))
    names = both([row.name for row in silent])
    parts = [f"Excluded: {count(open_months, 'month')} that later orders can still change."] * bool(open_months)
    parts += [f"No touch of {names} is observed: the effect of {short_money(cost)} is unknown."] * bool(silent)
    return " ".join(parts)


def add_up(months: Sequence[FundingMonth]) -> list[Funding]:
    """Return each channel over all of ``months``, the one with the highest cost first."""
    result = []
    for name in {row.channel for row in months}:
        rows = [row for row in months if row.channel == name]
        result.append(
            Funding(
                name,
                sum((row.spend for row in rows), Decimal(0)),
                sum(row.touches for row in rows),
                sum(row.orders for row in rows),
                sum(row.customers for row in rows),
                sum(row.revenue for row in rows),
            )
        )
    return sorted(result, key=lambda row: (-row.spend, -row.revenue, row.name))


def finding(channels: Sequence[Funding]) -> str:
    """Return the observed channels with the highest and lowest revenue per dollar, among those of enough orders."""
    paid = [row for row in channels if row.spend > 0]
    if not channels:
        return "No month is complete yet: later orders can still be credited to every touch"
    if not paid:
        return "No cost is recorded, so that no channel's return can be said"
    known = sorted(
        (row for row in paid if row.orders >= LEAST and row.touches), key=lambda row: (-(row.roas or 0), row.name)
    )
    if not known:
        return f"Too little data: no channel with a cost is credited with {LEAST} orders"
    best, worst = known[0], known[-1]
    text = f"Most revenue per dollar of cost, by observed touches: {display_name(best.name)}, {_dollars(best)}"
    if worst is not best:
        part = percent(float(worst.spend) / float(sum(row.spend for row in paid)))
        cost = f"for {part} of the cost ({short_money(worst.spend)})"
        text += f"; least: {display_name(worst.name)}, {_dollars(worst)}, {cost}"
    return text


def _dollars(channel: Funding) -> str:
    return money(round(channel.roas or 0, 2))


def _roas(channel: Funding) -> str:
    return _missing(channel) if channel.roas is None else f"{channel.roas:,.2f}"


def _missing(channel: Funding) -> str:
    return UNKNOWN if channel.is_silent else DASH


def alike_note(observed: Sequence[str], ruled: Sequence[str]) -> tuple[str, ...]:
    """Return a note on channels whose names are alike, though one is observed and the other one is of the rule."""
    pairs = [(name, other) for name in observed for other in ruled if _words(name) & _words(other)]
    parts = "; ".join(f"“{display_name(name)}” and “{display_name(other)}”" for name, other in pairs)
    text = f"Alike in name only: {parts}. The first is of observed touches, the second of the stand-in rule on orders."
    return (text,) if pairs else ()


def _words(name: str) -> set[str]:
    return {word for word in slug(name).split("-") if len(word) > SHORT}
