"""`show` prints rows of any model or expression, on every engine, and publishes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.row_query import find_unbuilt_models, query_expression, query_model
from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.engines import ENGINES
from marketing_ibis.graph import ancestors
from marketing_ibis.project.inline import parse_inline
from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop
from tests.invocation import Run
from tests.paths import JAFFLE
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineShop]:
    """Return a shop of which nothing is built."""
    with engine_shop(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


@pytest.mark.usefixtures("own_modules")
def test_a_model_is_shown_before_anything_is_built(shop: EngineShop) -> None:
    assert lines(shop.run("show", "halves").output) == [["id", "half"], ["--", "-----"], ["1", "50.0"], ["2", "125.0"]]
    assert lines(shop.run("show", "report").output)[2:] == [["2"]]
    assert shop.run("show", "halves", "--limit", "1", "--format", "csv").output == '"id","half"\n1,50\n'
    assert json.loads(shop.run("show", "halves", "--limit", "-1", "--output", "json").output) == [
        {"id": 1, "half": 50.0},
        {"id": 2, "half": 125.0},
    ]
    assert shop.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'") == []
    assert not (shop.root / "target").exists()


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("halves.half.sum()", [["175.0"]]),
        ("halves.order_by(_.id.desc()).limit(1)", [["2", "125.0"]]),
        ("raw_sales.count()", [["3"]]),
        (
            "stg_sales.join(totals, stg_sales.cents < totals.cents)[['id', 'n']].order_by('id')",
            [["1", "2"], ["2", "2"]],
        ),
        ("stg_sales.mutate(big=_.cents > 200).group_by(['big']).agg(n=_.count()).filter(_.big)", [["true", "1"]]),
    ],
)
def test_an_expression_over_models_is_shown(shop: EngineShop, expression: str, rows: list[list[str]]) -> None:
    assert lines(shop.run("show", "--inline", expression).output)[2:] == rows


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_published_parents_are_read_and_the_model_is_computed(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path) as shop:
        shop.run("run")
        shop.query("UPDATE dbt_marketing.totals SET n = 9")
        assert lines(shop.run("show", "report").output)[2:] == [["9"]]
        assert lines(shop.run("show", "totals").output)[2:] == [["2", "350"]]
        assert lines(shop.run("show", "--inline", "totals").output)[2:] == [["9", "350"]]
        # A table of other columns than the model's is not the model.
        shop.query("ALTER TABLE dbt_marketing.totals RENAME COLUMN cents TO coins")
        assert lines(shop.run("show", "report").output)[2:] == [["2"]]
        shop.query("DROP TABLE dbt_production.sales CASCADE")
        output = " ".join(shop.run("show", "totals", code=1).output.split())
        assert "source table dbt_production.sales does not exist" in output


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        ((), "`show` needs either a MODEL or --inline.", 2),
        (("orders", "--inline", "orders"), "`show` needs either a MODEL or --inline.", 2),
        (("ordrs",), "The model ordrs does not exist. Did you mean orders", 1),
        (("orders", "--limit", "-2"), "-2 is not in the range", 2),
        (("--inline", "orders.count("), "--inline is not a Python expression: '(' was never closed.", 2),
        (("--inline", "order"), "--inline names order, which is not a model or source. Did you mean orders", 2),
        (("--inline", "orders.amout"), "has no attribute 'amout'. Did you mean amount?", 2),
        (("--inline", "1"), "--inline is of type int, not an Ibis expression.", 2),
        (("--inline", "None"), "--inline is None, not an Ibis expression.", 2),
        (("--inline", "exit(3)"), "--inline cannot be evaluated: SystemExit: 3.", 2),
        (("--inline", "orders.execute()"), "`export` writes its rows", 2),
        (("--inline", "ibis.memtable(__import__('pyarrow').table({'a': [1]}))"), "contains rows in memory", 2),
        (("-s", "orders"), "Name the model: `show MODEL`.", 2),
    ],
)
def test_mistakes_are_one_message(run: Run, arguments: tuple[str, ...], message: str, code: int) -> None:
    run("seed", "--from", str(JAFFLE), "-q")
    assert message in " ".join(run("show", *arguments, code=code).output.split())


def test_a_missing_database_is_not_created(run: Run, tmp_path: Path) -> None:
    assert "There is no database" in run("show", "orders", code=1).output
    assert list(tmp_path.iterdir()) == []


def test_personal_columns_are_shown_and_no_file_has_them(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE), "-q")
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert "Michael" in run("show", "stg_customers", "--as-of", "2018-04-10").output
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files


@pytest.mark.parametrize(
    ("engine", "names"),
    [("postgres", ("customer_cohorts", "attribution_models")), ("redshift", ("product_performance", "orders"))],
)
def test_a_model_can_be_computed_in_one_query(engine: str, names: tuple[str, ...]) -> None:
    """Redshift's gate accepts the query of a model with all of its parents inside."""
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    for name in names:
        unbuilt = find_unbuilt_models(dataflow, [name], lambda name: False)
        query = query_model(dataflow, name, ENGINES[engine].dialect(), Schemas(), unbuilt, 5)
        assert '"dbt_marketing"' not in query.select
        assert query.computed_models[-1] == name


def test_the_rows_are_those_that_a_build_publishes(run: Run, tmp_path: Path) -> None:
    run("seed", "--from", str(JAFFLE), "-q")
    run("run", "-q", "--as-of", "2018-04-10")
    dataflow = compiled_dataflow(date(2018, 4, 10))
    with duckdb.connect(str(tmp_path / "target" / "warehouse.duckdb")) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in ("customer_segmentation", "customer_cohorts", "attribution_models", "campaign_win_back"):
            model = dataflow.models[name]
            unbuilt = find_unbuilt_models(dataflow, [name], lambda name: False)
            query = query_model(dataflow, name, ENGINES["duckdb"].dialect(), Schemas(), unbuilt, None)
            order = ", ".join(model.declaration.grain)
            published = connection.execute(f"SELECT * FROM dbt_marketing.{name} ORDER BY {order}").fetchall()
            assert connection.execute(query.select).fetchall() == published, name


@given(st.sets(st.sampled_from(sorted(compiled_dataflow(GOLDEN_AS_OF).models))), st.data())
def test_exactly_the_missing_models_that_are_needed_are_computed(built: set[str], data: st.DataObject) -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    name = data.draw(st.sampled_from(sorted(dataflow.models)))
    unbuilt = find_unbuilt_models(dataflow, [name], built.__contains__)
    assert not unbuilt & built
    graph = dataflow.graph()
    assert unbuilt <= ancestors(graph, [name]) | {name}
    for model in unbuilt:
        assert {parent for parent in graph[model] if parent in dataflow.models} <= unbuilt | built
        assert model == name or any(model in graph[child] for child in unbuilt)


def test_an_expression_of_with_clauses_keeps_them() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    inline = parse_inline("orders.join(orders.view(), 'order_id')[['order_id']]", list(dataflow.nodes))
    expression = inline.evaluate({"orders": ibis.table(dataflow.models["orders"].schema, name="orders")})
    dialect = ENGINES["redshift"].dialect()
    query = query_expression(dataflow, expression, inline.names, dialect, Schemas(), {"orders"})
    assert query.select.count("WITH") >= 1
    assert '"dbt_marketing"."orders"' not in query.select


TEXT = st.text(max_size=6)
TABLES = st.lists(st.tuples(TEXT, st.integers() | st.none(), st.booleans()), max_size=4)


@given(TABLES, st.integers(5, 60) | st.none())
def test_no_line_of_a_table_is_wider_than_the_terminal(rows: list[tuple[object, ...]], width: int | None) -> None:
    from rich.cells import cell_len

    printed = list(format_rows(["name", "n", "yes"], rows, width))
    assert all(line.isprintable() for line in printed)
    if printed and not printed[0].startswith("-- row"):
        assert width is None or max(map(cell_len, printed)) <= width
        assert len(printed) == len(rows) + 2
    else:
        assert len(printed) == len(rows) * 4
