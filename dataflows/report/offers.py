"""Which products to push, and which to question."""

from __future__ import annotations

from collections.abc import Sequence

from dataflows.report import decisions
from dataflows.report.decisions import CASH_COW, DECLINING, GROWTH, PAIR_CUSTOMERS, PROBLEM, PUSH, QUESTION, STAR
from dataflows.report.rows import Offer, Pair
from marketing_ibis.report.blocks import Section, Table, View
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import count, display_name, distinct, money, percent

LONGEST = 60
SALES_NOTE = "Revenue is gross. Status and stage are those of product_performance, by the limits in the settings."
TERMS = ("Gross revenue", "Lift", "Return rate", "Repeat purchase")


def section(answers: Answers) -> Section:
    """Return the section on what to do about products."""
    return describe(answers.rows(decisions.offers), answers.rows(decisions.pairs))


def describe(offers: Sequence[Offer], pairs: Sequence[Pair] = ()) -> Section:
    """Return the section on the products to push and to question."""
    push, question = [row for row in offers if row.kind == PUSH], [row for row in offers if row.kind == QUESTION]
    views = [
        View(title, tables=(_table(title, rows),))
        for title, rows in (("To push", push), ("To question", question))
        if rows
    ]
    views += [View("To offer together", tables=(_pair_table(pairs),))] if pairs else []
    return Section(
        "offers",
        "Products",
        finding(push, question),
        views=tuple(views),
        view_title="Products with a reason to act" if views else "",
        notes=(SALES_NOTE,) if views else (),
        terms=TERMS,
    )


def _pair_table(pairs: Sequence[Pair]) -> Table:
    rows = tuple(
        (
            display_name(row.product),
            display_name(row.other),
            count(row.customers),
            percent(row.confidence),
            f"{row.lift:.2f}",
        )
        for row in pairs
    )
    head = ("Product", "Other product", "Customers of both", "Of the first one's customers", "Lift")
    caption = f"Pairs of products with the highest lift, of those that {PAIR_CUSTOMERS} customers or more bought"
    return Table(caption, head, rows, frozenset({2, 3, 4}), is_folded=False)


def finding(push: Sequence[Offer], question: Sequence[Offer]) -> str:
    """Return the first product to push and the first to question, with how many there are of each."""
    parts = []
    if push:
        parts.append(f"push {_first(push)}")
    if question:
        parts.append(f"question {_first(question)}")
    if not parts:
        return "No product stands out: none grows with few returns, and none declines or is returned often"
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _first(offers: Sequence[Offer]) -> str:
    more = f" and {count(offers[0].total - 1, 'more product')}" if offers[0].total > 1 else ""
    return f"{display_name(offers[0].name)} ({reason(offers[0])}){more}"


def label(offer: Offer) -> str:
    """Return why a product is listed, in the words of its table."""
    named = {STAR, CASH_COW} if offer.kind == PUSH else {PROBLEM}
    parts = [offer.status] * (offer.status in named) + [offer.stage] * (offer.stage in (GROWTH, DECLINING))
    return ", ".join(parts)


def reason(offer: Offer) -> str:
    """Return why a product is listed, with its numbers."""
    if offer.kind == PUSH:
        parts = ["growing"] * (offer.stage == GROWTH) + ["a Star by revenue"] * (offer.status == STAR)
        return ", ".join([*parts, f"{percent(offer.repeat_rate)} of its customers buy it again"])
    parts = [f"{percent(offer.return_rate)} returned"] * (offer.status == PROBLEM)
    parts += ["declining"] * (offer.stage == DECLINING)
    return ", ".join(parts)


def _table(title: str, offers: Sequence[Offer]) -> Table:
    names = distinct([row.name for row in offers])
    rows = tuple(
        (
            name,
            label(row),
            money(row.revenue),
            count(row.orders),
            percent(row.return_rate),
            percent(row.repeat_rate),
            display_name(row.advice, LONGEST),
        )
        for name, row in zip(names, offers, strict=True)
    )
    head = ("Product", "Why", "Gross revenue", "Sold orders", "Return rate", "Bought again", "Recommendation")
    total = offers[0].total
    first = f"{title}: the {count(len(offers))} with the most revenue of {count(total)}"
    caption = title if total <= len(offers) else first
    return Table(caption, head, rows, frozenset({2, 3, 4, 5}), is_folded=False)
