"""The presets of touches and costs, which a project uses next to its shop."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.project.settings import load_project
from tests.dataflows.test_order_line_files import FILES, project, rows, spaced
from tests.invocation import Run
from tests.paths import ROOT

PRESETS = ROOT / "marketing_ibis" / "presets"
DATAFLOWS = 'dataflows = ["dataflows", "marketing_ibis.presets.ga4", "marketing_ibis.presets.ad_spend"]\n'
REPORTS = 'optional_sources = ["google_ads_days", "meta_ads_days"]\n'
CHANNELS = """
SELECT channel, campaign, round(credited_orders, 4), CAST(spend AS VARCHAR) FROM dbt_marketing.channel_performance
WHERE attribution_model = 'Linear' ORDER BY 1, 2
"""


def test_touches_and_costs_meet_by_channel_and_campaign(run: Run, tmp_path: Path) -> None:
    project(tmp_path, DATAFLOWS + REPORTS + 'time_zone = "Europe/Berlin"\n', order_lines=FILES["order_lines"])
    for sample in PRESETS.glob("a*/sample/*.csv"), PRESETS.glob("ga4/sample/*.csv"):
        for path in sample:
            shutil.copy(path, tmp_path / "exports")
    run("seed", "--from", "exports")
    run("build", "--as-of", "2024-05-15", "-q")
    assert rows(tmp_path, CHANNELS) == [
        ("facebook / paid_social", "Spring", 0.5, "30.10"),
        ("google / cpc", "(unknown)", 0.5, "0.00"),
        ("google / cpc", "brand", 0.5, "12.75"),
        ("google / cpc", "generic", 0.0, "7.00"),
        ("newsletter / (not set)", "(unknown)", 0.5, "0.00"),
    ]
    touches = "SELECT touch_id, customer_id, strftime(touched_at, '%H:%M'), channel FROM dbt_marketing.stg_touches"
    assert rows(tmp_path, f"{touches} ORDER BY 1") == [
        (1, 1, "09:00", "google / cpc"),
        (2, 1, "20:30", "facebook / paid_social"),
        (3, 2, "11:00", "google / cpc"),
        (4, 2, "11:00", "newsletter / (not set)"),
        (5, None, "13:00", "google / organic"),
    ]


def test_costs_without_a_report_are_refused(run: Run, tmp_path: Path) -> None:
    project(tmp_path, DATAFLOWS)
    output = spaced(run("compile", "--select", "raw_spend", code=1).output)
    assert "no report is in use; list google_ads_days, meta_ads_days or both under optional_sources" in output


@pytest.mark.parametrize("id_type", ["int64", "string"])
def test_redshift_takes_the_adapters(id_type: str, tmp_path: Path) -> None:
    project(tmp_path, DATAFLOWS + REPORTS + f'id_type = "{id_type}"\n')
    dataflow = load_project(tmp_path).compile(date(2024, 3, 31), needed=("raw_touches", "raw_spend"))
    dialect = ENGINES["redshift"].dialect().reading(dataflow.sources)
    names = ("raw_touches", "raw_spend")
    assert all(dialect.approve([dialect.select(dataflow.models[name].expression)]) for name in names)
