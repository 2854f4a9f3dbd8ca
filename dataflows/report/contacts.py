"""Whom to contact today: the lists of customers, their size and value, and how to export each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dataflows.marts.churn_risk import BANDS, HIGH
from dataflows.report import audiences, decisions
from dataflows.report.rows import Contact, Risk
from marketing_ibis.model import Model
from marketing_ibis.report import AudienceSize
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, display_name, money, percent, share, short_money

OVERLAP_NOTE = """\
A customer can be on several lists, so that sizes do not add up. Net revenue is what the customers of a list have paid
so far, not what contacting them would bring."""
EXPORT_NOTE = """\
The commands of the other tables write lists as files, with the columns of the table of the same name, whether or not a
customer agreed to be contacted."""
LONGEST = 120
TERMS = ("Audience", "Churn risk", "Win-back", "Segment", "Net revenue")


def section(answers: Answers) -> Section:
    """Return the section on the lists of customers."""
    context = answers.context
    lists = (*answers.rows(decisions.contacts), *answers.rows(decisions.left_champions))
    today = max(context.days, default=None)
    return describe(lists, context.models, answers.rows(decisions.risks), context.audiences, today)


def describe(
    lists: Sequence[Contact],
    models: Mapping[str, Model],
    risks: Sequence[Risk] = (),
    sizes: Sequence[AudienceSize] = (),
    today: date | None = None,
) -> Section:
    """Return the section on ``lists`` and the audiences of ``sizes``, the most valuable first."""
    ordered = sorted(lists, key=lambda row: (-row.revenue, -row.customers, row.name))
    rows = tuple(
        (
            row.name,
            _purpose(row.name, models),
            count(row.customers),
            money(row.revenue),
            f"marketing-ibis export {row.name} --to {row.name}.csv",
        )
        for row in ordered
    )
    head = ("List", "Who is on it", "Customers", "Net revenue so far", "Command")
    table = Table("Lists of customers to contact", head, rows, frozenset({2, 3}), is_folded=False)
    is_empty = not any(row.customers for row in lists)
    return Section(
        "contacts",
        "Customers",
        audiences.finding(sizes, today) or finding(ordered),
        lead=" ".join(filter(None, (_risk(risks), audiences.lead(sizes, today)))),
        tables=(
            *([audiences.table(sizes, today)] if sizes else []),
            *(() if is_empty else (table, *([risk_table(risks)] if risks else []))),
        ),
        notes=(*([audiences.NOTE] if sizes else []), *(() if is_empty else (OVERLAP_NOTE, EXPORT_NOTE))),
        terms=TERMS,
    )


def _risk(risks: Sequence[Risk]) -> str:
    """Return how many buyers are at high risk, and what they have paid."""
    high = next((row for row in risks if row.band == HIGH), None)
    if high is None:
        return ""
    buyers = sum(row.buyers for row in risks)
    part = percent(share(high.buyers, buyers))
    return (
        f"{count(high.buyers, 'buyer')} ({part}) are at high risk of not coming back; they have paid"
        f" {short_money(high.revenue)} so far."
    )


def risk_table(risks: Sequence[Risk]) -> Table:
    """Return the bands of churn risk, the highest first, with how to export each."""
    rows = tuple(
        (
            row.band,
            count(row.buyers),
            count(row.overdue),
            money(row.revenue),
            f"marketing-ibis export churn_risk --where \"churn_risk_band = '{row.band}'\" --to {row.band.lower()}.csv",
        )
        for row in sorted(risks, key=lambda row: -BANDS.index(row.band) if row.band in BANDS else 1)
    )
    head = ("Churn risk", "Buyers", "Next order overdue", "Net revenue so far", "Command")
    return Table("Buyers by churn risk", head, rows, frozenset({1, 2, 3}), is_folded=False)


def finding(lists: Sequence[Contact]) -> str:
    """Return the list whose customers paid most so far, and its size."""
    live = [row for row in lists if row.customers]
    if not live:
        return "No customer is on a list to contact"
    first = live[0]
    verb = "has" if first.customers == 1 else "have"
    worth = f", who {verb} paid {short_money(first.revenue)} so far" if first.revenue > 0 else ""
    return f"{count(len(live), 'list')} to contact today; {first.name} has {count(first.customers, 'customer')}{worth}"


def _purpose(name: str, models: Mapping[str, Model]) -> str:
    """Return the first sentence of a list's description."""
    model = models.get(name)
    return display_name(model.description.partition("\n")[0], LONGEST) if model else ""
