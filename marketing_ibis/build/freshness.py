"""How old the newest data of each source is at the end of as_of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from marketing_ibis.build.facts import FreshnessQuery
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target, existing_kinds
from marketing_ibis.errors import SourceError
from marketing_ibis.graph import descendants
from marketing_ibis.model import Freshness, Source
from marketing_ibis.model.dataflow import Dataflow

FreshnessStatus = Literal["pass", "warn", "error"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreshnessResult:
    """The newest value of a source up to as_of, and its age; both are None where there is no value."""

    source: str
    relation: Relation
    criteria: Freshness
    newest: date | datetime | None
    age: timedelta | None
    status: FreshnessStatus


def declared_sources(dataflow: Dataflow, names: Iterable[str]) -> tuple[Source, ...]:
    """Return the sources among ``names`` that say how fresh they must be."""
    chosen = set(names)
    return tuple(s for s in dataflow.sources.values() if s.declaration.freshness and s.name in chosen)


def freshness_queries(sources: Iterable[Source], dialect: Dialect, as_of: date) -> tuple[FreshnessQuery, ...]:
    """Return the queries of how fresh ``sources`` are that declare it.

    Values after as_of are passed over: they tell nothing of what has arrived.
    """
    return tuple(
        FreshnessQuery(source.name, source.declaration.freshness, newest_select(source, dialect, as_of))
        for source in sources
        if source.declaration.freshness
    )


def query_freshness(
    queries: Iterable[FreshnessQuery], relations: Mapping[str, Relation], target: Target, as_of: date
) -> tuple[FreshnessResult, ...]:
    """Return how fresh each source is.

    Raises:
        SourceError: a source does not exist.
    """
    return tuple(_query_newest(query, relations[query.source], target, as_of) for query in queries)


def stale_nodes(results: Iterable[FreshnessResult], dataflow: Dataflow) -> frozenset[str]:
    """Return the sources that are too old, with all that is built from them."""
    stale = {result.source for result in results if result.status == "error"}
    return descendants(dataflow.graph(), stale) | stale


def newest_select(source: Source, dialect: Dialect, as_of: date) -> str:
    """Return the SELECT of a source's newest value up to as_of."""
    criteria = source.declaration.freshness
    if criteria is None:
        raise ValueError(source.name)
    import ibis  # a run has its queries from the plan

    table = ibis.table(source.schema, name=source.name)
    past = table.filter(criteria.values(table).cast("date") <= ibis.date(as_of))
    return dialect.select(past.agg(newest=criteria.values(past).max()))


def _query_newest(query: FreshnessQuery, relation: Relation, target: Target, as_of: date) -> FreshnessResult:
    if not existing_kinds(target, (relation,)):
        raise SourceError(
            f"The source table {relation} does not exist.", hint=f"{ENGINES[target.dialect.name].filling}."
        )
    select, criteria = target.dialect.resolve(query.select, {query.source: relation}), query.criteria
    ((newest,),) = target.attempt(query.source, lambda: target.query(select))
    age = age_of(newest, as_of)
    return FreshnessResult(query.source, relation, criteria, newest, age, evaluate_age(criteria, age))  # type: ignore[arg-type]


def age_of(newest: object, as_of: date) -> timedelta | None:
    """Return the time from a value to the end of as_of; a day counts to its own end."""
    if isinstance(newest, datetime):
        return datetime.combine(as_of, time()) + DAY - newest.replace(tzinfo=None)
    return as_of - newest if isinstance(newest, date) else None


def evaluate_age(criteria: Freshness, age: timedelta | None) -> FreshnessStatus:
    """Return what an age means; a source without any value is as old as can be."""
    if criteria.error_after is not None and (age is None or age > criteria.error_after):
        return "error"
    if criteria.warn_after is not None and (age is None or age > criteria.warn_after):
        return "warn"
    return "pass"
