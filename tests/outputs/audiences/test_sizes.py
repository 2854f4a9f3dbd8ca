"""The size of an audience is that of its list, and says nothing of who is on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.engines.target import Target
from marketing_ibis.errors import ConfigurationError, SourceError
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.sizes import last_exports, read_size
from tests.outputs.audiences.lists import (
    AUDIENCE,
    SCHEMA,
    Person,
    database,
    export_to,
    fill,
    query_of,
    with_destination,
)

VALUED = replace(AUDIENCE, value="customer_id")
PEOPLE = st.lists(
    st.builds(
        Person,
        id=st.integers(1, 99),
        email=st.sampled_from((None, "", "a@example.com")),
        phone=st.sampled_from((None, "", "+49301234567")),
        consent=st.sampled_from((True, False, None)),
        is_buyer=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda person: person.id,
)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with database() as opened:
        yield opened


@given(people=PEOPLE, finding=st.sampled_from((("email",), ("phone",), ("email", "phone"))), holdout=st.floats(0, 0.9))
@settings(max_examples=20)
def test_the_size_is_that_of_the_list(
    target: Target, people: list[Person], finding: tuple[str, ...], holdout: float
) -> None:
    fill(target, people)
    audience = replace(with_destination("google", *finding, value="customer_id"), holdout=holdout)
    size = read_size(query_of(audience), SCHEMA, target)
    listed = {person.id for person in people if person.is_buyer and person.consent and is_reached(person, finding)}
    assert size.customers == sum(person.is_buyer for person in people)
    assert size.contactable == len(listed)
    assert size.value == sum(map(Decimal, listed))
    with tempfile.TemporaryDirectory() as folder:
        result = export_audience(export_to(Path(folder) / "a.csv", audience, since_last=False), target)
    assert result.record.members + result.record.held_out == len(listed)


def is_reached(person: Person, finding: tuple[str, ...]) -> bool:
    return bool(("email" in finding and person.email) or ("phone" in finding and person.phone))


def test_a_condition_and_what_is_not_declared(target: Target) -> None:
    fill(target, [Person(number, f"p{number}@example.com") for number in (1, 2, 3)])
    size = read_size(query_of(condition='"customer_id" > 1'), SCHEMA, target)
    assert (size.customers, size.contactable, size.value, size.exported_at) == (2, 2, None, None)


def test_without_the_column_of_consent_the_customers_are_counted(target: Target) -> None:
    fill(target, [Person(number, f"p{number}@example.com") for number in (1, 2, 3)])
    size = read_size(query_of(replace(VALUED, consent="agreed")), SCHEMA, target)
    assert (size.customers, size.contactable, size.value, size.missing) == (3, None, Decimal(6), ("agreed",))


def test_what_cannot_be_counted_is_one_message(target: Target) -> None:
    with pytest.raises(ConfigurationError, match=r"has the value worth, which is not a column of buyers\."):
        read_size(query_of(replace(AUDIENCE, value="worth")), SCHEMA, target)
    with pytest.raises(SourceError, match=r"nowhere\.buyers has not been built\."):
        read_size(query_of(), "nowhere", target)


def test_the_last_export_is_the_newest_one(tmp_path: Path) -> None:
    with database() as target:
        assert last_exports(SCHEMA, target) == {}
        for number in (1, 2, 3):
            fill(target, [Person(each, f"p{each}@example.com") for each in range(number)])
            export_audience(export_to(tmp_path / f"{number}.csv"), target)
        last = last_exports(SCHEMA, target)["buyers_list"]
        assert (last.members, last.held_out) == (3, 0)
        size = read_size(query_of(), SCHEMA, target, last)
        assert (size.exported_at, size.exported) == (last.at, 3)
