"""What to do next about the customers: one action each, with how many customers it concerns and what they have paid."""

from __future__ import annotations

from collections.abc import Sequence

from dataflows.lib.clv_rows import HORIZON_DAYS
from dataflows.marts.next_best_action import NO_ACTION
from dataflows.report import details
from dataflows.report.action_totals import ActionTotal, add_up
from dataflows.report.chance import LEAST
from dataflows.report.commands import TITLE, export_command
from dataflows.report.first_step import as_clause, first_step
from dataflows.report.rows import Action, ActionValue
from marketing_ibis.report.bar_lines import Bar, bar_lines
from marketing_ibis.report.blocks import Commands, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, count, money, percent, share, short_money

NOTE = """\
Every customer has one action: the first of ten whose condition the customer meets; an action of no customer is not
listed. Net revenue is what these customers have paid so far, not what the action would bring. The commands write rows
of the table next_best_action and do not check consent: to contact customers by an advertising or mailing system,
declare an audience with the same condition."""
FORECAST_NOTE = f"""\
The group to contact first is chosen by what customers have paid so far; the forecast is what they are expected to spend
in the next {HORIZON_DAYS} days if they are not contacted, so that it is not what the action would bring either."""
TERMS = ("Next best action", "Churn risk", "Promotion", "Net revenue")


def section(answers: Answers) -> Section:
    """Return the section on the next best actions."""
    return describe(answers.rows(details.actions), answers.rows(details.action_values))


def describe(actions: Sequence[Action], values: Sequence[ActionValue] = ()) -> Section:
    """Return the section on ``actions``, the one of most customers first; ``values`` are what their customers bring."""
    totals = add_up(actions, values)
    if not totals:
        return Section("actions", "Customers", finding(totals), terms=TERMS)
    has_forecast = any(total.forecast is not None for total in totals)
    customers = sum(total.customers for total in totals)
    caption = "Customers by their next best action, with their share of all customers and what they have paid so far."
    bars = [
        Bar(
            total.name,
            total.customers,
            f"{count(total.customers)} · {percent(share(total.customers, customers))} · {short_money(total.revenue)}",
        )
        for total in totals
    ]
    return Section(
        "actions",
        "Customers",
        finding(totals),
        figures=(bar_lines(bars, caption),),
        tables=(table(totals, has_forecast=has_forecast),),
        notes=(NOTE, FORECAST_NOTE) if has_forecast else (NOTE,),
        terms=TERMS,
    )


def finding(totals: Sequence[ActionTotal]) -> str:
    """Return the first step and the action of most customers; without a first step, whose customers paid most each."""
    live = [total for total in totals if total.name != NO_ACTION]
    if not live:
        return "No customer has a next best action"
    largest = live[0]
    text = _most(largest, sum(total.customers for total in totals))
    if step := first_step(live):
        return f"{text}; {as_clause(step, largest)}"
    large = [total for total in live if total.customers >= LEAST and total.revenue > 0]
    if not large:
        return f"{text}; too few customers to say whose action is worth most"
    best = max(large, key=lambda total: (total.per_customer, total.name))
    paid = money(round(best.per_customer, 2))
    if best is largest:
        return f"{text}, who have paid most each: {paid}"
    return f"{text}; the {count(best.customers)} of “{best.name}” have paid most each: {paid}"


def _most(largest: ActionTotal, customers: int) -> str:
    part = f"{count(largest.customers, 'customer')} ({percent(share(largest.customers, customers))})"
    return f"“{largest.name}” is the next best action for {part}"


def command(action: str) -> str:
    """Return the command that exports the customers of an action."""
    return export_command("next_best_action", column="next_best_action", value=action)


def table(totals: Sequence[ActionTotal], *, has_forecast: bool) -> Table:
    """Return the actions with their customers and value, and the commands that export them."""
    customers = sum(total.customers for total in totals)
    rows = tuple(
        (
            total.name,
            count(total.customers),
            percent(share(total.customers, customers)),
            money(total.revenue),
            money(round(total.per_customer, 2)),
            *([DASH if total.forecast is None else money(round(total.forecast, 2))] if has_forecast else []),
        )
        for total in totals
    )
    head = (
        *("Next best action", "Customers", "Share", "Net revenue so far", "Per customer"),
        *([f"Forecast, next {HORIZON_DAYS} days"] if has_forecast else []),
    )
    lines = tuple((total.name, command(total.name)) for total in totals)
    return Table(
        "Next best actions",
        head,
        rows,
        frozenset(range(1, len(head))),
        is_summary=True,
        commands=Commands(TITLE, lines),
    )
