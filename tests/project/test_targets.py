"""Settings of one target override those of the project."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.invocation import Run, invoke
from tests.shop import make_shop

SETTINGS = """
[tool.marketing_ibis]
model_schema = "dev"
time_zone = "UTC"
profile = "shop"

[tool.marketing_ibis.vars.rfm_rules]
scoring = "ntile"

[tool.marketing_ibis.targets.prod]
model_schema = "marts"
time_zone = "Europe/Berlin"
grants = ["analysts"]

[tool.marketing_ibis.targets.prod.vars.rfm_rules]
scoring = "thresholds"

[tool.marketing_ibis.targets.prod.tests.unique_orders_order_id]
severity = "warn"

[tool.marketing_ibis.targets.prod.models.orders]
materialized = "view"
"""
PROFILES = """
shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: dev.duckdb}
    prod: {type: duckdb, path: prod.duckdb, schema: of_the_profile, threads: 3}
    staging: {type: duckdb, path: staging.duckdb, schema: of_the_profile, threads: "{{ env_var('SHOP_THREADS', '2') }}"}
"""


def project_of(tmp_path: Path, text: str) -> ProjectSettings:
    (tmp_path / "pyproject.toml").write_text(text)
    return load_project(tmp_path)


def test_a_target_overrides_settings_and_merges_tables(tmp_path: Path) -> None:
    project = project_of(tmp_path, SETTINGS)
    prod = project.for_target("prod")
    assert (prod.model_schema, prod.time_zone, prod.grants) == ("marts", "Europe/Berlin", ("analysts",))
    assert prod.vars == {"rfm_rules": {"scoring": "thresholds"}}
    assert prod.tests == {"unique_orders_order_id": {"severity": "warn"}}
    assert prod.models == {"orders": {"materialized": "view"}}
    assert "model_schema" in prod.chosen
    dev = project.for_target("dev")
    assert (dev.model_schema, dev.time_zone, dev.grants) == ("dev", "UTC", ())
    assert dev.vars == {"rfm_rules": {"scoring": "ntile"}}


def test_fields_of_one_rule_are_merged(tmp_path: Path) -> None:
    text = (
        "[tool.marketing_ibis.vars.r]\na = 1\nb = 2\n[tool.marketing_ibis.vars.s]\nc = 3\n"
        "[tool.marketing_ibis.targets.prod.vars.r]\nb = 5\n"
    )
    assert project_of(tmp_path, text).for_target("prod").vars == {"r": {"a": 1, "b": 5}, "s": {"c": 3}}


def test_every_setting_but_the_profile_and_the_name_can_be_overridden() -> None:
    from marketing_ibis.project.setting_values import PROJECT_SETTINGS

    settings = {one.name for one in fields(ProjectSettings)} - {"root", "chosen", "command_vars", "targets"}
    assert settings >= PROJECT_SETTINGS == {"name", "profile"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("targets.prod.time_zone = 'Mars/Base'", "targets.prod.time_zone is 'Mars/Base', which is not a time zone"),
        ("targets.prod.model_shema = 'x'", "targets.prod.model_shema is unknown"),
        ("targets.prod.profile = 'x'", "targets.prod.profile is unknown"),
        ("targets.prod.targets.x.grants = ['x']", "targets.prod.targets is unknown"),
        ("targets.prod = 5", "targets must contain one table per name"),
        ("targets.prod.tests.x.severity = 'bad'", "targets.prod.tests.x.severity is 'bad'"),
    ],
)
def test_a_wrong_setting_of_a_target_is_named(tmp_path: Path, settings: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        project_of(tmp_path, f"[tool.marketing_ibis]\n{settings}\n")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    settings = 'profile = "shop"\nmodel_schema = "dev"\n[tool.marketing_ibis.targets.prod]\nmodel_schema = "marts"\n'
    settings += '[tool.marketing_ibis.targets.prod.models.totals]\nmaterialized = "view"\n'
    return make_shop(tmp_path, settings=settings).root


def test_commands_use_the_settings_of_their_target(shop: Path) -> None:
    invoke("compile", "-t", "prod")
    assert '"marts"."totals"' in (shop / "target" / "duckdb" / "build.sql").read_text("utf-8").replace(
        "__candidate", ""
    )
    assert "CREATE VIEW" in (shop / "target" / "duckdb" / "run" / "totals.sql").read_text("utf-8")
    invoke("compile")
    assert '"dev"."totals"' in (shop / "target" / "duckdb" / "build.sql").read_text("utf-8").replace("__candidate", "")
    views = ("ls", "-s", "config.materialized:view", "--resource-type", "model")
    assert invoke(*views).output.split() == ["stg_sales"]
    assert invoke(*views, "-t", "prod").output.split() == ["stg_sales", "totals"]
    drawn = ("lineage", "-s", "config.materialized:view", "--format", "mermaid")
    assert "totals" not in invoke(*drawn).output
    assert "totals" in invoke(*drawn, "-t", "prod").output


def test_settings_for_an_output_that_does_not_exist_are_refused(shop: Path) -> None:
    path = shop / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + "[tool.marketing_ibis.targets.prd]\ngrants = ['x']\n")
    output = invoke("compile", code=2).output
    assert "[tool.marketing_ibis.targets.prd]: profile shop has no output prd." in output
    assert "Did you mean prod" in output


@pytest.mark.parametrize(
    ("arguments", "threads"),
    [
        (("-t", "prod"), 3),
        (("-t", "staging"), 2),
        (("-t", "dev"), 1),
        (("-t", "prod", "--threads", "5"), 5),
    ],
)
def test_threads_of_the_profile_are_the_default(shop: Path, arguments: tuple[str, ...], threads: int) -> None:
    import json

    invoke("run", *arguments, "--database", "warehouse.duckdb")
    assert json.loads((shop / "target" / "run_results.json").read_text("utf-8"))["args"]["threads"] == threads


@pytest.mark.parametrize("written", ["many", "0", "-1", "1.5"])
def test_threads_that_are_no_number_are_named(shop: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("SHOP_THREADS", written)
    output = invoke("run", "-t", "staging", "--database", "warehouse.duckdb", code=2).output
    assert "output staging of profile shop: threads is not a whole number above 0." in output


def test_ls_needs_no_profile_unless_a_target_is_named(run: Run, tmp_path: Path) -> None:
    make_shop(tmp_path, settings='profile = "shop"\n')
    assert "totals" in run("ls").output
    assert "The target prod does not exist" in run("ls", "-t", "prod", code=2).output
