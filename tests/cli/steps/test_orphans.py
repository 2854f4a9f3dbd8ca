"""After a run, tables of renamed or removed models are listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import RunFailed
from tests.invocation import invoke
from tests.shop import SHOP, Shop, make_shop


def run(shop: Shop, database: Path, *arguments: str) -> str:
    place = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "t"), "--database", str(database))
    return " ".join(invoke(*arguments, *place, "--as-of", "2024-05-15").output.split())


@pytest.fixture
def before(tmp_path: Path) -> Shop:
    shop = make_shop(tmp_path / "before")
    assert "no model has" not in run(shop, shop.database, "run")
    assert "no model has" not in run(shop, shop.database, "build")
    return shop


def renamed(tmp_path: Path) -> Shop:
    return make_shop(
        tmp_path / "after",
        totals=SHOP["totals"].replace("def totals", "def sales_totals"),
        report=SHOP["report"].replace("totals", "sales_totals"),
    )


def test_the_table_of_a_renamed_model_is_named(before: Shop, tmp_path: Path) -> None:
    output = run(renamed(tmp_path), before.database, "build")
    assert (
        "Warning: dbt_marketing.totals was published by an earlier build, and no model has its name. "
        'If nothing reads it: DROP TABLE "dbt_marketing"."totals"'
    ) in output
    with before.open() as target:
        target.execute('DROP TABLE "dbt_marketing"."totals"')
    assert "no model has" not in run(renamed(tmp_path / "again"), before.database, "run")


def test_a_model_whose_name_changed_its_case_only_leaves_no_orphan(before: Shop, tmp_path: Path) -> None:
    after = make_shop(
        tmp_path / "after",
        halves=SHOP["halves"].replace("def halves", "def Halves"),
        report=SHOP["report"].replace("halves", "Halves"),
    )
    output = run(after, before.database, "run")
    assert "Published schema" in output
    assert "no model has" not in output


def test_a_part_of_the_models_leaves_no_orphans(before: Shop) -> None:
    assert "no model has" not in run(before, before.database, "run", "-s", "+totals")


def test_several_are_named_together(before: Shop, tmp_path: Path) -> None:
    shop = make_shop(
        tmp_path / "after",
        stg_sales=SHOP["stg_sales"].replace("def stg_sales", "def stg_sale"),
        totals=SHOP["totals"].replace("stg_sales", "stg_sale").replace("def totals", "def total"),
        halves=SHOP["halves"].replace("stg_sales", "stg_sale"),
        report=SHOP["report"].replace("totals", "total"),
    )
    output = run(shop, before.database, "run")
    assert "dbt_marketing.stg_sales, dbt_marketing.totals were published by earlier builds" in output


def test_a_table_that_no_build_published_is_not_ours(before: Shop, tmp_path: Path) -> None:
    with before.open() as target:
        target.execute("CREATE TABLE dbt_marketing.mine (a INT)")
    assert "mine" not in run(before, before.database, "run")


def test_what_fails_in_looking_for_them_undoes_nothing(before: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RunFailed("permission denied for table build_history")

    monkeypatch.setattr("marketing_ibis.build.metrics.published_tables", refuse)
    output = run(before, before.database, "run")
    assert "Published schema" in output
    assert (
        "Warning: Tables without a model could not be looked for: permission denied for table build_history" in output
    )
