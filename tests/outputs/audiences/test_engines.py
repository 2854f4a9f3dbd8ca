"""The same lists on every engine, whatever the strings contain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.exporting import export_audience
from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.warehouse import cluster, open_target
from tests.outputs.audiences.lists import Person, create_tables, database, export_to, fill, rows_of, with_destination
from tests.postgres_server import fresh_database

HOSTILE = ("O'Neil", 'a\\"b\\', "'; DROP TABLE contacts; --", "☃", "\\'")


@pytest.fixture(params=("duckdb", "postgres", "redshift"))
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    with ExitStack() as stack:
        if request.param == "duckdb":
            yield stack.enter_context(database())
            return
        if request.param == "postgres":
            server = settings_of(stack.enter_context(fresh_database()))
            opened: Target = stack.enter_context(ENGINES["postgres"].open(server))
        else:
            opened = stack.enter_context(open_target(stack.enter_context(cluster())))
        create_tables(opened)
        yield opened


def test_changes_on_every_engine(target: Target, tmp_path: Path) -> None:
    audience = replace(with_destination("hubspot", "email", "first_name"), min_size=2, condition="")
    people = [Person(id, f"p{id}@example.com", first_name=name) for id, name in enumerate(HOSTILE)]
    fill(target, people)
    export_audience(export_to(tmp_path / "1.jsonl", audience, is_clear=True), target)
    fill(target, [replace(people[0], consent=None), replace(people[1], email="new@example.com"), *people[2:4]])
    result = export_audience(export_to(tmp_path / "2.csv", audience, is_clear=True), target)
    assert (result.record.added, result.record.changed, result.record.removed) == (0, 1, 2)
    removed = rows_of(tmp_path / "2-remove.csv")
    assert {(row["Email"], row["First Name"].removeprefix("'")) for row in removed} == {
        (f"p{id}@example.com", HOSTILE[id].removeprefix("'")) for id in (0, 1, 4)
    }
    assert [row["Email"] for row in rows_of(tmp_path / "2-add.csv")] == ["new@example.com"]
    contacts = target.query("SELECT DISTINCT contact FROM dbt_marketing.audience_members WHERE state = 'removed'")
    assert contacts == [("",)]
