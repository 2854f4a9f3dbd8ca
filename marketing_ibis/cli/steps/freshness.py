"""Query how old the sources are, report it, and exclude models that are built from old ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.output.data_test_console import COLOURS, LABELS
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import Failure, RunFailed, SelectionError
from marketing_ibis.graph import ancestors
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.freshness import FreshnessResult
    from marketing_ibis.model.dataflow import Dataflow


def query_freshness(session: Session, dataflow: Dataflow, names: Iterable[str]) -> Sequence[FreshnessResult]:
    """Return how fresh the sources among ``names`` are, and write it to a file."""
    from marketing_ibis.build.freshness import declared_sources, freshness_queries, query_freshness
    from marketing_ibis.build.planning import published_relations
    from marketing_ibis.outputs.artifacts import write_sources

    sources = declared_sources(dataflow, names)
    if not sources:
        return ()
    relations = published_relations(dataflow, session.schemas)
    started = time.perf_counter()
    with session.destination.open_to_read() as target:
        queries = freshness_queries(sources, target.dialect, session.as_of)
        results = query_freshness(queries, relations, target, session.as_of)
    write_sources(session.folder, session.invocation, results, time.perf_counter() - started)
    return results


def exclude_stale(session: Session, dataflow: Dataflow, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``names`` that are not built from a source that is too old; report which are excluded and why.

    Raises:
        RunFailed: nothing is left.
    """
    from marketing_ibis.build.freshness import stale_nodes

    results = query_freshness(session, dataflow, dataflow.sources)
    stale_names = stale_nodes(results, dataflow)
    fresh_names = tuple(name for name in names if name not in stale_names)
    stale_models = [name for name in names if name in stale_names and name in dataflow.models]
    for result in results:
        if result.status == "error":
            report_age(session.log, result)
    if stale_models:
        text = f"Skipped, because their sources are too old: {', '.join(stale_models)}."
        session.log.emit("note", text, level="warn", models=stale_models)
    if not any(name in dataflow.models for name in fresh_names):
        raise RunFailed(
            "Every selected model is built from a source that is too old; nothing was built.",
            hint="Load newer data, or build without --fresh-only.",
            failures=[failure_of(result) for result in results if result.status == "error"],
        )
    return fresh_names


def require_fresh(session: Session, dataflow: Dataflow, names: Sequence[str], *, warn_error: bool) -> None:
    """Stop a build whose sources are too old; with --warn-error also one whose sources warn.

    Raises:
        RunFailed: a source that the chosen models depend on is too old.
        SelectionError: none of these sources declares how old its data may be.
    """
    # Exposures are selected too, and have no part in a build.
    nodes = set(names) & dataflow.nodes.keys()
    needed = nodes | ancestors(dataflow.graph(), nodes)
    results = query_freshness(session, dataflow, needed & set(dataflow.sources))
    if not results:
        raise SelectionError(
            "--require-fresh has nothing to check: no source of the selected models declares how old its data may be.",
            hint="Declare it: @source(freshness=freshness(...)).",
        )
    stopping = {"error", "warn"} if warn_error else {"error"}
    stale = [result for result in results if result.status in stopping]
    if stale:
        raise RunFailed(
            f"{'; '.join(_stale_reason(result) for result in stale)}. Nothing was built.",
            hint="Load newer data, or build without --require-fresh.",
            failures=map(failure_of, stale),
        )


def failure_of(result: FreshnessResult) -> Failure:
    """Return the event data of a source that is too old."""
    return Failure("source", result.source, str(result.relation), _stale_reason(result), "")


def _stale_reason(result: FreshnessResult) -> str:
    criteria = result.criteria
    limit = criteria.error_after if result.status == "error" else criteria.warn_after
    limit_text = f"at most {format_age(limit)} allowed" if limit is not None else "no age allowed"
    if result.age is None:
        return f"{result.relation} has no {criteria.column} up to the day of the build ({limit_text})"
    age = f"newest {criteria.column} {result.newest}, {format_age(result.age)} old"
    return f"{result.relation} is too old: {age} ({limit_text})"


def report_age(log: Log, result: FreshnessResult) -> None:
    """Print how old a source is."""
    log.emit(
        "source_aged",
        _line(result),
        level={"pass": "info", "warn": "warn", "error": "error"}[result.status],  # type: ignore[arg-type]
        relation=str(result.relation),
        status=result.status,
        newest=str(result.newest) if result.newest is not None else None,
        seconds=result.age.total_seconds() if result.age is not None else None,
    )


def _line(result: FreshnessResult) -> str:
    label = click.style(LABELS[result.status], fg=COLOURS[result.status])
    column = f"{result.relation} {result.criteria.column}"
    if result.age is None:
        return f"{label} {column}: no value up to as_of"
    limits = {"warn": result.criteria.warn_after, "error": result.criteria.error_after}
    limit_text = ", ".join(f"{name} after {format_age(limit)}" for name, limit in limits.items() if limit is not None)
    return f"{label} {column}: newest {result.newest}, {format_age(result.age)} old ({limit_text})"


def format_age(age: timedelta) -> str:
    """Return an age in days, or in hours where it is not a whole number of days."""
    hours = age.total_seconds() / 3600
    return plural("day", int(hours // 24)) if hours % 24 == 0 else f"{hours:,.1f} hours"
