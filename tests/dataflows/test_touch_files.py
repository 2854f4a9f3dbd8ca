"""Touches and costs from file to table: loaded by a setting, and what a build reports of faults in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dataflows.test_order_line_files import FILES, project, rows, spaced
from tests.invocation import Run

SETTING = 'optional_sources = ["raw_touches", "raw_spend"]\n'
TOUCHES = "id,customer_id,touched_at,channel,campaign\n1,1,2024-02-20 09:00:00,search,brand\n"
SPEND = "id,spend_date,channel,campaign,amount\n1,2024-02-20,search,brand,2500\n2,2024-02-20,tv,,100000\n"
SHOP = {"touches": TOUCHES, "spend": SPEND, "order_lines": FILES["order_lines"]}


def test_a_channel_with_a_cost_and_no_touch_has_a_row_without_credit(run: Run, tmp_path: Path) -> None:
    project(tmp_path, SETTING, **SHOP)
    run("seed", "--from", "exports")
    run("build", "--as-of", "2024-05-15", "-s", "+channel_performance", "-q")
    select = "SELECT channel, credited_orders, CAST(spend AS VARCHAR), roas FROM dbt_marketing.channel_performance"
    assert rows(tmp_path, f"{select} WHERE attribution_model = 'Linear' ORDER BY 1") == [
        ("(none)", 1, "0.00", None),
        ("search", 1, "25.00", 5.2),
        ("tv", 0, "1000.00", 0),
    ]


@pytest.mark.parametrize(
    ("table", "row", "test", "is_error"),
    [
        ("touches", "2,99,2024-02-20 09:00:00,email,", "relationships_raw_touches_customer_id", False),
        ("touches", "2,1,2024-05-16 00:00:01,email,", "not_after_as_of_raw_touches_touched_at", False),
        ("touches", "2,1,,email,", "not_null_raw_touches_touched_at", True),
        ("spend", "3,2024-05-14,email,,-1", "non_negative_raw_spend_amount", True),
    ],
)
def test_faults_are_reported(run: Run, tmp_path: Path, table: str, row: str, test: str, is_error: bool) -> None:
    project(tmp_path, SETTING, **{**SHOP, table: f"{SHOP[table]}{row}\n"})
    run("seed", "--from", "exports")
    output = spaced(run("test", "--select", f"source:raw_{table}", "--as-of", "2024-05-15", code=int(is_error)).output)
    assert test in output


def test_the_demo_has_touches_where_the_setting_is_on(run: Run, tmp_path: Path) -> None:
    project(tmp_path)
    output = run("seed", "--demo", "--orders", "50").stdout
    assert "touches" not in output
    assert "spend" not in output
    project(tmp_path, SETTING)
    output = run("seed", "--demo", "--orders", "50").stdout
    assert "Seeded dbt_production.touches" in output
    assert "Seeded dbt_production.spend" in output
