"""Where the files of a command are that no option names."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.invocation import invoke


def test_what_is_not_named_lies_in_the_projects_folder(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (package,) = {path.parent for path in shop.glob("shop_*/totals.py")}
    monkeypatch.chdir(package)
    missing = invoke("run", "--as-of", "2024-05-15", code=1).output
    assert f"There is no database {shop}/target/warehouse.duckdb." in missing
    (shop / "target").mkdir(exist_ok=True)
    duckdb.connect(str(shop / "target" / "warehouse.duckdb")).close()
    missing = invoke("run", "--as-of", "2024-05-15", code=1).output
    assert f"dbt_production.sales does not exist in {shop}/target/warehouse.duckdb." in missing
    invoke("run", "--as-of", "2024-05-15", "--database", "../warehouse.duckdb")
    assert (shop / "target" / "manifest.json").is_file()
    assert not (package / "target").exists()
    elsewhere = shop.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    monkeypatch.chdir(elsewhere)
    for name in ("compile", "debug", "clean"):
        output = invoke(name, "--project-dir", str(shop)).output
        assert f"{shop}/target" in output
    invoke("compile", "--project-dir", str(shop), "--target-path", "mine")
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]


def test_without_a_project_files_lie_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    monkeypatch.chdir(tmp_path / "below")
    assert "There is no database target/warehouse.duckdb." in invoke("run", code=1).output
    assert (tmp_path / "below" / "target").is_dir()


def test_a_profiles_path_is_taken_from_the_projects_folder(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "profiles.yml").write_text(
        "shop:\n  target: d\n  outputs:\n    d: {type: duckdb, path: warehouse.duckdb}\n"
    )
    (shop / "pyproject.toml").write_text((shop / "pyproject.toml").read_text() + "profile = 'shop'\n")
    monkeypatch.chdir(next(path.parent for path in shop.glob("shop_*/totals.py")))
    assert f"Published schema dbt_marketing of {shop}/warehouse.duckdb" in invoke("run").output
