"""Loading that is killed at any moment: sources are all old or all new, never a mixture."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Launcher
from tests.safety.scenes import MODELS_BUILT, SOURCES, THOROUGH, Scene, leftovers, look, open_scene, run
from tests.safety.watching import State

SCHEMA = "dbt_production"
KILLS = 100 if THOROUGH else 3


def half_of(folder: Path, into: Path) -> Path:
    """Write the files of a shop that has only seen the first half of its rows."""
    into.mkdir()
    for table in SOURCES:
        lines = (folder / f"{table}.csv").read_text().splitlines(keepends=True)
        (into / f"{table}.csv").write_text("".join(lines[: len(lines) // 2]))
    return into


class Loading:
    """A database and two sets of files."""

    def __init__(self, scene: Scene, forking: Launcher, folders: list[Path]) -> None:
        self.scene, self.forking, self.folders = scene, forking, folders
        self.states = [self.load(folder) for folder in folders]
        self.stands, self.next = self.states[1], 0

    def load(self, folder: Path) -> State:
        run(self.scene, self.forking, "seed", "--from", str(folder))
        assert not leftovers(self.scene)
        return look(self.scene, SCHEMA)

    def assert_whole_when_killed(self, **when: float) -> float:
        """Load the other files and be killed; readers see whole sources only."""
        call = Call(("seed", "--from", str(self.folders[self.next])), "", **when)  # type: ignore[arg-type]
        ending, seen = self.scene.run(self.forking, SCHEMA, SOURCES, call)
        assert ending.was_killed or ending.code == 0, ending.output
        after = look(self.scene, SCHEMA)
        allowed = [self.stands, self.states[self.next]]
        assert all(state in allowed for state in (*seen, after)), [s for s in (*seen, after) if s not in allowed]
        self.stands = after
        self.next = 1 - self.next if after == self.states[self.next] else self.next
        return ending.seconds

    def assert_recovered(self) -> None:
        """Load once more, which is enough."""
        self.stands = self.load(self.folders[self.next])
        assert self.stands == self.states[self.next]
        self.next = 1 - self.next


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def loading(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, forking: Launcher
) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp(request.param)
    whole = Path(shutil.copytree(JAFFLE, folder / "whole"))
    with open_scene(request.param, folder / "place") as scene:
        yield Loading(scene, forking, [half_of(JAFFLE, folder / "half"), whole])


@pytest.mark.parametrize("built", [False, True], ids=["sources_alone", "views_read_them"])
def test_sources_are_never_half_loaded(loading: Loading, built: bool) -> None:
    if built:
        # Half a shop fails its tests, and which sources the kills left is a matter of chance.
        loading.next = 1
        loading.assert_recovered()
        run(loading.scene, loading.forking, "build", *MODELS_BUILT)
    ending = run(loading.scene, loading.forking, "seed", "--from", str(loading.folders[loading.next]))
    loading.stands = look(loading.scene, SCHEMA)
    loading.next = 1 - loading.next
    statements = ending.statements
    for number in range(1, len(statements) + 1, 1 if THOROUGH else 3):
        loading.assert_whole_when_killed(before=number)
    loading.assert_whole_when_killed(before=statements.index("COMMIT") + 1)
    loading.assert_recovered()
    random, longest = Random(7), loading.assert_whole_when_killed()
    for _ in range(KILLS):
        loading.assert_whole_when_killed(seconds=random.uniform(0, longest))
    loading.assert_recovered()
