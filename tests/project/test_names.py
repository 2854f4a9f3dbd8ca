"""Artifacts and events carry the project's name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.project.settings import load_project
from tests.invocation import invoke
from tests.outputs.openlineage.server import lineage_server
from tests.paths import ROOT
from tests.shop import make_shop

OWN = ROOT


@pytest.mark.parametrize(
    ("pyproject", "package"),
    [
        pytest.param('[tool.marketing_ibis]\nname = "north"\n[project]\nname = "my-shop"', "north", id="the setting"),
        pytest.param('[tool.marketing_ibis]\n[project]\nname = "my-shop"', "my_shop", id="the project"),
        pytest.param('[project]\nname = "my.shop"', "my_shop", id="without settings"),
        pytest.param('[tool.marketing_ibis]\ndataflows = ["shop.models"]', "shop", id="the models"),
        pytest.param("[tool.marketing_ibis]", "marketing_ibis", id="the example"),
        pytest.param('[tool.marketing_ibis]\nname = "..."', "marketing_ibis", id="no letter"),
    ],
)
def test_the_name_of_a_project(tmp_path: Path, pyproject: str, package: str) -> None:
    (tmp_path / "pyproject.toml").write_text(pyproject)
    assert load_project(tmp_path).package == package


def test_our_own_checkout_keeps_its_name() -> None:
    assert load_project(OWN).package == "marketing_ibis"


def test_every_id_and_job_begins_with_the_projects_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path, project="north-shop")
    call = ("--project-dir", str(tmp_path), "--target-path", str(tmp_path / "t"), "--as-of", "2024-05-15")
    with lineage_server() as server:
        monkeypatch.setenv("OPENLINEAGE_URL", server.url)
        invoke("build", *call, "--database", str(shop.database))
    assert {event["job"]["namespace"] for event in server.events} == {"north_shop"}
    jobs = {event["job"]["name"] for event in server.events}
    assert jobs >= {"north_shop.build", "north_shop.dbt_marketing.totals"}
    assert all(job.startswith("north_shop.") for job in jobs)
    for name in ("manifest.json", "run_results.json"):
        text = (tmp_path / "t" / name).read_text("utf-8")
        assert ".north_shop." in text
        assert ".marketing_ibis." not in text
    manifest = json.loads((tmp_path / "t" / "manifest.json").read_text("utf-8"))
    assert manifest["metadata"]["project_name"] == "north_shop"
    assert {node["package_name"] for node in manifest["nodes"].values()} == {"north_shop"}
