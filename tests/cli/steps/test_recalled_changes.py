"""`plan` recalls its last comparison while nothing has changed that could change it, and compares again otherwise."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.cli.commands import plan
from tests.engine_shops import EngineShop, engine_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineShop]:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MARKETING_IBIS_STATE_DIR", str(tmp_path / "state"))
    with engine_shop("duckdb", tmp_path / "shop") as opened:
        (file,) = opened.root.glob("*/halves.py")
        text = file.read_text().replace("stg_sales.cents / 2", "stg_sales.cents / FACTOR")
        head = 'from pathlib import Path\nFACTOR = int(Path(__file__).with_name("factor.txt").read_text())\n'
        file.write_text(f"{head}{text}")
        (file.parent / "factor.txt").write_text("2")
        opened.run("build")
        yield opened


TICK = 0.03
"""Seconds after which a file that was written is sure to have another time when it is written again."""


def planned(shop: EngineShop, *arguments: str) -> tuple[bool, dict[str, str]]:
    """Return whether a plan compiled the project, and the kind of each change."""
    (folder,) = {file.parent for file in shop.root.glob("*/halves.py")}
    for module in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[module]
    time.sleep(TICK)
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
    (folder,) = {file.parent for file in shop.root.glob("*/halves.py")}
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
