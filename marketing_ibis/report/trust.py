"""Whether the data behind the report can be trusted today: tests, freshness, and drift from earlier builds."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from marketing_ibis.build.recent_builds import SOURCE_AGE, BuildMetrics
from marketing_ibis.build.test_summary import FAILED
from marketing_ibis.report import data_tests
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, count, day, display_name

EARLIER = 5
"""How many earlier builds a drift is measured against, at least."""
DRIFT = 0.2
"""How far a number may be from the median of earlier builds, relatively, before it is called drift."""
OPERATION = ("all_model_seconds", "sample_customers", "build_failed")
"""Metrics of how a build ran, not of what is in its tables."""
DRIFT_NOTE = f"""\
Drift: a recorded number that differs from the median of the earlier published builds by more than {DRIFT:.0%};
{EARLIER} earlier builds are needed. Numbers of the tables themselves are compared, not how long builds took."""


def section(answers: Answers) -> Section:
    """Return the section on tests, freshness and drift, which any report may list."""
    context = answers.context
    tests = data_tests.section(answers)
    published = [build for build in context.builds if build.is_published]
    failures = [result for result in (*context.tests.current, *context.tests.withheld) if result.status in FAILED]
    changes = drifts(published)
    age = _age(answers)
    parts = [
        tests.title,
        *([f"the newest data is {count(age, 'day')} older than the day of the tables"] if age else []),
        *([f"{count(len(changes), 'number')} drifted"] if changes else []),
    ]
    warns = any(result.status == data_tests.WARNED for result in context.tests.current)
    careful = age or changes or not context.tests.current
    verdict = "No" if failures else "With care" if careful else "Mostly" if warns else "Yes"
    tables = [*tests.tables, *_numbers(published), *_ages(published)]
    return Section(
        "tests",
        "Can I trust the data today?",
        f"{verdict}: {'; '.join(part[0].lower() + part[1:] for part in parts)}",
        lead=" ".join(filter(None, (tests.lead, _builds_in_words(context.builds)))),
        tables=tuple(tables),
        notes=(DRIFT_NOTE,) if published else (),
    )


def drifts(published: Sequence[BuildMetrics]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the numbers of the newest build that differ from earlier ones, each with the median of these."""
    if len(published) <= EARLIER:
        return {}
    newest, *earlier = published
    result = {}
    for key, value in newest.values.items():
        past = [build.values[key] for build in earlier if key in build.values]
        if not _is_of_tables(key) or len(past) < EARLIER:
            continue
        usual = median(past)
        if abs(value - usual) > DRIFT * abs(usual):
            result[key] = value, usual
    return result


def _is_of_tables(key: tuple[str, str]) -> bool:
    """Return whether a number is of the tables as a whole: those of a model, a test or a source have a subject."""
    return not key[1] and key[0] not in OPERATION


def _age(answers: Answers) -> int:
    """Return by how many days the newest complete day of the sources is before the day of the tables.

    One day is the day that is not over yet.
    """
    newest, days = answers.context.newest_day, answers.context.days
    age = (max(days) - newest).days if newest and days else 0
    return age if age > 1 else 0


def _builds_in_words(builds: Sequence[BuildMetrics]) -> str:
    if not builds:
        return "No build has been recorded, so that freshness and drift are unknown."
    failed = sum(not build.is_published for build in builds)
    last = f"The newest of {count(len(builds), 'recorded build')} is of {day(builds[0].built_at.date())}"
    outcome = "" if builds[0].is_published else " and failed; the tables are those of an earlier one"
    return f"{last}{outcome}." + (f" {count(failed, 'build')} failed." if failed else "")


def _numbers(published: Sequence[BuildMetrics]) -> list[Table]:
    if not published:
        return []
    newest, *earlier = published
    changes = drifts(published)
    rows = []
    for key, value in sorted(newest.values.items()):
        if not _is_of_tables(key):
            continue
        past = [build.values[key] for build in earlier if key in build.values]
        usual = f"{median(past):.4g}" if past else DASH
        rows.append(
            (display_name(key[0], 60), f"{value:.4g}", usual, count(len(past)), "drift" if key in changes else "")
        )
    head = ("Number", "Newest build", "Median before", "Earlier builds", "Drift")
    return [Table("Numbers that builds recorded", head, tuple(rows), frozenset({1, 2, 3}))] if rows else []


def _ages(published: Sequence[BuildMetrics]) -> list[Table]:
    ages = [(key[1], value) for build in published[:1] for key, value in build.values.items() if key[0] == SOURCE_AGE]
    rows = tuple((display_name(name), f"{round(value, 1):g}") for name, value in sorted(ages))
    head = ("Source", "Days before the as-of day")
    return [Table("Age of the newest data", head, rows, frozenset({1}))] if rows else []
