"""A plan that is applied and killed at any moment: all of it is published or nothing, and it can be applied again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Ending, Launcher
from tests.safety.scenes import MODELS_BUILT, THOROUGH, WITHOUT_FIT, Scene, leftovers, look, open_scene, run
from tests.safety.watching import State

MODELS = "dbt_marketing"
DAYS = ("2018-02-15", "2018-04-10")
"""Two states of the shop that differ in every table."""
STATEMENTS = 3 if THOROUGH else 1_000
"""Every how many statements it is killed, in addition to the moments that matter most."""


@pytest.fixture(params=["duckdb", "postgres"])
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, forking: Launcher
) -> Iterator[Scene]:
    with open_scene(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        run(opened, forking, "seed", "--from", str(JAFFLE))
        yield opened


def plan(scene: Scene, forking: Launcher, day: str, file: str) -> None:
    arguments = (*MODELS_BUILT, "--as-of", day)
    run(scene, forking, "plan", *arguments, "--out", file, compiled=(("build", *arguments),))


def applied(scene: Scene, forking: Launcher, file: str, **when: int) -> tuple[Ending, State, list[State]]:
    """Apply a plan, and return the tables afterwards, and those that readers saw."""
    names = tuple(look(scene, MODELS))
    call = Call(("apply", file), "", **when)  # type: ignore[arg-type]
    ending, seen = scene.run(forking, MODELS, names, call)
    assert "Traceback" not in ending.output
    return ending, look(scene, MODELS), seen


def test_before_statements_all_along(scene: Scene, forking: Launcher) -> None:
    first, second = (str(scene.folder / f"{day}.json") for day in DAYS)
    plan(scene, forking, DAYS[0], first)
    statements = run(scene, forking, "apply", first).statements
    old = look(scene, MODELS)
    plan(scene, forking, DAYS[1], second)
    publishing = next(number for number, sql in enumerate(statements, start=1) if sql.startswith("BEGIN"))
    commit = statements.index("COMMIT") + 1
    moments = [(number, False) for number in (publishing // 2, *range(STATEMENTS, commit, STATEMENTS))]
    for number, published in (*moments, (2, True), (commit - publishing + 1, True)):
        ending, after, seen = applied(scene, forking, second, before=number, published=published)
        assert ending.was_killed
        assert after == old, f"killed before statement {number}, of those that publish: {published}"
        assert all(state == old for state in seen)
    # What it left behind is no change of the world that the plan was made in.
    ending, new, seen = applied(scene, forking, second)
    assert ending.code == 0, ending.output
    unchanged = {name for name in new if new[name] == old[name]}
    assert unchanged <= {name for name in new if name.startswith("stg_")} | WITHOUT_FIT
    assert all(state in (old, new) for state in seen)
    assert not leftovers(scene)
    ending, after, _ = applied(scene, forking, second)
    assert (ending.code, after) == (2, new)
    assert "was published by another build" in ending.output
