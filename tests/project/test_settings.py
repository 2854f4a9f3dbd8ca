"""Settings are found upward, checked by name and type, and have defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.project.settings import load_project
from tests.shop import make_shop


def test_without_settings_the_installed_dataflow_is_the_project(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    assert (project.source_schema, project.model_schema) == ("dbt_production", "dbt_marketing")
    assert "customer_segmentation" in project.nodes()


def test_the_nearest_folder_above_with_settings_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    monkeypatch.chdir(below)
    assert load_project().dataflows == shop.project.dataflows


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param("dataflow = ['x']", "dataflow is unknown", id="unknown"),
        pytest.param("dataflows = 'x'", r'is \'x\', not a list of names\.\nWrite dataflows = \["x"\]', id="not a list"),
        pytest.param("dataflows = []", "dataflows is \\[\\], not a list of names", id="empty list"),
        pytest.param("source_schema = 1", "source_schema is 1, not a string", id="not a string"),
        pytest.param("id_type = 'uuid'", "id_type is 'uuid', not int64 or string", id="id type"),
        pytest.param("time_zone = 'Mars/Base'", "time_zone is 'Mars/Base', which is not a time zone", id="time zone"),
        pytest.param("time_zone = '../etc/passwd'", "is not a time zone", id="path as time zone"),
        pytest.param("naive_timestamps = 'local'", "naive_timestamps is 'local', which is not a time zone", id="naive"),
        pytest.param("naive_timestamps = 1", "naive_timestamps is 1, not a string", id="naive number"),
        pytest.param("vars = 1", "vars must contain one table per name", id="vars"),
        pytest.param("models.totals = 'view'", "models must contain one table", id="models"),
        pytest.param("models.totals.kind = 'view'", "models.totals.kind is unknown", id="model setting"),
        pytest.param("models.totals.materialized = 'cube'", "not view, table or incremental", id="materialized"),
        pytest.param("x = [", "is not valid TOML", id="toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.marketing_ibis]\n{settings}\n")
    with pytest.raises(ConfigurationError, match=message):
        load_project(tmp_path)


def test_a_dataflow_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.marketing_ibis]\ndataflows = ['no_such_package']\n")
    with pytest.raises(ConfigurationError, match="names no_such_package, which cannot be imported"):
        load_project(tmp_path).nodes()


def test_settings_for_a_model_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, settings='[tool.marketing_ibis.models.total]\nmaterialized = "view"\n')
    with pytest.raises(ConfigurationError, match=r"models.total is not a model") as e:
        shop.project.nodes()
    assert "totals" in e.value.hint


def test_a_missing_project_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_project(tmp_path / "nowhere")


def test_schemas_are_settings(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, settings='model_schema = "marts"\n')
    assert {step.relation.schema for step in shop.plan().steps()} == {"marts"}


def test_files_of_a_table_without_a_source_are_refused(tmp_path: Path) -> None:
    settings = '[tool.marketing_ibis.files.raw_order]\nencoding = "latin-1"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    with pytest.raises(ConfigurationError, match=r"files\.raw_order is not the table of a source\.\nDid you mean"):
        load_project(tmp_path).nodes()
    (tmp_path / "pyproject.toml").write_text(settings.replace("raw_order", "order_lines"))
    assert "raw_order_lines" not in load_project(tmp_path).nodes()
