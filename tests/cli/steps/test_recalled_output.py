"""`ls` and `lineage` recall what they printed while nothing has changed that could change it."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path

import pytest

import marketing_ibis.cli.commands.lineage
import marketing_ibis.cli.commands.ls  # noqa: F401
from marketing_ibis.cli.steps import recalled_output
from marketing_ibis.private_files import PrivateFiles
from marketing_ibis.project import inputs
from marketing_ibis.project.settings import load_project
from tests.invocation import invoke
from tests.shop import Shop, make_shop

TICK = 0.03
"""Seconds after which a file that was written is sure to have another time when it is written again."""
NAMES = "raw_sales\nstg_sales\nhalves\ntotals\nreport\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_modules: None) -> Shop:
    for kind in ("cache", "state"):
        monkeypatch.setenv(f"MARKETING_IBIS_{kind.upper()}_DIR", str(tmp_path / kind))
    return make_shop(tmp_path / "shop")


def package(shop: Shop) -> Path:
    (folder,) = {file.parent for file in shop.root.glob("*/halves.py")}
    return folder


def listed(
    shop: Shop, *arguments: str, command: str = "ls", code: int = 0, name: str | None = None
) -> tuple[bool, str]:
    """Run a command; return whether it read the project, and what it printed."""
    top = name or package(shop).name
    for module in [each for each in sys.modules if each.partition(".")[0] == top]:
        del sys.modules[module]
    time.sleep(TICK)
    read: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "marketing_ibis.project.settings.load_project", lambda *given: read.append(given) or load_project(*given)
        )
        output = invoke(command, "--project-dir", str(shop.root), *arguments, code=code)
    return bool(read), output.stdout if not code else output.stderr


def test_what_is_unchanged_is_printed_without_reading_the_project(shop: Shop) -> None:
    read, first = listed(shop)
    assert (read, sorted(first.split())) == (True, sorted(NAMES.split()))
    assert listed(shop) == (False, first)
    # Each selection and each form has its own.
    assert listed(shop, "-s", "totals") == (True, "totals\n")
    read, lines = listed(shop, "--output", "json")
    assert read
    assert {json.loads(line)["name"] for line in lines.splitlines()} == set(NAMES.split())
    for arguments, text in ((("-s", "totals"), "totals\n"), (("--output", "json"), lines), ((), first)):
        assert listed(shop, *arguments) == (False, text)


@pytest.mark.parametrize("command", ["ls", "lineage"])
def test_every_edit_is_read_again(shop: Shop, command: str) -> None:
    text = listed(shop, command=command)[1]
    files = [file for file in shop.root.rglob("*") if file.suffix in {".py", ".toml"}]
    assert len(files) > 5
    for file in files:
        file.write_text(f"{file.read_text()}\n")
        assert listed(shop, command=command) == (True, text), file
    assert listed(shop, command=command) == (False, text)
    copy = package(shop) / "copied.py"
    copy.write_text((package(shop) / "report.py").read_text().replace("def report(", "def copied("))
    read, longer = listed(shop, command=command)
    assert read
    assert "copied" in longer
    copy.unlink()
    assert listed(shop, command=command) == (False, text)


def test_settings_and_the_environment_are_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(shop)
    settings = shop.root / "pyproject.toml"
    earlier = settings.read_text()
    settings.write_text(f'{earlier}\n[tool.marketing_ibis.selectors]\nnightly = "totals"\n')
    assert listed(shop, "-s", "selector:nightly") == (True, "totals\n")
    assert listed(shop, "-s", "selector:nightly") == (False, "totals\n")
    settings.write_text(f'{earlier}\n[tool.marketing_ibis.selectors]\nnightly = "halves"\n')
    assert listed(shop, "-s", "selector:nightly") == (True, "halves\n")
    monkeypatch.setenv("FACTOR", "5")
    assert listed(shop, "-s", "selector:nightly")[0]
    # A project that appears further down is another project.
    monkeypatch.chdir(package(shop))
    assert invoke("ls").stdout.splitlines()[0] == "raw_sales"
    (package(shop) / "pyproject.toml").write_text('[tool.marketing_ibis]\ndataflows = ["nowhere"]\n')
    assert "nowhere" in invoke("ls", code=2).stderr


def test_the_day_is_that_of_the_business(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = shop.root / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace("[tool.marketing_ibis]", '[tool.marketing_ibis]\ntime_zone = "Asia/Tokyo"')
    )
    zones: list[str] = []
    days = iter([date(2024, 5, 15), date(2024, 5, 15), date(2024, 5, 16)])
    monkeypatch.setattr(recalled_output, "_today", lambda zone: zones.append(zone) or next(days))
    assert [listed(shop)[0] for _ in range(3)] == [True, False, True]
    assert zones == ["Asia/Tokyo"] * 3


@pytest.mark.parametrize("line", ['time_zone = "Nowhere/Land"', "time_zone = 3", 'dataflows = "shop"', "targets = 3"])
def test_mistakes_in_the_settings_are_reported_every_time(shop: Shop, line: str) -> None:
    settings = shop.root / "pyproject.toml"
    settings.write_text(f"[tool.marketing_ibis]\n{line}\n")
    first, second = listed(shop, code=2), listed(shop, code=2)
    assert first == second
    assert first[0]
    assert line.partition(" ")[0] in first[1]


def test_what_fails_is_not_kept(shop: Shop) -> None:
    for _ in range(2):
        assert listed(shop, "-s", "nothing_like_it", code=1)[0]


@pytest.mark.parametrize("command", ["ls", "lineage"])
def test_a_target_is_part_of_the_project(shop: Shop, command: str) -> None:
    """Its settings are those of the profile, so the project is read, and then recalled."""
    profile = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: warehouse.duckdb, schema: SCHEMA}\n"
    texts, drawn = [], []
    module = sys.modules[f"marketing_ibis.cli.commands.{command}"]
    name = "list_lines" if command == "ls" else "draw_selected"
    work = getattr(module, name)
    for schema in ("one", "one", "two"):
        (shop.root / "profiles.yml").write_text(profile.replace("SCHEMA", schema))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, lambda given: drawn.append(given) or work(given))
            texts.append(listed(shop, "-t", "dev", "--profiles-dir", str(shop.root), command=command)[1])
    assert len(set(texts)) == 1
    assert len(drawn) == 2


def test_selectors_that_ask_for_a_state_are_answered_anew(shop: Shop, tmp_path: Path) -> None:
    invoke("compile", "--project-dir", str(shop.root), "--target-path", str(tmp_path / "earlier"))
    call = ("-s", "state:unmodified", "--state", str(tmp_path / "earlier"))
    for _ in range(2):
        assert listed(shop, *call)[0]


def test_nothing_is_kept_where_the_cache_is_turned_off(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", "")
    for _ in range(2):
        assert listed(shop)[0]


def test_a_result_of_another_form_is_computed_again(shop: Shop, tmp_path: Path) -> None:
    text = listed(shop)[1]
    (file,) = (tmp_path / "cache" / "listings").iterdir()
    files = PrivateFiles(file.parent, tmp_path / "state")
    content = files.read(file.name)
    assert content
    inputs, _, result = content.partition(b"\n")
    assert json.loads(result) == text
    files.write(file.name, inputs + b'\n["sales"]')
    assert listed(shop) == (True, text)
    assert listed(shop) == (False, text)


def test_the_other_results_are_recalled_where_one_cannot_be_read(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = listed(shop)[1]
    folder = tmp_path / "cache" / "listings"
    (file,) = folder.iterdir()
    files = PrivateFiles(folder, tmp_path / "state")
    start = file.name.rpartition("-")[0]
    files.write(f"{start}-malformed.json", b'{"other": 1}\n"x"')
    (folder / f"{start}-folder.json").mkdir()
    assert listed(shop) == (False, text)
    # Another command removes one between the listing of the folder and the next step.
    find = os.listdir
    monkeypatch.setattr("marketing_ibis.cli.steps.recall.os.listdir", lambda path: [*find(path), f"{start}-gone.json"])
    assert listed(shop) == (False, text)


def test_models_of_an_installed_package_are_listed_once_they_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    installed = tmp_path / "site-packages"
    installed.mkdir()
    name = package(shop).name
    folder = package(shop).rename(installed / name)
    monkeypatch.syspath_prepend(installed)
    inputs._library_folders.cache_clear()
    try:
        assert listed(shop, name=name) == (True, NAMES)
        assert listed(shop, name=name) == (False, NAMES)
        copy = (folder / "report.py").read_text().replace("def report(", "def copied(")
        (folder / "copied.py").write_text(copy)
        assert "copied" in listed(shop, name=name)[1]
    finally:
        inputs._library_folders.cache_clear()
