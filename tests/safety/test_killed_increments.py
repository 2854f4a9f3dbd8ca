"""An incremental build that is killed at any moment replaces all of its rows or none, and the next one all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Launcher
from tests.safety.scenes import THOROUGH, Scene, leftovers, look, open_scene, run

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
REPLACING = ("DELETE FROM", "INSERT INTO", "DROP VIEW")


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
    for number in moments(complete.statements):
        call = Call((*SELECTED, DAYS[1]), "", before=number)
        ending, seen = scene.run(forking, MODELS, tuple(old), call)
        assert ending.was_killed, ending.output
        assert look(scene, MODELS) == old, f"killed before {complete.statements[number - 1]}"
        assert all(state == old for state in seen)
    assert "incremental, " in run(scene, forking, *SELECTED, DAYS[1]).output
    assert look(scene, MODELS) == new
    assert not leftovers(scene)
    if THOROUGH:
        run(scene, forking, *SELECTED, DAYS[1], "--full-refresh")
        assert look(scene, MODELS) == new


def moments(statements: tuple[str, ...] | list[str]) -> list[int]:
    """Return the numbers of statements between which the published rows change, or of every third."""
    commit = statements.index("COMMIT") + 1
    begin = max(number for number, sql in enumerate(statements[:commit], 1) if sql.startswith("BEGIN"))
    if THOROUGH:
        return list(range(3, commit + 1, 3))
    replacing = [n for n, sql in enumerate(statements[begin:commit], begin + 1) if sql.startswith(REPLACING)]
    return [replacing[1]]
