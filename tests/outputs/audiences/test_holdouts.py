"""Customers who are held out: in no file, for ever, and without a digest that others could compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.outputs.audiences import members
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.identifiers import is_held_out, key_mark
from marketing_ibis.outputs.audiences.members import select_people
from tests.outputs.audiences.lists import (
    AUDIENCE,
    KEY,
    PEOPLE,
    SCHEMA,
    Person,
    actions,
    database,
    export_to,
    fill,
    query_of,
)


@pytest.fixture
def target() -> Iterator[Target]:
    with database() as opened:
        yield opened


def test_customers_held_out_are_in_no_file_and_stay_so(target: Target, tmp_path: Path) -> None:
    people = [Person(number, f"p{number}@example.com") for number in range(60)]
    audience = replace(AUDIENCE, holdout=0.3)
    fill(target, people)
    result = export_audience(export_to(tmp_path / "1.csv", audience), target)
    expected = {person.id for person in people if is_held_out(str(person.id), 0.3, KEY)}
    assert expected
    assert actions(tmp_path / "1.csv").keys() == {person.id for person in people} - expected
    assert result.record.held_out == len(expected)
    arms = target.query("SELECT customer FROM dbt_marketing.audience_members WHERE arm = 'holdout'")
    assert {int(str(customer)) for (customer,) in arms} == expected
    export_audience(export_to(tmp_path / "2.csv", audience), target)
    assert actions(tmp_path / "2.csv") == {}
    with pytest.raises(ConfigurationError, match="would change sides"):
        export_audience(replace(export_to(tmp_path / "3.csv", audience), key=KEY[::-1]), target)


def digests(target: Target, arm: str) -> dict[str, str]:
    rows = target.query(f"SELECT customer, digest FROM dbt_marketing.audience_members WHERE arm = '{arm}'")
    return {str(customer): str(digest) for customer, digest in rows}


def test_digests_of_a_hold_out_need_the_key(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads the two tables and knows the address of a customer cannot find out whose digest it is."""
    audience = replace(AUDIENCE, holdout=0.5)
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    ((mark,),) = target.query("SELECT key_mark FROM dbt_marketing.audience_exports")
    for secret in ("", str(mark)):
        monkeypatch.setattr(members, "derived_key", lambda key, purpose, secret=secret: secret)
        guesses = target.query(select_people(query_of(audience), SCHEMA, target, KEY))
        assert not {row[2] for row in guesses} & {*digests(target, "holdout").values()}


def test_digests_of_an_earlier_release_change_nobody(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience = replace(AUDIENCE, holdout=0.5)
    fill(target, PEOPLE)
    with monkeypatch.context() as patch:
        patch.setattr(members, "derived_key", lambda key, purpose: key_mark(key))
        export_audience(export_to(tmp_path / "1.csv", audience), target)
    earlier = digests(target, "holdout")
    assert earlier
    result = export_audience(export_to(tmp_path / "2.csv", audience), target)
    assert actions(tmp_path / "2.csv") == {}
    assert (result.record.members, result.record.held_out) == (len(PEOPLE) - len(earlier), len(earlier))
    assert digests(target, "holdout").keys() == earlier.keys()
    assert not {*digests(target, "holdout").values()} & {*earlier.values()}


def test_digests_of_customers_who_left_the_hold_out_are_emptied(target: Target, tmp_path: Path) -> None:
    """Whether they have no usable address any more, do not agree, or are exported since the share has shrunk."""
    audience = replace(AUDIENCE, holdout=0.999)
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    assert "" not in digests(target, "holdout").values()
    fill(target, [replace(PEOPLE[0], email="no address"), replace(PEOPLE[1], consent=False), *PEOPLE[2:]])
    export_audience(export_to(tmp_path / "2.csv", replace(audience, holdout=0.001)), target)
    assert digests(target, "holdout") == {str(person.id): "" for person in PEOPLE}
