"""Put the sections together and fill the template."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from marketing_ibis import __version__
from marketing_ibis.errors import CompileError
from marketing_ibis.report.blocks import NO_SECTION, Fact, Section, Term
from marketing_ibis.report.context import Context
from marketing_ibis.report.declaration import Answers, Frame, Report
from marketing_ibis.report.guarding import call_guarded
from marketing_ibis.report.reading import read_answers
from marketing_ibis.report.theme import dark_rules
from marketing_ibis.report.wording import both, day

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.target import Target

SCOPE = ".insights"
"""The class of the element that holds the report; its styles touch nothing outside of it."""
STYLES = Path(__file__).parent / "templates" / "report.css"


@dataclass(frozen=True, slots=True)
class Page:
    """A report before it is markup."""

    title: str
    as_of: str
    newest: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    models: str
    terms: Mapping[str, Term] = field(default_factory=dict)
    lead: str = ""

    @property
    def subjects(self) -> dict[str, str]:
        """The subjects of the sections, each with its name in links, in the order of the page."""
        return {section.kicker: section.subject for section in self.sections}


def document(report: Report, target: Target, schema: str, context: Context, dialect: Dialect | None = None) -> Markup:
    """Return a report as one HTML document."""
    return render("document.html", page_of(report, read_answers(report, target, schema, context, dialect)))


def fragment(report: Report, target: Target, schema: str, context: Context) -> Markup:
    """Return a report as one HTML element with its styles."""
    return render("fragment.html", page_of(report, read_answers(report, target, schema, context)))


def page_of(report: Report, answers: Answers) -> Page:
    """Return what a report says of its answers.

    Raises:
        CompileError: a section or the frame fails, or a section uses a term that the glossary does not have.
    """
    newest = answers.context.newest_day
    all_sections = [call_guarded(_name(section), section, Section, answers) for section in report.sections]
    sections = tuple(section for section in all_sections if section is not NO_SECTION)
    frame = call_guarded("The frame", report.frame, Frame, answers)
    terms = {term.name: term for term in frame.terms}
    _check_terms(sections, terms)
    return Page(
        title=report.title,
        as_of=frame.as_of or " and ".join(map(day, answers.context.days)),
        newest=f"The newest complete day of the sources is {day(newest)}." if newest else "",
        facts=frame.facts,
        sections=sections,
        warnings=frame.warnings,
        notes=frame.notes,
        models=both(_models(report, answers)),
        terms=terms,
        lead=frame.lead,
    )


def _check_terms(sections: Iterable[Section], terms: Container[str]) -> None:
    for section in sections:
        missing = [term for term in section.terms if term not in terms]
        if missing:
            raise CompileError(
                f"The section {section.anchor} uses the term {missing[0]}, which the glossary does not have.",
                hint="Add it to the terms of the report's frame.",
            )


def _models(report: Report, answers: Answers) -> tuple[str, ...]:
    """Return the models that a report is drawn from."""
    return tuple(name for name in report.models if name in answers.context.models)


def render(template: str, page: Page) -> Markup:
    """Fill a template of the package with ``page``."""
    styles = Markup(STYLES.read_text("utf-8"))  # noqa: S704  # a file of the package
    dark = Markup(dark_rules(SCOPE))  # noqa: S704  # constants of the package
    text = _environment().get_template(template).render(page=page, styles=styles, dark=dark, version=__version__)
    return Markup(text)  # noqa: S704  # autoescaped


def _name(section: Callable[[Answers], Section]) -> str:
    return f"The section {section.__module__}.{section.__qualname__}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
