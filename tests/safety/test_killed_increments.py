"""An incremental build that is killed at any moment replaces all of its rows or none, and the next one all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Launcher
from tests.safety.scenes import THOROUGH, Scene, check_killed, leftovers, look, open_scene, run

MODELS = "dbt_marketing"
DAYS = ("2018-02-15", "2018-04-10")
SETTINGS = """
[project]
name = "shop"

[tool.marketing_ibis]
dataflows = ["dataflows"]

[tool.marketing_ibis.models]
int_order_totals = { materialized = "incremental" }
orders = { materialized = "incremental" }
"""
SELECTED = ("run", "-s", "+orders", "--as-of")


# In the state machine of histories, a build on DuckDB ends before any of its statements, too.
@pytest.fixture(params=["duckdb", "postgres"] if THOROUGH else ["postgres"])
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, forking: Launcher
) -> Iterator[Scene]:
    with open_scene(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        (opened.folder / "pyproject.toml").write_text(SETTINGS)
        run(opened, forking, "seed", "--from", str(JAFFLE))
        yield opened


def test_rows_are_replaced_together(scene: Scene, forking: Launcher) -> None:
    run(scene, forking, *SELECTED, DAYS[0])
    old = look(scene, MODELS)
    complete = run(scene, forking, *SELECTED, DAYS[1])
    assert "incremental, " in complete.output
    new = look(scene, MODELS)
    run(scene, forking, *SELECTED, DAYS[0])
    assert look(scene, MODELS) == old
    publishing = next(number for number, sql in enumerate(complete.statements, 1) if sql.startswith("BEGIN"))
    for number, published in moments(complete.statements, publishing):
        call = Call((*SELECTED, DAYS[1]), "", before=number, published=published)
        ending, seen = scene.run(forking, MODELS, tuple(old), call)
        assert ending.was_killed, ending.output
        if published:
            check_killed(ending, complete.statements, publishing + number - 1)
        assert look(scene, MODELS) == old, f"killed after {ending.statements[-1:]}"
        assert all(state == old for state in seen)
    assert "incremental, " in run(scene, forking, *SELECTED, DAYS[1]).output
    assert look(scene, MODELS) == new
    assert not leftovers(scene)
    if THOROUGH:
        run(scene, forking, *SELECTED, DAYS[1], "--full-refresh")
        assert look(scene, MODELS) == new


def moments(statements: tuple[str, ...], publishing: int) -> list[tuple[int, bool]]:
    """Return when to kill: the number of a statement, and whether it counts from the one that begins to publish."""
    # All rows of one table have been replaced by then, and those of the other were deleted.
    inserting = max(n for n, sql in enumerate(statements, 1) if sql.startswith(f'INSERT INTO "{MODELS}"."orders"'))
    published = {inserting - publishing + 1}
    if not THOROUGH:
        return [(number, True) for number in published]
    length = statements.index("COMMIT") + 1 - publishing + 1
    published |= {*range(1, length, 3), length}
    return [*((number, False) for number in range(3, publishing, 3)), *((number, True) for number in sorted(published))]
