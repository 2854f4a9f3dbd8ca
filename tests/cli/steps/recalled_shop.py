"""A project on DuckDB with a model that reads a file, and a cache of its own, for tests of what is recalled."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from marketing_ibis.project.settings import ProjectSettings
from tests.engine_shops import EngineShop, engine_shop
from tests.invocation import invoke

FACTOR = 'from pathlib import Path\nFACTOR = int(Path(__file__).with_name("factor.txt").read_text())\n'
TICK = 0.03
"""Seconds after which a file that was written is sure to have another time when it is written again."""


@contextmanager
def recalled_shop(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: str) -> Iterator[EngineShop]:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", str(folder / "cache"))
    monkeypatch.setenv("MARKETING_IBIS_STATE_DIR", str(folder / "state"))
    with engine_shop("duckdb", folder / "shop", **changes) as shop:
        file = package(shop) / "halves.py"
        file.write_text(FACTOR + file.read_text().replace("stg_sales.cents / 2", "stg_sales.cents / FACTOR"))
        (package(shop) / "factor.txt").write_text("2")
        yield shop


def package(shop: EngineShop) -> Path:
    (folder,) = {file.parent for file in shop.root.glob("*/halves.py")}
    return folder


def start_again(shop: EngineShop) -> None:
    """Forget the modules of the project, as a new process has not imported them, a moment after the last edit."""
    top = package(shop).name
    for module in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[module]
    time.sleep(TICK)


def compiled(shop: EngineShop, command: str, *arguments: str, code: int = 0) -> tuple[bool, str]:
    """Run a command; return whether it compiled the project, and what it printed on stdout."""
    is_compiled, result = carried_out(shop, command, *arguments, code=code)
    return is_compiled, result.stdout


def carried_out(shop: EngineShop, command: str, *arguments: str, code: int = 0) -> tuple[bool, Result]:
    """Run a command; return whether it compiled the project, and its result."""
    start_again(shop)
    calls: list[object] = []
    work = ProjectSettings._compile
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProjectSettings, "_compile", lambda *given, **named: calls.append(given) or work(*given, **named))
        if command in ("compile", "lineage"):
            result = invoke(command, *arguments, "--project-dir", str(shop.root), code=code)
        else:
            result = shop.run(command, *arguments, code=code, dated="--as-of" not in arguments)
    return bool(calls), result


def declare_tests(shop: EngineShop) -> None:
    for file in (package(shop) / "stg_sales.py", package(shop) / "halves.py"):
        text = file.read_text().replace('"Key.")', '"Key.", tests=(unique(),))')
        file.write_text(f"from marketing_ibis.data_tests import unique\n{text}")
