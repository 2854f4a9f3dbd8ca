"""A parent that a model needs for one setting is a parent only where that setting is in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.lineage.drawing.tables import tables_dot
from tests.invocation import invoke
from tests.shop import AS_OF, SHOP, Shop, make_shop

MODEL = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class CountRules:
        every: bool = False

    COLUMNS = (column("n", "int64", "Sales."), column("cents", "int64", "All.", nullable=True))

    @model(layer="marts", grain=("n",), columns=COLUMNS, optional_parents={"raw_sales": "vars.count_rules"})
    def totals(
        stg_sales: ir.Table, raw_sales: ir.Table | None = None, count_rules: CountRules = CountRules()
    ) -> ir.Table:
        '''All sales added up.'''
        sales = raw_sales if count_rules.every and raw_sales is not None else stg_sales
        return sales.agg(n=sales.count(), cents=sales.cents.sum())
    """
SETTING = "[tool.marketing_ibis.vars.count_rules]\nevery = true\n"


def parents(shop: Shop) -> tuple[str, ...]:
    """Return the parents by reading the files and by compiling them, which must be the same."""
    (compiled,) = {
        shop.project.compile(AS_OF, needed).models["totals"].parents for needed in (None, ["totals"], ["halves"])
    }
    assert shop.project.nodes()["totals"].parents == compiled
    return compiled


def test_the_settings_decide_and_the_command(tmp_path: Path) -> None:
    shop = make_shop(tmp_path / "1", totals=MODEL)
    assert parents(shop) == ("stg_sales",)
    assert parents(make_shop(tmp_path / "2", settings=SETTING, totals=MODEL)) == ("stg_sales", "raw_sales")
    by_command = replace(shop, project=replace(shop.project, command_vars={"count_rules": {"every": True}}))
    assert parents(by_command) == ("stg_sales", "raw_sales")


def test_a_build_and_a_picture_follow(tmp_path: Path) -> None:
    for number, settings in enumerate(("", SETTING)):
        shop = make_shop(tmp_path / str(number), settings=settings, totals=MODEL)
        place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"))
        invoke("run", "--database", str(shop.database), *place)
        with shop.open() as target:
            assert target.query("SELECT n FROM dbt_marketing.totals") == [(3 if settings else 2,)]
        drawing = tables_dot(shop.project.compile(AS_OF))
        assert "\tstg_sales -> totals" in drawing
        assert ("raw_sales -> totals" in drawing) == bool(settings)


def test_a_parent_that_is_not_used_may_be_broken(tmp_path: Path) -> None:
    broken = "from marketing_ibis.model import adapter\n\n@adapter()\ndef raw_sales() -> ir.Table:\n    '''Sales.'''\n"
    reading = MODEL.replace("raw_sales", "raw_more")
    source = SHOP["raw_sales"].replace("raw_sales", "raw_more").replace('"sales"', '"more"')
    files = {"totals": reading, "raw_more": source, "more_adapter": broken.replace("raw_sales", "raw_more")}
    shop = make_shop(tmp_path, **files)
    assert shop.project.compile(AS_OF, ["totals"]).models["totals"].parents == ("stg_sales",)
    with pytest.raises(MarketingIbisError, match="Model raw_more returns NoneType"):
        shop.project.compile(AS_OF)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('{"raw_sales"', '{"raw_sale"', "names raw_sale, which is not a parameter that may be None"),
        ('{"raw_sales"', '{"stg_sales"', "names stg_sales, which is not a parameter that may be None"),
        ('"vars.count_rules"', '"count_rules"', "has 'count_rules' for raw_sales, which is not a setting"),
        ('{"raw_sales": "vars.count_rules"}', '("raw_sales",)', "it must be a dictionary of strings"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(MarketingIbisError, match=r"totals\.py:\d+") as raised:
        make_shop(tmp_path, totals=MODEL.replace(old, new, 1)).project.compile(AS_OF)
    assert message in str(raised.value)
