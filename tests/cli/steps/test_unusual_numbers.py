"""A build warns of rows, totals and NULLs that are unusual next to those of earlier builds, with the owner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.invocation import invoke
from tests.shop import Shop, make_shop

PAID = """
COLUMNS = (column("id", "int64", "Key."), column("paid", "decimal(12, 2)", "Price.", nullable=True))

@model(layer="marts", grain=("id",), columns=COLUMNS, owner="finance")
def halves(stg_sales: ir.Table) -> ir.Table:
    '''What each sale brought; nothing of those above 1,000.'''
    cents = stg_sales.cents
    return stg_sales.select("id", paid=(cents <= 1000).ifelse(cents, None).cast("decimal(12, 2)"))
"""
SOLD = "INSERT INTO dbt_production.sales SELECT i, {cents} FROM range(10, {end}) r(i)"


def build(shop: Shop, *options: str) -> str:
    call = ("build", "--as-of", "2024-05-15", "--project-dir", str(shop.root), "--database", str(shop.database))
    return invoke(*call, "--target-path", str(shop.root / "target"), *options).output


@contextmanager
def shop_of_days(folder: Path, days: int, settings: str = "") -> Iterator[Shop]:
    """Yield a shop that was built as of each of the ``days`` before."""
    shop = make_shop(folder, settings=settings, halves=PAID)
    with shop.open() as target:
        target.execute(SOLD.format(cents=100, end=28))
    build(shop)
    with shop.open() as target:
        target.execute(
            "INSERT INTO dbt_marketing.build_history SELECT built_at - to_days(d::INT), as_of - d::INT, metric,"
            f" subject, value FROM dbt_marketing.build_history, range(1, {days + 1}) r(d)"
        )
    yield shop


def test_what_is_as_before_is_not_reported(tmp_path: Path) -> None:
    with shop_of_days(tmp_path, 9) as shop:
        assert "usual" not in build(shop)


def test_rows_totals_and_nulls_are_reported_with_their_owner(tmp_path: Path) -> None:
    with shop_of_days(tmp_path, 9) as shop:
        with shop.open() as target:
            target.execute(SOLD.format(cents=2000, end=30))
        usual = "the median of the last 9 builds is"
        assert [line for line in build(shop).splitlines() if "usual" in line] == [
            f"Warning: halves has 40 rows; {usual} 20, and 18 to 22 is usual. Owner: finance.",
            f"Warning: 50.0% of halves.paid is NULL; {usual} 0.0%, and 0.0% to 10.0% is usual. Owner: finance.",
        ]


def test_an_event_has_the_numbers(tmp_path: Path) -> None:
    with shop_of_days(tmp_path, 9) as shop:
        with shop.open() as target:
            target.execute("UPDATE dbt_production.sales SET cents = 500 WHERE cents = 100")
        events = [json.loads(line) for line in build(shop, "--log-format", "json").splitlines()]
        (event,) = [event for event in events if event["event"] == "unusual_number"]
        assert event["level"] == "warn"
        assert event["data"] == {
            "metric": "total",
            "subject": "halves.paid",
            "value": 9750.0,
            "low": 1935.0,
            "high": 2365.0,
            "builds": 9,
            "owner": "finance",
        }


@pytest.mark.parametrize(
    ("days", "settings"),
    [
        (7, ""),
        (9, "least_change = 30"),
        (9, "least_builds = 10"),
    ],
    ids=["few builds", "wide band", "more builds asked for"],
)
def test_rules_of_the_settings_decide(tmp_path: Path, days: int, settings: str) -> None:
    with shop_of_days(tmp_path, days, f"[tool.marketing_ibis.health]\n{settings}\n") as shop:
        with shop.open() as target:
            target.execute("UPDATE dbt_production.sales SET cents = 500 WHERE cents = 100")
        assert "usual" not in build(shop)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("least_chnage = 1", "health.least_chnage is unknown.\nDid you mean least_change"),
        ("builds = 1.5", "health.builds is 1.5, not a whole number."),
        ("builds = 0", "health.builds is 0; it must be at least 1.\nThe default is 28."),
        ("deviations = -1", "health.deviations is -1; it must be 0 or more.\nThe default is 3.5."),
        ('deviations = "2"', "health.deviations is '2', not a number."),
    ],
)
def test_a_wrong_rule_is_reported(tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis.health]\n{written}\n")
    output = invoke("ls", "--project-dir", str(tmp_path), code=2).output
    assert f"Error: [tool.marketing_ibis] {message}" in output


def test_a_failure_names_the_owner(tmp_path: Path) -> None:
    failing = PAID.replace('"Price.", nullable=True', '"Price."')
    shop = make_shop(tmp_path, halves=failing)
    with shop.open() as target:
        target.execute(SOLD.format(cents=2000, end=12))
    call = ("build", "--project-dir", str(shop.root), "--database", str(shop.database), "--log-format", "json")
    lines = invoke(*call, "--target-path", str(shop.root / "target"), code=1).output.splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    (failed,) = [event for event in events if event["event"] == "command_failed"]
    assert failed["message"].splitlines()[0].endswith(" Owner: finance.")
    assert [failure["owner"] for failure in failed["data"]["failures"]] == ["finance"]
    finished = {
        event["data"]["model"]: event["data"]["owner"] for event in events if event["event"] == "model_finished"
    }
    assert finished["halves"] == "finance"
