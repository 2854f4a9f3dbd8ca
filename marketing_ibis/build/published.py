"""Query the warnings of the tables that a run published."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import ibis

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.validation import project_code


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT of rows to warn of, each of which fills ``message``, and the models that it reads."""

    name: str
    message: str
    select: str
    columns: tuple[str, ...]
    depends_on: frozenset[str]


def questions(dataflow: Dataflow, plan: Plan) -> tuple[Question, ...]:
    """Return the questions about what ``plan`` publishes.

    Raises:
        CompileError: one cannot become SQL.
    """
    tables = {name: ibis.table(node.schema, name=name) for name, node in dataflow.nodes.items()}
    built = {step.name for step in plan.steps()}
    compiled_questions = []
    for function in dataflow.warnings:
        parameters = inspect.signature(function).parameters
        depends_on = frozenset(parameters) & set(dataflow.models)
        if not depends_on & built:
            continue
        with project_code(f"Warning {function.__name__}"):
            rows = function(**{name: tables.get(name, dataflow.inputs.get(name)) for name in parameters})
            select = plan.dialect.select(rows)
        message: str = function.warns  # type: ignore[attr-defined]
        compiled_questions.append(Question(function.__name__, message, select, tuple(rows.columns), depends_on))
    return tuple(compiled_questions)


def warnings(
    project_questions: Iterable[Question], plan: Plan, target: Target, published_models: Collection[str] = ()
) -> Iterator[str]:
    """Yield the warnings of the models ``published_models``; a failure here does not undo the publishing."""
    for question in project_questions:
        if not question.depends_on & set(published_models):
            continue
        try:
            names = target.attempt(question.name, lambda: target.relations(plan.schemas.models))
            if all(plan.published[name].name in names for name in question.depends_on):
                yield from _messages(question, plan, target)
        except MarketingIbisError as error:
            yield f"{question.name} could not look at the published tables: {error}"


def _messages(question: Question, plan: Plan, target: Target) -> Iterator[str]:
    select = plan.dialect.resolve(question.select, plan.published)
    for row in target.attempt(question.name, lambda: target.query(select)):
        yield question.message.format(**dict(zip(question.columns, row, strict=True)))
