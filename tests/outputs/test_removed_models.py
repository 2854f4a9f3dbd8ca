"""The SQL of a model goes with the model; what others have in the same folders stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.cli.steps import recalled_builds
from tests.invocation import invoke
from tests.shop import SHOP, make_shop

TESTED = "        from marketing_ibis.data_tests import unique\n" + SHOP["report"].replace(
    '"Sales.")', '"Sales.", tests=(unique(),))'
)
WRITTEN = {"compiled/report.sql", "run/report.sql", "tests/unique_report_n.sql"}
OTHERS = {
    "compiled/mine.sql": "SELECT 1",
    "compiled/copy.sql": "-- model: report\nSELECT 1",
    "run/notes.txt": "-- model: notes",
    "tests/mine.sql": "-- what test unique_report_n of report finds",
}


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file()}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_shop(tmp_path, report=TESTED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def remove_report(shop: Path) -> None:
    (file,) = shop.rglob("report.py")
    file.unlink()


@pytest.mark.parametrize("command", ["compile", "run", "build"])
@pytest.mark.usefixtures("own_modules")
def test_the_sql_of_a_removed_model_is_removed(shop: Path, command: str) -> None:
    invoke("build", "--dry-run")
    folder = shop / "target" / "duckdb"
    before = files(folder)
    assert before >= WRITTEN
    for name, text in OTHERS.items():
        (folder / name).write_text(text)
    outside = shop / "report.sql"
    outside.write_text("-- model: linked\n")
    (folder / "run" / "linked.sql").symlink_to(outside)
    invoke(command, "-s", "totals", *(() if command == "compile" else ("--dry-run",)))
    assert files(folder) == before | OTHERS.keys() | {"run/linked.sql"}
    remove_report(shop)
    invoke(command, "-s", "totals", *(() if command == "compile" else ("--dry-run",)))
    assert files(folder) == (before - WRITTEN) | OTHERS.keys() | {"run/linked.sql"}
    assert outside.read_text() == "-- model: linked\n"


@pytest.mark.parametrize("command", ["compile", "build"])
@pytest.mark.usefixtures("own_modules")
def test_the_sql_of_a_model_that_was_added_and_taken_back_is_removed(shop: Path, command: str) -> None:
    """The project is then one that was compiled before, and its plan is recalled."""
    dry_run = () if command == "compile" else ("--dry-run",)
    (file,) = shop.rglob("report.py")
    text = file.read_text()
    file.unlink()
    invoke(command, *dry_run)
    before = files(shop / "target" / "duckdb")
    file.write_text(text)
    invoke(command, *dry_run)
    assert files(shop / "target" / "duckdb") > before
    file.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recalled_builds, "compile_plan", not_called)
        patch.setattr(recalled_builds, "plan_tested_models", not_called)
        invoke(command, *dry_run)
    assert files(shop / "target" / "duckdb") - {"test.sql"} == before


def not_called(*_: object) -> None:
    raise AssertionError("the plan is not recalled")


@pytest.mark.usefixtures("own_modules")
def test_a_file_that_cannot_be_removed_is_named(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invoke("compile")
    remove_report(shop)

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    message = " ".join(invoke("compile", code=2).stderr.split())
    assert "Cannot remove" in message
    assert "compiled/report.sql: Permission denied. Remove it, and run again." in message
