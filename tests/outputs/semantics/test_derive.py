"""Entities, dimensions, measures and joins follow from contracts and data tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import CompileError
from marketing_ibis.outputs.semantics import semantic_model
from marketing_ibis.outputs.semantics.paths import join_paths
from marketing_ibis.outputs.semantics.records import SemanticModel
from marketing_ibis.testing.collect import declared_data_tests
from tests.outputs.semantics.shops import model
from tests.shop import AS_OF, SHOP, make_shop

IMPORTS = """
    from marketing_ibis.data_tests import relationships, unique
    from marketing_ibis.model import Average, Ratio, Sum
"""
SALES = """
    COLUMNS = (
        column("id", "int64", "Key."),
        column("shop_id", "int64", "Shop.", tests=(relationships("shops", "id", severity="warn"),)),
        column("buyer", "string", "Name of the buyer.", nullable=True, pii=True),
        column("age", "int64", "Age of the buyer.", unit="years", pii=True, aggregate=Average()),
        column("cents", "int64", "Price.", unit="cents", aggregate=Sum()),
        column("items", "int64", "Items.", unit="items", aggregate=Sum()),
        column("price", "float64", "cents / items.", unit="cents", aggregate=Ratio("cents", "items")),
        column("rate", "float64", "Rate.", unit="share 0-1"),
        column("rank", "int64", "Rank.", tests=(unique(),)),
    )

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def sales(stg_sales: ir.Table) -> ir.Table:
        '''Sales of shops.

        Grain: one row per ``id``.
        '''
        return stg_sales.select(
            "id", shop_id=stg_sales.id, buyer=ibis.literal("Ada"), age=stg_sales.id, cents=stg_sales.cents,
            items=stg_sales.id, price=stg_sales.cents / stg_sales.id, rate=stg_sales.id / 2, rank=stg_sales.id,
        )
    """
SHOPS = """
    COLUMNS = (column("id", "int64", "Key."), column("opened", "date", "Day.", nullable=True))

    @model(layer="marts", grain=("id",), columns=COLUMNS)
    def shops(stg_sales: ir.Table) -> ir.Table:
        '''Shops.'''
        return stg_sales.select("id", opened=ibis.null("date"))
    """


def derived(folder: Path, *names: str, include_pii: bool = False, **changes: str) -> SemanticModel:
    texts = {"sales": IMPORTS + SALES, "shops": SHOPS} | changes
    dataflow = make_shop(folder, **texts).project.compile(AS_OF)
    return semantic_model(
        dataflow,
        declared_data_tests(dataflow),
        names or ("sales", "shops"),
        schema="s",
        title="t",
        name="n",
        include_pii=include_pii,
    )


def test_measures_follow_from_aggregates(tmp_path: Path) -> None:
    sales = derived(tmp_path).entity("sales")
    assert [(m.name, m.function, m.unit, m.divisor) for m in sales.measures] == [
        ("count", "count", "", 1),
        ("cents", "sum", "dollars", 100),
        ("items", "sum", "items", 1),
        ("price", "ratio", "dollars", 1),
    ]
    assert sales.measure("cents").type == "decimal"
    assert sales.key == ("id",)
    assert set(sales.unique) == {"id", "rank"}
    assert sales.description == "Sales of shops."


def test_personal_columns_are_left_out_with_their_measures_unless_asked_for(tmp_path: Path) -> None:
    sales = derived(tmp_path).entity("sales")
    assert not {"buyer", "age"} & {d.name for d in (*sales.dimensions, *sales.measures)}
    asked = derived(tmp_path / "asked", include_pii=True).entity("sales")
    assert asked.dimension("buyer").is_personal
    assert asked.measure("age").is_personal


def test_a_personal_key_is_not_a_key(tmp_path: Path) -> None:
    text = SALES.replace('column("id", "int64", "Key.")', 'column("id", "int64", "Key.", pii=True)')
    sales = derived(tmp_path, sales=IMPORTS + text).entity("sales")
    assert sales.key == ()
    assert "id" not in sales.unique


def test_joins_follow_from_relationships(tmp_path: Path) -> None:
    (join,) = derived(tmp_path).entity("sales").joins
    assert (join.column, join.to, join.to_column, join.cardinality) == ("shop_id", "shops", "id", "many_to_one")
    alone = derived(tmp_path / "alone", "sales")
    assert alone.entity("sales").joins == ()


def test_a_relationship_of_a_unique_column_is_one_to_one(tmp_path: Path) -> None:
    text = SALES.replace("tests=(relationships(", "tests=(unique(), relationships(")
    (join,) = derived(tmp_path, sales=IMPORTS + text).entity("sales").joins
    assert join.cardinality == "one_to_one"


def test_rows_of_a_repeated_key_are_not_joined(tmp_path: Path) -> None:
    text = SHOPS.replace('grain=("id",)', 'grain=("id", "opened")')
    assert derived(tmp_path, shops=text).entity("sales").joins == ()


def test_a_sum_per_a_personal_column_is_left_out_with_its_ratios(tmp_path: Path) -> None:
    text = SALES.replace('"Name of the buyer.", nullable=True', '"Name."')
    text = text.replace('unit="items", aggregate=Sum()', 'unit="items", aggregate=Sum(per=("buyer",))')
    assert [m.name for m in derived(tmp_path, sales=IMPORTS + text).entity("sales").measures] == ["count", "cents"]
    asked = derived(tmp_path / "asked", include_pii=True, sales=IMPORTS + text).entity("sales")
    assert asked.measure("price").per == ("buyer",)


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('unit="share 0-1"', 'unit="share 0-1", aggregate=Sum()', "cannot be added up"),
        ("pii=True)", "pii=True, aggregate=Sum())", "column buyer is string, which has no aggregate"),
        ('"Key."', '"Key.", aggregate=Sum()', "column id is part of the grain"),
        ("aggregate=Average()", 'aggregate="sum"', "aggregate= is 'sum'"),
        ('Ratio("cents", "items")', 'Ratio("cents", "rate")', "the denominator rate is not a column"),
        ('Ratio("cents", "items")', 'Ratio("cent", "items")', "numerator= names cent"),
        ('unit="items", aggregate=Sum()', 'aggregate=Sum(per=("shop",))', "per= names shop"),
        ('unit="items", aggregate=Sum()', 'aggregate=Sum(per=("buyer",))', "buyer, which may be NULL"),
        ('unit="items", aggregate=Sum()', 'aggregate=Sum(per=("items",))', "items, which is the column itself"),
        ('unit="items", aggregate=Sum()', 'aggregate=Sum(per="buyer")', "not a tuple"),
    ],
)
def test_an_aggregate_that_would_count_twice_is_refused(
    tmp_path: Path, written: str, instead: str, message: str
) -> None:
    assert written in SALES
    with pytest.raises(CompileError, match=r"\w") as caught:
        derived(tmp_path, sales=IMPORTS + SALES.replace(written, instead, 1))
    assert message in str(caught.value)
    assert caught.value.hint


def test_aggregates_are_not_inherited(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, **{**SHOP, "sales": IMPORTS + SALES, "shops": SHOPS})
    assert shop.project.compile(AS_OF)
    champions = model().entity("campaign_champions")
    assert [m.name for m in champions.measures] == ["count", "total_orders", "total_revenue"]
    assert "days_since_last_order" in {d.name for d in champions.dimensions}


def test_joins_over_several_steps_never_repeat_rows() -> None:
    paths = join_paths(model(), model().entity("orders"))
    assert [(path.entity, path.cardinality) for path in paths[:2]] == [
        ("customers", "many_to_one"),
        ("customer_segmentation", "one_to_one"),
    ]
    assert "churn_risk" in {path.entity for path in paths}
    # Each order of a customer would repeat the customer.
    assert "orders" not in {path.entity for path in join_paths(model(), model().entity("customers"))}


def test_two_columns_that_refer_to_a_table_join_it_twice() -> None:
    paths = join_paths(model(), model().entity("product_affinity"))
    assert [path.name for path in paths] == ["product_performance_by_product_a", "product_performance_by_product_b"]
    assert {path.entity for path in paths} == {"product_performance"}
