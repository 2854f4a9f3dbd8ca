"""Plan a build with its data tests, and tell how it went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from marketing_ibis.cli.destination import Destination
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import (
    Options,
    changes_of,
    compile_selected,
    day_of,
    dialect_of,
    not_built,
    schemas_of,
    selected,
)
from marketing_ibis.cli.steps.freshness import require_fresh, without_stale
from marketing_ibis.cli.steps.latest_results import BuildMoment
from marketing_ibis.errors import LeftOut
from marketing_ibis.plurals import plural
from marketing_ibis.project.selection import names_tests
from marketing_ibis.project.settings import Project
from marketing_ibis.project.static_parsing import graph_of

if TYPE_CHECKING:
    from marketing_ibis.build.metrics import Measured
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.build.run import Result
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.testing.run import DataTestResult, Verifier


@dataclass(slots=True)
class Gate:
    """The data tests of a build, and what is kept of it."""

    project: Project
    destination: Destination
    options: Options
    dataflow: Dataflow
    measured: list[Measured] = field(default_factory=list)
    moment: BuildMoment = field(default_factory=BuildMoment)
    left_out: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, project: Project, destination: Destination, options: Options) -> Gate:
        """Compile what is selected of the project."""
        return cls(project, destination, options, compile_selected(project, options))

    def plan(self) -> Plan:
        """Return the plan that builds and tests what is selected: a source alone is tested.

        What --exclude says of tests leaves out these tests and no model.

        Raises:
            SelectionError: there is nothing to build or to test.
            RunFailed: with --require-fresh a source is too old, or with --fresh-only one that every model depends on.
        """
        from marketing_ibis.build.plan import build_plan
        from marketing_ibis.testing.collect import declared_data_tests, select_data_tests

        nodes = self.project.nodes()
        of_tests = [selector for selector in self.options["exclude"] if names_tests(selector)]
        of_models = [selector for selector in self.options["exclude"] if selector not in of_tests]
        chosen = selected(nodes, {**self.options, "exclude": of_models})
        data_tests = declared_data_tests(self.dataflow, self.project.tests)
        if of_tests:
            data_tests = select_data_tests(
                data_tests, nodes, graph_of(nodes), exclude=of_tests, changes=changes_of(self.options)
            )
        if self.options["require_fresh"]:
            require_fresh(self.project, self.dataflow, chosen, self.destination, self.options)
        if self.options["fresh_only"] and any(name in self.dataflow.models for name in chosen):
            fresh = without_stale(self.project, self.dataflow, chosen, self.destination, self.options)
            self.left_out = [name for name in chosen if name in self.dataflow.models and name not in fresh]
            chosen = fresh
        with dialect_of(self.destination, self.options) as dialect:
            plan = build_plan(self.dataflow, chosen, dialect, schemas_of(self.project), data_tests)
        if not plan.waves and not plan.suites:
            raise not_built(nodes, chosen, self.options)
        return plan

    def verifier(self, plan: Plan, target: Target) -> Verifier:
        """Return who answers the plan's tests, as the options have it."""
        return verifier_of(plan.relations, plan.schemas.models, target, self.options)

    def record(
        self,
        target: Target,
        plan: Plan,
        results: Sequence[Result],
        data_tests: Sequence[DataTestResult],
        standing: Collection[str],
    ) -> Iterable[str]:
        """Measure the build and return the statements that keep what was measured."""
        from marketing_ibis.build import metrics as history
        from marketing_ibis.build.freshness import ask_freshness, declared_sources

        as_of = day_of(self.project, self.options)
        sources = declared_sources(self.dataflow, standing)
        self.measured = [
            *history.pipeline_health(results, data_tests, history.documentation_coverage(self.dataflow)),
            *history.data_age(ask_freshness(sources, plan.relations, target, as_of)),
            *history.measure(plan, target),
        ]
        return history.append_statements(plan, self.measured, as_of, self.moment.now())

    def record_failure(
        self, plan: Plan, results: Sequence[Result], data_tests: Sequence[DataTestResult]
    ) -> Iterable[str]:
        """Return the statements that keep the numbers of a build that failed."""
        from marketing_ibis.build import metrics as history

        measured = history.pipeline_health(results, data_tests, history.documentation_coverage(self.dataflow))
        return history.failure_statements(plan, measured, day_of(self.project, self.options))

    def check_complete(self) -> None:
        """Say by the exit code that models were excluded.

        Raises:
            LeftOut: with --fresh-only, models depend on sources that are too old.
        """
        if self.left_out:
            raise LeftOut(
                f"Published without {plural('model', len(self.left_out))} that depend on sources that are too old:"
                f" {', '.join(self.left_out)}.",
                hint="Load newer data and build again; their tables are as they were.",
            )

    def tell(self) -> None:
        """Print what was measured, but for the seconds that stand beside each model."""
        told = [_told(one) for one in self.measured if one.metric != "model_seconds"]
        if told:
            measures = [asdict(one) for one in self.measured]
            current_log().tell("build_measured", f"Health: {', '.join(told)}.", measures=measures)


def verifier_of(relations: object, schema: str, target: Target, options: Options) -> Verifier:
    """Return who answers tests of ``relations``, keeping failures beside ``schema`` if that is asked for."""
    from marketing_ibis.testing.run import AUDIT_SUFFIX, Verifier

    audit = f"{schema}{AUDIT_SUFFIX}" if options["store_failures"] else ""
    return Verifier(target, relations, warn_error=options["warn_error"], audit=audit)  # type: ignore[arg-type]


def _told(one: Measured) -> str:
    words = one.metric.replace("_", " ")
    if one.metric.endswith("_seconds"):
        return f"{words} {one.value:.2f}"
    if one.metric.endswith("_days"):
        return f"{words} {one.value:g} ({one.subject})"
    return f"{words} {one.value:.1%}"
