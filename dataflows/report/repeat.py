"""Whether retention is getting better: new buyers of different months, and repeat purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflows.report import decisions, queries
from dataflows.report.chance import is_clear, is_enough
from dataflows.report.rows import CohortMonth, GroupAge, Repeat
from marketing_ibis.report.blocks import HeatMap, Section, Table, Tile, View, level_of
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import (
    CROWDED,
    Spec,
    figure,
    mark,
    nominal,
    quantitative,
    temporal,
    values,
)
from marketing_ibis.report.theme import ACCENT
from marketing_ibis.report.wording import (
    DASH,
    HARD_SPACE,
    count,
    distinct,
    month,
    percent,
    share,
    short_month,
)

RECENT = 3
"""Cohorts that are compared with those of the same months a year before, or with those before them."""
LATER = range(2, 7)
"""Months after the first order that can contradict the first one."""
UNCHANGED = "has not clearly changed"
DAYS = (30, 90, 365)
ATTRIBUTES = {"first_channel": "channel", "first_campaign": "campaign", "first_product": "product"}
Comparison = tuple[list[CohortMonth], list[CohortMonth], str]
"""The newest cohorts, those that they are compared with, and which these are."""
CHANCE_NOTE = """\
A difference is called clear only if chance explains it less than one time in twenty. The month after the first order
and the later months that are compared share this error (Bonferroni's method): at most one such title in twenty has a
month that is clear by chance alone."""
CENSORED = """\
Customers count for a period only once all of it has passed: newer buyers are excluded, so that a growing shop does not
look worse than it is. The share who continued so far includes everyone, newest buyers too."""
GROUPS_NOTE = """\
Groups of fewer buyers are (other). Channel and campaign of the first order are stand-in rules on the order itself. A
group may differ because its customers do: that does not prove what the channel, campaign or product causes."""
TERMS = ("Retention", "Repeat purchase", "Cohort", "Censored", "Continuation")


def section(answers: Answers) -> Section:
    """Return the section on repeat purchase."""
    cohorts = answers.rows(queries.cohorts)
    return describe(cohorts, answers.rows(decisions.repeats), answers.rows(decisions.group_ages))


def describe(cohorts: Sequence[CohortMonth], repeats: Sequence[Repeat], groups: Sequence[GroupAge] = ()) -> Section:
    """Return the section on the first month after the first order, by cohort, and on order after order."""
    first_months = [row for row in cohorts if row.age == 1]
    complete = [row for row in first_months if row.is_complete]
    if not any(row.customers for row in repeats):
        return Section("repeat", "Retention", "No customer has bought yet")
    excluded = len({row.cohort for row in cohorts}) - len(complete)
    caption = (
        "Share of each cohort's buyers who ordered again in the calendar month after that of their first order."
        f" {count(excluded, 'cohort')} whose month is not over {'is' if excluded == 1 else 'are'} excluded."
    )
    drawn = (figure(lambda width: chart(complete, width), caption, name="repeat"),) if len(complete) > 1 else ()
    rows = tuple((month(row.cohort), count(row.size), count(row.active), _rate(row)) for row in reversed(complete))
    head = ("Cohort", "Buyers", "Ordered again in month 1", "Retention")
    by_cohort = Table("Retention in month 1 by cohort", head, rows, frozenset({1, 2, 3}))
    return Section(
        "repeat",
        "Retention",
        finding(complete, [row for row in cohorts if row.is_complete and row.age in LATER]),
        lead=lead(repeats),
        figures=drawn,
        tables=(*([by_cohort] if rows else []), repeat_table(repeats)),
        views=tuple(views(groups)),
        view_title="Retention of buyers by the channel, campaign or product of their first order",
        notes=(CHANCE_NOTE, CENSORED, *([GROUPS_NOTE] if groups else [])),
        terms=TERMS,
    )


def finding(complete: Sequence[CohortMonth], later: Sequence[CohortMonth] = ()) -> str:
    """Return whether the newest cohorts come back more than earlier ones, beyond what chance explains.

    Of ``later`` months after the first order, the first that clearly says otherwise is named too. All months that are
    compared share the error.
    """
    recent, earlier, period = comparison(complete)
    if not recent or not earlier:
        return "Too little data to say whether retention is getting better: few cohorts have a month that is over"
    now, before = _totals(recent), _totals(earlier)
    if not is_enough(now[1], before[1]):
        return f"Too few buyers to say whether retention is getting better: {count(now[1])} and {count(before[1])}"
    others = compared_months(later)
    verdict = _verdict(recent, earlier, 1 + len(others))
    text = (
        f"Retention in the month after the first order {verdict}: {percent(share(*now))} of the buyers of"
        f" {_span(recent)} ordered again, {percent(share(*before))} {period}"
    )
    return f"{text}{_contradiction(others, verdict)}"


def _verdict(recent: Sequence[CohortMonth], earlier: Sequence[CohortMonth], comparisons: int) -> str:
    now, before = _totals(recent), _totals(earlier)
    if not is_clear(*now, *before, comparisons=comparisons):
        return UNCHANGED
    return "is clearly better" if now[0] * before[1] > before[0] * now[1] else "is clearly worse"


def compared_months(later: Sequence[CohortMonth]) -> dict[int, Comparison]:
    """Return the comparison of each of ``later`` months that has cohorts to compare."""
    compared = {age: comparison([row for row in later if row.age == age]) for age in sorted({row.age for row in later})}
    return {age: (recent, earlier, period) for age, (recent, earlier, period) in compared.items() if recent and earlier}


def _contradiction(others: Mapping[int, Comparison], verdict: str) -> str:
    """Return the first of other months whose clear verdict is another one; all of them share the error."""
    for age, (recent, earlier, period) in others.items():
        other = _verdict(recent, earlier, 1 + len(others))
        if other not in (UNCHANGED, verdict):
            return (
                f"; in month {age} it {other}: {percent(share(*_totals(recent)))} of the buyers of {_span(recent)},"
                f" {percent(share(*_totals(earlier)))} {period}"
            )
    return ""


def comparison(complete: Sequence[CohortMonth]) -> Comparison:
    """Return the newest cohorts, those to compare them with, and which these are."""
    ordered = sorted(complete, key=lambda row: row.cohort)
    recent = ordered[-RECENT:]
    by_month = {(row.cohort.year, row.cohort.month): row for row in ordered}
    year_before = [(row.cohort.year - 1, row.cohort.month) for row in recent]
    same_months = [by_month[key] for key in year_before if key in by_month]
    if len(same_months) == RECENT:
        return recent, same_months, "of those a year before"
    before = ordered[-2 * RECENT : -RECENT]
    return recent, before, f"of those of {_span(before)}" if before else ""


def _totals(rows: Sequence[CohortMonth]) -> tuple[int, int]:
    return sum(row.active for row in rows), sum(row.size for row in rows)


def _span(rows: Sequence[CohortMonth]) -> str:
    first, last = month(rows[0].cohort), month(rows[-1].cohort)
    return first if first == last else f"{first} to {last}"


def _rate(row: CohortMonth) -> str:
    return percent(share(row.active, row.size))


def lead(repeats: Sequence[Repeat]) -> str:
    """Return how many buyers order a second time within the longest period that enough of them have behind them."""
    first = repeats[0]
    known = {days: (_eligible(first, days), _returned(first, days)) for days in DAYS}
    days = max((days for days, (eligible, _) in known.items() if is_enough(eligible)), default=None)
    if days is None:
        return f"Too few buyers have had {DAYS[0]} days to order again: {count(first.eligible_30)}."
    eligible, returned = known[days]
    median = "" if first.median_days is None else f" Half of the second orders came within {first.median_days:g} days."
    return (
        f"Of the {count(eligible, 'buyer')} who first ordered {days} days or more before the day of this report,"
        f" {percent(returned)} ordered again within {days} days.{median}"
    )


def _eligible(row: Repeat, days: int) -> int:
    return {30: row.eligible_30, 90: row.eligible_90, 365: row.eligible_365}[days]


def _returned(row: Repeat, days: int) -> float | None:
    return {30: row.returned_30, 90: row.returned_90, 365: row.returned_365}[days]


def repeat_table(repeats: Sequence[Repeat]) -> Table:
    """Return the table of order numbers, with how many customers each share is of."""
    rows = tuple(
        (
            f"after order {row.number}".replace(" ", HARD_SPACE),
            count(row.customers),
            percent(share(row.continued, row.customers)),
            DASH if row.median_days is None else f"{row.median_days:g}",
            *(cell for days in DAYS for cell in (percent(_returned(row, days)), count(_eligible(row, days)))),
        )
        for row in repeats
    )
    by_days = tuple(name for days in DAYS for name in (f"Within {days} days", f"of those {days}+ days ago"))
    head = ("Orders", "Buyers", "Continued so far", "Median days to the next", *by_days)
    return Table("Repeat purchase, order after order", head, rows, frozenset(range(1, len(head))), is_folded=False)


def views(groups: Sequence[GroupAge]) -> list[View]:
    """Return one heat map of retention by group for each attribute."""
    result = []
    for attribute, label in ATTRIBUTES.items():
        rows = [row for row in groups if row.attribute == attribute]
        if any(row.age for row in rows):
            result.append(View(f"By first {label}", heat_maps=(heat_map(rows, label),)))
    return result


def heat_map(rows: Sequence[GroupAge], label: str) -> HeatMap:
    """Return groups down, months across, darker where more buyers came back."""
    ages = sorted({row.age for row in rows if row.age})
    rates = {(row.value, row.age): share(row.active, row.buyers) for row in rows}
    sizes = {row.value: max(other.buyers for other in rows if other.value == row.value) for row in rows}
    highest = max((rate or 0 for (_, age), rate in rates.items() if age), default=0.0)
    names = sorted(sizes, key=lambda name: (-sizes[name], name))

    def tile(name: str, age: int) -> Tile | None:
        rate = rates.get((name, age))
        return None if rate is None else Tile(percent(rate).removesuffix("%"), level_of(rate, highest))

    return HeatMap(
        caption=f"Retention in percent by first {label} (rows) and months since the first order (columns)",
        corner=f"First {label}",
        columns=("Buyers", *map(str, ages)),
        rows=tuple(
            (shown, (Tile(count(sizes[name])), *(tile(name, age) for age in ages)))
            for shown, name in zip(distinct(names), names, strict=True)
        ),
        legend=("0%", percent(highest)),
        column_title="Months since the first order",
    )


def chart(complete: Sequence[CohortMonth], width: int) -> Spec:
    """Return a line of the retention in month 1 from cohort to cohort, the last one labelled."""
    ordered = sorted(complete, key=lambda row: row.cohort)
    points = [
        {
            "cohort": f"{row.cohort.isoformat()}T00:00:00",
            "rate": row.active / row.size,
            "label": f"{short_month(row.cohort)}: {_rate(row)}" if row is ordered[-1] else "",
        }
        for row in ordered
    ]
    plot = width - (160 if width > CROWDED else 130)
    rates = {"title": None, "format": ".0%", "tickCount": 4, "domain": False, "ticks": False}
    return {
        "data": values(points),
        "width": plot,
        "height": 180,
        "encoding": {
            "x": temporal("cohort", title=None, axis={"format": "%b %y", "grid": False, "labelOverlap": True}),
            "y": quantitative("rate", axis=rates),
        },
        "layer": [
            mark("line", {}, color=ACCENT, strokeWidth=2),
            mark("point", {}, filled=True, size=24, opacity=1, color=ACCENT),
            mark("text", {"text": nominal("label")}, align="left", dx=7),
        ],
    }
