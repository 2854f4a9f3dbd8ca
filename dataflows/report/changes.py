"""What changed in the last 28 days against the 28 days before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from math import log

from dataflows.report import queries
from dataflows.report.chance import is_clear, is_clear_by_day, is_clear_mean, is_enough
from dataflows.report.queries import PERIOD_DAYS, PERIODS
from dataflows.report.rows import Day, Period
from marketing_ibis.report.blocks import Fact, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import sparkline
from marketing_ibis.report.wording import DASH, HARD_SPACE, count, day, money, percent, share, short_money

LAST = f"the last {PERIOD_DAYS} days"
BEFORE = f"the {PERIOD_DAYS} days before"
RATES_NOTE = f"""\
Retention: of the buyers of {BEFORE}, the share who bought again in {LAST}. Return rate: returned orders of all
successful and returned ones that were placed in the period; the newest orders can still be returned, so the rate of the
last period usually rises later."""
CHANCE_NOTE = f"""\
A change is called clear only if chance explains less than one such change in twenty. Revenue and buyers: each day is
compared with the same weekday four weeks before, and the mean of the {PERIOD_DAYS} differences with how much they vary
(paired t-test). Order value: Welch's test of the orders. Retention and return rate: two-proportion z-test. Seasons are
not removed: a campaign or a holiday in one of the two periods shows."""
ORDINARY = "within the ordinary day-to-day variation"
CLEAR = "more than days ordinarily vary"
TOO_FEW = "too few orders to tell from chance"
KICKER = f"The last {PERIOD_DAYS} days"
NONE = percent(0)
TERMS = ("Net revenue", "Buyer", "Average order value", "Retention", "Return rate")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last two periods, the one before them, and the days of the last two, the oldest first."""

    last: Period
    before: Period
    oldest: Period | None
    days: Sequence[Day]

    def by_day(self, value: Callable[[Day], float]) -> str:
        """Return whether the days of the last two periods differ by more than days ordinarily do."""
        if not is_enough(self.last.orders, self.before.orders):
            return TOO_FEW
        values = [value(row) for row in self.days]
        return CLEAR if is_clear_by_day(values[PERIOD_DAYS:], values[:PERIOD_DAYS]) else ORDINARY

    @property
    def revenue(self) -> str:
        """Whether the revenue changed by more than days ordinarily do."""
        return self.by_day(lambda row: float(row.revenue))


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a period: its value, None if there is nothing to divide by, and how it is written."""

    label: str
    value: Callable[[Period, Period | None], float | None]
    written: Callable[[float | None], str]
    change: Callable[[Comparison], str]


def section(answers: Answers) -> Section:
    """Return the section on the last period."""
    return describe(answers.rows(queries.periods), answers.rows(queries.recent_days))


def describe(rows: Sequence[Period], days: Sequence[Day]) -> Section:
    """Return the section on the newest of ``rows``, with the earlier ones as small lines."""
    periods = complete(rows)
    if len(periods) < 2:
        title = f"Too little data: two periods of {PERIOD_DAYS} days are compared, and the shop has fewer days"
        return Section("changes", KICKER, title, terms=TERMS)
    compared = Comparison(periods[0], periods[1], periods[2] if periods[2:] else None, days)
    return Section(
        "changes",
        KICKER,
        finding(compared),
        lead=" ".join(filter(None, (_dates(compared), _reason(compared)))),
        facts=tuple(_fact(measure, periods, compared) for measure in MEASURES),
        tables=(_table(periods),),
        notes=(RATES_NOTE, CHANCE_NOTE),
        terms=TERMS,
    )


def complete(rows: Sequence[Period]) -> list[Period]:
    """Return the periods that the shop covers whole, the newest first, those without an order too."""
    if not rows:
        return []
    newest, days = rows[0].newest, rows[0].days
    by_number = {row.number: row for row in rows}
    numbers = range(min(PERIODS, days // PERIOD_DAYS))
    return [by_number.get(number, Period(number, newest, days, 0, 0, 0, 0, Decimal(0), 0.0)) for number in numbers]


def finding(periods: Comparison) -> str:
    """Return the revenue of the last period and its change."""
    last, before = periods.last, periods.before
    if not last.orders:
        return f"No successful order in {LAST}, {count(before.orders)} in {BEFORE}: check that the data is complete"
    sentence = f"{short_money(last.revenue)} in {LAST}"
    if before.revenue <= 0:
        return f"{sentence}, and {short_money(before.revenue)} in {BEFORE}"
    change = change_in_words(float(last.revenue) / float(before.revenue) - 1)
    return f"{sentence}, {change} {BEFORE}: {periods.revenue}"


def change_in_words(change: float) -> str:
    """Return a change in words: 12% more than, as much as."""
    if percent(abs(change)) == NONE:
        return "as much as in"
    return f"{percent(abs(change))} {'more' if change > 0 else 'less'} than in"


def _span(period: Period) -> str:
    """Return the first and the last day of a period."""
    last = period.newest - timedelta(days=PERIOD_DAYS * period.number)
    return f"{day(last - timedelta(days=PERIOD_DAYS - 1))} to{HARD_SPACE}{day(last)}"


def _dates(periods: Comparison) -> str:
    return f"Last {PERIOD_DAYS} days: {_span(periods.last)}. The {PERIOD_DAYS} days before: {_span(periods.before)}."


def _reason(periods: Comparison) -> str:
    """Return which of buyers, orders per buyer and order value changed the revenue most, if they can be compared."""
    last, before = periods.last, periods.before
    if not all(row.revenue > 0 and row.buyers for row in (last, before)):
        return ""
    factors = {
        "the number of buyers": last.buyers / before.buyers,
        "orders per buyer": (last.orders / last.buyers) / (before.orders / before.buyers),
        "the value of an order": float(last.revenue / last.orders) / float(before.revenue / before.orders),
    }
    name, factor = max(factors.items(), key=lambda item: abs(log(item[1])))
    parts = ", ".join(f"{label} {_signed(value - 1)}" for label, value in factors.items())
    if abs(log(factor)) < log(1.005):
        return f"Nothing behind it changed by more than half a percent: {parts}."
    if periods.revenue != CLEAR:
        return f"Its factors: {parts}."
    return f"Most of the change is {name}: {parts}."


def _signed(change: float) -> str:
    text = percent(change)
    return f"+{text}" if change > 0 and text != NONE else text


def _fact(measure: Measure, periods: Sequence[Period], comparison: Comparison) -> Fact:
    older = [*periods[1:], None]
    values = [measure.value(row, before) for row, before in zip(periods, older, strict=True)]
    known = [value for value in reversed(values) if value is not None]
    caption = f"{measure.label} of {count(len(known))} periods of {PERIOD_DAYS} days, the newest last"
    return Fact(
        measure.label,
        measure.written(values[0]),
        measure.change(comparison),
        sparkline(known, f"{caption}: {', '.join(map(measure.written, known))}") if len(known) > 1 else None,
    )


def _relative(
    value: Callable[[Period, Period | None], float | None], verdict: Callable[[Comparison], str]
) -> Callable[[Comparison], str]:
    def change(periods: Comparison) -> str:
        now, earlier = value(periods.last, None), value(periods.before, None)
        if now is None or earlier is None or earlier <= 0:
            return "no value before to compare with"
        text = _signed(now / earlier - 1)
        return f"{'unchanged' if text == NONE else text} against {BEFORE}: {verdict(periods)}"

    return change


def _order_value_change(periods: Comparison) -> str:
    last, before = periods.last, periods.before
    if not is_enough(last.orders, before.orders):
        return TOO_FEW
    groups = [(float(row.revenue), row.squares, row.orders) for row in (last, before)]
    return "more than orders ordinarily vary" if is_clear_mean(*groups[0], *groups[1]) else "no clear change"


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


def _retention_change(periods: Comparison) -> str:
    last, before, oldest = periods.last, periods.before, periods.oldest
    if oldest is None:
        return "no earlier period to compare with"
    return _points((last.returning, before.buyers), (before.returning, oldest.buyers), "buyers")


def _return_change(periods: Comparison) -> str:
    last, before = periods.last, periods.before
    now = last.returned_orders, last.orders + last.returned_orders
    text = _points(now, (before.returned_orders, before.orders + before.returned_orders), "orders")
    fell = text.removeprefix("lower: ")
    return text if fell == text else f"not yet known: {fell}, and newest orders can still be returned"


def _points(now: tuple[int, int], earlier: tuple[int, int], noun: str) -> str:
    """Return how two shares differ, in percentage points, or that they are of too few."""
    if not is_enough(now[1], earlier[1]):
        return f"too few {noun} to compare ({count(now[1])} and {count(earlier[1])})"
    rates = now[0] / now[1], earlier[0] / earlier[1]
    if not is_clear(*now, *earlier):
        return f"no clear change from {percent(rates[1])}"
    return f"{'higher' if rates[0] > rates[1] else 'lower'}: {percent(rates[1])} before"


MEASURES = (
    Measure(
        "Net revenue",
        _revenue,
        lambda value: short_money(value or 0),
        _relative(_revenue, lambda periods: periods.revenue),
    ),
    Measure(
        "Buyers",
        _buyers,
        lambda value: count(int(value or 0)),
        _relative(_buyers, lambda periods: periods.by_day(lambda row: row.buyers)),
    ),
    Measure(
        "Average order value",
        _order_value,
        lambda value: _dash(value, money),
        _relative(_order_value, _order_value_change),
    ),
    Measure("Retention", _retention, percent, _retention_change),
    Measure("Return rate", _return_rate, percent, _return_change),
)


def _dash(value: float | None, written: Callable[[float], str]) -> str:
    return DASH if value is None else written(value)


def _table(periods: Sequence[Period]) -> Table:
    rows = tuple(
        (
            _span(row),
            money(row.revenue),
            count(row.buyers),
            count(row.orders),
            _dash(_order_value(row, None), money),
            percent(_retention(row, before)),
            percent(_return_rate(row, None)),
        )
        for row, before in zip(periods, [*periods[1:], None], strict=True)
    )
    head = ("Period", "Net revenue", "Buyers", "Orders", "Average order value", "Retention", "Return rate")
    return Table(f"Periods of {PERIOD_DAYS} days", head, rows, frozenset(range(1, 7)))
