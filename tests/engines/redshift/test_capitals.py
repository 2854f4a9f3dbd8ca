"""Names with capitals are the same names on Redshift, which folds them to lower case wherever it stores them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import ibis.common.exceptions as com
import pyarrow as pa
import pytest

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import FoldedNames, as_declared
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.test_command_line import PROFILES
from tests.engines.redshift.warehouse import PASSWORD, cluster, folded, open_target, query
from tests.invocation import invoke
from tests.shop import AS_OF, make_shop

PROFILE = PROFILES.replace("'dbt_marketing'", "'Analytics'")
NODES = {
    "raw_sales": """
        from marketing_ibis.data_tests import accepted_values, not_null

        COLUMNS = (column("Id", "int64", "Key.", tests=(not_null(),)), column("Cents", "int64", "Price."))

        @source(table="Sales", grain=("Id",), columns=COLUMNS)
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """,
    "stg_sales": """
        COLUMNS = (column("Id", "int64", "Key."), column("cents", "int64", "Price."))

        @model(layer="staging", grain=("Id",), columns=COLUMNS)
        def stg_sales(raw_sales: ir.Table) -> ir.Table:
            '''Sales that count.'''
            return raw_sales.filter(raw_sales.Cents > 0).select("Id", cents="Cents")
        """,
    "Totals": """
        from marketing_ibis.data_tests import accepted_values

        FIVE = accepted_values((5,), name="Five_Sales", severity="warn")
        COLUMNS = (
            column("SalesCount", "int64", "Sales.", tests=(FIVE,)), column("cents", "int64", "All.", nullable=True),
        )

        @model(layer="marts", grain=("SalesCount",), columns=COLUMNS, sort_keys=("SalesCount",))
        def Totals(stg_sales: ir.Table) -> ir.Table:
            '''All sales added up.'''
            return stg_sales.agg(SalesCount=stg_sales.count(), cents=stg_sales.cents.sum())
        """,
    "totals": "",
    "report": """
        @model(layer="core", grain=("SalesCount",), columns=(column("SalesCount", "int64", "Sales."),))
        def report(Totals: ir.Table, halves: ir.Table) -> ir.Table:
            '''The report.'''
            return Totals.cross_join(halves.agg(count=halves.count())).select("SalesCount")
        """,
    "halves": """
        COLUMNS = (column("Id", "int64", "Key."), column("half", "float64", "Half."))

        @model(layer="marts", grain=("Id",), columns=COLUMNS, dist_key="Id")
        def halves(stg_sales: ir.Table) -> ir.Table:
            '''Each sale halved.'''
            return stg_sales.select("Id", half=stg_sales.cents / 2)
        """,
}


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster(folded) as folding:
        yield folding


def test_a_project_with_capitals_is_built_twice_with_its_failing_rows(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"PORT": proxy.port, "USER": proxy.user, "PASSWORD": PASSWORD, "DATABASE": proxy.database}
    for name, value in values.items():
        monkeypatch.setenv(f"SHOP_{name}", str(value))
    shop = make_shop(tmp_path / "shop", settings='source_schema = "Dbt_Production"', **NODES)
    (shop.root / "profiles.yml").write_text(PROFILE, "utf-8")
    monkeypatch.chdir(shop.root)
    options = ("-t", "redshift", "--as-of", AS_OF.isoformat(), "--profiles-dir", ".")

    for _ in range(2):
        built = invoke("build", *options, "--store-failures", code=0, secret=PASSWORD)
        assert "Published schema Analytics" in built.output
        assert query(proxy, "SELECT salescount, cents FROM analytics.totals") == [(2, 350)]
        assert query(proxy, "SELECT salescount FROM analytics_dbt_test__audit.five_sales") == [(2,)]
    assert "Five_Sales" in invoke("test", *options, "-s", "Totals", code=0, secret=PASSWORD).output
    invoke("export", "Totals", "--to", "totals.csv", *options[:2], *options[4:], code=0, secret=PASSWORD)
    assert (shop.root / "totals.csv").read_text("utf-8") == '"SalesCount","cents"\n2,350\n'


def test_the_catalog_is_asked_in_any_case(proxy: Proxy) -> None:
    with open_target(proxy) as target:
        target.execute('CREATE TABLE dbt_production."Spend" ("Id" BIGINT, "CostCents" BIGINT)')
        target.create_schema("Dbt_Production")
        for schema in ("dbt_production", "Dbt_Production"):
            assert target.relations(schema)["SPEND"] == "table"
            columns = target.columns(Relation(schema, "Spend"))
            assert "CostCents" in columns
            assert list(as_declared(columns, ("Id", "CostCents"))) == ["Id", "CostCents"]


def test_rows_are_inserted_under_names_in_any_case(proxy: Proxy) -> None:
    connection = ibis.redshift.connect(
        host=proxy.host, port=proxy.port, user=proxy.user, password=PASSWORD, database=proxy.database, ssl=False
    )
    try:
        with pytest.raises(com.IbisInputError, match="would store the column Id as id"):
            connection.create_table("gifts", pa.table({"Id": [1, 2]}), database="dbt_production")
        rows = pa.table({"id": [1, 2], "amount": [10, 20]})
        made = connection.create_table("Gifts", rows, database="dbt_production")
        connection.insert("Gifts", rows, database="dbt_production")
        assert "gifts" in connection.list_tables(database="Dbt_Production")
        assert sorted(made.to_pyarrow()["amount"].to_pylist()) == [10, 10, 20, 20]
    finally:
        connection.disconnect()


def test_names_are_found_in_any_case_and_shown_as_declared() -> None:
    names = FoldedNames([("Spend", 1), ("orders", 2)])
    assert names["sPEND"] == names.get("Spend") == 1
    assert "ORDERS" in names
    assert names.get("other") is None
    assert list(names) == ["spend", "orders"]
    assert as_declared(names, ("Spend",)) == {"Spend": 1, "orders": 2}
    assert as_declared({"Spend": 1}, ("spend",)) == {"Spend": 1}
    kept = names.copy()
    del kept["SPEND"]
    assert (list(kept), len(names)) == (["orders"], 2)
