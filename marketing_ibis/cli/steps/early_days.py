"""Warn of tables that are empty because the sources begin after the day of the build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marketing_ibis.cli.steps.old_dates import date_span
from marketing_ibis.errors import MarketingIbisError

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.target import Target


def early_day_warning(plan: Plan, results: RunResults, target: Target) -> str:
    """Return a warning where a table is empty and all data of its sources are later than as_of; "" otherwise.

    Only sources that declare how old their data may be have a known day. An empty source is no reason for a warning.
    """
    dated = set(plan.facts.dated)
    empty = [result.step.name for result in results.results if result.rows == 0 and result.step.name in dated]
    if not empty:
        return ""
    try:
        first_days = dict(_first_days(plan, empty, target))
    except MarketingIbisError as error:
        return f"The first days of the sources could not be read. {error.message}"
    as_of = plan.as_of.isoformat()
    if not first_days or not all(day > as_of for day in first_days.values()):
        return ""
    begins = " and ".join(f"{column} begins at {day}" for column, day in first_days.items())
    has_failed = any(test.status in ("fail", "error") for test in results.data_tests)
    tests = " Failed tests may have the same cause." if has_failed else ""
    tables = "1 table is" if len(empty) == 1 else f"{len(empty)} tables are"
    return f"There is no data as of {as_of}, so {tables} empty: {begins}. Build with a later --as-of.{tests}"


def _first_days(plan: Plan, models: list[str], target: Target) -> Iterator[tuple[str, str]]:
    """Yield each dated column of the sources of ``models`` with the day of its first row."""
    for name, column in plan.facts.dates_behind(models).items():
        first, _ = date_span(target, name, plan.published[name], column)
        if first is not None:
            yield f"{name}.{column}", first
