"""Put the sections together and fill the template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from marketing_ibis import __version__
from marketing_ibis.report.blocks import Section
from marketing_ibis.report.context import Context
from marketing_ibis.report.reading import read_shop
from marketing_ibis.report.rows import Shop
from marketing_ibis.report.sections import (
    channels,
    cohorts,
    data_tests,
    headline,
    ltv,
    products,
    returns,
    revenue,
    rfm,
    segments,
)
from marketing_ibis.report.theme import dark_rules
from marketing_ibis.report.wording import count, day, either

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target

SCOPE = ".insights"
"""The class of the element that holds the report; its styles touch nothing outside of it."""
STYLES = Path(__file__).parent / "templates" / "report.css"


@dataclass(frozen=True, slots=True)
class Page:
    """A report before it is markup."""

    as_of: str
    newest: str
    facts: tuple[headline.Fact, ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    successful: str


def document(target: Target, schema: str, context: Context) -> Markup:
    """Return the report as one HTML document."""
    return render("document.html", page_of(read_shop(target, schema), context))


def fragment(target: Target, schema: str, context: Context) -> Markup:
    """Return the report as one HTML element with its styles."""
    return render("fragment.html", page_of(read_shop(target, schema), context))


def page_of(shop: Shop, context: Context) -> Page:
    """Return what the report says of a shop."""
    rules = context.rules
    sections = (
        revenue.section(shop.months, shop.as_of),
        segments.section(shop.segments, shop.total),
        rfm.section(shop.cells, rules.score_groups),
        cohorts.section(shop.cohorts, shop.retention),
        ltv.section(shop.cohorts, shop.retention),
        products.section(shop.products, shop.classes, rules.abc_limits),
        returns.section(shop.products, shop.classes),
        channels.section(shop.channels, shop.credits, rules.weights),
        data_tests.section(context.tests, context.problem),
    )
    as_of = day(shop.as_of) if shop.as_of else "no day: the tables are empty"
    newest = f"The newest complete day of the sources is {day(context.newest_day)}." if context.newest_day else ""
    warnings = tuple(filter(None, (days_apart(shop), back_dated(shop, context))))
    facts = headline.facts(shop.total, rules.successful)
    return Page(as_of, newest, facts, sections, warnings, either(rules.successful))


def render(template: str, page: Page) -> Markup:
    """Fill a template of the package with ``page``."""
    styles = Markup(STYLES.read_text("utf-8"))  # noqa: S704  # a file of the package
    dark = Markup(dark_rules(SCOPE))  # noqa: S704  # constants of the package
    text = _environment().get_template(template).render(page=page, styles=styles, dark=dark, version=__version__)
    return Markup(text)  # noqa: S704  # autoescaped


def days_apart(shop: Shop) -> str:
    """Return a warning where the marts show different days; nothing where they agree."""
    days = sorted({built.as_of for built in shop.built if built.as_of})
    if len(days) < 2:
        return ""
    shown = "; ".join(f"{built.mart}: {day(built.as_of)}" for built in shop.built if built.as_of)
    return f"The tables show different days ({shown}), so their numbers do not add up. Build all of them for one day."


def back_dated(shop: Shop, context: Context) -> str:
    """Return what a report as of an earlier day than the newest of the sources leaves out, and whom it counts."""
    as_of, newest = shop.as_of, context.newest_day
    if as_of is None or newest is None or as_of >= newest:
        return ""
    dates = f"This report is as of {day(as_of)}, and the sources have data up to {day(newest)}."
    customers = count(shop.total.customers, "customer")
    if context.has_sign_ups:
        return (
            f"{dates} Later orders and customers who signed up later are left out: {customers} had signed up or ordered"
            " by that day, or have no sign-up date."
        )
    return (
        f"{dates} Later orders are left out. All {customers} are counted, including those who signed up later, because"
        " no sign-up date is set."
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
