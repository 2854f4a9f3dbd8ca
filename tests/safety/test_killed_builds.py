"""A build that is killed at any moment: readers saw one whole build, and the next build needs no clean-up."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.paths import JAFFLE
from tests.safety.launcher import Call, Ending, Launcher
from tests.safety.scenes import MODELS_BUILT, THOROUGH, WITHOUT_FIT, Scene, leftovers, look, open_scene, run
from tests.safety.watching import State

MODELS = "dbt_marketing"
DAYS = ("2018-02-15", "2018-04-10")
"""Two states of the shop that differ in every table."""
KILLS = 500 if THOROUGH else 6


class Shop:
    """A database, its relations, and the expected tables of each day's build."""

    def __init__(self, scene: Scene, forking: Launcher) -> None:
        self.scene = scene
        self.forking = forking
        run(scene, forking, "seed", "--from", str(JAFFLE))
        self.states, self.endings = {}, {}
        for day in DAYS:
            self.endings[day] = self.build(day)
            self.states[day] = look(scene, MODELS)
        self.names = tuple(self.states[DAYS[0]])
        self.stands = self.states[DAYS[1]]
        self.next = 0

    def build(self, day: str) -> Ending:
        return run(self.scene, self.forking, "build", *MODELS_BUILT, "--as-of", day)

    def forget(self) -> None:
        """Return to sources without any model."""
        self.scene.reset()
        run(self.scene, self.forking, "seed", "--from", str(JAFFLE))
        self.stands = {}

    def attempt(self, **when: float) -> Ending:
        """Build the other day and be killed; readers see whole builds only."""
        day = DAYS[self.next]
        call = Call(("build", *MODELS_BUILT, "--as-of", day), "", **when)  # type: ignore[arg-type]
        ending, seen = self.scene.run(self.forking, MODELS, self.names, call)
        assert ending.was_killed or ending.code == 0, ending.output
        after = look(self.scene, MODELS)
        allowed = [self.stands, self.states[day]]
        assert after in allowed, f"killed {when}: {difference(after, allowed)}"
        assert ending.was_killed or after == self.states[day]
        for state in seen:
            # Before the very first build there is nothing to read, and readers get an error.
            assert state in allowed or (not self.stands and "error" in state), f"{when}: {difference(state, allowed)}"
        self.stands = after
        self.next = 1 - self.next if after == self.states[day] else self.next
        assert not after or self.recorded_days() == {DAYS[1 - self.next]}
        return ending

    def recorded_days(self) -> set[str]:
        """Return the days that the database says its tables are of."""
        with self.scene.connected() as query:
            return {str(day) for (day,) in query(f"SELECT DISTINCT as_of FROM {MODELS}.build_state")}

    def recover(self) -> None:
        """Build once more, which is enough."""
        self.build(DAYS[self.next])
        self.stands = look(self.scene, MODELS)
        assert self.stands == self.states[DAYS[self.next]]
        assert not leftovers(self.scene)
        self.next = 1 - self.next


def difference(state: State, allowed: list[State]) -> dict[str, object]:
    return {name: (value, [each.get(name) for each in allowed]) for name, value in state.items()}


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, forking: Launcher) -> Iterator[Shop]:
    with open_scene(request.param, tmp_path_factory.mktemp(request.param)) as scene:
        yield Shop(scene, forking)


def test_the_two_days_differ_in_every_table(shop: Shop) -> None:
    first, second = (shop.states[day] for day in DAYS)
    assert {name for name in first if first[name] == second[name]} == {
        "stg_customer_activity", "stg_customers", "stg_orders", "stg_payments", *WITHOUT_FIT,
    }  # fmt: skip
    empty = {name for name, rows in (*first.items(), *second.items()) if rows.startswith("0 ")}
    assert empty == {"campaign_win_back", *WITHOUT_FIT}


def test_at_random_moments(shop: Shop) -> None:
    random = Random(20240515)
    shop.recover()
    longest = shop.attempt().seconds
    killed = 0
    for number in range(KILLS):
        killed += shop.attempt(seconds=random.uniform(0, longest)).was_killed
        if number % 10 == 4:
            shop.recover()
    shop.recover()
    # The first attempt says how long one takes; later ones may be quicker, and end before they are killed.
    assert killed > KILLS / 4


def test_before_each_statement(shop: Shop) -> None:
    """The build after a kill gets as far as the next statement, so that it proves the clean-up as well."""
    statements = shop.endings[DAYS[1]].statements
    publishing = next(number for number, sql in enumerate(statements, start=1) if sql.startswith("BEGIN"))
    commit = statements.index("COMMIT") + 1
    for number in range(1, publishing, 1 if THOROUGH else publishing // 3):
        assert shop.attempt(before=number).was_killed
    length = commit - publishing + 1
    within = range(1, length, 1 if THOROUGH else length // 4)
    for number in sorted({*within, length, length + 1}):
        # After DuckDB's COMMIT there is no further statement, so that build ends.
        assert shop.attempt(before=number, published=True).was_killed or number > length
    shop.recover()


def test_the_very_first_build(shop: Shop) -> None:
    statements = shop.endings[DAYS[0]].statements
    for number in (1, 5, len(statements) // 2, statements.index("COMMIT") + 1):
        shop.forget()
        assert shop.attempt(before=number).was_killed
        assert shop.stands == {}
    shop.recover()
