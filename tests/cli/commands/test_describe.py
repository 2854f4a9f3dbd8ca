"""``describe`` as users see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.cli.commands.describe import WIDTH
from tests.invocation import Run

DAY = ("--as-of", "2024-05-15")


def test_a_table_fits_80_columns_and_needs_no_database(run: Run, tmp_path: Path) -> None:
    output = run("describe", "customer_segmentation", *DAY).output
    assert max(map(len, output.splitlines())) <= WIDTH
    assert output.startswith("customer_segmentation (dbt_marketing.customer_segmentation)\n")
    assert "  Table in layer marts, one row per customer_id.\n" in output
    assert "  first_name  string, may be NULL, personal data\n" in output
    assert "  total_revenue  decimal(18, 2) in dollars\n    Payments of successful orders.\n" in output
    assert "  rfm_rules.score_groups = 5\n" in output
    assert not any(tmp_path.iterdir())


def test_without_a_name_there_is_a_line_for_each(run: Run) -> None:
    output = run("describe", *DAY).output
    assert max(map(len, output.splitlines())) <= WIDTH
    for name in ("customers", "raw_orders", "stg_payments", "segment_dashboard", "Conventions", "Audiences"):
        assert name in output


def test_selectors_audiences_and_exposures(run: Run) -> None:
    output = run("describe", "source:orders", "win_back", "win_back_mailing", *DAY).output
    heads = [line for line in output.splitlines() if line and not line.startswith(" ") and "(" in line]
    assert heads == [
        "raw_orders (dbt_production.orders)",
        "win_back (audience of campaign_win_back)",
        "win_back_mailing (campaign)",
    ]
    assert "  Hold-out: 10% of customers\n" in output
    assert "  Uses: campaign_win_back\n" in output


def test_json_has_the_thresholds_in_force(run: Run) -> None:
    vars = ("--vars", "{rfm_rules: {score_groups: 4}}")
    described = json.loads(run("describe", "customers", "--format", "json", *vars, *DAY).output)
    assert (described["format"], described["version"], described["as_of"]) == ("marketing-ibis.describe", 1, DAY[1])
    assert [model["name"] for model in described["models"]] == ["customers"]
    (rules,) = [each for each in described["settings"] if each["name"] == "rfm_rules"]
    assert {key["key"]: key["value"] for key in rules["keys"]}["score_groups"] == 4


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("custmers",), 1, "Did you mean customers"),
        (("state:modified",), 2, "compares with what is published"),
        (("--format", "yaml"), 2, "'yaml' is not one of"),
        (("--as-of", "yesterdy"), 2, "yesterdy"),
    ],
)
def test_mistakes(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run("describe", *arguments, code=code)
    assert message in result.stderr
    assert not result.stdout
