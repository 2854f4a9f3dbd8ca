"""Which products to push, and which to question."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dataflows.report import decisions, queries
from dataflows.report.chance import LEAST
from dataflows.report.commands import export_rows
from dataflows.report.decisions import PAIR_CUSTOMERS
from dataflows.report.product_kinds import DECLINING, GROWTH, KINDS, PROBLEM, PUSH, QUESTION, STAR, condition_of
from dataflows.report.rows import AbcClass, Offer, Pair
from dataflows.report.rules import PRODUCTS, rules_of
from marketing_ibis.report.blocks import Commands, Section, Table, View
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import both, count, display_name, distinct, money, percent, share, short_money

LONGEST = 60
FIRST = 3
"""How many products of a kind the title names: those with the most gross revenue."""
MOST = 0.5
"""If more of all products than this are of one kind, being of it does not distinguish them."""
ALL_TITLE = "To write all of them to a file, run in a terminal:"
PAIR_NOTE = """\
The highest of many lifts is partly chance, the more so the fewer customers bought both: offer a pair to some customers
first."""
TERMS = ("Gross revenue", "Lift", "Return rate", "Repeat purchase")


def section(answers: Answers) -> Section:
    """Return the section on what to do about products."""
    days = rules_of(answers.context.inputs).recent_days
    offers, classes = answers.rows(decisions.offers), answers.rows(queries.classes)
    return describe(offers, answers.rows(decisions.pairs), classes, days)


def describe(
    offers: Sequence[Offer],
    pairs: Sequence[Pair] = (),
    classes: Sequence[AbcClass] = (),
    days: int = PRODUCTS.recent_days,
) -> Section:
    """Return the section on the products to push and to question; ``classes`` are those of all products."""
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
        finding(push, question, classes),
        lead=_common(push, classes),
        views=tuple(views),
        view_title="Products with a reason to act" if views else "",
        notes=(*([sales_note(days)] if views else []), *([PAIR_NOTE] if pairs else [])),
        terms=TERMS,
    )


def sales_note(days: int) -> str:
    """Return by which rules products are listed, with the days of a stage."""
    return (
        "Revenue is gross. To push are Stars, Cash Cows and products in Growth, to question are Problems and those that"
        " are Declining: status and stage of product_performance, by the limits in the settings. Growth and Declining"
        f" compare the last {days} days with the {days} before, so that the season is in them. The title names the"
        f" first {FIRST} of a kind by gross revenue, of those with {LEAST} orders or more."
    )


def _common(push: Sequence[Offer], classes: Sequence[AbcClass]) -> str:
    """Return that most products are to push, so that the list by itself says little; nothing if they are fewer."""
    products = sum(row.products for row in classes)
    if not push or not products or push[0].total <= MOST * products:
        return ""
    return (
        f"{count(push[0].total)} of {count(products)} products are to push: where most of them grow, growth is the"
        " shop's or the season's. Those with the most revenue come first."
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


def finding(push: Sequence[Offer], question: Sequence[Offer], classes: Sequence[AbcClass] = ()) -> str:
    """Return the products to push and to question that have the most revenue, of those with enough orders."""
    if not push and not question:
        return "No product stands out: none grows with few returns, and none declines or is returned often"
    parts = [*([_to_push(push, classes)] if push else []), *([_to_question(question)] if question else [])]
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def _to_push(offers: Sequence[Offer], classes: Sequence[AbcClass]) -> str:
    first = _first(offers)
    if not first:
        return f"push none yet: {_few(offers)}"
    revenue = sum((row.revenue for row in first), Decimal(0))
    part = share(revenue, sum((row.revenue for row in classes), Decimal(0)))
    worth = short_money(revenue) if part is None else f"{short_money(revenue)}, {percent(part)} of all"
    if len(first) == 1:
        return f"push {display_name(first[0].name)} ({reason(first[0])}){_place(offers, first)}"
    return f"push {both([row.name for row in first])}{_place(offers, first)} ({worth})"


def _to_question(offers: Sequence[Offer]) -> str:
    first = _first(offers)
    if not first:
        return f"question none yet: {_few(offers)}"
    reasons = ", ".join(f"{display_name(row.name)} ({reason(row)})" for row in first)
    return f"question {reasons}{_place(offers, first)}"


def _first(offers: Sequence[Offer]) -> list[Offer]:
    """Return the products that the title names: the first by gross revenue of those with enough orders."""
    return [row for row in offers if row.orders >= LEAST][:FIRST]


def _few(offers: Sequence[Offer]) -> str:
    if offers[0].total == 1:
        return f"{display_name(offers[0].name)} has too few orders ({count(offers[0].orders)})"
    first = "the first " if offers[0].total > len(offers) else "the "
    return f"none of {first}{count(len(offers))} by gross revenue has {LEAST} orders"


def _place(offers: Sequence[Offer], first: Sequence[Offer]) -> str:
    """Return by which rule the first ones are named; nothing if they are all."""
    total, number = offers[0].total, len(first)
    place = "the first" if number == 1 else f"the first {count(number)}"
    return "" if total == number else f", {place} of {count(total)} by gross revenue"


def label(offer: Offer) -> str:
    """Return why a product is listed, in the words of its table."""
    named = KINDS[offer.kind].statuses
    parts = [offer.status] * (offer.status in named) + [offer.stage] * (offer.stage in (GROWTH, DECLINING))
    return ", ".join(parts)


def reason(offer: Offer) -> str:
    """Return why a product is listed, with its numbers."""
    if offer.kind == PUSH:
        parts = ["in Growth"] * (offer.stage == GROWTH) + ["a Star by revenue"] * (offer.status == STAR)
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
    condition = condition_of(offers[0].kind)
    commands = Commands(ALL_TITLE, ((title, export_rows("product_performance", condition, f"products {title}")),))
    return Table(caption, head, rows, frozenset({2, 3, 4, 5}), is_folded=False, commands=commands)
