"""Keep the newest results of builds, seeds and data tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from marketing_ibis.build.latest_results import (
    BuildResult,
    LatestResults,
    TestResult,
    keep_latest,
    plain_key,
    read_latest,
)
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.days import newest_complete_day, tables_behind
from marketing_ibis.engines.base import IN_MEMORY

if TYPE_CHECKING:
    from marketing_ibis.build.run import Result, RunResults
    from marketing_ibis.engines.target import Target
    from marketing_ibis.report import Context, Report
    from marketing_ibis.testing.batches import Batch
    from marketing_ibis.testing.run import DataTestResult


def warehouse_of(session: Session) -> str:
    """Return which warehouse results belong to: its database and the models' schema."""
    destination = session.destination
    place = str(destination)
    if destination.engine.is_local_file:
        database, folder = destination.database.resolve(), session.folder.resolve()
        # A project's folder may be moved with the warehouse in it.
        inside = database.is_relative_to(folder)
        place = database.relative_to(folder).as_posix() if inside else database.as_posix()
    return f"{place}, schema {session.project.model_schema}"


def latest_results(session: Session) -> LatestResults:
    """Return the newest results of the warehouse, as far as commands recorded them."""
    return read_latest(session.folder, warehouse_of(session))


def published_results(session: Session, target: Target) -> LatestResults:
    """Return the newest results of an open warehouse, with when it says that its models were built."""
    from marketing_ibis.build.metrics import published_tables

    tables = target.attempt("days", lambda: published_tables(target, session.project.model_schema))
    return latest_results(session).published(tables)


def report_context(session: Session, report: Report, latest: LatestResults, target: Target) -> Context:
    """Return what a report can use besides the rows of its tables."""
    from marketing_ibis.build.recent_builds import recent_builds
    from marketing_ibis.build.test_summary import data_test_keys, summarize_tests
    from marketing_ibis.cli.steps.audiences import audience_sizes
    from marketing_ibis.report import Context
    from marketing_ibis.testing.collect import declared_data_tests

    dataflow = session.declarations
    data_tests = declared_data_tests(dataflow, session.project.tests)
    _, newest = newest_complete_day(session, dataflow.sources, target)
    return Context(
        tests=summarize_tests(latest, data_test_keys(data_tests)),
        problem=latest.problem,
        newest_day=newest,
        days=latest.days(report.models),
        inputs=dataflow.inputs,
        models=dataflow.models,
        absent=dataflow.absent,
        audiences=audience_sizes(session, target),
        builds=target.attempt("builds", lambda: recent_builds(target, session.project.model_schema)),
    )


def record_seeded(session: Session, counts: Mapping[str, int]) -> None:
    """Record the rows of each source that was filled.

    Raises:
        UsageError: the file cannot be written.
    """
    at = datetime.now(UTC)
    names = {node.table: name for name, node in session.nodes.items() if node.kind == "source"}
    builds = {
        names[table]: BuildResult("success", at, rows=rows, built_at=at)
        for table, rows in counts.items()
        if table in names
    }
    _keep(session, builds, ())


def record_results(
    session: Session,
    results: RunResults,
    batches: Iterable[Batch],
    views: Mapping[str, tuple[str, ...]],
    published_at: datetime | None = None,
) -> None:
    """Record what a command built and tested; ``views`` are those of the project, with what each reads.

    Raises:
        UsageError: the file cannot be written.
    """
    as_of, at = session.as_of, published_at or datetime.now(UTC)
    published_models = frozenset(results.published_models)
    builds = {r.step.name: _build_result(r, r.step.name in published_models, at, as_of) for r in results.results}
    earlier = latest_results(session)
    current = earlier.replaced(builds, ())
    unpublished = builds.keys() - published_models
    tested_tables = {
        (batch.node, query.data_test.name): (batch.node, *sorted(batch.depends_on - {batch.node}))
        for batch in batches
        for query in batch.queries
    }
    tables_of = {name: tables_behind(views, name) for names in tested_tables.values() for name in names}
    tests = [
        _test_result(data_test, tables, current.newest(tables), unpublished.isdisjoint(tables), at, as_of)
        for data_test in results.data_tests
        for tables in [
            tuple(dict.fromkeys(t for name in tested_tables[data_test.node, data_test.name] for t in tables_of[name]))
        ]
    ]
    _keep(session, builds, tests)


def _build_result(result: Result, is_released: bool, at: datetime, as_of: date) -> BuildResult:
    if not is_released:
        return BuildResult(result.status, at, result.seconds, result.message)
    return BuildResult(result.status, at, result.seconds, result.message, result.rows, at, as_of)


def _test_result(
    data_test: DataTestResult,
    tables: tuple[str, ...],
    built_at: datetime | None,
    is_published: bool,
    at: datetime,
    as_of: date,
) -> TestResult:
    return TestResult(
        data_test.node,
        data_test.name,
        data_test.status,
        at,
        as_of,
        failures=data_test.failures,
        seconds=data_test.seconds,
        message=data_test.message,
        severity=data_test.severity,
        reads=tables,
        built_at=built_at,
        is_published=is_published,
        keys=tuple(map(plain_key, data_test.keys)),
    )


def _keep(session: Session, builds: Mapping[str, BuildResult], tests: Iterable[TestResult]) -> None:
    # A database in memory ends with its command.
    if str(session.destination.database) != IN_MEMORY:
        keep_latest(session.folder, warehouse_of(session), builds, tests)
