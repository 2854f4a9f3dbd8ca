"""Retention by cohort."""

from __future__ import annotations

from collections.abc import Sequence

from dataflows.report import queries
from dataflows.report.queries import COHORTS
from dataflows.report.rows import AgeTotal, CohortMonth
from marketing_ibis.report.blocks import HeatMap, Section, Tile, level_of
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import HARD_SPACE, count, percent, share, short_month

LATER = 6
"""The month that the title reports in addition to the first."""


def retention(totals: Sequence[AgeTotal]) -> dict[int, float]:
    """Return the share of buyers who ordered in each month after their first, over all cohorts that completed it."""
    return {row.age: row.active / row.complete_buyers for row in totals if row.age and row.complete_buyers}


def finding(totals: Sequence[AgeTotal]) -> str:
    """Return how many buyers come back in the month after their first order, and later."""
    rates = retention(totals)
    if not rates:
        return "No month after a first order is complete yet"
    first = min(rates)
    period = "the month after their first order" if first == 1 else f"month {first} after their first order"
    sentence = f"{percent(rates[first])} of buyers order again in {period}"
    return f"{sentence}, {percent(rates[LATER])} in month {LATER}" if LATER in rates and first < LATER else sentence


def section(answers: Answers) -> Section:
    """Return the section on retention."""
    return describe(answers.rows(queries.cohorts), answers.rows(queries.retention))


def describe(cohorts: Sequence[CohortMonth], totals: Sequence[AgeTotal]) -> Section:
    """Return the section with the heat map: the newest cohorts, and the average of all."""
    if not any(row.age for row in totals):
        return Section("retention", "Cohorts", "No cohort has a month after its first yet")
    return Section(
        "retention",
        "Cohorts",
        finding(totals),
        lead="Each cell is the percentage of a cohort's buyers with a successful order that many months after the month"
        f" of their first. Month{HARD_SPACE}0 is 100% by definition and omitted.",
        heat_maps=(heat_map(cohorts, totals),),
        notes=(
            "Hatched: the month is not over, so the number can still grow; averages exclude it.",
            _cohorts_note(totals),
        ),
    )


def _cohorts_note(totals: Sequence[AgeTotal]) -> str:
    number, oldest = max(row.cohorts for row in totals), max(row.age for row in totals)
    scope = "All cohorts" if number <= COHORTS else f"The newest {COHORTS} of {number} cohorts"
    months = f", each up to month {COHORTS - 1} of {oldest}," if oldest >= COHORTS else ""
    return f"{scope}{months} are drawn. The title and the last row cover all cohorts."


def heat_map(cohorts: Sequence[CohortMonth], totals: Sequence[AgeTotal]) -> HeatMap:
    """Return cohorts down, months across, darker where more buyers came back; all cohorts in the last row."""
    ages = range(1, min(COHORTS, max(row.age for row in totals) + 1))
    by_place = {(row.cohort, row.age): row for row in cohorts}
    sizes = {row.cohort: row.size for row in cohorts}
    rates = retention(totals)
    highest = max((row.active / row.size for row in cohorts if row.age and row.is_complete), default=0.0)
    rows = tuple(
        (short_month(cohort), (Tile(count(size)), *(_tile(by_place.get((cohort, age)), highest) for age in ages)))
        for cohort, size in sorted(sizes.items())
    )
    buyers = max(row.buyers for row in totals)
    averages = (Tile(_digits(rates[age]), level_of(rates[age], highest)) if age in rates else None for age in ages)
    return HeatMap(
        caption="Retention in percent by cohort (rows) and months since the first order (columns)",
        corner="Cohort",
        columns=("Buyers", *map(str, ages)),
        rows=rows,
        legend=("0%", percent(highest)),
        column_title="Months since the first order",
        total=("All", (Tile(count(buyers)), *averages)),
    )


def _tile(row: CohortMonth | None, highest: float) -> Tile | None:
    if row is None:
        return None
    rate = row.active / row.size
    return Tile(_digits(rate), 0 if not row.is_complete else level_of(rate, highest), is_partial=not row.is_complete)


def _digits(rate: float) -> str:
    return percent(share(rate, 1)).removesuffix("%")
