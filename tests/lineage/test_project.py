"""The lineage of a project's columns, upstream and downstream."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.lineage.project import Lineage, column_lineage, table_lineage
from marketing_ibis.model.column_ref import ColumnRef
from tests.shop import AS_OF, SHOP, make_shop


@pytest.fixture
def lineage(tmp_path: Path) -> Lineage:
    # The sales do not describe their key, and the halves pass it through.
    bare = {name: SHOP[name].replace('"Key."', '""') for name in ("stg_sales", "halves")}
    return column_lineage(make_shop(tmp_path, **bare).project.compile(AS_OF))


def refs(*names: str) -> set[ColumnRef]:
    return {ColumnRef(*name.split(".")) for name in names}


def test_a_table_is_shown_with_what_it_comes_from_and_what_reads_it(lineage: Lineage) -> None:
    assert lineage.focus(["halves"]) == ("raw_sales", "stg_sales", "halves", "report")
    assert lineage.focus(["totals", "halves"]) == tuple(lineage.direct)
    assert lineage.focus(["raw_sales"]) == tuple(lineage.direct)


def test_the_lineage_of_tables_needs_no_model_to_be_evaluated(lineage: Lineage, tmp_path: Path) -> None:
    broken = {"totals": SHOP["totals"].replace("return ", "return undefined or ")}
    dataflow = make_shop(tmp_path / "broken", **broken).project.compile_declarations(AS_OF)
    assert not any(model.evaluated for model in dataflow.models.values())
    tables = table_lineage(dataflow)
    assert (tables.graph, tables.positions) == (lineage.graph, lineage.positions)
    assert [(name, *table.columns) for name, table in tables.direct.items()] == [
        (name, *table.columns) for name, table in lineage.direct.items()
    ]
    assert [tables.focus([name]) for name in tables.direct] == [lineage.focus([name]) for name in lineage.direct]


def test_tables_stand_behind_those_that_they_read(lineage: Lineage) -> None:
    assert lineage.positions == {name: place for place, name in enumerate(lineage.direct)}
    assert list(lineage.direct)[:2] == ["raw_sales", "stg_sales"]
    assert list(lineage.direct)[-1] == "report"


def test_a_column_of_a_source_comes_from_itself(lineage: Lineage) -> None:
    (cents,) = refs("raw_sales.cents")
    assert lineage.origins(cents).columns() == frozenset()
    assert lineage.sources(cents).values == {cents}
    assert lineage.copied_from(cents) == ()


def test_columns_are_followed_in_both_directions(lineage: Lineage) -> None:
    (half,), (cents,) = refs("halves.half"), refs("raw_sales.cents")
    assert lineage.origins(half).values == refs("stg_sales.cents")
    assert lineage.sources(half).values == {cents}
    # Only sales with a price count, so the price decides their keys too.
    columns = refs("stg_sales.id", "stg_sales.cents", "halves.id", "halves.half", "totals.cents")
    assert lineage.downstream(cents) >= columns
    assert lineage.downstream(half) == frozenset()


def test_a_description_is_that_of_the_nearest_column_that_has_one(lineage: Lineage) -> None:
    (key,) = refs("halves.id")
    assert lineage.copied_from(key) == (ColumnRef("stg_sales", "id"), ColumnRef("raw_sales", "id"))
    assert lineage.description(key) == "Key."
    (half,) = refs("halves.half")
    assert lineage.description(half) == "Half."
