"""Each generic test finds what the same rule in plain Python finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ibis import _

from marketing_ibis import data_tests
from marketing_ibis.errors import CompileError
from marketing_ibis.model import DataTest
from tests.testing.asking import AS_OF, Table, Tables

NUMBERS = st.none() | st.integers(-3, 3)
DAYS = st.none() | st.dates(AS_OF - timedelta(5), AS_OF + timedelta(3))
SHARES = st.none() | st.sampled_from([-0.5, 0.0, 0.25, 1.0, 1.0000001, 99.0, 100.0, 100.5])
MAIL = st.text(alphabet="a@. Z1\té", max_size=9)


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    opened = Tables()
    yield opened
    opened.connection.close()


Fails = Callable[[object], bool]


def not_null(function: Fails) -> Fails:
    return lambda value: value is not None and function(value)


def is_email(text: str) -> bool:
    """Return whether an address is valid, without a regular expression."""
    name, at, host = text.partition("@")
    last = host.rpartition(".")[2]
    blank = any(character in " \t\n\r\f\v" for character in text)
    letters = last.isascii() and last.isalpha() and len(last) >= 2
    return bool(name and at and "@" not in host and "." in host and letters and not blank)


OF_ONE_VALUE = [
    pytest.param(data_tests.not_null(), "int64", NUMBERS, lambda value: value is None, id="not_null"),
    pytest.param(
        data_tests.accepted_values((0, 2)), "int64", NUMBERS, not_null(lambda v: v not in (0, 2)), id="accepted_values"
    ),
    pytest.param(data_tests.positive_value(), "int64", NUMBERS, not_null(lambda v: v <= 0), id="positive_value"),
    pytest.param(data_tests.non_negative(), "int64", NUMBERS, not_null(lambda v: v < 0), id="non_negative"),
    pytest.param(
        data_tests.percentage_range(), "float64", SHARES, not_null(lambda v: not 0 <= v <= 100), id="percentage_range"
    ),
    pytest.param(
        data_tests.percentage_range(0, 1), "float64", SHARES, not_null(lambda v: not 0 <= v <= 1), id="share_range"
    ),
    pytest.param(
        data_tests.recency_freshness(2),
        "date",
        DAYS,
        not_null(lambda v: AS_OF - v > timedelta(2)),
        id="recency_freshness",
    ),
    pytest.param(data_tests.not_after_as_of(), "date", DAYS, not_null(lambda v: v > AS_OF), id="not_after_as_of"),
    pytest.param(data_tests.not_before(AS_OF), "date", DAYS, not_null(lambda v: v < AS_OF), id="not_before"),
    pytest.param(
        data_tests.valid_email(), "string", st.none() | MAIL, not_null(lambda v: not is_email(str(v))), id="valid_email"
    ),
    pytest.param(
        data_tests.expression_is_true(_.value * _.value > 1),
        "int64",
        NUMBERS,
        not_null(lambda v: not v * v > 1),
        id="expression_is_true",
    ),
    pytest.param(
        data_tests.expression_is_true(lambda t: t.value == t.value.max().over()),
        "int64",
        st.integers(2, 2),
        lambda v: False,
        id="window",
    ),
]


@pytest.mark.parametrize(("data_test", "kind", "values", "fails"), OF_ONE_VALUE)
def test_a_row_fails_as_its_value_does(
    tables: Tables, data_test: DataTest, kind: str, values: st.SearchStrategy[object], fails: Fails
) -> None:
    @given(st.lists(values, max_size=8))
    def hold(drawn: list[object]) -> None:
        result = tables.ask(data_test, Table({"id": "int64", "value": kind}, list(enumerate(drawn))), at="value")
        failing = [place for place, value in enumerate(drawn) if fails(value)]
        assert result.failures == len(failing)
        assert [key["id"] for key in result.keys] == failing[:5]
        assert result.status == ("fail" if failing else "pass")

    hold()


@given(st.lists(st.tuples(NUMBERS, st.none() | st.booleans()), max_size=8))
def test_where_limits_the_rows(tables: Tables, drawn: list[tuple[int | None, bool | None]]) -> None:
    rows = [(number, *row) for number, row in enumerate(drawn)]
    table = Table({"id": "int64", "value": "int64", "counts": "boolean"}, rows)
    counted = [value for value, counts in drawn if counts]
    null = tables.ask(data_tests.not_null(where=_.counts), table, at="value")
    assert null.failures == counted.count(None)
    unique = tables.ask(data_tests.unique(where=_.counts), table, at="value")
    assert unique.failures == repeated([value for value in counted if value is not None])
    summed = tables.ask(data_tests.sum_equals(3, where=_.counts), table, at="value")
    assert summed.failures == (sum(value or 0 for value in counted) != 3)
    few = tables.ask(data_tests.min_row_count(2, where=_.counts), table)
    assert few.failures == (len(counted) < 2)


def repeated(values: list[object]) -> int:
    return sum(count > 1 for count in Counter(values).values())


@given(st.lists(NUMBERS, max_size=8))
def test_unique_counts_values_and_passes_over_nulls(tables: Tables, drawn: list[int | None]) -> None:
    result = tables.ask(
        data_tests.unique(), Table({"id": "int64", "value": "int64"}, list(enumerate(drawn))), at="value"
    )
    assert result.failures == repeated([value for value in drawn if value is not None])
    assert all(set(key) == {"value"} for key in result.keys)


@given(st.lists(st.tuples(NUMBERS, st.none() | st.sampled_from("ab")), max_size=8))
def test_unique_combination_takes_null_for_a_value(tables: Tables, drawn: list[tuple[object, object]]) -> None:
    data_test = data_tests.unique_combination_of_columns(("a", "b"))
    result = tables.ask(data_test, Table({"a": "int64", "b": "string"}, drawn, grain=("a", "b")))
    assert result.failures == repeated(list(drawn))


@given(st.lists(NUMBERS, max_size=6), st.lists(NUMBERS, max_size=6))
@example([1, 1, None], [None])
@example([2], [2, 2])
def test_relationships_ask_values_that_are_not_null(tables: Tables, drawn: list[object], known: list[object]) -> None:
    child = Table({"id": "int64", "value": "int64"}, list(enumerate(drawn)))
    parent = Table({"key": "int64"}, [(value,) for value in known])
    result = tables.ask(data_tests.relationships("parent", "key"), child, at="value", parent=parent)
    assert result.failures == sum(value is not None and value not in known for value in drawn)


@given(
    st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from("ab")), max_size=6),
    st.dictionaries(st.integers(0, 3), st.none() | st.sampled_from("ab")),
)
def test_matches_parent_takes_null_for_null(
    tables: Tables, drawn: list[tuple[object, object]], parents: dict[int, str | None]
) -> None:
    child = Table({"id": "int64", "by": "int64", "value": "string"}, [(n, *row) for n, row in enumerate(drawn)])
    parent = Table({"key": "int64", "name": "string"}, list(parents.items()))
    data_test = data_tests.matches_parent("parent", "name", by="by", key="key")
    result = tables.ask(data_test, child, at="value", parent=parent)
    assert result.failures == sum(by in parents and parents[by] != value for by, value in drawn)  # type: ignore[index]


@given(st.lists(DAYS, max_size=5))
def test_table_freshness_asks_the_newest_day(tables: Tables, drawn: list[date | None]) -> None:
    table = Table({"id": "int64", "value": "date"}, list(enumerate(drawn)))
    newest = max((day for day in drawn if day), default=None)
    result = tables.ask(data_tests.table_freshness(2), table, at="value")
    assert result.failures == (newest is not None and AS_OF - newest > timedelta(2))


@given(st.lists(NUMBERS, max_size=4), st.integers(0, 4))
def test_counts_of_rows(tables: Tables, drawn: list[int | None], rows: int) -> None:
    table = Table({"id": "int64", "value": "int64"}, list(enumerate(drawn)))
    assert tables.ask(data_tests.min_row_count(rows), table).failures == (len(drawn) < rows)
    assert tables.ask(data_tests.row_count_equals(rows), table).failures == (len(drawn) != rows)


def total_of(parent: ir.Table) -> ir.Table:
    return parent.agg(total=parent.value.sum())


@pytest.mark.parametrize("kind", ["int64", "decimal(18, 2)", "float64"])
@given(st.lists(NUMBERS, max_size=5), st.lists(NUMBERS, max_size=5), st.integers(1, 3))
def test_sums_are_compared_with_a_total_of_another_table(
    tables: Tables, kind: str, drawn: list[int | None], others: list[int | None], times: int
) -> None:
    child, parent = (Table({"id": "int64", "value": kind}, list(enumerate(rows))) for rows in (drawn, others))
    data_test = data_tests.sum_equals(data_tests.total(total_of, "total", times=times))
    result = tables.ask(data_test, child, at="value", parent=parent)
    ours, theirs = (sum(value or 0 for value in rows) for rows in (drawn, others))
    # The total of nothing is NULL, which equals no number in SQL; it is 0 for a test.
    assert result.failures == (ours != times * theirs)


def test_a_wrong_sum_reports_both_numbers(tables: Tables) -> None:
    result = tables.ask(data_tests.sum_equals(7, "what came in"), Table({"value": "int64"}, [(3,), (5,)]), at="value")
    assert result.message == "expected 7 (what came in), got 8"


def test_doubles_may_differ_in_the_tenth_digit(tables: Tables) -> None:
    table = Table({"value": "float64"}, [(0.1,), (0.2,), (2.7,)])
    assert tables.ask(data_tests.sum_equals(3), table, at="value").status == "pass"
    assert tables.ask(data_tests.sum_equals(3), Table({"value": "float64"}, [(3.00001,)]), at="value").status == "fail"


@pytest.mark.parametrize("kind", ["decimal(18, 2)", "int64"])
def test_exact_sums_are_compared_to_the_last_digit(tables: Tables, kind: str) -> None:
    # 10^12 and 10^12 + 1 are the same to nine digits.
    table = Table({"value": kind}, [(10**12,), (1,)])
    assert tables.ask(data_tests.sum_equals(10**12), table, at="value").status == "fail"
    assert tables.ask(data_tests.sum_equals(10**12 + 1), table, at="value").status == "pass"


def test_exact_totals_are_compared_to_the_last_digit(tables: Tables) -> None:
    def cents(parent: ir.Table) -> ir.Table:
        return parent.agg(cents=parent.amount.sum())

    table = Table({"value": "decimal(18, 2)"}, [(Decimal("9999999999.99"),)])
    for amount, status in ((Decimal("9999999999.99"), "pass"), (Decimal("9999999999.98"), "fail")):
        parent = Table({"amount": "decimal(18, 2)"}, [(amount,)])
        data_test = data_tests.sum_equals(data_tests.total(cents, "cents"))
        assert tables.ask(data_test, table, at="value", parent=parent).status == status


def test_doubles_that_cancel_are_equal_to_nothing(tables: Tables) -> None:
    table = Table({"value": "float64"}, [(0.1,), (0.2,), (-0.3,)])
    assert tables.ask(data_tests.sum_equals(0), table, at="value").status == "pass"
    assert tables.ask(data_tests.sum_equals(0), Table({"value": "float64"}, [(1e-6,)]), at="value").status == "fail"


def test_an_instant_is_compared_by_its_day(tables: Tables) -> None:
    table = Table({"value": "timestamp"}, [(datetime(2024, 5, 15, 23, 59),), (datetime(2024, 5, 16, 0, 0),)])
    assert tables.ask(data_tests.not_after_as_of(), table, at="value").failures == 1


@pytest.mark.parametrize(
    ("data_test", "first", "last"),
    [
        pytest.param(data_tests.not_after_as_of(), AS_OF - timedelta(days=9), AS_OF, id="not_after_as_of"),
        pytest.param(data_tests.not_before(AS_OF), AS_OF, AS_OF + timedelta(days=9), id="not_before"),
        pytest.param(data_tests.recency_freshness(3), AS_OF - timedelta(days=3), AS_OF, id="recency_freshness"),
    ],
)
def test_an_instant_stored_in_place_of_a_day_is_compared_by_its_day(
    tables: Tables, data_test: DataTest, first: date, last: date
) -> None:
    inside = [(datetime.combine(first, time()),), (datetime.combine(last, time.max),)]
    table = Table({"value": "date"}, inside, stored={"value": "timestamp"})
    assert tables.ask(data_test, table, at="value").failures == 0
    before, after = datetime.combine(first, time()) - timedelta(seconds=1), inside[1][0] + timedelta(seconds=1)
    outside = replace(table, rows=[(before,), (after,)])
    assert tables.ask(data_test, outside, at="value").failures == 1


def test_nothing_is_after_the_last_day_of_the_calendar(tables: Tables) -> None:
    table = Table({"value": "date"}, [(date.max,), (None,)])
    assert tables.ask(data_tests.not_after_as_of(), table, at="value", as_of=date.max).failures == 0


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("ann@shop.com", True),
        ("a@b.co", True),
        ("a@b.c", False),
        ("a@b", False),
        ("@b.com", False),
        ("a@@b.com", False),
        ("a@b@c.com", False),
        ("a b@c.com", False),
        ("a@b.com ", False),
        ("a@b.com\n", False),
        ("a@b.c0m", False),
        ("a@b.com.", False),
        ("a@.com", True),
        ("", False),
    ],
)
def test_addresses(tables: Tables, text: str, *, valid: bool) -> None:
    assert tables.ask(data_tests.valid_email(), Table({"value": "string"}, [(text,)]), at="value").failures == (
        not valid
    )
    assert is_email(text) == valid
    assert bool(re.search(data_tests.columns.EMAIL.replace("$", r"\Z"), text)) == valid


def even(table: ir.Table) -> ir.BooleanColumn:
    """Values are even."""
    return table.value % 2 == 0


def unknown_to(table: ir.Table, parent: ir.Table) -> ir.Table:
    """Every value is known."""
    return table.filter(table.value.notin(parent.value))


@given(st.lists(st.integers(0, 4), max_size=5))
def test_a_test_of_one_s_own(tables: Tables, drawn: list[int]) -> None:
    table = Table({"id": "int64", "value": "int64"}, list(enumerate(drawn)))
    result = tables.ask(data_tests.custom(even), table)
    assert (result.test, result.failures) == ("even", sum(value % 2 for value in drawn))
    found = tables.ask(data_tests.custom(unknown_to), table, parent=Table({"value": "int64"}, [(1,), (2,)]))
    assert found.failures == sum(value not in (1, 2) for value in drawn)


def test_a_result_that_is_neither_a_condition_nor_a_table_is_reported(tables: Tables) -> None:
    with pytest.raises(CompileError, match=r"Test asked cannot be built: TypeError: it returns IntegerColumn"):
        tables.ask(data_tests.custom(lambda table: table.value), Table({"value": "int64"}, []))


def test_a_condition_that_python_cannot_compute_is_reported(tables: Tables) -> None:
    with pytest.raises(CompileError, match=r"Test asked cannot be built: AttributeError: .*prise"):
        tables.ask(data_tests.expression_is_true(lambda t: t.prise > 0), Table({"value": "int64"}, []))


def test_no_row_but_a_flag_of_the_whole(tables: Tables) -> None:
    data_test = data_tests.custom(lambda table: table.count() == ibis.literal(1))
    assert tables.ask(data_test, Table({"value": "int64"}, [(1,)])).status == "pass"
    assert tables.ask(data_test, Table({"value": "int64"}, [])).failures == 1
