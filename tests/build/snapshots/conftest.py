"""The databases of the snapshots' tests: each engine with an empty source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.build.snapshots.places import ENGINES, TYPES, Place, open_place


@pytest.fixture(scope="module", params=ENGINES)
def opened(request: pytest.FixtureRequest) -> Iterator[Place]:
    with open_place(request.param) as place:
        yield place


@pytest.fixture
def place(opened: Place) -> Place:
    opened.create(TYPES)
    return opened
