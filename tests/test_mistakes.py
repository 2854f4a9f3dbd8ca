"""What a newcomer's mistakes are answered with: one message with the next step, and nothing left behind."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.invocation import invoke
from tests.unit.shop import SHOP, make_shop

TESTED_SOURCE = (
    "from marketing_ibis.checks import unique\nfrom marketing_ibis.model import exposure\n"
    + dedent(SHOP["raw_sales"]).replace('"Key."', '"Key.", tests=(unique(),)')
    + 'board = exposure(type="dashboard", owner="sales", description="Sales.", depends_on=("totals",))\n'
)


def test_a_source_alone_is_tested_by_build(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, raw_sales=TESTED_SOURCE)
    call = ("--project-dir", str(shop.root), "--target-path", str(tmp_path / "t"), "--database", str(shop.database))
    for selector in ("raw_sales", "raw_sales board"):
        first, *between, last = invoke("build", "-s", selector, *call).output.splitlines()
        assert first.startswith("Testing 1 source on duckdb")
        assert last == "Tests: PASS 1. Nothing was built: no model is selected."
        assert not any("Building" in line or line.startswith(".") for line in between)
    with shop.open() as target:
        target.execute("DROP TABLE dbt_production.sales")
    missing = invoke("build", "-s", "raw_sales", *call, code=1)
    assert "The source table dbt_production.sales does not exist." in missing.output


@pytest.mark.parametrize(
    ("selector", "told"),
    [
        pytest.param("raw_sales", "raw_sales: a source is not built.\nBuild what reads it: --select source:raw_sales+"),
        pytest.param("board", "board: an exposure is not built.\nBuild what it reads: --select +exposure:board"),
        pytest.param("board raw_sales", "raw_sales: a source is not built."),
    ],
)
def test_what_is_not_built_is_refused(tmp_path: Path, selector: str, told: str) -> None:
    shop = make_shop(tmp_path, raw_sales=TESTED_SOURCE.replace("tests=(unique(),)", ""))
    call = ("-s", selector, "--project-dir", str(shop.root), "--target-path", str(tmp_path / "t"))
    for command in ("run", "build"):
        assert told in invoke(command, *call, "--database", str(shop.database), code=1).output
    assert told in invoke("compile", *call, code=1).output
