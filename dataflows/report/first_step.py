"""The action with which the report says to begin, in the words of each section that names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dataflows.marts.next_best_action import PERSONAL_WIN_BACK, WIN_BACK
from dataflows.report.action_totals import ActionTotal
from marketing_ibis.report.wording import count, money, short_money

WIN_BACKS = (PERSONAL_WIN_BACK, WIN_BACK)
"""The actions for buyers at high risk, in the order in which the report says to contact them."""
OPENINGS = ("Begin with", "Then comes")


def win_backs(totals: Iterable[ActionTotal]) -> list[ActionTotal]:
    """Return the actions for buyers at high risk that have customers, in the order in which to contact these."""
    by_name = {total.name: total for total in totals}
    return [by_name[name] for name in WIN_BACKS if name in by_name]


def first_step(totals: Iterable[ActionTotal]) -> ActionTotal | None:
    """Return the action with which to begin, None if no buyer is at high risk."""
    return next(iter(win_backs(totals)), None)


def as_title(step: ActionTotal) -> str:
    """Return the first step with what its customers have paid."""
    verb = "has" if step.customers == 1 else "have"
    paid = f" who {verb} paid {short_money(step.revenue)} so far" if step.revenue > 0 else ""
    return f"{OPENINGS[0]} “{step.name}”: {count(step.customers, 'buyer')} at high risk{paid}"


def as_clause(step: ActionTotal, largest: ActionTotal) -> str:
    """Return the first step and what its customers have paid each, after a clause about the ``largest`` action.

    The mean comes with the median, since a single customer who paid much moves it.
    """
    size = "" if step is largest else count(step.customers, "customer")
    paid = f"{money(round(step.per_customer, 2))} paid each" if step.revenue > 0 else ""
    median = step.median if paid and step.customers > 1 else None
    half = "" if median is None else f"half of them {money(round(median, 2))} or less"
    facts = ", ".join(filter(None, (size, paid, half)))
    name = "it" if step is largest else f"“{step.name}”"
    return f"{OPENINGS[0].lower()} {name}{f' ({facts})' if facts else ''}"


def as_lead(totals: Sequence[ActionTotal], least_score: int) -> str:
    """Return the first step and the one after it, with the monetary scores that divide them at ``least_score``."""
    scores = {
        PERSONAL_WIN_BACK: f"a monetary score of {least_score} or more",
        WIN_BACK: f"a monetary score below {least_score}",
    }
    return " ".join(
        f"{opening} “{step.name}”: {count(step.customers, 'buyer')} with {scores[step.name]}."
        for opening, step in zip(OPENINGS, win_backs(totals), strict=False)
    )
