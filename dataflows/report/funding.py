"""Which channel to fund: what observed touches are credited with, against what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dataflows.report import decisions, queries
from dataflows.report.budgets import (
    ACTIONS,
    KEEP,
    LESS,
    MORE,
    SMALL,
    UNCLEAR,
    Funding,
    Verdict,
    add_up,
    verdicts,
)
from dataflows.report.chance import LEAST
from dataflows.report.rows import Coverage, FundingMonth
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
    share,
    short_money,
    short_month,
    slug,
)

MONTHS = 3
"""Complete months that are added up."""
DRAWN = 12
"""The newest months that are listed for each channel."""
NAMED = 3
"""How many channels of each verdict the title names."""
LONGEST = 24
"""The most characters of a channel's name in the title."""
VERBS = {MORE: "more for", LESS: "less for", KEEP: "keep", UNCLEAR: "unclear for"}
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
VERDICT_NOTE = f"""\
More or less: the credited orders per dollar differ from those of the other channels together by more than chance
explains (orders as a Poisson process), and the revenue per dollar in the same direction; all tests of the table share
the error of 5% (Bonferroni's method). The others are those with at least {100 * SMALL:g}% of the cost and {LEAST}
orders. Less, too: the revenue is clearly below the cost. Keep: neither, or the orders per dollar of the channel itself
clearly fell."""
STEP_NOTE = """\
A verdict is on the average dollar of these months, not on the next one: move a tenth of a budget, wait until two more
months are complete, and compare again. Revenue is not profit: at a margin of 40%, which is not in the data, a channel
breaks even at $2.50 of revenue per dollar."""
TERMS = ("Channel", "Net revenue", "ROAS")


def section(answers: Answers) -> Section:
    """Return the section on costs and credit."""
    ruled = [row.name for row in answers.rows(queries.channels)]
    return describe(answers.rows(decisions.funding), ruled, answers.rows(decisions.coverage))


def describe(months: Sequence[FundingMonth], ruled: Sequence[str] = (), coverages: Sequence[Coverage] = ()) -> Section:
    """Return the section on the newest complete ones of ``months``; ``ruled`` are the channels of the stand-in rule."""
    if not months:
        return Section("funding", "Channels", NO_TOUCHES, lead=HINT, terms=("Channel",))
    chosen = sorted({row.month for row in months if row.is_complete})[-MONTHS:]
    channels = add_up([row for row in months if row.month in chosen])
    earlier, against = compared_months(chosen, months)
    decided = verdicts(channels, add_up(earlier))
    names = distinct([row.name for row in channels])
    open_months = len({row.month for row in months if not row.is_complete})
    excluded = f"Excluded: {count(open_months, 'month')} that later orders can still change." if open_months else ""
    period = f"{short_month(chosen[0])} to {short_month(chosen[-1])}" if chosen else ""
    return Section(
        "funding",
        "Channels",
        finding(decided),
        lead=" ".join(filter(None, (excluded, *map(untouched, coverages)))),
        tables=(verdict_table(names, decided, period, against), credit_table(names, channels, period)) if names else (),
        views=tuple(view(name, row.name, months) for name, row in zip(names, channels, strict=True))[:VIEWS],
        view_title="Choose an observed channel to see its months" if names else "",
        notes=(
            *((VERDICT_NOTE, STEP_NOTE) if names else ()),
            CREDIT_NOTE,
            *alike_note([row.name for row in channels], ruled),
        ),
        terms=TERMS,
    )


def untouched(coverage: Coverage) -> str:
    """Return how many orders no observed touch came before, so that no channel is credited with them."""
    if not coverage.untouched_orders:
        return ""
    parts = share(coverage.untouched_orders, coverage.orders), share(coverage.untouched_revenue, coverage.revenue)
    return (
        f"No touch is observed before {count(coverage.untouched_orders)} of the {count(coverage.orders, 'order')} since"
        f" the first credited touch ({percent(parts[0])}; {percent(parts[1])} of their revenue): no channel has credit"
        " for them."
    )


def compared_months(chosen: Sequence[date], months: Sequence[FundingMonth]) -> tuple[list[FundingMonth], str]:
    """Return the months to compare the ``chosen`` ones with, those of a year before if there are as many; in words."""
    same = {month.replace(year=month.year - 1) for month in chosen}
    year_before = [row for row in months if row.month in same]
    if chosen and {row.month for row in year_before} == same:
        return year_before, "a year before"
    before = sorted({row.month for row in months if chosen and row.month < chosen[0]})[-MONTHS:]
    rows = [row for row in months if row.month in before]
    return (rows if len(before) == MONTHS else []), f"the {MONTHS} months before, season included"


def verdict_table(names: Sequence[str], decided: Sequence[Verdict], period: str, against: str) -> Table:
    """Return the verdict on each channel, with what it costs, what it is credited with, and why."""
    rows = tuple(
        (
            name,
            row.action,
            money(row.channel.spend),
            money(round(row.channel.revenue, 2)),
            _missing(row.channel) if row.channel.roas is None else money(round(row.channel.roas, 2)),
            row.change,
            row.reason,
        )
        for name, row in zip(names, decided, strict=True)
    )
    change = f"Orders per dollar against {against}"
    head = ("Observed channel", "Budget", "Cost", "Credited revenue", "Revenue per dollar", change, "Why")
    return Table(f"More or less budget, {period}", head, rows, frozenset({2, 3, 4}), is_folded=False)


def credit_table(names: Sequence[str], channels: Sequence[Funding], period: str) -> Table:
    """Return what each channel costs and is credited with, in full."""
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
    return Table(f"Cost and credit of channels, {period}", head, rows, frozenset(range(1, 8)))


def view(name: str, channel: str, months: Sequence[FundingMonth]) -> View:
    """Return the months of a channel, the newest first, with a small line of its credited revenue."""
    rows = sorted((row for row in months if row.channel == channel), key=lambda row: row.month)[-DRAWN:]
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


def finding(decided: Sequence[Verdict]) -> str:
    """Return what to do with the budgets, the channels with most at stake first."""
    paid = [row for row in decided if row.channel.spend > 0]
    if not decided:
        return "No month is complete yet: later orders can still be credited to every touch"
    if not paid:
        return "No cost is recorded, so that no channel's return can be said"
    if not any(row.channel.is_known for row in paid):
        return f"Too little data: no channel with a cost is credited with {LEAST} orders"
    groups = [(action, [row.channel for row in paid if row.action == action]) for action in ACTIONS]
    parts = [f"{VERBS[action]} {_named(action, rows)}" for action, rows in groups if rows]
    return f"Budget by observed touches, with the revenue per dollar: {'; '.join(parts)}"


def _named(action: str, channels: Sequence[Funding]) -> str:
    """Return the first channels of a verdict with their revenue per dollar: the best first, of less the worst."""
    ordered = sorted(channels, key=lambda row: ((row.roas or 0) * (1 if action == LESS else -1), row.name))
    shown = [
        display_name(row.name, LONGEST) + ("" if row.roas is None else f" ({money(round(row.roas, 2))})")
        for row in ordered[:NAMED]
    ]
    more = len(ordered) - len(shown)
    return both([*shown, *([f"{count(more)} more"] if more else [])])


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
