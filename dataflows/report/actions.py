"""What to do next about the customers: one action each, with how many customers it concerns and what they have paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from dataflows.marts.next_best_action import NO_ACTION
from dataflows.report import details
from dataflows.report.chance import LEAST
from dataflows.report.commands import TITLE, export_command
from dataflows.report.rows import Action
from marketing_ibis.report.bar_lines import Bar, bar_lines
from marketing_ibis.report.blocks import Commands, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, money, percent, share, short_money

NOTE = """\
Every customer has one action: the first of ten whose condition the customer meets. Net revenue is what these customers
have paid so far, not what the action would bring. The commands write rows of the table next_best_action and do not
check consent: to contact customers by an advertising or mailing system, declare an audience with the same
condition."""
TERMS = ("Next best action", "Churn risk", "Promotion", "Net revenue")


class Plan(NamedTuple):
    """An action over all of its customers."""

    name: str
    customers: int
    revenue: Decimal

    @property
    def value(self) -> Decimal:
        """What one of its customers has paid so far."""
        return self.revenue / self.customers if self.customers else Decimal(0)


def section(answers: Answers) -> Section:
    """Return the section on the next best actions."""
    return describe(answers.rows(details.actions))


def describe(actions: Sequence[Action]) -> Section:
    """Return the section on ``actions``, the one of most customers first."""
    plans = add_up(actions)
    if not plans:
        return Section("actions", "Customers", finding(plans), terms=TERMS)
    total = sum(plan.customers for plan in plans)
    caption = "Customers by their next best action, with their share of all customers and what they have paid so far."
    bars = [
        Bar(
            plan.name,
            plan.customers,
            f"{count(plan.customers)} · {percent(share(plan.customers, total))} · {short_money(plan.revenue)}",
        )
        for plan in plans
    ]
    return Section(
        "actions",
        "Customers",
        finding(plans),
        figures=(bar_lines(bars, caption),),
        tables=(table(plans),),
        notes=(NOTE,),
        terms=TERMS,
    )


def add_up(actions: Iterable[Action]) -> list[Plan]:
    """Return each action over all segments, the one of most customers first."""
    rows: dict[str, Plan] = {}
    for row in actions:
        plan = rows.get(row.name, Plan(row.name, 0, Decimal(0)))
        rows[row.name] = Plan(row.name, plan.customers + row.customers, plan.revenue + row.revenue)
    return sorted(rows.values(), key=lambda plan: (-plan.customers, plan.name))


def finding(plans: Sequence[Plan]) -> str:
    """Return the action of most customers, and the one whose customers have paid most each."""
    live = [plan for plan in plans if plan.name != NO_ACTION]
    if not live:
        return "No customer has a next best action"
    first, total = live[0], sum(plan.customers for plan in plans)
    text = (
        f"“{first.name}” is the next best action for {count(first.customers, 'customer')}"
        f" ({percent(share(first.customers, total))})"
    )
    large = [plan for plan in live if plan.customers >= LEAST and plan.revenue > 0]
    if not large:
        return f"{text}; too few customers to say whose action is worth most"
    best = max(large, key=lambda plan: (plan.value, plan.name))
    if best is first:
        return f"{text}, who have paid most each: {money(round(best.value, 2))}"
    return f"{text}; the {count(best.customers)} of “{best.name}” have paid most each: {money(round(best.value, 2))}"


def command(action: str) -> str:
    """Return the command that exports the customers of an action."""
    return export_command("next_best_action", column="next_best_action", value=action)


def table(plans: Sequence[Plan]) -> Table:
    """Return the actions with their customers and value, and the commands that export them."""
    total = sum(plan.customers for plan in plans)
    rows = tuple(
        (
            plan.name,
            count(plan.customers),
            percent(share(plan.customers, total)),
            money(plan.revenue),
            money(round(plan.value, 2)),
        )
        for plan in plans
    )
    head = ("Next best action", "Customers", "Share", "Net revenue so far", "Per customer")
    lines = tuple((plan.name, command(plan.name)) for plan in plans)
    return Table(
        "Next best actions",
        head,
        rows,
        frozenset(range(1, 5)),
        is_summary=True,
        commands=Commands(TITLE, lines),
    )
