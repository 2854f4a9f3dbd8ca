"""The same lists on every engine, whatever the strings contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from traceback import format_exception

import pytest

from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.sizes import read_size
from tests.outputs.audiences.lists import SCHEMA, Person, export_to, fill, opened, query_of, rows_of, with_destination

HOSTILE = ("O'Neil", 'a\\"b\\', "'; DROP TABLE contacts; --", "☃", "\\'")


@pytest.fixture(params=("duckdb", "postgres", "redshift"))
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    with opened(request.param) as target:
        yield target


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


def test_errors_quote_no_value_and_say_their_cause(target: Target, tmp_path: Path) -> None:
    fill(target, [Person(1, "ann@example.com")])
    emails = "(SELECT MAX(CAST(email AS BIGINT)) FROM dbt_marketing.contacts)"
    for condition, shown in ((f"customer_id < {emails}", "a value of contacts or buyers"), ("nix = 1", "nix")):
        export = replace(export_to(tmp_path / "x.csv"), query=query_of(condition=condition))
        for call in (
            partial(export_audience, export, target),
            partial(read_size, export.query, SCHEMA, target),
        ):
            with pytest.raises(RunFailed) as caught:
                call()
            assert shown in str(caught.value)
            assert "ann@" not in "".join(format_exception(caught.value))
            assert ("a value of" in str(caught.value)) == (shown != "nix")
