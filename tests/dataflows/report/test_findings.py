"""The titles of the report, to the digit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import isclose
from types import SimpleNamespace

import pytest

from dataflows.report import (
    REPORT,
    channels,
    cohorts,
    headline,
    ltv,
    products,
    queries,
    returns,
    revenue,
    rfm,
    segments,
)
from dataflows.report.queries import COHORTS
from dataflows.report.rows import AbcClass, AgeTotal, Cell, CohortMonth, Month, Product, Segment, Total, newest_day
from dataflows.report.rules import Rules, has_sign_ups, rules_of
from marketing_ibis.report import Answers, page
from tests.dataflows.report.shops import answers_of, cohort_rows, context_of, shop_of
from tests.report.markup import parse, words
from tests.sources import GOLDEN_AS_OF, golden_sources
from tests.warehouse import compiled_dataflow

TOTAL = Total(100, 50, 50, 20, 80, 20, Decimal(1000))


def month(when: date, revenue: int, *, is_complete: bool = True, orders: int = 100) -> Month:
    return Month(when, Decimal(revenue), orders, 1, is_complete)


def product(name: str, orders: int, returns: int, revenue: int = 10, rank: int = 1) -> Product:
    return Product(name, orders, returns, Decimal(revenue), Decimal(revenue), "A", rank, rank)


def abc(name: str, products: int, revenue: int) -> AbcClass:
    return AbcClass(name, products, Decimal(revenue))


def sold(orders: int, returned_orders: int) -> Total:
    return Total(9, 0, 9, 9, orders - returned_orders, returned_orders, Decimal(10))


def test_the_golden_shop_to_the_digit(golden_shop: Answers) -> None:
    shop = golden_shop
    total, months, rows = shop.row(queries.total), shop.rows(queries.months), shop.rows(queries.segments)
    drawn, classes, ages = shop.rows(queries.products), shop.rows(queries.classes), shop.rows(queries.retention)
    live, credits, cells = shop.rows(queries.channels), shop.rows(queries.credits), shop.rows(queries.cells)
    assert newest_day(shop.rows(queries.built)) == GOLDEN_AS_OF
    assert total == Total(8, 1, 5, 3, 11, 3, Decimal("660.67"))
    assert {label: value for label, value, *_ in headline.facts(total, ("completed", "shipped"))} == {
        "Net revenue": "$661",
        "Buyers": "5",
        "Orders": "11",
        "Average order value": "$60.06",
        "Repeat rate": "60%",
        "Return rate": "21%",
    }
    assert [(row.month.month, str(row.revenue)) for row in months] == [
        (1, "93.33"),
        (2, "165.00"),
        (3, "12.34"),
        (4, "280.00"),
        (5, "110.00"),
    ]
    assert [row.is_complete for row in months] == [True, True, True, True, False]
    segment_groups = segments.groups(rows)
    assert [(g.name, g.customers, g.idle) for g in segment_groups][:2] == [
        ("Loyal Customers", 1, 0),
        ("Champions", 1, 0),
    ]
    assert next(g for g in segment_groups if g.name == "Hibernating").idle == 3
    assert words(segments.finding(segment_groups, total)) == "Loyal Customers are 13% of customers and 57% of revenue"
    assert words(revenue.finding(months)) == (
        "April 2024 brought $280.00, 2,169% more than March 2024; too few orders to tell from chance (3 and 1 order)"
    )
    assert words(products.finding(classes)) == "3 of 5 products bring 99% of gross revenue"
    drawing = products.describe(drawn, classes, (80, 95)).figures[0]
    for markup in (str(drawing.wide), str(drawing.narrow)):
        (label,) = re.findall("<text[^>]*>80%", markup)
        assert "opacity" not in label, "where class A ends is written at its line"
    assert drawing.caption.count("Dotted lines: where classes A and B end, 80% and 95%.") == 1
    assert products.running_shares(drawn, classes) == pytest.approx(
        [315 / 840.67, 598.33 / 840.67, 830.67 / 840.67, 1, 1]
    )
    # 100%: December to January, 1 of 2; February 0 of 1; March 0 of 1; April 1 of 1 is not over.
    assert cohorts.retention(ages) == {1: 0.25, 2: 0, 3: 0.5}
    assert words(cohorts.finding(ages)) == "25% of buyers order again in the month after their first order"
    assert words(channels.finding(live, credits)) == (
        "By the stand-in rule, the 6 attribution models disagree: Email Marketing leads in 2, New Year Campaign leads"
        " in 2, Promotional Campaign leads in 2"
    )
    assert sum(cell.customers for cell in cells) == total.buyers
    assert sum(cell.revenue for cell in cells) == total.revenue


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([month(date(2024, 5, 1), 7, is_complete=False)], "May 2024 is not over yet and has brought $7.00"),
        ([month(date(2024, 5, 1), 7)], "May 2024 brought $7.00"),
        (
            [month(date(2024, 4, 1), 8, orders=130), month(date(2024, 5, 1), 6)],
            "May 2024 brought $6.00, 25% less than April 2024",
        ),
        (
            [month(date(2024, 4, 1), 8, orders=29), month(date(2024, 5, 1), 6)],
            "May 2024 brought $6.00, 25% less than April 2024; too few orders to tell from chance (100 and 29 orders)",
        ),
        ([month(date(2024, 4, 1), 8), month(date(2024, 5, 1), 8)], "May 2024 brought $8.00, as much as April 2024"),
        ([month(date(2024, 4, 1), -8), month(date(2024, 5, 1), 8)], "May 2024 brought $8.00"),
        (
            [month(date(2023, 5, 1), 4), month(date(2024, 4, 1), 8), month(date(2024, 5, 1), 6)],
            (
                "May 2024 brought $6.00, 50% more than May 2023; the change in orders (100 and 100) is within what"
                " chance alone would give"
            ),
        ),
        (
            [month(date(2023, 2, 1), 4, orders=1000), month(date(2023, 3, 1), 6, orders=1107)],
            (
                "March 2023 brought $6.00, 50% more than February 2023; the change in orders (1,107 and 1,000) is"
                " within what chance alone would give"
            ),
        ),
        (
            [month(date(2023, 2, 1), 4, orders=2000), month(date(2023, 3, 1), 6, orders=2000)],
            "March 2023 brought $6.00, 50% more than February 2023",
        ),
    ],
)
def test_revenue(months: list[Month], expected: str) -> None:
    assert words(revenue.finding(months)) == expected


def test_labels_of_revenue_do_not_overlap() -> None:
    months = [month(date(2023, m, 1), 900 if m == 11 else m) for m in range(1, 13)]
    assert revenue.labelled_months(months, 1200) == (date(2023, 11, 1), date(2023, 12, 1))
    assert revenue.labelled_months(months, 240) == (date(2023, 11, 1),)
    assert revenue.labelled_months(months[:11], 1200) == (date(2023, 11, 1),)


def test_segments() -> None:
    rows = [
        Segment("Champions", True, 8, 0, 40, Decimal(310), "Reward"),
        Segment("Hibernating", True, 40, 0, 40, Decimal(90), "Wake"),
        Segment("Hibernating", False, 50, 45, 0, Decimal(0), "Wake"),
    ]
    segment_groups = segments.groups(rows)
    assert words(segments.finding(segment_groups, TOTAL)) == "Champions are 8.0% of customers and 31% of revenue"
    assert (segment_groups[1].customers, segment_groups[1].idle) == (90, 50)
    (drawn,) = segments.describe(rows, TOTAL).figures
    assert words(drawn.caption).endswith(
        "50 customers who never bought, whom the scoring rules classify as Hibernating."
    )
    past = segments.describe(rows, TOTAL, only_with_orders=True)
    assert words(past.title) == "Champions are 16% of customers and 31% of revenue"
    assert [[words(cell) for cell in row[1:3]] for row in past.tables[0].rows] == [["8", "16%"], ["45", "90%"]]
    assert "they may have signed up later" in past.figures[0].caption
    (drawn,) = segments.describe(rows[:2], TOTAL).figures
    assert "signed up" not in drawn.caption
    one = [Segment("At Risk", True, 1, 0, 1, Decimal(-5), "Win back")]
    in_debt = Total(2, 0, 1, 0, 1, 0, Decimal(-5))
    assert words(segments.finding(segments.groups(one), in_debt)) == (
        "Customers “At Risk” are 50% of customers and bring \N{MINUS SIGN}$5.00"
    )
    assert segments.finding(segment_groups, Total(3, 3, 0, 0, 0, 0, Decimal(0))) == "No customer has bought yet"


def test_rfm() -> None:
    cells = [Cell(5, 4, 1, Decimal(30)), Cell(4, 5, 1, Decimal(30)), Cell(5, 3, 8, Decimal(40))]
    assert words(rfm.finding(cells)) == (
        "20% of buyers order both recently and often and bring 60% of revenue; the cell with the most revenue, 40%,"
        " is recency 5, frequency 3: 8 buyers"
    )
    assert words(rfm.largest([Cell(5, 5, 9, Decimal(10)), Cell(1, 2, 1, Decimal(30))])) == (
        "; the cell with the most revenue, 75%, is recency 1, frequency 2: 1 buyer"
    )
    assert rfm.largest([Cell(5, 5, 1, Decimal(-30))]) == ""
    rows = dict(rfm.grid(cells).rows)
    assert rows["5 latest"][2].text == "8"
    assert rows["5 latest"][2].level == 6
    assert words(rows["4"][4].detail) == "30%"
    assert rows["1 longest ago"][0].text == "0"


def test_cohorts_leave_unfinished_months_out() -> None:
    rows = [
        CohortMonth(date(2024, 1, 1), 0, 10, 10, 5.0, True),
        CohortMonth(date(2024, 1, 1), 1, 10, 4, 6.0, True),
        CohortMonth(date(2024, 1, 1), 2, 10, 9, 7.0, False),
        CohortMonth(date(2024, 2, 1), 0, 30, 30, 3.0, True),
        CohortMonth(date(2024, 2, 1), 1, 30, 30, 4.0, False),
    ]
    totals = totals_of(rows)
    assert cohorts.retention(totals) == {1: 0.4}
    january, february = cohorts.heat_map(rows, totals).rows
    assert [tile.text for tile in january[1]] == ["10", "40", "90"]
    assert [tile.is_partial for tile in january[1]] == [False, False, True]
    assert february[1][2] is None
    assert ltv.common_age(rows) == 0
    assert words(ltv.finding(rows)) == (
        "In their first month, a buyer of January 2024 had brought $5.00, one of February 2024 $3.00"
    )


def totals_of(rows: list[CohortMonth]) -> list[AgeTotal]:
    results = []
    for age in sorted({row.age for row in rows}):
        same = [row for row in rows if row.age == age]
        done = [row for row in same if row.is_complete]
        buyers, active = sum(row.size for row in done), sum(row.active for row in done)
        results.append(AgeTotal(age, len(same), sum(row.size for row in same), buyers, active))
    return results


def test_cohorts_older_than_what_is_drawn_count() -> None:
    whole = answers_of(cohort_rows(months=60))
    assert len({row.cohort for row in whole.rows(queries.cohorts)}) == COHORTS
    assert max(row.age for row in whole.rows(queries.cohorts)) == COHORTS - 1
    section = cohorts.section(whole)
    # In the older 30 of 60 cohorts one buyer in two came back, in the newer 30 none did.
    assert words(section.title) == "25% of buyers order again in the month after their first order, 25% in month 6"
    assert "newest 24 of 60 cohorts, each up to month 23 of 100" in section.notes[1]
    assert "Among the newest 24 cohorts" in ltv.section(whole).title


def test_rules_in_force_are_what_sentences_say() -> None:
    rules = {
        "status_rules": SimpleNamespace(successful=("paid", "sent", "<b>")),
        "product_rules": SimpleNamespace(abc_a_below_percent=70, abc_b_below_percent=90),
        "rfm_rules": SimpleNamespace(score_groups=3),
        "attribution_rules": SimpleNamespace(revenue_weight=50, conversion_weight=20, acquisition_weight=10),
    }
    shop = shop_of(golden_sources(), GOLDEN_AS_OF, context_of(inputs=rules))
    text = parse(str(page.render("document.html", page.page_of(REPORT, shop)))).text
    for phrase in (
        "paid, sent or <b>",
        "first 70% of revenue, B up to 90%",
        "from 1 to 3",
        "50 x revenue",
        "10 x the",
    ):
        assert phrase in text, phrase
    for stale in ("completed", "shipped", "80%, B", "up to 95%", "4 or 5", "5 latest", "40 x", "30 x"):
        assert stale not in text, stale
    assert rules_of({}) == Rules()


def test_the_published_rules_are_those_of_the_models() -> None:
    assert rules_of(compiled_dataflow(GOLDEN_AS_OF).inputs) == Rules()


@pytest.mark.parametrize(
    ("newest", "message"),
    [(None, False), (GOLDEN_AS_OF, False), (date(2024, 5, 14), False), (date(2024, 5, 16), True)],
)
@pytest.mark.parametrize("dated", [False, True])
def test_a_back_dated_report_says_whom_it_counts(
    golden_shop: Answers, newest: date | None, message: bool, dated: bool
) -> None:
    models = compiled_dataflow(GOLDEN_AS_OF, has_sign_ups=dated).models
    answers = replace(golden_shop, context=context_of(newest_day=newest, models=models))
    report = page.page_of(replace(REPORT, sections=()), answers)
    assert bool(report.warnings) == message
    counted = "8 customers had signed up" if dated else "1 customer without an order by that day is excluded"
    assert not message or counted in words(report.warnings[0])
    total = "of 7 customers with an order by that day" if message and not dated else "of 8 customers"
    assert words(report.facts[1].meaning) == total
    assert words(report.facts[0].meaning) == "$660.67 paid for successful orders since January 2024"
    assert bool(report.newest) == (newest is not None)


@pytest.mark.parametrize("dated", [False, True])
def test_sign_up_dates_are_those_of_the_models(dated: bool) -> None:
    assert has_sign_ups(compiled_dataflow(GOLDEN_AS_OF, has_sign_ups=dated).models) == dated
    assert not has_sign_ups({})


def test_ltv_compares_at_equal_age() -> None:
    rows = [CohortMonth(date(2024, m, 1), k, 1, 1, 10.0 * m + k, m + k < 6) for m in range(1, 5) for k in range(7 - m)]
    assert ltv.common_age(rows) == 3
    best, worst = ltv.extremes(rows) or pytest.fail("none")
    assert (best.cohort.month, worst.cohort.month) == (2, 1)
    assert (best.ltv, worst.ltv) == (23, 13)


def test_products() -> None:
    assert words(products.finding([abc("A", 2, 81), abc("B", 3, 19)])) == "2 of 5 products bring 81% of gross revenue"
    assert products.finding([abc("A", 1, 81)]) == "One product earns all revenue"
    assert products.finding([abc("C", 4, -3)]) == "No product has earned anything yet"


def test_returns_need_more_than_chance() -> None:
    few, many = product("Few", 4, 2), product("Many", 400, 200, rank=2)
    shop = sold(1000, 220)
    assert returns.find_outliers([few, many], 0.22) == [many]
    assert words(returns.finding([few, many], shop)) == ("Many is returned most: 50% of its orders, against 22% of all")
    assert words(returns.finding([few], shop)) == "22% of sold orders are returned; no product clearly more often"
    assert returns.finding([few], sold(3, 0)) == "No sold order has been returned"


def test_interval_is_wilsons() -> None:
    # 3 of 10 at 95%: Newcombe (1998) and every table give 0.1078 to 0.6032.
    low, high = returns.interval(3, 10, 1)
    assert isclose(low, 0.10779, abs_tol=1e-5)
    assert isclose(high, 0.60322, abs_tol=1e-5)
    assert isclose(returns.interval(0, 10, 1)[0], 0, abs_tol=1e-12)
    assert returns.interval(3, 10, 20)[1] > high
