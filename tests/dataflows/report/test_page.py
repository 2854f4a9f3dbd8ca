"""The whole page: valid markup, no external resources, and data shown as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import altair as alt
import ibis
import jsonschema
import pytest

import dataflows.report
from dataflows.report import REPORT, channels, frame, ltv, products, queries, repeat, returns, revenue, segments
from dataflows.report.rows import Built
from marketing_ibis.build.latest_results import LatestResults, TestResult
from marketing_ibis.build.model_history import history_views
from marketing_ibis.build.test_summary import ResultSummary, summarize_tests
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.report import Answers, drawing, page, report_fragment, report_page
from marketing_ibis.report.drawing import NARROW, WIDE, with_style
from marketing_ibis.report.reading import expression_of
from marketing_ibis.report.theme import DARK
from tests.dataflows.report.shops import context_of, published, schemas, shop_of
from tests.dataflows.shops import placed, shop
from tests.report.markup import parse
from tests.sources import GOLDEN_AS_OF, Sources, golden_sources
from tests.warehouse import MODEL_SCHEMA, compiled_dataflow

NASTY = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>': '"><img src=x onerror=alert(1)>',
    "</svg></style><b>bold": "</svg></style><b>bold",
    "{{ 7 * 191 }}": "{{ 7 * 191 }}",
    "&lt;b&gt; &amp;": "&lt;b&gt; &amp;",
    "דרך \u202eevil": "דרך evil",
    "👩‍🚀🚲": "👩‍🚀🚲",
    "x" * 10_000: "x" * 39 + "…",
    "two\nlines": "two lines",
}
EDGES = {
    "nothing": Sources((), (), ()),
    "no buyers": shop(placed(1, 3, 100, status="returned"), placed(2, 2, 100, status="placed"), customers=4),
    "no orders": Sources(shop(placed(1, 0, 1)).customers, (), ()),
    "one buyer": shop(placed(1, 40, 1_000)),
    "one month": shop(placed(1, 3, 1_000), placed(2, 2, 2_000), placed(1, 1, 500)),
    "negative revenue": shop(placed(1, 40, -5_000), placed(2, 20, 1_000), placed(2, 70, -300, product="City Pro")),
    "nothing paid": shop(placed(1, 40), placed(2, 80)),
}


SECTIONS, DRAWINGS = 20, 26
"""Those of every shop, and the glossary; charts in two widths, and small lines."""
MOMENT = datetime(2024, 5, 16, tzinfo=UTC)
RESULTS = (
    TestResult("orders", "unique_orders", "fail", MOMENT, GOLDEN_AS_OF, failures=3, message="<script>x</script>"),
    TestResult("orders", "a", "pass", MOMENT, GOLDEN_AS_OF),
)
FAILED = summarize_tests(
    LatestResults(tests={(one.node, one.name): one for one in RESULTS}), [(r.node, r.name) for r in RESULTS]
)


def rendered(sources: Sources, tests: ResultSummary = ResultSummary(0)) -> str:
    return str(
        page.render("document.html", page.page_of(REPORT, shop_of(sources, GOLDEN_AS_OF, context_of(tests=tests))))
    )


@cache
def golden_page() -> str:
    return rendered(golden_sources(), FAILED)


@cache
def edge_page(name: str) -> str:
    return rendered(EDGES[name])


def test_the_golden_page_holds_every_number() -> None:
    read = parse(golden_page())
    assert read.tags["svg"] == DRAWINGS
    assert read.tags["h1"] == 1
    assert read.tags["h2"] == SECTIONS
    assert len(read.labels) == DRAWINGS
    for text in ("Road Pro", "$315.00", "Email Marketing", "Loyal Customers", "$375.00", "As of 15\xa0May\xa02024"):
        assert text in read.text
    assert "stand-in rule on the order itself" in read.text
    assert "not observed traffic" in " ".join(read.text.split())


@pytest.mark.parametrize("name", EDGES)
def test_little_or_odd_data_gives_a_page(name: str) -> None:
    read = parse(edge_page(name))
    assert read.tags["h2"] == SECTIONS
    assert not re.search(r"\b(nan|None|Infinity|undefined|null)\b", read.text.replace("font-variant: none", ""))


def test_an_empty_warehouse_says_so() -> None:
    text = parse(edge_page("nothing")).text
    for finding in ("There are no customers yet", "No product has been ordered yet", "No channel has an order yet"):
        assert finding in text
    with published({}) as target:
        assert "no day: the tables are empty" in report_page(REPORT, target, MODEL_SCHEMA, context_of())


def test_whatever_the_data_holds_is_text() -> None:
    orders = [placed(1, 40 + n, 1_000 - n, product=name) for n, name in enumerate(NASTY)]
    read = parse(rendered(shop(*orders)))
    for name in NASTY.values():
        assert name in read.texts, name
    assert "1337" not in read.texts
    assert "x" * 60 not in read.text


def test_messages_of_tests_are_text() -> None:
    read = parse(golden_page())
    assert "1 of 2\xa0data tests failed" in read.text
    assert "<script>x</script>" in read.texts


def test_tables_of_different_days_are_reported(golden_shop: Answers) -> None:
    built = golden_shop.rows(queries.built)
    assert frame.days_apart(built) == ""
    mixed = (*built[:3], Built("product_performance", date(2024, 5, 1)))
    assert "product_performance: 1\xa0May\xa02024" in frame.days_apart(mixed)


def test_a_fragment_keeps_its_styles_to_itself() -> None:
    with published({}) as target:
        text = report_fragment(REPORT, target, MODEL_SCHEMA, context_of())
    parse(text)
    assert "<html" not in text
    rules = r"/\*.*?\*/|@keyframes[^{]*\{[^}]*\} *\}|@(?:media|supports)[^{]*\{"
    styles = re.sub(rules, "", " ".join(re.findall(r"<style>(.*?)</style>", text, re.S)))
    for selectors in re.findall(r"([^{}]+)\{[^}]*\}", styles):
        for selector in selectors.split(","):
            assert selector.strip().startswith(".insights"), selector


def test_charts_keep_vega_lites_schema(golden_shop: Answers) -> None:
    data = golden_shop
    complete = [row for row in data.rows(queries.cohorts) if row.is_complete]
    # Not jsonschema.validate, which checks the large schema itself for each chart.
    schema = alt.load_schema()
    validator = jsonschema.validators.validator_for(schema)(schema)
    for width in (WIDE, NARROW):
        for chart in (
            revenue.chart(data.rows(queries.months), width),
            segments.chart(segments.groups(data.rows(queries.segments)), data.row(queries.total), width),
            ltv.chart(complete, width),
            products.chart(data.rows(queries.products), data.rows(queries.classes), (80, 95), width),
            returns.chart(returns.most_ordered(data.rows(queries.products)), 0.2, width),
            channels.chart(data.rows(queries.channels), width),
            repeat.chart([row for row in complete if row.age == 1], width),
        ):
            validator.validate(with_style(chart))


def test_the_report_is_drawn_without_altair() -> None:
    # Importing it and building its objects took a fifth of the time of a report.
    files = [Path(module.__file__ or "") for module in (dataflows.report, drawing)]
    sources = [path.read_text("utf-8") for path in [*files[0].parent.glob("*.py"), files[1]]]
    assert len(sources) > 20
    assert not any(re.search(r"^(import|from) altair", source, re.M) for source in sources)


def test_every_colour_of_a_drawing_has_its_twin_for_dark_screens() -> None:
    text = golden_page()
    drawings = "".join(re.findall(r"<svg.*?</svg>", text, re.S))
    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawings)) - {"none", "transparent"}
    assert used <= DARK.keys(), used - DARK.keys()


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "redshift"])
def test_every_query_compiles_and_fills_its_record(engine: str) -> None:
    dialect = ENGINES[engine].dialect()
    marts = {name: Relation("dbt_marketing", name) for name in REPORT.models}
    views = history_views(compiled_dataflow(GOLDEN_AS_OF).models, "dbt_marketing")
    existing = {**schemas(), **{name: view.schema for name, view in views.items()}}
    tables = {name: ibis.table(schema, name=name) for name, schema in existing.items()}
    for query in REPORT.queries:
        expression = expression_of(query, tables)
        assert tuple(expression.columns) == tuple(query.row.__slots__)
        select = dialect.resolve(dialect.select(expression), marts)
        assert '"dbt_marketing"."' in select
        assert "FILTER" not in select or engine != "redshift"


def test_rows_stay_few_whatever_the_shop() -> None:
    names = [f"Product {n:04}" for n in range(300)]
    data = shop_of(shop(*(placed(n % 7 + 1, n, 100 + n, product=name) for n, name in enumerate(names))), GOLDEN_AS_OF)
    assert len(data.rows(queries.products)) <= 40
    assert sum(row.products for row in data.rows(queries.classes)) == 300
    assert sum((row.revenue for row in data.rows(queries.classes)), Decimal(0)) == sum(
        Decimal(100 + n) / 100 for n in range(300)
    )
