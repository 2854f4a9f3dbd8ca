"""One process for all commands that may be killed: it imports and compiles once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.safety.launcher import Launcher, launcher


@pytest.fixture(scope="session")
def forking() -> Iterator[Launcher]:
    """Return the process that forks commands."""
    with launcher() as process:
        yield process
