"""A retry that is killed at any moment publishes all that it repeats or nothing, and can be called again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Ending, Launcher
from tests.safety.scenes import MODELS_BUILT, RETRY, THOROUGH, WITHOUT_FIT, Scene, leftovers, look, open_scene, run
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


def repeated(scene: Scene, forking: Launcher, **when: int) -> tuple[Ending, State, list[State]]:
    """Retry, and return the tables afterwards, and those that readers saw."""
    names = tuple(look(scene, MODELS))
    # All that did not get published is built again: each table and view.
    selected = " ".join(f"name:{name}" for name in names)
    compiled = (("build", "--select", selected, "--as-of", DAYS[1]),)
    ending, seen = scene.run(forking, MODELS, names, Call(RETRY, "", compiled=compiled, **when))  # type: ignore[arg-type]
    assert "Traceback" not in ending.output
    return ending, look(scene, MODELS), seen


def test_before_statements_all_along(scene: Scene, forking: Launcher) -> None:
    statements = run(scene, forking, "build", *MODELS_BUILT, "--as-of", DAYS[0]).statements
    old = look(scene, MODELS)
    publishing = next(number for number, sql in enumerate(statements, start=1) if sql.startswith("BEGIN"))
    # A build that did not end is what is to be repeated.
    killed = forking.run(scene.call("build", *MODELS_BUILT, "--as-of", DAYS[1], before=publishing))
    assert killed.was_killed
    commit = statements.index("COMMIT") + 1
    moments = [(number, False) for number in (publishing // 2, *range(STATEMENTS, commit, STATEMENTS))]
    for number, published in (*moments, (commit - publishing + 1, True)):
        ending, after, seen = repeated(scene, forking, before=number, published=published)
        assert ending.was_killed, ending.output
        assert after == old, f"killed before statement {number}, of those that publish: {published}"
        assert all(state == old for state in seen)
    ending, new, seen = repeated(scene, forking)
    assert ending.code == 0, ending.output
    unchanged = {name for name in new if new[name] == old[name]}
    assert unchanged <= {name for name in new if name.startswith("stg_")} | WITHOUT_FIT
    assert all(state in (old, new) for state in seen)
    assert not leftovers(scene)
    ending, after, _ = repeated(scene, forking)
    assert (ending.code, after) == (0, new)
    assert "Nothing to retry" in ending.output
