"""Whom to contact: the lists of customers, their size and value, and how to export each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dataflows.lib.segments import AT_RISK, CANT_LOSE
from dataflows.report import audiences, decisions, details
from dataflows.report.action_totals import ActionTotal, add_up
from dataflows.report.commands import TITLE, export_command
from dataflows.report.first_step import as_title, first_step
from dataflows.report.risk import risk_lead, risk_note, risk_tables
from dataflows.report.rows import Action, Contact, Risk
from dataflows.report.rules import Rules, rules_of
from marketing_ibis.model import Model
from marketing_ibis.report import AudienceSize
from marketing_ibis.report.blocks import Commands, Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, display_name, money, short_money

OVERLAP_NOTE = """\
The lists and audiences are in the order of what their customers have paid, which is not an order in which to contact
them. A customer can be on several lists, so that sizes do not add up; where the next best action of one
differs from the purpose of a list, it comes first. Net revenue is what the customers of a list have paid so far, not
what contacting them would bring."""
EXPORT_NOTE = """\
A list is the table of the same name. Its command writes all columns of that table, whether or not a customer agreed to
be contacted; so do the commands of churn risk and of win-back. Every segment, also one without a list, such as Need
Attention, has its command under “Choose a segment”."""
TERMS = ("Audience", "Churn risk", "Usual gap", "Paid by those at risk", "Win-back", "Segment", "Net revenue")


def section(answers: Answers) -> Section:
    """Return the section on the lists of customers."""
    context = answers.context
    lists = (*answers.rows(decisions.contacts), *answers.rows(decisions.left_champions))
    today = max(context.days, default=None)
    rules = rules_of(context.inputs)
    risks, next_actions = answers.rows(decisions.risks), answers.rows(details.actions)
    return describe(lists, context.models, risks, context.audiences, today, rules, next_actions)


def describe(
    lists: Sequence[Contact],
    models: Mapping[str, Model],
    risks: Sequence[Risk] = (),
    sizes: Sequence[AudienceSize] = (),
    today: date | None = None,
    rules: Rules = Rules(),
    next_actions: Sequence[Action] = (),
) -> Section:
    """Return the section on ``lists`` and the audiences of ``sizes``, the most valuable first.

    ``next_actions`` are the next best actions by segment, which say with whom to begin.
    """
    totals = add_up(next_actions)
    ordered = sorted(lists, key=lambda row: (-row.revenue, -row.customers, row.name))
    rows = tuple(
        (
            row.name,
            _purpose(row.name, models),
            count(row.customers),
            money(row.revenue),
        )
        for row in ordered
    )
    table = Table(
        "Lists of customers to contact",
        ("List", "Who is on it", "Customers", "Net revenue so far"),
        rows,
        frozenset({2, 3}),
        is_folded=False,
        is_summary=True,
        commands=Commands(TITLE, tuple((row.name, export_command(row.name)) for row in ordered)),
    )
    is_empty = not any(row.customers for row in lists)
    return Section(
        "contacts",
        "Customers",
        title(ordered, totals, sizes, today),
        lead=" ".join(filter(None, (risk_lead(risks, rules, totals), audiences.lead(sizes, today)))),
        tables=(
            *([audiences.table(sizes, today)] if sizes else []),
            *(() if is_empty else (table, *risk_tables(risks, rules, next_actions))),
        ),
        notes=(
            *([audiences.NOTE] if sizes else []),
            *(() if is_empty else (*overlap_notes(next_actions), EXPORT_NOTE, *([risk_note(rules)] if risks else []))),
        ),
        terms=TERMS,
    )


def title(
    lists: Sequence[Contact], totals: Sequence[ActionTotal], sizes: Sequence[AudienceSize], today: date | None
) -> str:
    """Return with whom to begin, and how many audiences or lists there are; without a first step, the largest ones."""
    step = first_step(totals)
    ready = audiences.finding(sizes, today)
    if step is None:
        return ready or finding(lists, is_blocked=bool(sizes))
    number = count(len(audiences.usable(sizes, today)), "audience")
    exports = f"{number} can be exported" if ready else "no audience can be exported yet" if sizes else ""
    return "; ".join(filter(None, (as_title(step), exports)))


def overlap_notes(next_actions: Sequence[Action]) -> tuple[str, ...]:
    """Return notes on who is on several lists, and on the segments that the win-back list and the first step share."""
    step = first_step(add_up(next_actions))
    if step is None:
        return (OVERLAP_NOTE,)
    of_step = (row for row in next_actions if row.name == step.name)
    listed = sum(row.customers for row in of_step if row.segment in (AT_RISK, CANT_LOSE))
    return (
        OVERLAP_NOTE,
        (
            f"campaign_win_back, and an audience of it, is another selection than “{step.name}”: it has only customers"
            f" of {AT_RISK} and {CANT_LOSE} whose last order is long ago. {count(listed)} of the"
            f" {count(step.customers)} belong to these segments."
        ),
    )


def finding(lists: Sequence[Contact], *, is_blocked: bool = False) -> str:
    """Return the list whose customers paid most so far, and its size; ``is_blocked`` if no audience can be exported."""
    live = [row for row in lists if row.customers]
    if not live:
        return "No customer is on a list to contact"
    first = live[0]
    verb = "has" if first.customers == 1 else "have"
    worth = f", who {verb} paid {short_money(first.revenue)} so far" if first.revenue > 0 else ""
    use = "review, but no audience can be exported yet" if is_blocked else "contact"
    return f"{count(len(live), 'list')} to {use}; {first.name} has {count(first.customers, 'customer')}{worth}"


def _purpose(name: str, models: Mapping[str, Model]) -> str:
    """Return the first sentence of a list's description."""
    model = models.get(name)
    return display_name(model.description.partition("\n")[0], audiences.LONGEST) if model else ""
