"""A run warns in one line if nothing in the published tables matches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dataflows import health
from dataflows.lib.guests import GuestRules
from marketing_ibis.build.facts import Question
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.project_facts import questions
from marketing_ibis.build.published import Warned, warnings
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.errors import UnknownModel
from marketing_ibis.project.compile import compile_dataflow
from tests.dataflows.shops import placed, shop
from tests.invocation import invoke
from tests.paths import GOLDEN
from tests.sources import GOLDEN_AS_OF, Order, OrderLine, Payment, Sources, golden_sources
from tests.warehouse import compiled_dataflow, dataflow_modules, evaluated

STATUSES = "UPDATE dbt_production.orders SET status = 'done'"
STRANGERS = "UPDATE dbt_production.orders SET user_id = user_id + 1000"


@pytest.mark.parametrize(
    ("sources", "orders"),
    [
        pytest.param(golden_sources(), [], id="known_customers"),
        pytest.param(Sources(), [], id="no_orders"),
        pytest.param(Sources((), (Order(1, 5, GOLDEN_AS_OF, "completed", "A"),)), ["(1,)"], id="strangers"),
        pytest.param(Sources((), (Order(1, None, GOLDEN_AS_OF, "completed", "A"),)), ["(1,)"], id="guests"),
        pytest.param(
            shop(placed(1, 0)).plus(orders=[Order(9, None, GOLDEN_AS_OF, "completed", "A")]), [], id="one_known"
        ),
    ],
)
def test_orders_without_customers(sources: Sources, orders: list[str]) -> None:
    assert evaluated(health.no_order_finds_its_customer, sources, GOLDEN_AS_OF) == orders


@pytest.mark.parametrize(
    ("sources", "orders"),
    [
        pytest.param(golden_sources(), [], id="buyers"),
        pytest.param(Sources(), [], id="no_orders"),
        pytest.param(shop(placed(1, 0, status="done")), ["(1,)"], id="an_unknown_status"),
        pytest.param(shop(*[placed(1, 0, status="placed")] * 9), [], id="nine_pending"),
        pytest.param(shop(*[placed(1, 0, status="placed")] * 10), ["(10,)"], id="ten_pending"),
        pytest.param(shop(placed(1, 0, status="returned")), [], id="a_return"),
    ],
)
def test_no_buyer(sources: Sources, orders: list[str]) -> None:
    assert evaluated(health.no_buyer_is_left, sources, GOLDEN_AS_OF) == orders


GUEST = shop(placed(1, 0)).plus(orders=[Order(9, None, GOLDEN_AS_OF, "completed", "A")])


@pytest.mark.parametrize(
    ("sources", "identity", "orders"),
    [
        pytest.param(shop(placed(1, 0)), "none", [], id="customers"),
        pytest.param(GUEST, "none", ["(1,)"], id="a_guest"),
        pytest.param(GUEST, "order", [], id="a_guest_is_a_customer"),
    ],
)
def test_guests(sources: Sources, identity: str, orders: list[str]) -> None:
    rules = GuestRules(identity)
    assert evaluated(health.guests_are_not_counted, sources, GOLDEN_AS_OF, guest_rules=rules) == orders


@pytest.mark.parametrize(
    ("products", "has_lines", "orders"),
    [
        pytest.param("AA", False, [], id="one_product"),
        pytest.param("AB", False, ["(1,)"], id="two_products"),
        pytest.param("AB", True, [], id="lines"),
        pytest.param(("A", None), False, [], id="unnamed"),
    ],
)
def test_several_products(products: tuple[str | None, ...], has_lines: bool, orders: list[str]) -> None:
    payments = [Payment(10 + number, 1, "coupon", 5, name) for number, name in enumerate(products)]
    sources = shop(placed(1, 0), placed(1, 1, 500)).plus(payments=payments)
    sources = sources.with_lines([OrderLine(1, 1, "A", 1, 500)]) if has_lines else sources
    assert evaluated(health.orders_have_several_products, sources, GOLDEN_AS_OF) == orders


@pytest.mark.parametrize(
    ("change", "command", "message"),
    [
        ("", "run", "Warning: No lifetime value is forecast: There are 5 buyers, and a fit needs 500. customer_clv"),
        (STRANGERS, "run", "Warning: No order (of 15) has a known customer: segments, cohorts and channels are empty."),
        (STATUSES, "run", "Warning: No order (of 15 of known customers) is successful: there is no buyer"),
        ("UPDATE dbt_production.orders SET user_id = NULL", "build", "Warning: No order (of 15) has a known customer"),
    ],
    ids=["golden", "strangers", "statuses", "guests"],
)
def test_one_line_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, command: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    invoke("seed", "--from", str(GOLDEN))
    with duckdb.connect("target/warehouse.duckdb") as con:
        con.execute(change or "SELECT 1")
    selected = ("-s", "+customers +orders +attribution_touchpoints") if change else ()
    lines = invoke(command, "--as-of", str(GOLDEN_AS_OF), *selected).output.splitlines()
    matches = [line for line in lines if line.startswith("Warning: ")]
    assert [line[: len(message)] for line in matches] == [message] * bool(message)


@pytest.fixture
def rows() -> Iterator[tuple[object, ...]]:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    plan = build_plan(dataflow, list(dataflow.models), ENGINES["duckdb"].dialect(), Schemas())
    with open_duckdb() as target:
        target.create_schema("dbt_marketing")
        target.execute("CREATE TABLE dbt_marketing.orders AS SELECT 1 AS order_id")
        yield plan, target


def test_only_what_was_published_is_looked_at(rows: tuple[object, ...]) -> None:
    plan, target = rows
    asked = Question("look", "{order_id:,} too many", "SELECT 1234 AS order_id", ("order_id",), frozenset({"orders"}))
    assert list(warnings([asked], plan, target, ["orders"])) == [  # type: ignore[arg-type]
        Warned("1,234 too many", ("orders",))
    ]
    assert not list(warnings([asked], plan, target, ["customers"]))  # type: ignore[arg-type]
    gone = Question("look", "", "SELECT 1", ("order_id",), frozenset({"orders", "customers"}))
    assert not list(warnings([gone], plan, target, ["orders"]))  # type: ignore[arg-type]
    broken = Question("look", "", "SELECT nothing", ("order_id",), frozenset({"orders"}))
    (message,) = warnings([broken], plan, target, ["orders"])  # type: ignore[arg-type]
    assert message.text.startswith("look could not look at the published tables: ")
    assert message.has_personal_data, "the engine may repeat a value of a row"


def test_a_run_that_builds_nothing_of_it_asks_nothing() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    plan = build_plan(dataflow, ["stg_orders"], ENGINES["duckdb"].dialect(), Schemas())
    assert dataflow.warnings
    assert questions(dataflow, plan) == ()


def test_a_warning_that_reads_nothing_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(nowhere: object) -> None:
        raise NotImplementedError

    lost.__module__, lost.warns = health.__name__, "text"  # type: ignore[attr-defined]
    monkeypatch.setattr(health, "lost", lost, raising=False)
    with pytest.raises(
        UnknownModel, match=r"Warning lost has a parameter nowhere, which is not a model, source or input"
    ):
        compile_dataflow(dataflow_modules(), inputs={"as_of": GOLDEN_AS_OF})
