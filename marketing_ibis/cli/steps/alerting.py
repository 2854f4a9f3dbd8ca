"""Turn the outcome of a command into findings of its alert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from marketing_ibis.cli.alerts import add_findings

if TYPE_CHECKING:
    from marketing_ibis.build.freshness import FreshnessResult
    from marketing_ibis.build.health import Anomaly
    from marketing_ibis.build.published import Warned
    from marketing_ibis.build.run import RunResults
    from marketing_ibis.cli.steps.building import BuildOutcome
    from marketing_ibis.cli.steps.testing import FinishedTests
    from marketing_ibis.outputs.alerts import Finding

UNUSUAL = {"rows": "an unusual number of rows", "total": "an unusual total", "null_share": "an unusual share of NULLs"}


def alert_of_build(outcome: BuildOutcome) -> BuildOutcome:
    """Add the warnings and the drift of a build to its alert."""
    plan = outcome.planned_build.plan
    owners = plan.facts.owners
    add_findings(
        plan.as_of,
        lambda: data_test_warnings(outcome.results, owners),
        lambda: _warned(outcome.warned, owners),
        lambda: _drift(outcome.results, owners),
        lambda: _anomalies(outcome.anomalies, owners),
    )
    return outcome


def alert_of_tests(finished_tests: FinishedTests) -> FinishedTests:
    """Add the warnings of data tests to the alert."""
    compiled_tests = finished_tests.compiled_tests
    owners = compiled_tests.planned.owners
    add_findings(compiled_tests.job.session.as_of, lambda: data_test_warnings(finished_tests.results, owners))
    return finished_tests


def alert_of_ages(as_of: date, results: Sequence[FreshnessResult]) -> None:
    """Add the sources that are nearly too old to the alert."""
    add_findings(as_of, lambda: _old_sources(results))


def data_test_warnings(results: RunResults, owners: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the data tests that warn."""
    from marketing_ibis.outputs.alerts import Finding

    for data_test in results.data_tests:
        if data_test.status == "warn":
            place = f"{data_test.relation}.{data_test.column}" if data_test.column else str(data_test.relation)
            name, count, owner = data_test.name, data_test.failures, owners.get(data_test.node, "")
            yield Finding("warning", place, "warning of the data test", name, count, "failure", owner)


def _warned(warned: Iterable[Warned], owners: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what functions of the project warn of, without the words of a warning that may contain personal data."""
    from marketing_ibis.outputs.alerts import Finding

    for each in warned:
        owner = next((owners[name] for name in each.subjects if owners.get(name)), "")
        text = "a warning that may contain personal data is in the log" if each.has_personal_data else each.text
        yield Finding("warning", ", ".join(each.subjects), text.rstrip("."), owner=owner)


def _old_sources(results: Iterable[FreshnessResult]) -> Iterator[Finding]:
    from marketing_ibis.outputs.alerts import Finding

    for result in results:
        if result.status == "warn":
            yield Finding("warning", result.source, "is older than it should be")


def _drift(results: RunResults, owners: Mapping[str, str]) -> Iterator[Finding]:
    from marketing_ibis.outputs.alerts import Finding

    for result in results.results:
        if result.drift and not (result.step.incremental and result.step.incremental.is_repair):
            name, days = result.step.name, len(result.drift)
            yield Finding("drift", name, "differs from its source", "", days, "day", owners.get(name, ""))


def _anomalies(anomalies: Iterable[Anomaly], owners: Mapping[str, str]) -> Iterator[Finding]:
    from marketing_ibis.outputs.alerts import Finding

    for anomaly in anomalies:
        owner = owners.get(anomaly.subject.partition(".")[0], "")
        yield Finding("warning", anomaly.subject, UNUSUAL[anomaly.metric], owner=owner)
