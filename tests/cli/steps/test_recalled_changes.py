"""`plan` recalls its last comparison while nothing has changed that could change it, and compares again otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.cli.commands import plan
from tests.cli.steps.recalled_shop import package, recalled_shop, start_again
from tests.engine_shops import EngineShop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineShop]:
    with recalled_shop(tmp_path, monkeypatch) as opened:
        opened.run("build")
        yield opened


def planned(shop: EngineShop, *arguments: str) -> tuple[bool, dict[str, str]]:
    """Return whether a plan compiled the project, and the kind of each change."""
    start_again(shop)
    compiled: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        work = plan.plan_tested_models
        patch.setattr(plan, "plan_tested_models", lambda build: compiled.append(build) or work(build))
        document = json.loads(shop.run("plan", "--format", "json", *arguments).stdout)
    return bool(compiled), {model["name"]: model["kind"] for model in document["models"]}


UNCHANGED = dict.fromkeys(("stg_sales", "halves", "totals", "report"), "unchanged")


@pytest.mark.usefixtures("own_modules")
def test_nothing_is_compiled_while_nothing_changes(shop: EngineShop) -> None:
    assert planned(shop) == (True, UNCHANGED)
    assert planned(shop) == (False, UNCHANGED)
    # What is published is the same after another build of the same.
    shop.run("build")
    assert planned(shop) == (False, UNCHANGED)
    # The file of a plan is made again every time.
    assert planned(shop, "--out", str(shop.root / "plan.json")) == (True, UNCHANGED)


@pytest.mark.usefixtures("own_modules")
def test_every_change_is_compared_again(shop: EngineShop, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = package(shop)
    assert planned(shop) == (True, UNCHANGED)
    # A data file that a model reads.
    (folder / "factor.txt").write_text("3")
    assert planned(shop) == (True, UNCHANGED | {"halves": "changed"})
    assert planned(shop) == (False, UNCHANGED | {"halves": "changed"})
    (folder / "factor.txt").write_text("2")
    assert planned(shop) == (False, UNCHANGED)
    # A new model, and a setting.
    (folder / "copied.py").write_text((folder / "report.py").read_text().replace("def report(", "def copied("))
    assert planned(shop) == (True, UNCHANGED | {"copied": "new"})
    (folder / "copied.py").unlink()
    assert planned(shop) == (False, UNCHANGED)
    settings = shop.root / "pyproject.toml"
    settings.write_text(f'{settings.read_text()}\n[tool.marketing_ibis.models.halves]\nmaterialized = "view"\n')
    assert planned(shop) == (True, UNCHANGED | {"halves": "changed"})
    # The published tables, the environment and the selection.
    shop.query("DROP TABLE dbt_marketing.report")
    assert planned(shop) == (True, UNCHANGED | {"halves": "changed", "report": "new"})
    monkeypatch.setenv("FACTOR", "5")
    assert planned(shop)[0]
    assert not planned(shop)[0]
    assert planned(shop, "-s", "totals") == (True, {"totals": "unchanged"})


@pytest.mark.usefixtures("own_modules")
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00"])
def test_a_file_that_was_not_written_here_is_not_recalled(shop: EngineShop, tmp_path: Path, content: bytes) -> None:
    assert planned(shop)[0]
    (file,) = (tmp_path / "cache" / "plans").iterdir()
    file.write_bytes(content)
    assert planned(shop) == (True, UNCHANGED)
    assert planned(shop) == (False, UNCHANGED)


@pytest.mark.usefixtures("own_modules")
def test_nothing_is_kept_where_the_cache_is_turned_off(shop: EngineShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", "")
    assert planned(shop) == planned(shop) == (True, UNCHANGED)
