"""Keys may be text: relabelled by an order-keeping map, every table is the same but for the labels."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.invocation import invoke
from tests.paths import JAFFLE

KEYS = {"id", "user_id", "order_id"}
TABLES = (
    "stg_customers",
    "stg_customer_activity",
    "customer_segmentation",
    "product_performance",
    "customer_cohorts",
    "marketing_attribution",
    "attribution_touchpoints",
    "attribution_models",
    "customers",
    "orders",
)
SETTINGS = '[tool.marketing_ibis]\nid_type = "string"\n'


def rounded(value: object) -> object:
    """Forget the last digits of a double, which depend on the order of the rows."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


def relabelled(key: str) -> str:
    return f"é-{int(key):06d}" if key else ""


def build(folder: Path, files: Path) -> duckdb.DuckDBPyConnection:
    database = str(folder / "w.duckdb")
    place = ("--database", database, "--project-dir", str(folder), "--target-path", str(folder / "target"))
    invoke("seed", "--from", str(files), *place)
    invoke("run", "--as-of", "2018-04-10", "-s", " ".join(f"+{table}" for table in TABLES), *place)
    return duckdb.connect(database, read_only=True)


@pytest.fixture(scope="module")
def by_number(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("number")
    (folder / "pyproject.toml").write_text("[tool.marketing_ibis]\n", "utf-8")
    return build(folder, JAFFLE)


@pytest.fixture(scope="module")
def by_text(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("text")
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    for path in JAFFLE.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({k: relabelled(v) if k in KEYS else v for k, v in row.items()} for row in rows)
    return build(folder, folder)


@pytest.mark.parametrize("table", TABLES)
def test_text_keys_change_nothing_but_the_keys(
    table: str, by_number: duckdb.DuckDBPyConnection, by_text: duckdb.DuckDBPyConnection
) -> None:
    relation = by_number.sql(f"FROM dbt_marketing.{table}")
    keys = [place for place, name in enumerate(relation.columns) if name in ("customer_id", "order_id", "payment_id")]
    expected = {
        tuple(relabelled(str(v)) if place in keys and v is not None else rounded(v) for place, v in enumerate(row))
        for row in relation.fetchall()
    }
    actual = by_text.sql(f"FROM dbt_marketing.{table}")
    assert actual.columns == relation.columns
    assert {tuple(map(rounded, row)) for row in actual.fetchall()} == expected
