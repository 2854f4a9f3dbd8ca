"""A small shop, for commands in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import make_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change into the folder of a small shop."""
    make_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
