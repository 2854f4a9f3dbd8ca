"""Data tests on a page: their meaning in a sentence, and the worst results first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import ibis
import pytest

from marketing_ibis import data_tests
from marketing_ibis.build.latest_results import TestResult
from marketing_ibis.docs_site.pages.bodies import plain_text, with_breaks, with_links
from marketing_ibis.docs_site.pages.shown_tests import shown_tests, summary_of
from marketing_ibis.model import DataTest
from marketing_ibis.testing.meanings import meaning
from tests.docs_site.built import named
from tests.paths import ROOT

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def tidy(table: ibis.Table) -> ibis.Table:
    """No order is tidy twice."""
    return table


@pytest.mark.parametrize(
    ("data_test", "expected"),
    [
        (data_tests.not_null(), "``n`` is never empty."),
        (data_tests.unique(), "No two rows have the same ``n``."),
        (data_tests.unique_combination_of_columns(("a", "b")), "No two rows have the same ``a`` and ``b``."),
        (data_tests.accepted_values(("x",)), "``n`` is ``x``."),
        (data_tests.accepted_values((1, 2, 3)), "``n`` is ``1``, ``2`` or ``3``."),
        (data_tests.positive_value(), "``n`` is more than 0."),
        (data_tests.non_negative(), "``n`` is 0 or more."),
        (data_tests.percentage_range(), "``n`` is from 0 to 100."),
        (data_tests.recency_freshness(7), "``n`` is at most 7 days before the as-of date."),
        (data_tests.table_freshness(7), "The newest ``n`` is at most 7 days before the as-of date."),
        (data_tests.not_after_as_of(), "``n`` is not after the as-of date."),
        (data_tests.not_before(date(2020, 1, 2)), "``n`` is not before 2020-01-02."),
        (data_tests.valid_email(), "``n`` has the form of an e-mail address."),
        (data_tests.relationships("orders", "id"), "Every ``n`` exists in ``orders.id``."),
        (
            data_tests.matches_parent("orders", "day", by="order_id", key="id"),
            "``n`` equals ``day`` of the row of ``orders`` whose ``id`` is ``order_id``.",
        ),
        (data_tests.min_row_count(1), "The table has at least 1 row."),
        (data_tests.min_row_count(20), "The table has at least 20 rows."),
        (data_tests.row_count_equals(5, "five channels"), "The number of rows equals: five channels."),
        (data_tests.sum_equals(5), "The sum of ``n`` equals: 5."),
        (data_tests.expression_is_true(ibis._.n > 0, "n is above zero."), "n is above zero."),
        (data_tests.expression_is_true(ibis._.n > 0), "Every row meets a condition."),
        (data_tests.custom(tidy), "No order is tidy twice."),
        (
            data_tests.not_null(where=ibis._.n > 0, warn_if=">1", severity="warn"),
            "``n`` is never empty. Only rows that meet a condition are tested. By number of failures, it warns if >1.",
        ),
    ],
)
def test_every_kind_of_test_has_a_sentence(data_test: DataTest, expected: str) -> None:
    assert meaning(named(data_test, "n")) == expected


def test_every_test_that_a_project_can_declare_is_known() -> None:
    declared = {
        name
        for name in data_tests.__all__
        if name.islower() and name not in ("total", "resolve_accepted_values", "custom")
    }
    parameters = test_every_kind_of_test_has_a_sentence.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {row[0].test for row in parameters} >= declared
    page = (ROOT / "docs" / "how-to" / "data-tests.md").read_text("utf-8")
    assert [name for name in declared if f"`{name}(" not in page] == [], "add a line to the table of the page"


def test_failures_come_first_and_are_counted() -> None:
    statuses = {"a": "pass", "b": "warn", "c": "fail", "d": "pass"}
    results = {("t", name): TestResult("t", name, status, NOON, NOON.date()) for name, status in statuses.items()}
    declared = [data_tests.not_null(name=name) for name in ("a", "b", "c", "d", "e")]
    shown = shown_tests("t", declared, results, {"b": "SELECT 1"})
    assert [test.data_test.name for test in shown] == ["c", "b", "e", "a", "d"]
    assert [test.query for test in shown] == ["", "SELECT 1", "", "", ""]
    assert summary_of(shown) == "5 tests: 2 pass, 1 fail, 1 warn, 1 not run"
    assert summary_of(shown_tests("t", declared[:1], {}, {})) == "1 test, not run yet"
    # A test of another table may have the same name.
    assert [test.status for test in shown_tests("u", declared[:1], results, {})] == [""]


def test_keys_of_the_first_rows_that_failed_are_text() -> None:
    result = TestResult("t", "a", "fail", NOON, NOON.date(), keys=({"id": 3, "day": "x"}, {"id": 4, "day": "y"}))
    (shown,) = shown_tests("t", [data_tests.unique(name="a")], {("t", "a"): result}, {})
    assert shown.keys == "id 3, day x; id 4, day y"


def code(text: str) -> str:
    return f'<code class="docutils literal notranslate"><span class="pre">{text}</span></code>'


def test_names_in_code_become_links_outside_of_links_and_headings() -> None:
    links = {"a_b": "models/a_b.html"}
    linked = f'<a class="reference internal" href="../models/a_b.html">{code("a_b")}</a>'
    assert with_links(f"<p>{code('a_b')}</p>", links, "../") == f"<p>{linked}</p>"
    for kept in (f'<a href="x">{code("a_b")}</a>', f"<h2>{code('a_b')}</h2>", code("other"), "<p>a_b</p>"):
        assert with_links(kept, links, "../") == kept


def test_names_break_between_their_parts_and_options_do_not() -> None:
    assert with_breaks(code("a_b.c/d")) == code("a_<wbr>b.<wbr>c/<wbr>d")
    assert with_breaks(code("--as-of")) == code("--as-of").replace('"pre"', '"pre option"')
    assert with_breaks("<p>a_b</p>") == "<p>a_b</p>"


def test_text_to_quote_from_has_a_blank_between_cells_and_none_within_a_name() -> None:
    head = '<h1>T<a class="headerlink" href="#t">#</a></h1>'
    row = "<table><tr><td><code>a_<wbr>b</code></td><td>x &amp; y</td></tr></table>"
    assert plain_text(f"{head}{row}<svg><text>drawn</text></svg>") == "T a_b x & y"
