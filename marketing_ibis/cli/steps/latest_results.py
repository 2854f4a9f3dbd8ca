"""Keep the newest result of what a command built, filled or tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.session import Options
from marketing_ibis.cli.steps.days import newest_complete_day
from marketing_ibis.engines.base import IN_MEMORY
from marketing_ibis.project.settings import Project
from marketing_ibis.project.static_parsing import Node

if TYPE_CHECKING:
    from marketing_ibis.build.run import Result, RunResults
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.report import Context, Report
    from marketing_ibis.testing.batches import Suite
    from marketing_ibis.testing.run import DataTestResult


@dataclass(slots=True)
class BuildMoment:
    """When a build published its tables; None until it does."""

    at: datetime | None = None

    def now(self) -> datetime:
        """Note that the tables are published now, and return the moment."""
        self.at = datetime.now(UTC)
        return self.at


def place_of(project: Project, destination: Destination, options: Options) -> str:
    """Return which warehouse results belong to: its database and the models' schema."""
    place = str(destination)
    if destination.engine.is_local_file:
        database, folder = destination.database.resolve(), options["target_path"].resolve()
        # A project's folder may be moved with the warehouse in it.
        inside = database.is_relative_to(folder)
        place = database.relative_to(folder).as_posix() if inside else database.as_posix()
    return f"{place}, schema {project.model_schema}"


def latest_results(project: Project, destination: Destination, options: Options) -> LatestResults:
    """Return the newest results of the warehouse that the options name, as far as commands recorded them."""
    return read_latest(options["target_path"], place_of(project, destination, options))


def standing_results(project: Project, destination: Destination, options: Options, target: Target) -> LatestResults:
    """Return the newest results of an open warehouse, with when it says that its models were built."""
    from marketing_ibis.build.metrics import published_tables

    tables = target.attempt("days", lambda: published_tables(target, project.model_schema))
    return latest_results(project, destination, options).published(tables)


def report_context(
    project: Project, report: Report, dataflow: Dataflow, latest: LatestResults, target: Target
) -> Context:
    """Return what a report can use besides the rows of its tables."""
    from marketing_ibis.build.test_summary import data_test_keys, summarize_tests
    from marketing_ibis.report import Context
    from marketing_ibis.testing.collect import declared_data_tests

    data_tests = declared_data_tests(dataflow, project.tests)
    _, newest = newest_complete_day(project, dataflow, dataflow.sources, target)
    return Context(
        tests=summarize_tests(latest, data_test_keys(data_tests)),
        problem=latest.problem,
        newest_day=newest,
        days=latest.days(report.models),
        inputs=dataflow.inputs,
        models=dataflow.models,
    )


def keep_seeded(project: Project, destination: Destination, options: Options, counts: Mapping[str, int]) -> None:
    """Record the rows of each source that was filled.

    Raises:
        UsageError: the file cannot be written.
    """
    at = datetime.now(UTC)
    names = {node.table: name for name, node in project.nodes().items() if node.kind == "source"}
    filled = {
        names[table]: BuildResult("success", at, rows=rows, built_at=at)
        for table, rows in counts.items()
        if table in names
    }
    _keep(project, destination, options, filled, ())


def keep_results(
    project: Project,
    destination: Destination,
    options: Options,
    results: RunResults,
    suites: Iterable[Suite],
    as_of: date,
    moment: BuildMoment,
) -> None:
    """Record what a command built and tested.

    Raises:
        UsageError: the file cannot be written.
    """
    nodes, at = project.nodes(), moment.at or datetime.now(UTC)
    released = frozenset(results.released)
    builds = {r.step.name: _build_result(r, r.step.name in released, at, as_of) for r in results.results}
    earlier = latest_results(project, destination, options)
    current = earlier.replaced(builds, ())
    withheld = builds.keys() - released
    needed = {
        (suite.node, probe.data_test.name): (suite.node, *sorted(suite.reads - {suite.node}))
        for suite in suites
        for probe in suite.probes
    }
    behind = {name: tables_behind(nodes, name) for names in needed.values() for name in names}
    tests = [
        _test_result(data_test, reads, current.newest(reads), withheld.isdisjoint(reads), at, as_of)
        for data_test in results.data_tests
        for reads in [tuple(dict.fromkeys(t for name in needed[data_test.node, data_test.name] for t in behind[name]))]
    ]
    _keep(project, destination, options, builds, tests)


def tables_behind(nodes: Mapping[str, Node], name: str) -> tuple[str, ...]:
    """Return ``name``, and for a view also the tables, views and sources that it shows."""
    found, ahead = dict.fromkeys((name,)), [name]
    while ahead:
        node = nodes.get(ahead.pop())
        if node is not None and node.kind == "model" and node.materialized == "view":
            ahead += [parent for parent in node.parents if parent not in found]
            found |= dict.fromkeys(node.parents)
    return tuple(found)


def _build_result(result: Result, is_released: bool, at: datetime, as_of: date) -> BuildResult:
    if not is_released:
        return BuildResult(result.status, at, result.seconds, result.message)
    return BuildResult(result.status, at, result.seconds, result.message, result.rows, at, as_of)


def _test_result(
    data_test: DataTestResult,
    reads: tuple[str, ...],
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
        reads=reads,
        built_at=built_at,
        is_published=is_published,
        keys=tuple(map(plain_key, data_test.keys)),
    )


def _keep(
    project: Project,
    destination: Destination,
    options: Options,
    builds: Mapping[str, BuildResult],
    tests: Iterable[TestResult],
) -> None:
    # Nothing of a database in memory is there for a later command.
    if str(destination.database) != IN_MEMORY:
        keep_latest(options["target_path"], place_of(project, destination, options), builds, tests)
