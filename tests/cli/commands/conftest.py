"""The small shop as commands see it: on each engine, or on DuckDB alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop


@pytest.fixture(params=ENGINE_NAMES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EngineShop]:
    with engine_shop(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def local_shop(tmp_path: Path) -> Iterator[EngineShop]:
    with engine_shop("duckdb", tmp_path) as opened:
        yield opened
