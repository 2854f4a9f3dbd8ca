"""Retention by cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from marketing_ibis.site.report.blocks import HeatMap, Section, Tile, level_of
from marketing_ibis.site.report.queries import COHORTS
from marketing_ibis.site.report.rows import CohortMonth
from marketing_ibis.site.report.wording import HARD_SPACE, count, percent, share, short_month

LATER = 6
"""The month that the title tells beside the first."""


def retention(cohorts: Sequence[CohortMonth]) -> dict[int, float]:
    """Return the share of buyers who ordered in each month after their first, over the cohorts that completed it."""
    found = {}
    for age in sorted({row.age for row in cohorts if row.age and row.is_complete}):
        rows = [row for row in cohorts if row.age == age and row.is_complete]
        found[age] = sum(row.active for row in rows) / sum(row.size for row in rows)
    return found


def finding(cohorts: Sequence[CohortMonth]) -> str:
    """Return how many buyers come back in the month after their first order, and later."""
    rates = retention(cohorts)
    if not rates:
        return "No month after a first order is complete yet"
    first = f"{percent(rates[min(rates)])} of buyers order again in the month after their first"
    return f"{first}, {percent(rates[LATER])} in month {LATER}" if LATER in rates else first


def section(cohorts: Sequence[CohortMonth]) -> Section:
    """Return the section with the heat map."""
    if not any(row.age for row in cohorts):
        return Section("retention", "Cohorts", "No cohort has a month after its first yet")
    return Section(
        "retention",
        "Cohorts",
        finding(cohorts),
        lead="Percent of each cohort's buyers with a successful order so many months after the month of their first."
        f" Month{HARD_SPACE}0 is 100 % by definition and left out.",
        heat_maps=(heat_map(cohorts),),
        notes=(
            "Hatched: the month is not over, the number can still grow; averages leave it out.",
            f"Drawn are the cohorts of the newest {COHORTS} months.",
        ),
    )


def heat_map(cohorts: Sequence[CohortMonth]) -> HeatMap:
    """Return cohorts down, months across, darker where more buyers came back."""
    ages = range(1, max(row.age for row in cohorts) + 1)
    by_place = {(row.cohort, row.age): row for row in cohorts}
    sizes = {row.cohort: row.size for row in cohorts}
    rates = retention(cohorts)
    highest = max((row.active / row.size for row in cohorts if row.age and row.is_complete), default=0.0)
    rows = tuple(
        (short_month(cohort), (Tile(count(size)), *(_tile(by_place.get((cohort, age)), highest) for age in ages)))
        for cohort, size in sorted(sizes.items())
    )
    return HeatMap(
        caption="Retention in percent by cohort (rows) and months since the first order (columns)",
        corner="Cohort",
        columns=("Buyers", *map(str, ages)),
        rows=rows,
        legend=("0 %", percent(highest)),
        column_title="Months since the first order",
        total=("All", _all(sizes, rates, ages, highest)),
    )


def _tile(row: CohortMonth | None, highest: float) -> Tile | None:
    if row is None:
        return None
    rate = row.active / row.size
    return Tile(_digits(rate), 0 if not row.is_complete else level_of(rate, highest), is_partial=not row.is_complete)


def _all(sizes: Mapping[date, int], rates: Mapping[int, float], ages: range, highest: float) -> tuple[Tile | None, ...]:
    averages = (Tile(_digits(rates[age]), level_of(rates[age], highest)) if age in rates else None for age in ages)
    return (Tile(count(sum(sizes.values()))), *averages)


def _digits(rate: float) -> str:
    return percent(share(rate, 1)).removesuffix(f"{HARD_SPACE}%")
