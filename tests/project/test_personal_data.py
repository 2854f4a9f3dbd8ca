"""Personal data leaves the warehouse on request only, whatever its column is called, and no failure shows it."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from textwrap import dedent

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.secret import without_addresses
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.masking import PersonalSettings
from marketing_ibis.outputs.export import Export, without_addressed_keys
from marketing_ibis.project.personal_data import with_personal_data
from tests.invocation import Run, invoke
from tests.paths import JAFFLE
from tests.shop import SHOP, make_shop
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

KEYS = {"customers.csv": "id", "orders.csv": "user_id"}
IDS = {"raw_customers": ("id",), "raw_orders": ("user_id",)}
DAY = ("--as-of", "2018-04-10")
SETTINGS = '[tool.marketing_ibis]\nid_type = "string"\n'
DECLARED = '\n[tool.marketing_ibis.pii]\nraw_customers = ["id"]\nraw_orders = ["user_id"]\n'


def personal(dataflow: Dataflow) -> dict[str, set[str]]:
    return {
        name: {column.name for column in node.declaration.contract.columns if column.pii}
        for name, node in dataflow.nodes.items()
    }


def test_what_takes_a_personal_column_over_is_personal() -> None:
    before = compiled_dataflow(GOLDEN_AS_OF)
    after = personal(with_personal_data(before, PersonalSettings(IDS)))
    assert (
        "customer_id" in after["stg_customers"] & after["stg_orders"] & after["customers"] & after["campaign_win_back"]
    )
    holding = {name for name, node in before.nodes.items() if "customer_id" in node.schema}
    assert holding == {name for name, columns in after.items() if "customer_id" in columns}
    assert "customer_segment" not in after["customer_segmentation"]
    assert "order_id" not in after["orders"]


def test_without_settings_the_shop_is_as_it_is_declared() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    assert personal(with_personal_data(dataflow)) == personal(dataflow)


@pytest.mark.parametrize(
    ("declared", "message"),
    [({"raw_customer": ("id",)}, "raw_customer, which is not"), ({"raw_customers": ("ids",)}, "no column ids")],
)
def test_a_name_that_does_not_exist_is_reported(declared: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        with_personal_data(compiled_dataflow(GOLDEN_AS_OF), PersonalSettings(declared))
    assert caught.value.hint


PRICES = '\n[tool.marketing_ibis.pii]\nraw_sales = ["cents"]\n'


def test_a_number_that_is_computed_is_personal_unless_declared_otherwise(tmp_path: Path) -> None:
    marked = personal(make_shop(tmp_path / "all", settings=PRICES).project.compile(GOLDEN_AS_OF))
    assert marked == {
        "raw_sales": {"cents"},
        "stg_sales": {"cents"},
        "totals": {"cents"},
        "halves": {"half"},
        "report": set(),
    }
    halves = SHOP["halves"].replace('"Half."', '"Half.", pii=False')
    settings = PRICES + '\n[tool.marketing_ibis.not_pii]\ntotals = ["cents"]\n'
    some = personal(make_shop(tmp_path / "some", settings=settings, halves=halves).project.compile(GOLDEN_AS_OF))
    assert some == marked | {"totals": set(), "halves": set()}
    # The settings have the last word on a contract.
    settings = PRICES + 'halves = ["half"]\n\n[tool.marketing_ibis.not_pii]\nraw_sales = ["id"]\n'
    assert (
        personal(make_shop(tmp_path / "both", settings=settings, halves=halves).project.compile(GOLDEN_AS_OF)) == marked
    )


def test_a_python_step_passes_personal_data_to_all_of_its_columns(tmp_path: Path) -> None:
    totals = """
        import pyarrow as pa

        def add_up(rows: pa.Table) -> pa.Table:
            return rows

        @model(layer="marts", grain=("n",), rows=add_up, columns=(
            column("n", "int64", "Sales."), column("cents", "int64", "All.", pii=False),
        ))
        def totals(stg_sales: ir.Table) -> ir.Table:
            '''All sales, added up in Python.'''
            return stg_sales.group_by("id").agg(cents=stg_sales.cents.sum())
        """
    settings = PRICES.replace("cents", "id")
    marked = personal(make_shop(tmp_path, settings=settings, totals=totals).project.compile(GOLDEN_AS_OF))
    assert marked["totals"] == {"n"}
    assert marked["report"] == {"n"}


@pytest.mark.parametrize(
    ("excluded", "message"),
    [
        ({"raw_customers": ("id",)}, "both name raw_customers.id"),
        ({"raw_customer": ("id",)}, "not_pii.* names raw_customer, which is not"),
    ],
)
def test_what_is_not_personal_must_exist_and_not_be_declared_as_personal(
    excluded: dict[str, tuple[str, ...]], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        with_personal_data(compiled_dataflow(GOLDEN_AS_OF), PersonalSettings(IDS, excluded))
    assert caught.value.hint


def test_a_number_that_is_computed_from_a_hashed_key_is_hashed_and_a_fraction_is_hidden(tmp_path: Path) -> None:
    halves = SHOP["halves"].replace("stg_sales.cents / 2", "stg_sales.id / 2")
    settings = (
        PRICES.replace("cents", "id")
        + """

        [tool.marketing_ibis.personal_data]
        masked_schema = "masked"
        [tool.marketing_ibis.personal_data.hashed]
        raw_sales = ["id"]
        """
    )
    dataflow = make_shop(tmp_path, settings=dedent(settings), halves=halves).project.compile(GOLDEN_AS_OF)
    masked = dataflow.models["halves"].declaration.masked
    assert masked is not None
    assert masked.masks == {"id": "hash", "half": "null"}


@given(st.from_regex(r"[\w.+-]{1,8}@[\w-]{1,8}\.[a-z]{2,4}", fullmatch=True), st.text(), st.text())
def test_an_address_is_never_shown(address: str, before: str, after: str) -> None:
    assert address not in str(without_addresses(f"{before} {address} {after}"))


@pytest.mark.parametrize("value", [None, 5, date(2024, 1, 1), "c-0042", "a@b", "@home", "10.5", ""])
def test_anything_else_is_shown(value: object) -> None:
    assert without_addresses(value) == value


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of the jaffle shop with addresses as the customers' ids; one of them appears twice."""
    folder = tmp_path_factory.mktemp("shop")
    exports = folder / "exports"
    shutil.copytree(JAFFLE, exports)
    for name, key in KEYS.items():
        with (exports / name).open(encoding="utf-8", newline="") as file:
            head, *rows = list(csv.reader(file))
        place = head.index(key)
        for row in rows:
            row[place] = f"ann{row[place]}@example.com"
        with (exports / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows, *(rows[:1] if name == "customers.csv" else [])])
    (folder / "pyproject.toml").write_text(SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        invoke("seed", "--from", "exports", "-q")
        invoke("run", *DAY, "-q")
    return folder


@pytest.fixture(params=["declared", "as text alone"])
def built(run: Run, tmp_path: Path, shop: Path, request: pytest.FixtureRequest) -> Path:
    shutil.copytree(shop, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pyproject.toml").write_text(SETTINGS + (DECLARED if request.param == "declared" else ""))
    return tmp_path


def test_a_key_that_is_an_address_stays_unless_asked_for(run: Run, built: Path) -> None:
    output = run("export", "campaign_win_back", "--to", "list.csv").stderr
    assert "customer_id" in output
    assert "--include-pii" in output
    assert "@" not in (built / "list.csv").read_text()
    run("export", "customer_segmentation", "--to", "none.csv", "--where", "customer_id = 'ann1@example.com'")
    assert "@" not in (built / "none.csv").read_text()
    run("export", "customer_segmentation", "--to", "list.csv", "--include-pii")
    assert "@example.com" in (built / "list.csv").read_text()
    run("export", "orders", "--to", "orders.csv")
    assert "order_id" in (built / "orders.csv").read_text().splitlines()[0]


@pytest.mark.parametrize("log", ["text", "json"])
def test_a_failing_test_shows_no_address(run: Run, built: Path, log: str) -> None:
    output = run("test", *DAY, "--log-format", log, code=1).output
    assert "unique_raw_customers_id" in output
    assert "@example" not in output
    for path in (built / "target").rglob("*.json"):
        assert "@example" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("id", "condition", "kept"),
    [
        ("ann@example.com", "", {"n"}),
        ("ann@example.com", "n = 2", {"id", "n"}),
        ("c-0042", "", {"id", "n"}),
        ("@ann", "", {"id", "n"}),
    ],
)
def test_a_key_stays_where_a_row_that_leaves_holds_an_address(id: str, condition: str, kept: set[str]) -> None:
    schema = ibis.schema({"id": "string", "n": "int64"})
    export = Export(Relation("main", "t"), schema, condition, ("id",), suspect_keys=("id",))
    with open_duckdb() as target:
        target.execute(f"CREATE TABLE t AS SELECT '{id}' AS id, 1::BIGINT AS n")
        assert set(without_addressed_keys(export, target).schema) == kept


def test_a_setting_that_is_not_a_table_is_reported(run: Run, tmp_path: Path) -> None:
    for written in ('pii = "id"', 'pii = {raw_customers = "id"}', 'pii = {raw_customers = ["nme"]}'):
        (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{written}\n")
        assert "pii" in run("compile", code=2).output


def test_a_seed_that_fails_shows_no_address(run: Run, shop: Path) -> None:
    output = run("seed", "--from", str(shop / "exports"), code=1).output
    assert "is not a whole number" in output
    assert "@example" not in output
