"""An invalid measure is reported by name and line, before anything is built if possible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.invocation import invoke
from tests.shop import Shop, make_shop

MEASURE = """
    from marketing_ibis.model import measures

    @measures
    def health(totals: ir.Table) -> ir.Table:
        {}
    """


def built(folder: Path, body: str, code: int = 0) -> tuple[Shop, str]:
    """Build a shop with a measure and return the output."""
    shop = make_shop(folder, health=MEASURE.format(body))
    call = ("--project-dir", str(shop.root), "--target-path", str(folder / "t"), "--database", str(shop.database))
    return shop, invoke("build", *call, "--as-of", "2024-05-15", code=code).output


def test_numbers_of_a_measure_are_kept_and_nothing_of_a_null(tmp_path: Path) -> None:
    body = "return totals.agg(sales=totals.n.sum(), any_=totals.n.max() > 0, none=ibis.null('int64'))"
    shop, _ = built(tmp_path, body)
    with shop.open() as target:
        kept = (
            "SELECT metric, value FROM dbt_marketing.build_history WHERE metric IN ('sales', 'any_', 'none') ORDER BY 1"
        )
        assert target.query(kept) == [("any_", 1.0), ("sales", 2.0)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("raise ValueError('broken')", "ValueError: broken", id="raises"),
        pytest.param("import sys; sys.exit('enough')", "SystemExit: enough", id="exits"),
        pytest.param("return totals.agg(n=totals.nothing.sum())", "AttributeError", id="no such column"),
        pytest.param("return 5", "TypeError: it returns int, not a table of one row", id="number"),
        pytest.param(
            "return totals.agg(day=ibis.date('2024-05-15'))", "TypeError: its column day is date, not a n", id="day"
        ),
    ],
)
def test_a_measure_that_cannot_be_built_stops_before_anything_is(tmp_path: Path, body: str, message: str) -> None:
    shop, output = built(tmp_path, body, code=1)
    assert f"Measure health cannot be built: {message}" in output
    assert "Building" not in output
    with shop.open() as target:
        assert target.relations("dbt_marketing") == {}


def test_a_measure_that_fails_names_its_line(tmp_path: Path) -> None:
    _, output = built(tmp_path, "return totals.nothing", code=1)
    assert re.search(r"See .*health\.py:\d+\.", output)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("return totals.filter(totals.n < 0).select('n')", "returns 0 rows, not one", id="no row"),
        pytest.param("return totals.union(totals).select('n')", "returns 2 rows, not one", id="two rows"),
        pytest.param("return totals.agg(x=totals.n.sum() / 0)", "returns inf for x", id="infinite"),
    ],
)
def test_a_measure_without_its_numbers_publishes_nothing(tmp_path: Path, body: str, message: str) -> None:
    shop, output = built(tmp_path, body, code=1)
    assert f"Measure health {message}, so nothing was published." in output
    assert "The published tables are unchanged." in output
    with shop.open() as target:
        assert "totals" not in target.relations("dbt_marketing")
