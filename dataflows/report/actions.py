"""What to do next about the customers: one action each, with how many customers it concerns and what they have paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from dataflows.lib.clv_rows import HORIZON_DAYS
from dataflows.marts.next_best_action import NO_ACTION, PERSONAL_WIN_BACK, WIN_BACK
from dataflows.report import details
from dataflows.report.chance import LEAST
from dataflows.report.commands import TITLE, export_command
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
WIN_BACKS = (PERSONAL_WIN_BACK, WIN_BACK)
"""The actions for buyers at high risk, in the order in which the report says to contact them."""
TERMS = ("Next best action", "Churn risk", "Promotion", "Net revenue")


class Plan(NamedTuple):
    """An action over all of its customers."""

    name: str
    customers: int
    revenue: Decimal
    median: float | None = None
    """Half of its customers have paid this much or less."""
    forecast: float | None = None
    """What its customers are expected to spend, None without a forecast of any."""

    @property
    def value(self) -> Decimal:
        """What one of its customers has paid so far."""
        return self.revenue / self.customers if self.customers else Decimal(0)


def section(answers: Answers) -> Section:
    """Return the section on the next best actions."""
    return describe(answers.rows(details.actions), answers.rows(details.action_values))


def describe(actions: Sequence[Action], values: Sequence[ActionValue] = ()) -> Section:
    """Return the section on ``actions``, the one of most customers first; ``values`` are what their customers bring."""
    plans = add_up(actions, values)
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
        notes=(NOTE, FORECAST_NOTE) if has_forecast(plans) else (NOTE,),
        terms=TERMS,
    )


def add_up(actions: Iterable[Action], values: Iterable[ActionValue] = ()) -> list[Plan]:
    """Return each action over all segments, the one of most customers first."""
    rows: dict[str, Plan] = {}
    known = {value.name: value for value in values}
    for row in actions:
        plan, value = rows.get(row.name, Plan(row.name, 0, Decimal(0))), known.get(row.name)
        rows[row.name] = Plan(
            row.name,
            plan.customers + row.customers,
            plan.revenue + row.revenue,
            value.median if value else None,
            value.forecast if value else None,
        )
    return sorted(rows.values(), key=lambda plan: (-plan.customers, plan.name))


def has_forecast(plans: Iterable[Plan]) -> bool:
    """Return whether there is a forecast of the customers of any action."""
    return any(plan.forecast is not None for plan in plans)


def first_step(plans: Iterable[Plan]) -> Plan | None:
    """Return the action with which to begin: the first one for buyers at high risk that has customers."""
    by_name = {plan.name: plan for plan in plans}
    return next((by_name[name] for name in WIN_BACKS if name in by_name), None)


def begin_with(step: Plan) -> str:
    """Return the first step in words, the same ones everywhere in the report."""
    verb = "has" if step.customers == 1 else "have"
    paid = f" who {verb} paid {short_money(step.revenue)} so far" if step.revenue > 0 else ""
    return f"Begin with “{step.name}”: {count(step.customers, 'buyer')} at high risk{paid}"


def finding(plans: Sequence[Plan]) -> str:
    """Return the first step and the action of most customers; without a first step, whose customers paid most each."""
    live = [plan for plan in plans if plan.name != NO_ACTION]
    if not live:
        return "No customer has a next best action"
    first, total = live[0], sum(plan.customers for plan in plans)
    if step := first_step(live):
        return f"{_most(first, total)}; {_beginning(step, first)}"
    text = _most(first, total)
    large = [plan for plan in live if plan.customers >= LEAST and plan.revenue > 0]
    if not large:
        return f"{text}; too few customers to say whose action is worth most"
    best = max(large, key=lambda plan: (plan.value, plan.name))
    if best is first:
        return f"{text}, who have paid most each: {money(round(best.value, 2))}"
    return f"{text}; the {count(best.customers)} of “{best.name}” have paid most each: {money(round(best.value, 2))}"


def _most(first: Plan, total: int) -> str:
    customers = f"{count(first.customers, 'customer')} ({percent(share(first.customers, total))})"
    return f"“{first.name}” is the next best action for {customers}"


def _beginning(step: Plan, first: Plan) -> str:
    """Return with which action to begin, and what its customers have paid each: one who paid much moves the mean."""
    size = "" if step is first else count(step.customers, "customer")
    paid = f"{money(round(step.value, 2))} paid each" if step.revenue > 0 else ""
    median = step.median if paid and step.customers > 1 else None
    half = "" if median is None else f"half of them {money(round(median, 2))} or less"
    facts = ", ".join(filter(None, (size, paid, half)))
    return f"begin with {'it' if step is first else f'“{step.name}”'}{f' ({facts})' if facts else ''}"


def command(action: str) -> str:
    """Return the command that exports the customers of an action."""
    return export_command("next_best_action", column="next_best_action", value=action)


def table(plans: Sequence[Plan]) -> Table:
    """Return the actions with their customers and value, and the commands that export them."""
    total, is_forecast = sum(plan.customers for plan in plans), has_forecast(plans)
    rows = tuple(
        (
            plan.name,
            count(plan.customers),
            percent(share(plan.customers, total)),
            money(plan.revenue),
            money(round(plan.value, 2)),
            *([DASH if plan.forecast is None else money(round(plan.forecast, 2))] if is_forecast else []),
        )
        for plan in plans
    )
    head = (
        *("Next best action", "Customers", "Share", "Net revenue so far", "Per customer"),
        *([f"Forecast, next {HORIZON_DAYS} days"] if is_forecast else []),
    )
    lines = tuple((plan.name, command(plan.name)) for plan in plans)
    return Table(
        "Next best actions",
        head,
        rows,
        frozenset(range(1, len(head))),
        is_summary=True,
        commands=Commands(TITLE, lines),
    )
