"""The parts of the report around its sections: headline numbers, warnings, and definitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dataflows.report import headline, queries
from dataflows.report.glossary import GLOSSARY
from dataflows.report.past_days import is_undated, with_orders
from dataflows.report.rows import Built, Total, newest_day
from dataflows.report.rules import rules_of
from marketing_ibis.report.declaration import Answers, Frame
from marketing_ibis.report.wording import count, day, either

LEAD = "The last 28 days, ages of orders and forecasts count from this day, whenever the report is read."
NOTE = """\
Money is in dollars. Net revenue is what was paid for successful orders ({successful}); gross revenue includes
returned orders. A buyer is a customer with a successful order. Shares of revenue are omitted where revenue is not
above zero."""


def frame(answers: Answers) -> Frame:
    """Return the frame of the report."""
    context, built, total = answers.context, answers.rows(queries.built), answers.row(queries.total)
    successful, as_of = rules_of(context.inputs).successful, newest_day(built)
    only_with_orders = is_undated(answers)
    return Frame(
        as_of=day(as_of) if as_of else "no day: the tables are empty",
        lead=LEAD if as_of else "",
        facts=headline.facts(
            with_orders(total) if only_with_orders else total,
            successful,
            only_with_orders=only_with_orders,
            since=min((row.month for row in answers.rows(queries.months)), default=None),
        ),
        warnings=tuple(
            filter(None, (days_apart(built), back_dated(total, as_of, context.newest_day, not only_with_orders)))
        ),
        notes=(NOTE.format(successful=either(successful)),),
        terms=GLOSSARY,
    )


def days_apart(built: Sequence[Built]) -> str:
    """Return a warning if the marts show different days; nothing if they agree."""
    days = sorted({mart_day.as_of for mart_day in built if mart_day.as_of})
    if len(days) < 2:
        return ""
    listing = "; ".join(f"{mart_day.mart}: {day(mart_day.as_of)}" for mart_day in built if mart_day.as_of)
    return f"The tables show different days ({listing}), so their numbers do not add up. Build all of them for one day."


def back_dated(total: Total, as_of: date | None, newest: date | None, is_dated: bool) -> str:
    """Return what a report omits, and which customers it counts, if the sources have data after its day.

    ``is_dated`` says whether customers have sign-up dates.
    """
    if as_of is None or newest is None or as_of >= newest:
        return ""
    dates = f"This report is as of {day(as_of)}, and the sources have data up to {day(newest)}."
    customers = count(total.customers, "customer")
    if is_dated:
        return (
            f"{dates} Later orders and customers who signed up later are not counted: {customers} had signed up or"
            " ordered by that day, or have no sign-up date."
        )
    omitted, verb = count(total.without_orders, "customer"), "is" if total.without_orders == 1 else "are"
    return (
        f"{dates} Later orders are not counted. {omitted} without an order by that day {verb} excluded from the"
        " numbers of customers: no sign-up date says whether they had signed up. The lists to contact and the next best"
        " actions include them."
    )
