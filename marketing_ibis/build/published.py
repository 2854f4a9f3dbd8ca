"""Query the warnings of the tables that a run published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from marketing_ibis.build.facts import Question
from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError


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
