"""Whom a report of a past day counts: without sign-up dates, those with an order by then."""

from __future__ import annotations

from dataclasses import replace

from dataflows.report import queries
from dataflows.report.rows import Total, newest_day
from dataflows.report.rules import has_sign_ups
from marketing_ibis.report.declaration import Answers


def is_undated(answers: Answers) -> bool:
    """Return whether customers without an order may have signed up after the day of the report."""
    as_of, newest = newest_day(answers.rows(queries.built)), answers.context.newest_day
    return as_of is not None and newest is not None and as_of < newest and not has_sign_ups(answers.context.models)


def with_orders(total: Total) -> Total:
    """Return the total of the customers who placed an order, of any status."""
    return replace(total, customers=total.customers - total.without_orders, without_orders=0)
