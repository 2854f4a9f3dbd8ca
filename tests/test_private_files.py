"""Where a user's private files are."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from marketing_ibis.private_files import private_files


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
@pytest.mark.parametrize("home", ["/home/ann", "/home/ann/", "/", "relative", ""])
@pytest.mark.parametrize("folder", [None, "", "/data/ann", "relative", " "])
def test_folders_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, home: str, folder: str | None) -> None:
    for variable in ("MARKETING_IBIS_CACHE_DIR", "MARKETING_IBIS_STATE_DIR"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        if folder is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, folder)
    monkeypatch.setenv("HOME", home)
    files = private_files("plans")
    assert files is not None
    assert files.folder == Path(platformdirs.user_cache_dir("marketing_ibis", appauthor=False), "plans")
    assert files.keys == Path(platformdirs.user_state_dir("marketing_ibis", appauthor=False))
