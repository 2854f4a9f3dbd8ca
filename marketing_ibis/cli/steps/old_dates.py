"""Warn of published tables whose rows a wrong date has multiplied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from marketing_ibis.errors import MarketingIbisError

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.engines.dialect import Relation
    from marketing_ibis.engines.target import Target

OLDEST = date(1970, 1, 1)
"""No order was placed before, so an older date is a placeholder for none: 0001-01-01, 1900-01-01."""


def old_date_warnings(plan: Plan, results: RunResults, target: Target) -> Iterator[str]:
    """Yield a warning of each published table with a row per period that begins before any order was placed."""
    for result in results.results:
        step = result.step
        if result.rows is None or step.name not in results.published_models:
            continue
        period = step.period
        if not period:
            continue
        try:
            oldest = date_span(target, step.name, step.relation, period)[0]
            if oldest is None or not _is_before(oldest, OLDEST):
                continue
            source_spans = list(_source_spans(plan, step.name, target))
        except MarketingIbisError as error:
            yield f"{step.name}: its oldest {period} could not be read. {error.message}"
            continue
        places = f"{' and '.join(source_spans)}: correct" if source_spans else "Correct"
        yield f"{step.name} has {result.rows:,} rows because {period} begins at {oldest}. {places} the wrong dates."


def _source_spans(plan: Plan, model: str, target: Target) -> Iterator[str]:
    """Yield from when to when the dates of each source of a model go."""
    for name, column in plan.facts.dates_behind([model]).items():
        first, last = date_span(target, name, plan.published[name], column)
        yield f"{name}.{column} is between {first} and {last}"


def date_span(target: Target, name: str, relation: Relation, column: str) -> tuple[str | None, str | None]:
    """Return the smallest and the largest value of a column, as text: Python has no dates beyond 9999."""
    identifier = target.dialect.identifier(column)
    values = ", ".join(f"CAST({function}({identifier}) AS VARCHAR(40))" for function in ("MIN", "MAX"))
    select = f"SELECT {values} FROM {target.dialect.relation(relation)}"
    ((first, last),) = target.attempt(name, lambda: target.query(select))
    return _day(first), _day(last)


def _day(text: object) -> str | None:
    return None if text is None else str(text).partition(" 00:00:00")[0]


def _is_before(text: str, day: date) -> bool:
    """Compare by year, of which text may have more or fewer digits than four."""
    year = text.partition("-")[0]
    return text.endswith("BC") or "(BC)" in text or (year.isdecimal() and int(year) < day.year)
