"""Order lines from file to table: loaded by a setting, announced without it, refused if their orders do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dataflows.exports import rows, spaced, write_project
from tests.invocation import Run

SETTING = 'optional_sources = ["raw_order_lines"]\n'
FILES = {
    "customers": "id,first_name,last_name\n1,Ann,A\n2,Bob,B\n",
    "orders": "id,user_id,order_date,status,cycle_name\n"
    "1,1,2024-03-01,completed,Chair\n2,2,2024-03-20,completed,Chair\n",
    "payments": "id,order_id,payment_method,amount,cycle_name\n1,1,credit_card,13000,Chair\n2,2,coupon,8000,Chair\n",
    "order_lines": "id,order_id,product_name,quantity,amount\n1,1,Lamp,1,5000\n2,1,Chair,1,8000\n",
}


def project(folder: Path, settings: str = "", **files: str) -> None:
    write_project(folder, settings, {**FILES, **files})


def test_each_product_gets_its_part_where_the_setting_is_on(run: Run, tmp_path: Path) -> None:
    revenue = "SELECT product_name, CAST(total_revenue AS VARCHAR) FROM dbt_marketing.product_performance ORDER BY 1"
    select = ("-s", "+product_performance", "--as-of", "2024-05-15")
    project(tmp_path)
    output = spaced(run("seed", "--from", "exports").stdout)
    assert f"order_lines.csv not loaded. To use raw_order_lines, set {SETTING.strip()} under" in output
    run("run", *select, "-q")
    assert rows(tmp_path, revenue) == [("Chair", "210.00")]
    project(tmp_path, SETTING)
    assert "Seeded dbt_production.order_lines: 2 rows." in run("seed", "--from", "exports").stdout
    run("build", *select, "-q")
    assert rows(tmp_path, revenue) == [("Chair", "160.00"), ("Lamp", "50.00")]


def test_lines_of_unknown_orders_stop_a_build(run: Run, tmp_path: Path) -> None:
    project(tmp_path, SETTING, order_lines=FILES["order_lines"] + "3,99,Lamp,1,100\n")
    run("seed", "--from", "exports")
    output = spaced(run("build", "--as-of", "2024-05-15", "-s", "stg_order_lines", code=1).output)
    assert "relationships_raw_order_lines_order_id" in output
    assert "99" in output


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('optional_sources = ["raw_order_line"]\n', "which is not an optional source. Did you mean raw_order_lines"),
        ('optional_sources = ["raw_orders"]\n', "Remove raw_orders: that source is always used."),
        ('optional_sources = "raw_order_lines"\n', 'Write optional_sources = ["raw_order_lines"].'),
    ],
)
def test_a_wrong_setting_is_one_message(run: Run, tmp_path: Path, setting: str, message: str) -> None:
    project(tmp_path, setting)
    assert message in spaced(run("ls", code=2).stderr)


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    project(tmp_path, SETTING)
    (tmp_path / "exports" / "order_lines.csv").unlink()
    assert "order_lines.csv" in spaced(run("seed", "--from", "exports", code=1).stderr)


def test_the_demo_has_lines_where_the_setting_is_on(run: Run, tmp_path: Path) -> None:
    project(tmp_path)
    assert "order_lines" not in run("seed", "--demo", "--orders", "50").stdout
    project(tmp_path, SETTING)
    assert "Seeded dbt_production.order_lines" in run("seed", "--demo", "--orders", "50").stdout
