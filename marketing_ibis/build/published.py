"""Query the warnings of the tables that a run published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from marketing_ibis.build.facts import Question
from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about the published tables ``subjects``."""

    text: str
    subjects: tuple[str, ...]
    has_personal_data: bool = False


def warnings(
    project_questions: Iterable[Question], plan: Plan, target: Target, published_models: Collection[str] = ()
) -> Iterator[Warned]:
    """Yield the warnings of the models ``published_models``; a failure here does not undo the publishing."""
    names: Collection[str] | None = None
    for question in project_questions:
        if not question.depends_on & set(published_models):
            continue
        try:
            if names is None:
                names = target.attempt(question.name, lambda: target.relations(plan.schemas.models))
            if all(plan.published[name].name in names for name in question.depends_on):
                yield from _messages(question, plan, target)
        except MarketingIbisError as error:
            text = f"{question.name} could not look at the published tables: {error}"
            # The engine's message may repeat a value of a row.
            yield Warned(text, tuple(sorted(question.depends_on)), has_personal_data=True)


def _messages(question: Question, plan: Plan, target: Target) -> Iterator[Warned]:
    select = plan.dialect.resolve(question.select, plan.published)
    for row in target.attempt(question.name, lambda: target.query(select)):
        text = question.message.format(**dict(zip(question.columns, row, strict=True)))
        yield Warned(text, tuple(sorted(question.depends_on)), question.has_personal_data)
