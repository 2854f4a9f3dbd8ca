"""A source is read from another database: three-part names, and the files that a profile attaches."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from marketing_ibis import Project
from marketing_ibis.errors import CompileError
from marketing_ibis.model import column, source
from tests.invocation import invoke
from tests.project.mapped_shop import FILES, ORDERS, SETTINGS
from tests.shop import Shop, make_shop

PROFILE = "shop: {{target: dev, outputs: {{dev: {{type: duckdb, path: warehouse.duckdb, attach: {attach}}}}}}}\n"
ATTACH = "[{path: lake.duckdb, alias: raw}]"
THREE_PARTS = SETTINGS.replace("web.orders", "raw.web.orders").replace(
    "time_zone", 'profile = "shop"\n    time_zone', 1
)
PLAIN = "SELECT 1 AS id, 250 AS cents, DATE '2024-05-01' AS sold_on, 'sold' AS status"
TESTED = {
    **FILES,
    "raw_sales": """
        from datetime import timedelta

        from marketing_ibis.data_tests import unique
        from marketing_ibis.model import freshness
        """
    + FILES["raw_sales"]
    .replace('"Key."', '"Key.", tests=(unique(),)')
    .replace("columns=COLUMNS", 'columns=COLUMNS, freshness=freshness("sold_on", warn_after=timedelta(days=20))'),
}
BUILT = [(7, 1999), (8, 29)]


def attached_shop(
    folder: Path, settings: str = THREE_PARTS, attach: str = ATTACH, place: str = 'table="sales"'
) -> Shop:
    """Return a shop whose sales are in a table of another shape in another database file."""
    shop = make_shop(
        folder, settings=settings, **{name: text.replace('table="sales"', place) for name, text in TESTED.items()}
    )
    (folder / "profiles.yml").write_text(PROFILE.format(attach=attach))
    (folder / "lite.db").write_bytes(b"SQLite format 3\0" + bytes(4080))
    with duckdb.connect(str(folder / "lake.duckdb")) as lake:
        lake.execute("CREATE SCHEMA web")
        lake.execute(f"CREATE TABLE web.orders AS {ORDERS}")
        lake.execute("CREATE SCHEMA plain")
        lake.execute(f"CREATE TABLE plain.sales AS {PLAIN}")
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
    return shop


def call(shop: Shop, *arguments: str, code: int = 0) -> str:
    return invoke(*arguments, "--project-dir", str(shop.root), "--target-path", str(shop.root / "t"), code=code).output


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that was built from the table of another database."""
    shop = attached_shop(tmp_path_factory.mktemp("attached"))
    call(shop, "build", "--as-of", "2024-05-15")
    return shop


def test_a_table_of_an_attached_file_is_read(built: Shop) -> None:
    with duckdb.connect(str(built.database), read_only=True) as warehouse:
        rows = warehouse.execute("SELECT n, cents FROM dbt_marketing.totals").fetchall()
        assert rows == [(2, sum(cents for _, cents in BUILT))]
    assert call(built, "ls", "-s", "source:raw.web.orders").split() == ["raw_web_orders"]


def test_views_over_it_are_read_by_every_command(built: Shop) -> None:
    shown = call(built, "show", "raw_sales", "--output", "json")
    assert [(row["id"], row["cents"]) for row in json.loads(shown)] == BUILT
    exported = built.root / "sales.csv"
    call(built, "export", "raw_sales", "--to", str(exported))
    assert exported.read_text().count("\n") == 1 + len(BUILT)
    assert "unique_raw_sales_id" in call(built, "test", "--as-of", "2024-05-15", "--log-format", "json")
    assert "raw.web.orders created_at" in call(built, "freshness", "--as-of", "2024-05-15")


def test_artifacts_name_the_database(built: Shop) -> None:
    call(built, "docs", "generate", "--as-of", "2024-05-15")
    manifest = json.loads((built.root / "t" / "manifest.json").read_text())
    node = next(node for node in manifest["sources"].values() if node["meta"]["node"] == "raw_web_orders")
    assert (node["database"], node["schema"], node["name"]) == ("raw", "web", "orders")
    assert node["relation_name"] == '"raw"."web"."orders"'
    assert node["unique_id"].endswith(".raw.web.orders")
    catalog = json.loads((built.root / "t" / "catalog.json").read_text())
    entry = catalog["sources"][node["unique_id"]]
    assert entry["metadata"]["database"] == "raw"
    assert entry["stats"]["row_count"]["value"] == len(BUILT)


def test_the_description_names_the_database(built: Shop) -> None:
    described = json.loads(call(built, "describe", "--format", "json"))
    (table,) = described["sources"]
    assert table["relation"] == "raw.web.orders"
    assert "sources are in raw.web." in described["conventions"][0]
    shown = call(built, "describe", "raw_web_orders")
    assert shown.startswith("raw_web_orders (raw.web.orders)\n  Source.\n")


def test_a_plan_is_written_and_carried_out(built: Shop, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    call(built, "plan", "--out", str(plan), "--as-of", "2024-05-15")
    assert {"schema": "web", "name": "orders", "database": "raw"} in [
        relation for relation, _ in json.loads(plan.read_text())["plan"]["sources"]
    ]
    call(built, "apply", str(plan))


def test_days_are_compared(built: Shop) -> None:
    output = call(built, "diff", "2024-05-01", "2024-05-15", "--format", "json")
    tables = json.loads(output)["tables"]
    assert {table["name"] for table in tables} == {"raw_sales", "stg_sales", "totals", "halves", "report", "days"}


def test_programs_read_it(built: Shop) -> None:
    with Project.from_settings(built.root, as_of="2024-05-15") as project:
        frame = project.table("stg_sales").to_pyarrow().to_pylist()
        assert sorted((row["id"], row["cents"]) for row in frame) == BUILT
        assert len(project.table("raw_web_orders").to_pyarrow()) == len(BUILT)


def test_a_source_of_the_project_is_declared_there(tmp_path: Path) -> None:
    place = 'table="sales", schema="plain", database="raw"'
    shop = attached_shop(tmp_path, '    profile = "shop"\n', place=place)
    call(shop, "run", "--as-of", "2024-05-15")
    with duckdb.connect(str(shop.database), read_only=True) as warehouse:
        assert warehouse.execute("SELECT n, cents FROM dbt_marketing.totals").fetchall() == [(1, 250)]
    with pytest.raises(CompileError, match=r"database= is 'raw', and schema= is missing"):
        source(table="sales", database="raw", grain=(), columns=[column("id", "int64", "Key.")])(test_it_is_inspected)


def test_it_is_inspected(built: Shop) -> None:
    output = call(built, "sources", "inspect", "raw.plain")
    assert 'table = "raw.plain.sales"' in output
    assert "raw.nothing" in call(built, "sources", "inspect", "raw.nothing", code=1)
    # Without a place only the target's own database is looked at.
    assert "raw.plain" not in call(built, "sources", "inspect", code=1)


@pytest.mark.parametrize(
    ("attach", "table", "code", "message"),
    [
        pytest.param("[]", "raw.web.orders", 1, "The database raw is not attached. Attach its file", id="unattached"),
        pytest.param(
            ATTACH, "warehouse.web.orders", 1, "warehouse is the database of the target itself", id="the_target_s_own"
        ),
        pytest.param(ATTACH, "raw.web.order", 1, "table raw.web.order does not exist in", id="table"),
        pytest.param(ATTACH, "raw.wep.orders", 1, "Schema raw.wep does not exist", id="schema"),
        pytest.param("[{path: lak.duckdb}]", "raw.web.orders", 2, "no database file", id="file"),
        pytest.param("[{path: pyproject.toml}]", "raw.web.orders", 2, "is not a DuckDB database", id="format"),
        pytest.param("[{path: lite.db}]", "raw.web.orders", 2, "lite.db is not a DuckDB database", id="sqlite"),
        pytest.param(
            "[{path: lake.duckdb, alias: Warehouse}]",
            "raw.web.orders",
            2,
            "cannot be attached as Warehouse: another database has that name",
            id="alias",
        ),
        pytest.param("raw.duckdb", "raw.web.orders", 2, "attach is not a list of databases", id="no_list"),
        pytest.param("[{alias: raw}]", "raw.web.orders", 2, "attach: entry 1 has no path", id="no_path"),
        pytest.param("[{path: a, alas: b}]", "raw.web.orders", 2, "unknown key. Did you mean alias?", id="key"),
        pytest.param("[{path: a}, {path: b/A}]", "raw.web.orders", 2, "entry 2 has the alias of another", id="twice"),
        pytest.param(
            "[{path: 'md:raw', alias: raw}]",
            "raw.web.orders",
            1,
            "attach: entry 1 is not a DuckDB file of this machine, so it is not attached.",
            id="address",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, attach: str, table: str, code: int, message: str) -> None:
    shop = attached_shop(tmp_path, THREE_PARTS.replace("raw.web.orders", table), attach)
    assert message in " ".join(call(shop, "run", code=code).split())


def test_a_change_in_the_attached_file_is_noticed(tmp_path: Path) -> None:
    shop = attached_shop(tmp_path)
    call(shop, "build", "--as-of", "2024-05-15")
    assert "Nothing to build" in call(shop, "build", "--changed", "--as-of", "2024-05-15")
    with duckdb.connect(str(tmp_path / "lake.duckdb")) as lake:
        lake.execute("UPDATE web.orders SET total = 0.30 WHERE number = 8")
    assert "totals" in call(shop, "build", "--changed", "--as-of", "2024-05-15")
    with duckdb.connect(str(shop.database), read_only=True) as warehouse:
        assert warehouse.execute("SELECT cents FROM dbt_marketing.totals").fetchall() == [(2029,)]
