"""An export that is killed before any statement, and done again, is the export that was never killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from marketing_ibis.model.audiences import Audience
from marketing_ibis.outputs.audiences import people
from marketing_ibis.outputs.audiences.exporting import export_audience
from tests.outputs.audiences.lists import AUDIENCE, Killed, Person, export_to, fill, opened, with_destination

TABLES = ("audience_members", "audience_exports")
COMMANDS = ("execute", "append_rows")
"""What changes a database; a query before which a process is killed has changed nothing."""
SHOP = tuple(Person(number, f"p{number}@example.com") for number in range(1, 9))
LATER = (
    replace(SHOP[0], consent=False),
    replace(SHOP[1], email="new@example.com"),
    replace(SHOP[2], email="P3@EXAMPLE.COM"),
    replace(SHOP[3], is_buyer=False),
    *SHOP[4:],
    *(Person(number, f"p{number}@example.com") for number in (9, 10)),
)


class MortalTarget:
    """A target whose process is killed before the command ``last``, counted from 1, and does nothing from then on."""

    def __init__(self, target: Target, last: int = 0) -> None:
        self.target = target
        self.last = last
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.target, name)
        return self._counted(attribute) if name in COMMANDS else attribute

    def _counted(self, command: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: object) -> Any:
            self.count += 1
            if self.last and self.count >= self.last:
                raise Killed
            return command(*arguments)

        return counted

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit, unless the process was killed before: the server then undoes the transaction."""
        with self.target.transaction():
            yield
            self._counted(lambda: None)()


@dataclass(frozen=True, slots=True)
class Scene:
    """A list that has an export of ``before``, if it has, and is exported with the customers ``after``."""

    audience: Audience
    before: tuple[Person, ...]
    after: tuple[Person, ...]
    since_last: bool = True


SCENES = {
    "keys": Scene(replace(AUDIENCE, holdout=0.3), SHOP, LATER),
    "addresses": Scene(with_destination("google", "email"), SHOP, LATER),
    "a full list": Scene(replace(AUDIENCE, holdout=0.3), SHOP, LATER, since_last=False),
    "a first list that is too small": Scene(replace(AUDIENCE, min_size=99), (), SHOP),
    "a list that has become too small": Scene(replace(AUDIENCE, min_size=8), SHOP, LATER),
    "an expired list": Scene(replace(AUDIENCE, expires="2024-05-14"), SHOP, LATER),
}


def table(name: str) -> str:
    return f"dbt_marketing.{name}"


def run(target: Any, scene: Scene, folder: Path) -> tuple[object, Mapping[str, str], object]:
    """Return the numbers of an export, or the message of its error, its files, and what the warehouse has then."""
    folder.mkdir()
    try:
        export = export_to(folder / "x.csv", scene.audience, since_last=scene.since_last)
        outcome: object = export_audience(export, target).record
    except RunFailed as error:
        outcome = error.message
    files = {path.name: path.read_text() for path in sorted(folder.iterdir())}
    return outcome, files, entries(target)


def entries(target: Target) -> set[tuple[object, ...]]:
    """Return the entries of the list; one that was removed says nothing of a customer who has another."""
    rows = target.query(f"SELECT customer, arm, entered_on, state, contact, digest, action FROM {table(TABLES[0])}")
    others = {customer for customer, _, _, state, *_ in rows if state != "removed"}
    return {row for row in rows if row[3] != "removed" or row[0] not in others}


def reset(target: Target, saved: Iterable[str]) -> None:
    for name in TABLES:
        target.execute(f"DROP TABLE IF EXISTS {table(name)}")
        if name in saved:
            target.execute(f"CREATE TABLE {table(name)} AS SELECT * FROM {table(f'saved_{name}')}")


def start(target: Target, scene: Scene, folder: Path) -> tuple[str, ...]:
    """Export the list of ``before``, and return the tables that were saved."""
    if not scene.before:
        return ()
    fill(target, scene.before)
    published = replace(scene, audience=replace(scene.audience, expires=""))
    run(target, published, folder)
    for name in TABLES:
        target.execute(f"CREATE TABLE {table(f'saved_{name}')} AS SELECT * FROM {table(name)}")
    return TABLES


@pytest.mark.parametrize("name", SCENES)
def test_killed_before_any_statement(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PAGE_ROWS", 4)
    with opened("duckdb") as target:
        check_every_moment(target, SCENES[name], tmp_path)


@pytest.mark.parametrize("name", ["addresses", "a first list that is too small"])
@pytest.mark.parametrize("engine", ["postgres", "redshift"])
def test_killed_on_a_server(engine: str, name: str, tmp_path: Path) -> None:
    with opened(engine) as target:
        check_every_moment(target, SCENES[name], tmp_path, last=5)


def check_every_moment(target: Target, scene: Scene, folder: Path, *, last: int | None = None) -> None:
    """Kill an export before each of its statements, or only before each of the ``last`` ones, with which it ends."""
    saved = start(target, scene, folder / "before")
    fill(target, scene.after)
    reset(target, saved)
    before = entries(target) if saved else set()
    whole = MortalTarget(target)
    expected = run(whole, scene, folder / "whole")
    changed = []
    for moment in range(1, whole.count + 1)[-(last or whole.count) :]:
        reset(target, saved)
        with target.session() as session, pytest.raises(Killed):
            run(MortalTarget(session, moment), scene, folder / f"killed_{moment}")
        # What is as before the export was tried already.
        if target.relations("dbt_marketing").keys() >= {*TABLES} and entries(target) != before:
            changed.append(moment)
            with target.session() as session:
                assert run(session, scene, folder / f"again_{moment}") == expected, moment
    assert bool(changed) == bool(expected[1])
