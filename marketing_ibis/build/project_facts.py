"""Compile what a plan reports with: the questions of a project, the ages of its sources, how its models depend."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from marketing_ibis.build.facts import ProjectFacts, Question
from marketing_ibis.build.freshness import declared_sources, freshness_queries
from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.metrics import documentation_coverage
from marketing_ibis.build.plan import Plan
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.validation import project_code
from marketing_ibis.project.health_rules import HealthRules
from marketing_ibis.project.personal_data import has_personal_data
from marketing_ibis.testing.collect import DataTests


def project_facts(
    dataflow: Dataflow,
    plan: Plan,
    data_tests: DataTests | None = None,
    dated: Iterable[str] = (),
    health: HealthRules = HealthRules(),
) -> ProjectFacts:
    """Return the facts that a run of ``plan`` with ``data_tests`` reports with.

    The rows of ``dated`` nodes depend on as_of.

    Raises:
        CompileError: a question cannot become SQL.
    """
    views = tuple(name for name, model in dataflow.models.items() if model.declaration.materialized == "view")
    sources, built = declared_sources(dataflow, dataflow.sources), {step.name for step in plan.steps()}
    tests_of_models = (
        None if data_tests is None else {name: tests for name, tests in data_tests.items() if name in built}
    )
    return ProjectFacts(
        dataflow.graph(),
        views,
        tuple(dated),
        freshness_queries(sources, plan.dialect, plan.as_of),
        questions(dataflow, plan),
        documentation_coverage(dataflow),
        model_identities(dataflow, tests_of_models),
        dataflow.owners,
        health,
    )


def questions(dataflow: Dataflow, plan: Plan) -> tuple[Question, ...]:
    """Return the questions about what ``plan`` publishes.

    Raises:
        CompileError: one cannot become SQL.
    """
    arguments = dataflow.arguments
    built = {step.name for step in plan.steps()}
    compiled_questions = []
    for function in dataflow.warnings:
        parameters = inspect.signature(function).parameters
        depends_on = frozenset(parameters) & set(dataflow.models)
        if not depends_on & built:
            continue
        with project_code(f"Warning {function.__name__}"):
            rows = function(**{name: arguments[name] for name in parameters})
            select = plan.dialect.select(rows)
        message: str = function.warns  # type: ignore[attr-defined]
        is_personal = has_personal_data(rows, dataflow)
        compiled_questions.append(
            Question(function.__name__, message, select, tuple(rows.columns), depends_on, is_personal)
        )
    return tuple(compiled_questions)
