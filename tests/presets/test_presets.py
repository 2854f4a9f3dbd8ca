"""Each preset builds its sample without an error, and its orders are those of a computation in plain Python."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from marketing_ibis.presets import TITLES
from tests.invocation import invoke as run
from tests.presets.expected import SHOPS, Order, Shop, expected_shop

DATABASE = "target/warehouse.duckdb"
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
BUILT = tuple(TITLES) if THOROUGH else ("online-retail", "shopify-csv")
"""Presets of which every model and data test runs; of the others, what their orders and customers depend on."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_modules: None) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def built_shop(database: Path | str = DATABASE) -> Shop:
    """Return the orders of known and unknown customers, and the customers, as they are published."""
    with duckdb.connect(str(database), read_only=True) as connection:
        orders = connection.execute(
            "SELECT order_id, customer_id, order_date, status, product_name, (amount * 100)::BIGINT"
            " FROM analytics.orders"
        ).fetchall()
        customers = connection.execute("SELECT customer_id, first_name, last_name FROM analytics.stg_customers").fetchall()
    return Shop({row[0]: Order(*row[1:]) for row in orders}, {row[0]: row[1:] for row in customers})


def test_every_preset_has_an_expectation() -> None:
    assert set(SHOPS) == set(TITLES)


@pytest.mark.parametrize("preset", TITLES)
def test_the_sample_gives_the_orders_of_plain_python(
    preset: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = run("init", "shop", "--preset", preset).output
    monkeypatch.chdir(folder / "shop")
    expected = expected_shop(preset, Path("sample"))
    advised = [line.split("marketing_ibis ")[1].split() for line in output.splitlines() if "marketing_ibis " in line]
    assert [call[0] for call in advised] == ["seed", "build"]
    run(*advised[0])
    output = run("build").output if preset in BUILT else run("run", "--select", "+orders +stg_customers").output
    assert "FAIL" not in output
    assert built_shop() == expected
