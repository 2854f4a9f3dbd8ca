"""Each segment in detail: what its customers are worth, what they buy and what to do next; the reader chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dataflows.lib.clv_rows import HORIZON_DAYS
from dataflows.report import decisions, details, queries
from dataflows.report.action_totals import add_up
from dataflows.report.chance import LEAST
from dataflows.report.commands import BEST_FIRST, TITLE, export_command
from dataflows.report.forecast import MODEL_ERROR, band, model_error
from dataflows.report.past_days import is_undated, with_orders
from dataflows.report.rows import Action, SegmentForecast, SegmentProduct, Total
from dataflows.report.segments import Group, groups, people
from marketing_ibis.report.blocks import VIEWS, Commands, Fact, Section, Table, View
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, count, display_name, distinct, money, percent, share, short_money

CUSTOMERS_FIRST = "Where a customer's next best action differs, it comes first."
NOTE = """\
Products are those with most net revenue from the segment's customers. The command writes rows of the table
customer_segmentation, those who have paid most first, and does not check consent: to contact a segment by an
advertising or mailing system, declare an audience of it. Lists that exist are under “Lists of customers to contact”."""
TERMS = ("Segment", "Average order value", "Next best action", "Forecast value")


def section(answers: Answers) -> Section:
    """Return the section on each segment in detail."""
    only_with_orders, total = is_undated(answers), answers.row(queries.total)
    return describe(
        groups(answers.rows(queries.segments), only_with_orders=only_with_orders),
        with_orders(total) if only_with_orders else total,
        answers.rows(details.segment_products),
        answers.rows(details.actions),
        answers.rows(details.segment_forecasts),
        model_error(answers.rows(decisions.forecasts)),
    )


def describe(
    segments: Sequence[Group],
    total: Total,
    products: Sequence[SegmentProduct],
    actions: Sequence[Action],
    forecasts: Sequence[SegmentForecast],
    error: float = MODEL_ERROR,
) -> Section:
    """Return the section with one view per segment, the one with the most revenue first.

    ``error`` is that of the forecast.
    """
    if not segments:
        return Section("segment", "Customers", "There is no segment yet: there are no customers")
    return Section(
        "segment",
        "Customers",
        finding(segments[0], [row for row in products if row.segment == segments[0].name]),
        views=tuple(
            View(
                segment.name,
                lead=f"Recommended for the segment as a whole: {segment.action}. {CUSTOMERS_FIRST}",
                facts=facts(segment, total, forecasts, error),
                tables=tuple(
                    table
                    for table in (
                        _products(segment, [row for row in products if row.segment == segment.name]),
                        _actions(segment, [row for row in actions if row.segment == segment.name]),
                    )
                    if table.rows
                ),
            )
            for segment in segments[:VIEWS]
        ),
        view_title="Choose a segment",
        notes=(NOTE,),
        terms=TERMS,
    )


def finding(segment: Group, products: Sequence[SegmentProduct]) -> str:
    """Return the product that the most valuable segment spends most on."""
    if not products or segment.revenue <= 0:
        return f"No product has brought revenue from the segment {segment.name} yet"
    first = products[0]
    part = percent(share(first.revenue, segment.revenue))
    if first.customers < LEAST:
        return f"Too little data to say what the segment {segment.name} buys most: {count(first.customers, 'customer')}"
    spend = f"{short_money(first.revenue)}, {part} of their spending"
    return f"{people(segment.name)} spend most on {display_name(first.product)}: {spend}"


def facts(
    segment: Group, total: Total, forecasts: Sequence[SegmentForecast], error: float = MODEL_ERROR
) -> tuple[Fact, ...]:
    """Return size and value of a segment; ``forecasts`` are those of all segments."""
    buyers = segment.customers - segment.idle
    value = money(segment.revenue / segment.orders) if segment.orders else DASH
    per_buyer = segment.revenue / buyers if buyers else Decimal(0)
    result = [
        Fact(
            "Customers",
            count(segment.customers),
            f"{percent(share(segment.customers, total.customers))} of all"
            + (f"; {count(segment.idle)} never bought" if segment.idle else ""),
        ),
        Fact(
            "Net revenue",
            short_money(segment.revenue),
            f"{percent(share(segment.revenue, total.revenue))} of all; {money(round(per_buyer, 2))} per buyer",
        ),
        Fact("Orders", count(segment.orders), f"{segment.orders / buyers:.1f} per buyer" if buyers else "no buyer"),
        Fact("Average order value", value, "net revenue / orders, unpaid ones included"),
    ]
    if own := [row for row in forecasts if row.segment == segment.name]:
        low, high = (short_money(round(end)) for end in band(own, forecasts, error))
        spend = short_money(round(sum(row.spend for row in own)))
        period = f"{low} to {high} in the next {HORIZON_DAYS} days, from the buyers so far"
        result.append(Fact("Forecast value", spend, period))
    return tuple(result)


def _products(segment: Group, products: Sequence[SegmentProduct]) -> Table:
    names = distinct([row.product for row in products])
    rows = tuple(
        (
            name,
            count(row.customers),
            count(row.orders),
            money(row.revenue),
            percent(share(row.revenue, segment.revenue)),
        )
        for name, row in zip(names, products, strict=True)
    )
    head = ("Product", "Customers", "Orders", "Net revenue", "Share of the segment")
    return Table(f"{segment.name}: what they buy", head, rows, frozenset(range(1, 5)), is_folded=False)


def _actions(segment: Group, actions: Sequence[Action]) -> Table:
    totals = add_up(actions)
    customers = sum(total.customers for total in totals)
    rows = tuple(
        (
            total.name,
            count(total.customers),
            percent(share(total.customers, customers)),
            money(total.revenue),
        )
        for total in totals
    )
    head = ("Next best action", "Customers", "Share of the segment", "Net revenue so far")
    of_segment = {"column": "customer_segment", "value": segment.name}
    command = export_command("customer_segmentation", **of_segment, order_by=BEST_FIRST)
    return Table(
        f"{segment.name}: what to do next",
        head,
        rows,
        frozenset(range(1, 4)),
        is_folded=False,
        is_summary=True,
        commands=Commands(TITLE, ((segment.name, command),)),
    )
