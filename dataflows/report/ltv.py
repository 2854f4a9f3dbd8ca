"""Lifetime value of a buyer by cohort, month by month."""

from __future__ import annotations

from collections.abc import Sequence

from dataflows.report import queries
from dataflows.report.queries import COHORTS
from dataflows.report.rows import AgeTotal, CohortMonth
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import (
    COLOUR,
    CROWDED,
    Spec,
    dollars_axis,
    figure,
    mark,
    nominal,
    quantitative,
    values,
)
from marketing_ibis.report.theme import ACCENT, AXIS, QUIET, WARM
from marketing_ibis.report.wording import count, money, month, short_month

AGE_NOTE = """\
Cohorts of different age compare at the same month only. The highest and the lowest of several cohorts differ by chance
alone, too; the difference is not tested."""


def common_age(cohorts: Sequence[CohortMonth]) -> int | None:
    """Return the latest month that at least half of the cohorts have completed, and at least two if there are two."""
    complete = [row for row in cohorts if row.is_complete]
    if not complete:
        return None
    ages = [row.age for row in complete]
    least_cohorts = max(len({row.cohort for row in complete}) / 2, min(2, ages.count(0)))
    return max(age for age in set(ages) if ages.count(age) >= least_cohorts)


def extremes(cohorts: Sequence[CohortMonth]) -> tuple[CohortMonth, CohortMonth] | None:
    """Return the cohorts with the highest and lowest value per buyer at the same age."""
    age = common_age(cohorts)
    if age is None:
        return None
    rows = [row for row in cohorts if row.age == age and row.is_complete]
    return max(rows, key=lambda row: row.ltv), min(rows, key=lambda row: row.ltv)


def finding(cohorts: Sequence[CohortMonth], older_cohorts: int = 0) -> str:
    """Return the value of a buyer of the best and of the weakest cohort at the same age.

    ``older_cohorts`` is how many older cohorts there are, which ``cohorts`` lacks.
    """
    ends = extremes(cohorts)
    if ends is None:
        return "No cohort has completed its first month yet"
    best, worst = ends
    period = f"By month {best.age}" if best.age else "In their first month"
    if older_cohorts:
        period = f"Among the newest {COHORTS} cohorts, {period[0].lower()}{period[1:]}"
    if best.cohort == worst.cohort:
        return f"{period}, a buyer of {month(best.cohort)} had brought {money(best.ltv)}"
    return (
        f"{period}, a buyer of {month(best.cohort)} had brought {money(best.ltv)}, one of {month(worst.cohort)}"
        f" {money(worst.ltv)}"
    )


def section(answers: Answers) -> Section:
    """Return the section on lifetime value."""
    return describe(answers.rows(queries.cohorts), answers.rows(queries.retention))


def describe(cohorts: Sequence[CohortMonth], totals: Sequence[AgeTotal] = ()) -> Section:
    """Return the section with the curves of the newest cohorts; ``totals`` say how many there are."""
    older_cohorts = max(0, max((row.cohorts for row in totals), default=0) - COHORTS)
    complete = [row for row in cohorts if row.is_complete]
    if not complete:
        return Section("ltv", "Cohorts", finding(cohorts, older_cohorts))
    age = common_age(cohorts)
    caption = (
        "Net revenue so far for each buyer of a cohort, in dollars, by months since the first order. One line per"
        f" cohort; in color those worth most and least at month {age}. Months that are not over are omitted."
    )
    rows = tuple((month(row.cohort), count(row.size), money(row.ltv)) for row in complete if row.age == age)
    head = ("Cohort", "Buyers", f"Revenue per buyer by month {age}")
    return Section(
        "ltv",
        "Cohorts",
        finding(cohorts, older_cohorts),
        figures=(figure(lambda width: chart(complete, width), caption, name="ltv"),),
        tables=(Table(f"Cohorts at month {age}", head, rows, frozenset({1, 2})),),
        notes=(
            AGE_NOTE,
            *(
                (f"{count(older_cohorts, 'older cohort')} {'is' if older_cohorts == 1 else 'are'} not drawn.",)
                if older_cohorts
                else ()
            ),
        ),
    )


def chart(complete: Sequence[CohortMonth], width: int) -> Spec:
    """Return one line per cohort, the best and the weakest in colour with their names."""
    ends = extremes(complete)
    colours = {} if ends is None else {ends[1].cohort: WARM} | {ends[0].cohort: ACCENT}
    points = [
        {
            "cohort": row.cohort.isoformat(),
            "age": row.age,
            "ltv": row.ltv,
            "colour": colours.get(row.cohort, QUIET),
            "label": short_month(row.cohort),
        }
        for row in complete
    ]
    last = {row.cohort: row.age for row in complete}
    last_ages = {cohort.isoformat(): last[cohort] for cohort in colours}
    coloured = [point for point in points if point["cohort"] in last_ages]
    labels = [point for point in coloured if point["age"] == last_ages[str(point["cohort"])]]
    plot, margin = (width - 60, 70) if width > CROWDED else (width - 56, 52)
    oldest = max(last.values())
    ticks = list(range(0, oldest + 1, _step(oldest, width)))
    across = quantitative(
        "age",
        scale={"domain": [0, max(oldest, 1) * plot / (plot - margin)], "nice": False},
        axis={"title": "Months since the first order", "values": ticks, "grid": False},
    )
    up = quantitative("ltv", axis=dollars_axis())
    place, line = {"x": across, "y": up}, {"x": across, "y": up, "detail": nominal("cohort"), "color": COLOUR}
    endpoints = [point for point in coloured if ends and point["age"] == ends[0].age]
    age = ends[0].age if ends else 0
    return {
        "width": plot,
        "height": 280 if width > CROWDED else 220,
        "layer": [
            mark("rule", {"x": across}, data=values([{"age": age}]), strokeDash=[2, 3], stroke=AXIS),
            mark("line", line, data=values(points), strokeWidth=1),
            mark("line", line, data=values(coloured), strokeWidth=2.5),
            mark("point", {**place, "color": COLOUR}, data=values(endpoints), filled=True, size=40, opacity=1),
            mark("text", {**place, "text": nominal("label")}, data=values(labels), align="left", dx=8),
        ],
    }


def _step(oldest: int, width: int) -> int:
    most = 24 if width > CROWDED else 6
    return max(1, -(-oldest // most))
