"""What changed in the last 28 days against the 28 days before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log

from dataflows.report import queries
from dataflows.report.chance import is_clear, is_enough
from dataflows.report.queries import PERIOD_DAYS, PERIODS
from dataflows.report.rows import Period
from marketing_ibis.report.blocks import Fact, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import sparkline
from marketing_ibis.report.wording import count, money, percent, share, short_money

LAST = f"the last {PERIOD_DAYS} days"
BEFORE = f"the {PERIOD_DAYS} days before"
RATES_NOTE = f"""\
Retention: of the buyers of {BEFORE}, the share who bought again in {LAST}. Return rate: returned orders of all
successful and returned ones that were placed in the period; the newest orders can still be returned, so the rate of the
last period usually rises later."""
CHANCE_NOTE = """\
Retention and return rate are called higher or lower only if chance explains less than one such difference in twenty.
Seasons are not removed: a campaign or a holiday in one of the two periods shows."""
NONE = percent(0)
TERMS = ("Net revenue", "Buyer", "Average order value", "Retention", "Return rate")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a period: its value, None if there is nothing to divide by, and how it is written."""

    label: str
    value: Callable[[Period, Period | None], float | None]
    written: Callable[[float | None], str]
    change: Callable[[Period, Period, Period | None], str]


def section(answers: Answers) -> Section:
    """Return the section on the last period."""
    return describe(answers.rows(queries.periods))


def describe(rows: Sequence[Period]) -> Section:
    """Return the section on the newest of ``rows``, with the earlier ones as small lines."""
    periods = complete(rows)
    facts = tuple(_fact(measure, periods) for measure in MEASURES) if len(periods) > 1 else ()
    return Section(
        "changes",
        "The last 28 days",
        finding(periods),
        lead=_reason(periods),
        facts=facts,
        tables=(_table(periods),) if facts else (),
        notes=(RATES_NOTE, CHANCE_NOTE) if facts else (),
        terms=TERMS,
    )


def complete(rows: Sequence[Period]) -> list[Period]:
    """Return the periods that the shop covers whole, the newest first, those without an order too."""
    days = max((row.days for row in rows), default=0)
    by_number = {row.number: row for row in rows}
    nothing = Period(0, days, 0, 0, 0, 0, Decimal(0))
    return [by_number.get(number, nothing) for number in range(min(PERIODS, days // PERIOD_DAYS))]


def finding(periods: Sequence[Period]) -> str:
    """Return the revenue of the last period and its change."""
    if len(periods) < 2:
        return f"Too little data: two periods of {PERIOD_DAYS} days are compared, and the shop has fewer days"
    last, before = periods[:2]
    if not last.orders:
        return f"No successful order in {LAST}, {count(before.orders)} in {BEFORE}: check that the data is complete"
    sentence = f"{short_money(last.revenue)} in {LAST}"
    if before.revenue <= 0:
        return f"{sentence}, and {short_money(before.revenue)} in {BEFORE}"
    return f"{sentence}, {compared(float(last.revenue) / float(before.revenue) - 1)} {BEFORE}"


def compared(change: float) -> str:
    """Return a change in words: 12 % more than, as much as."""
    if percent(abs(change)) == NONE:
        return "as much as in"
    return f"{percent(abs(change))} {'more' if change > 0 else 'less'} than in"


def _reason(periods: Sequence[Period]) -> str:
    """Return which of buyers, orders per buyer and order value changed the revenue most, if they can be compared."""
    if len(periods) < 2 or not all(row.revenue > 0 and row.buyers for row in periods[:2]):
        return ""
    last, before = periods[:2]
    factors = {
        "the number of buyers": last.buyers / before.buyers,
        "orders per buyer": (last.orders / last.buyers) / (before.orders / before.buyers),
        "the value of an order": float(last.revenue / last.orders) / float(before.revenue / before.orders),
    }
    name, factor = max(factors.items(), key=lambda item: abs(log(item[1])))
    parts = ", ".join(f"{label} {_signed(value - 1)}" for label, value in factors.items())
    if abs(log(factor)) < log(1.005):
        return f"Nothing behind it changed by more than half a percent: {parts}."
    return f"Most of the change is {name}: {parts}."


def _signed(change: float) -> str:
    text = percent(change)
    return f"+{text}" if change > 0 and text != NONE else text


def _fact(measure: Measure, periods: Sequence[Period]) -> Fact:
    older = [*periods[1:], None]
    values = [measure.value(row, before) for row, before in zip(periods, older, strict=True)]
    known = [value for value in reversed(values) if value is not None]
    caption = f"{measure.label} of {count(len(known))} periods of {PERIOD_DAYS} days, the newest last"
    return Fact(
        measure.label,
        measure.written(values[0]),
        measure.change(periods[0], periods[1], periods[2] if periods[2:] else None),
        sparkline(known, f"{caption}: {', '.join(map(measure.written, known))}") if len(known) > 1 else None,
    )


def _relative(value: Callable[[Period, Period | None], float | None]) -> Callable[[Period, Period, Period | None], str]:
    def change(last: Period, before: Period, _: Period | None) -> str:
        now, earlier = value(last, None), value(before, None)
        if now is None or earlier is None or earlier <= 0:
            return "no value before to compare with"
        text = _signed(now / earlier - 1)
        return f"{'unchanged' if text == NONE else text} against {BEFORE}"

    return change


def _revenue(row: Period, _: Period | None) -> float | None:
    return float(row.revenue)


def _buyers(row: Period, _: Period | None) -> float | None:
    return row.buyers


def _order_value(row: Period, _: Period | None) -> float | None:
    return float(row.revenue) / row.orders if row.orders else None


def _retention(row: Period, before: Period | None) -> float | None:
    return share(row.returning, before.buyers) if before else None


def _return_rate(row: Period, _: Period | None) -> float | None:
    return share(row.returned_orders, row.orders + row.returned_orders)


def _retention_change(last: Period, before: Period, oldest: Period | None) -> str:
    if oldest is None:
        return "no earlier period to compare with"
    return _points((last.returning, before.buyers), (before.returning, oldest.buyers), "buyers")


def _return_change(last: Period, before: Period, _: Period | None) -> str:
    now = last.returned_orders, last.orders + last.returned_orders
    text = _points(now, (before.returned_orders, before.orders + before.returned_orders), "orders")
    return f"{text}; newest orders can still be returned" if text.startswith("lower") else text


def _points(now: tuple[int, int], earlier: tuple[int, int], noun: str) -> str:
    """Return how two shares differ, in percentage points, or that they are of too few."""
    if not is_enough(now[1], earlier[1]):
        return f"too few {noun} to compare ({count(now[1])} and {count(earlier[1])})"
    rates = now[0] / now[1], earlier[0] / earlier[1]
    if not is_clear(*now, *earlier):
        return f"no clear change from {percent(rates[1])}"
    return f"{'higher' if rates[0] > rates[1] else 'lower'}: {percent(rates[1])} before"


MEASURES = (
    Measure("Net revenue", _revenue, lambda value: short_money(value or 0), _relative(_revenue)),
    Measure("Buyers", _buyers, lambda value: count(int(value or 0)), _relative(_buyers)),
    Measure("Average order value", _order_value, lambda value: _dash(value, money), _relative(_order_value)),
    Measure("Retention", _retention, percent, _retention_change),
    Measure("Return rate", _return_rate, percent, _return_change),
)


def _dash(value: float | None, written: Callable[[float], str]) -> str:
    return "\N{EN DASH}" if value is None else written(value)


def _table(periods: Sequence[Period]) -> Table:
    rows = tuple(
        (
            "last 28 days" if place == 0 else f"{place * PERIOD_DAYS} days earlier",
            money(row.revenue),
            count(row.buyers),
            count(row.orders),
            _dash(_order_value(row, None), money),
            percent(_retention(row, before)),
            percent(_return_rate(row, None)),
        )
        for place, (row, before) in enumerate(zip(periods, [*periods[1:], None], strict=True))
    )
    head = ("Period", "Net revenue", "Buyers", "Orders", "Average order value", "Retention", "Return rate")
    return Table(f"Periods of {PERIOD_DAYS} days", head, rows, frozenset(range(1, 7)))
