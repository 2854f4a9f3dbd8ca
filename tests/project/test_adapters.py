"""An adapter replaces the source of its name: it has that source's contract, grain, owner and data tests."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from marketing_ibis.errors import CompileError, ContractBroken, MarketingIbisError
from marketing_ibis.testing.collect import declared_data_tests
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, make_shop

TESTED_SOURCE = "from marketing_ibis.data_tests import unique\n" + dedent(
    SHOP["raw_sales"].replace('"Key.")', '"Key.", tests=(unique(),))')
)
WEB_SALES = """
    COLUMNS = (column("number", "int32", "Key."), column("dollars", "decimal(18, 2)", "Price."))

    @source(table="web_sales", grain=("number",), columns=COLUMNS)
    def web_sales() -> ir.Table:
        '''Sales of the web shop.'''
    """
ADAPTER = """
    from marketing_ibis.data_tests import not_null
    from marketing_ibis.model import adapter

    @adapter(tests=(not_null(),))
    def raw_sales(web_sales: ir.Table) -> ir.Table:
        '''Sales of the web shop as the models need them.'''
        cents = (web_sales.dollars * 100).cast("int64")
        return web_sales.select(id=web_sales.number.cast("int64"), cents=cents)
    """
BARE = ADAPTER.replace("tests=(not_null(),)", "")


def adapted(folder: Path, **files: str) -> Shop:
    """Return a shop whose sales are in another table, in dollars, with an adapter over it."""
    shop = make_shop(folder, **{"raw_sales": TESTED_SOURCE, "web_sales": WEB_SALES, "web_adapter": BARE, **files})
    with shop.open() as target:
        target.execute(
            "CREATE TABLE dbt_production.web_sales AS"
            " SELECT id::INT AS number, (cents / 100)::DECIMAL(18, 2) AS dollars FROM dbt_production.sales"
        )
        target.execute("DROP TABLE dbt_production.sales")
    return shop


def rows(shop: Shop, table: str) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return sorted(target.query(f"FROM dbt_marketing.{table}"))


def call(shop: Shop, *arguments: str, code: int = 0) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
    return invoke(*arguments, *place, code=code).output


def test_an_adapter_is_a_model_with_the_contract_of_the_source(tmp_path: Path) -> None:
    dataflow = adapted(tmp_path).project.compile(AS_OF)
    adapter = dataflow.models["raw_sales"]
    assert set(dataflow.sources) == {"web_sales"}
    assert adapter.parents == ("web_sales",)
    assert (adapter.declaration.layer, adapter.declaration.materialized) == ("adapters", "view")
    assert (adapter.declaration.grain, adapter.declaration.owner) == (("id",), "data-platform")
    assert list(adapter.schema) == ["id", "cents"]
    assert [data_test.name for data_test in declared_data_tests(dataflow)["raw_sales"]] == ["unique_raw_sales_id"]


def test_a_build_gives_what_the_source_gave(tmp_path: Path) -> None:
    plain, shop = make_shop(tmp_path / "plain"), adapted(tmp_path / "adapted")
    for project in (plain, shop):
        call(project, "build", "--database", str(project.database))
    assert rows(shop, "totals") == rows(plain, "totals")
    assert rows(shop, "halves") == rows(plain, "halves")


def test_a_data_test_of_the_source_stops_the_build(tmp_path: Path) -> None:
    shop = adapted(tmp_path)
    with shop.open() as target:
        target.execute("INSERT INTO dbt_production.web_sales VALUES (1, 9.99)")
    output = call(shop, "build", "--database", str(shop.database), code=1)
    assert "unique_raw_sales_id" in output
    with shop.open() as target:
        assert "totals" not in target.relations("dbt_marketing")


def test_listing_and_lineage_show_the_adapter(tmp_path: Path) -> None:
    shop = adapted(tmp_path)
    assert call(shop, "ls", "-s", "adapters").split() == ["raw_sales"]
    assert call(shop, "ls", "-s", "+stg_sales").split() == ["web_sales", "raw_sales", "stg_sales"]
    assert "web_sales.dollars" in call(shop, "lineage", "totals.cents")


def test_an_adapter_takes_its_own_words_or_the_source_s(tmp_path: Path) -> None:
    shop = adapted(tmp_path, web_adapter=BARE.replace("@adapter()", '@adapter(owner="web", tags=("web",))'))
    adapter = shop.project.compile(AS_OF).models["raw_sales"]
    assert (adapter.description, adapter.declaration.owner) == ("Sales of the web shop as the models need them.", "web")
    assert call(shop, "ls", "-s", "tag:web").split() == ["raw_sales"]
    silent = BARE.replace("'''Sales of the web shop as the models need them.'''", "")
    shop = adapted(tmp_path / "silent", web_adapter=silent)
    assert shop.project.compile(AS_OF).models["raw_sales"].description == "Sales."
    assert shop.project.nodes()["raw_sales"].description == "Sales."


def test_an_adapter_may_be_a_table(tmp_path: Path) -> None:
    shop = adapted(tmp_path, web_adapter=BARE.replace("@adapter()", '@adapter(materialized="table")'))
    call(shop, "build", "--database", str(shop.database))
    with shop.open() as target:
        assert target.relations("dbt_marketing")["raw_sales"] == "table"


def test_an_adapter_may_read_the_very_table_of_the_source(tmp_path: Path) -> None:
    files = {"web_sales": WEB_SALES.replace("web_sales", "sales").replace("number", "id")}
    files["web_adapter"] = BARE.replace("web_sales", "sales").replace("number", "id")
    assert make_shop(tmp_path, **files).project.compile(AS_OF).graph()["raw_sales"] == ("sales",)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"web_adapter": BARE.replace("cents=cents", "cent=cents")},
            "Model raw_sales does not match its contract: cents is missing; cent is not declared.",
            id="column",
        ),
        pytest.param(
            {"web_adapter": BARE.replace('.cast("int64"))', ")").replace('.number.cast("int64")', ".number")},
            "Model raw_sales does not match its contract: id is int32, declared int64",
            id="type",
        ),
        pytest.param(
            {"web_adapter": BARE.replace("raw_sales(", "raw_sale(")},
            "web_adapter.py:9: raw_sale cannot replace a source: there is no source of that name."
            "\nDid you mean raw_sales",
            id="name",
        ),
        pytest.param(
            {"web_adapter": BARE.replace("raw_sales(", "totals(")},
            "totals cannot replace a source: totals is a model.",
            id="model",
        ),
        pytest.param(
            {"second": BARE},
            "'raw_sales' is declared in",
            id="two adapters",
        ),
        pytest.param(
            {"web_adapter": BARE.replace("web_sales", "raw_sales")},
            "raw_sales -> raw_sales",
            id="of itself",
        ),
        pytest.param(
            {"web_adapter": BARE.replace("@adapter()", "@adapter(layer='staging')")},
            "adapter(...) has no keyword layer=.",
            id="keyword",
        ),
        pytest.param(
            {"web_adapter": BARE.replace("@adapter()", "@adaptor()").replace("import adapter", "import source")},
            "@adaptor(...) is not defined.\nDid you mean @adapter?",
            id="decorator",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    shop = adapted(tmp_path, **files)
    with pytest.raises(MarketingIbisError) as raised:
        shop.project.compile(AS_OF)
    assert message in str(raised.value)


def test_a_broken_adapter_stops_only_what_needs_it(tmp_path: Path) -> None:
    """The rest compiles, whichever of its two files cannot be imported."""
    alone = """
        COLUMNS = (column("n", "int64", "Rows."),)

        @model(layer="marts", grain=("n",), columns=COLUMNS)
        def alone(web_sales: ir.Table) -> ir.Table:
            '''Rows of the web shop.'''
            return web_sales.agg(n=web_sales.count())
        """
    for name, text in (("raw_sales", TESTED_SOURCE), ("web_adapter", BARE)):
        shop = adapted(tmp_path / name, alone=alone, **{name: "import no_such_module\n" + dedent(text)})
        dataflow = shop.project.compile(AS_OF, ["alone"])
        assert dataflow.models["raw_sales"].declaration.layer == "adapters"
        assert set(dataflow.sources) == {"web_sales"}
        with pytest.raises(CompileError, match="no_such_module"):
            shop.project.compile(AS_OF, ["stg_sales"])


def test_the_contract_is_broken_when_the_source_gets_a_column(tmp_path: Path) -> None:
    column = 'column("cents", "int64", "Price.")'
    source = TESTED_SOURCE.replace(column, f'{column}, column("tax", "int64", "Tax.")')
    with pytest.raises(ContractBroken, match="tax is missing"):
        adapted(tmp_path, raw_sales=source).project.compile(AS_OF)


def test_a_source_may_be_in_a_schema_of_its_own(tmp_path: Path) -> None:
    shop = adapted(tmp_path, web_sales=WEB_SALES.replace('table="web_sales"', 'table="sales", schema="web"'))
    with shop.open() as target:
        target.execute("CREATE SCHEMA web")
        target.execute("CREATE TABLE web.sales AS FROM dbt_production.web_sales")
        target.execute("DROP SCHEMA dbt_production CASCADE")
    assert "Published" in call(shop, "build", "--database", str(shop.database))
    assert call(shop, "ls", "-s", "source:web.sales").split() == ["web_sales"]
    document = json.loads((shop.root / "t" / "manifest.json").read_text("utf-8"))
    (source,) = document["sources"].values()
    assert (source["schema"], source["source_name"], source["name"]) == ("web", "web", "sales")
    output = call(shop, "build", "--sample", "5", "--database", str(shop.database), code=2)
    assert "--sample copies tables of dbt_production, and web_sales is in another schema, web." in output
    with shop.open() as target:
        target.execute("ALTER TABLE web.sales RENAME TO sale")
    output = call(shop, "build", "--database", str(shop.database), code=1)
    assert "The source table web.sales does not exist" in output
    assert "Did you mean sale?" in output
