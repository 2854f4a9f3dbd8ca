"""A snapshot or a replay that is killed at any moment leaves the rows that it had, and the same call completes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Ending, Launcher
from tests.safety.scenes import THOROUGH, Commands, Scene, leftovers, open_scene, run

KILLS = 200 if THOROUGH else 1
FIRST = date(2024, 1, 1)
SETTINGS = '[tool.marketing_ibis]\ndataflows = ["recorded_shop"]\n'
SOURCES = '''"""Sources of a shop."""

import ibis.expr.types as ir
from marketing_ibis.model import Snapshot, column, source

COLUMNS = (column("id", "int64", "Key."), column("status", "string", "State."))


@source(table="orders", grain=("id",), columns=COLUMNS, snapshot=Snapshot(hard_deletes="new_record"))
def raw_orders() -> ir.Table:
    """Orders."""
'''
FILES = ("id,status\n1,placed\n2,placed\n3,placed\n", "id,status\n1,shipped\n2,placed\n4,placed\n")
"""Two states of the source: each change of state changes one row, deletes one and adds one."""
SNAPSHOT = "SELECT id, status, valid_from, valid_to, is_deleted FROM dbt_marketing.raw_orders_snapshot ORDER BY 1, 3"
HISTORY = "SELECT * FROM dbt_marketing.segment_history ORDER BY as_of, customer_id"
Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with open_scene(request.param, tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


def rows(scene: Scene, sql: str) -> Rows:
    with scene.connected() as query:
        return query(sql)


def attempt(scene: Scene, forking: Launcher, *arguments: str, compiled: Commands = (), **when: float) -> Ending:
    ending = forking.run(scene.call(*arguments, compiled=compiled, **when))
    # One that is to be killed after some time may end before.
    assert ending.was_killed or ("before" not in when and ending.code == 0), ending.output
    return ending


def moments(ending: Ending) -> list[dict[str, float]]:
    """Return when to kill: before statements of a whole run, and at random moments."""
    random = Random(20240515)
    number = len(ending.statements)
    before = range(1, number + 1) if THOROUGH else (number // 2, number - 2, number)
    return [
        *({"before": statement} for statement in before),
        *({"seconds": random.uniform(0, ending.seconds)} for _ in range(KILLS)),
    ]


def test_a_killed_snapshot(scene: Scene, forking: Launcher) -> None:
    (scene.folder / "pyproject.toml").write_text(SETTINGS)
    package = scene.folder / "recorded_shop"
    package.mkdir()
    (package / "__init__.py").write_text('"""A shop."""\n')
    (package / "sources.py").write_text(SOURCES)
    exports = scene.folder / "exports"
    exports.mkdir()
    day = FIRST

    def load(number: int) -> None:
        (exports / "orders.csv").write_text(FILES[number % 2])
        run(scene, forking, "seed", "--from", str(exports))

    def snapshot() -> tuple[str, ...]:
        return ("snapshot", "--as-of", str(day))

    load(0)
    run(scene, forking, *snapshot())
    load(1)
    day += timedelta(1)
    whole = run(scene, forking, *snapshot())
    expected = rows(scene, SNAPSHOT)
    for number, when in enumerate(moments(whole)):
        before = rows(scene, SNAPSHOT)
        assert before == expected
        load(number)
        day += timedelta(1)
        ending = attempt(scene, forking, *snapshot(), **when)
        after = rows(scene, SNAPSHOT)
        run(scene, forking, *snapshot())
        expected = rows(scene, SNAPSHOT)
        # Nothing or all of it was written, and every version but the current ones stays as it was.
        assert after in (before, expected), when
        assert ending.was_killed or after == expected
        assert expected != before
        assert current(expected) == FILES[number % 2].splitlines()[1:], when
        assert [row for row in before if row[3] is not None] == [row for row in before if row in expected and row[3]]
        assert not leftovers(scene)
    (scene.folder / "pyproject.toml").unlink()


def current(versions: Rows) -> list[str]:
    return [f"{row[0]},{row[1]}" for row in versions if row[3] is None and not row[4]]


def test_a_killed_replay(scene: Scene, forking: Launcher) -> None:
    scene.reset()
    run(scene, forking, "seed", "--from", str(JAFFLE))
    model, days = "customer_segmentation", ("2018-02-15", "2018-03-15")
    replay = ("snapshot", model, "--from", days[0], "--to", days[1])
    compiled = tuple(("run", "-s", model, "--as-of", day) for day in days)
    whole = run(scene, forking, *replay, compiled=compiled)
    expected = rows(scene, HISTORY)
    assert [str(day) for day in sorted({row[0] for row in expected})] == list(days)
    # It creates the table, and so has other statements than those that follow.
    again = run(scene, forking, *replay, compiled=compiled)
    for when in moments(again):
        attempt(scene, forking, *replay, compiled=compiled, **when)
        # Each day is there as a whole.
        assert rows(scene, HISTORY) == expected
        assert not leftovers(scene)
    scene.reset()
    run(scene, forking, "seed", "--from", str(JAFFLE))
    attempt(scene, forking, *replay, compiled=compiled, before=len(whole.statements))
    partial = rows(scene, HISTORY)
    assert partial == [row for row in expected if row[0] in {row[0] for row in partial}]
    run(scene, forking, *replay, compiled=compiled)
    assert rows(scene, HISTORY) == expected
