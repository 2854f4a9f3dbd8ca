"""Lists that the engine compares are those of the reference, which compares them in plain Python."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences import exporting, people
from marketing_ibis.outputs.audiences.exporting import export_audience
from tests.outputs.audiences.lists import AUDIENCE, SCHEMA, Killed, Person, database, export_to, fill, rows_of
from tests.outputs.audiences.reference import Kind, ReferenceList

PERSON = st.builds(
    Person,
    id=st.integers(1, 6),
    email=st.sampled_from((None, "", "no address", "a@example.com", "A@example.com ", "b@example.com")),
    consent=st.sampled_from((True, True, True, False, None)),
    is_buyer=st.sampled_from((True, True, True, False)),
)
STEPS = st.lists(
    st.tuples(
        st.lists(PERSON, max_size=6, unique_by=lambda person: person.id),
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from((True, False, None))), max_size=2),
        st.sampled_from(("changes", "changes", "full")),
        st.sampled_from((0.0, 0.4, 0.4, 0.8)),
        st.booleans(),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with database() as opened:
        yield opened


@given(steps=STEPS)
@settings(max_examples=max(6, settings.default.max_examples // 4))
def test_comparing_in_the_engine_is_comparing_in_python(
    target: Target, steps: list[tuple[list[Person], list[tuple[int, bool | None]], Kind, float, bool, int]]
) -> None:
    """Whatever is NULL, repeated, changed, interrupted or read in several pages."""
    for table in ("audience_members", "audience_exports"):
        target.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{table}")
    reference = ReferenceList()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for number, (shop, repeated, kind, share, is_finished, page_rows) in enumerate(steps):
            copies = [replace(shop[index], consent=consent) for index, consent in repeated if index < len(shop)]
            rows = [*shop, *copies]
            fill(target, rows)
            patch.setattr(people, "PAGE_ROWS", page_rows)
            expected = reference.export(rows, kind, share, is_finished=is_finished)
            path = Path(folder) / f"{number}.csv"
            audience = replace(AUDIENCE, holdout=share)
            with pytest.MonkeyPatch.context() as killing:
                if not is_finished:
                    killing.setattr(exporting, "_confirm", stop)
                try:
                    export_audience(export_to(path, audience, since_last=kind == "changes"), target)
                except Killed:
                    assert not is_finished
            assert {row["customer_id"]: row.get("action", "") for row in rows_of(path)} == expected
            assert stored(target) == {(e.customer, e.arm, e.state, e.row) for e in reference.entries}


def stop(*arguments: object) -> None:
    raise Killed


def stored(target: Target) -> set[tuple[str, str, str, str]]:
    table = target.dialect.relation(Relation(SCHEMA, "audience_members"))
    rows = target.query(f"SELECT customer, arm, state, contact FROM {table}")
    return {(str(c), str(a), str(s), json.loads(str(r))["email_sha256"] if r else "") for c, a, s, r in rows}


def test_unchanged_customers_are_not_read(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    persons = [Person(number, f"p{number}@example.com") for number in range(1, 40)]
    audience = replace(AUDIENCE, holdout=0.3)
    fill(target, persons)
    for table in ("audience_members", "audience_exports"):
        target.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{table}")
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    read: list[str] = []

    def spy(page: object, *rest: object) -> object:
        read.extend(page.column(0).to_pylist())  # type: ignore[attr-defined]
        return entries_of(page, *rest)  # type: ignore[arg-type]

    entries_of = exporting.entries_of
    monkeypatch.setattr(exporting, "entries_of", spy)
    fill(target, [*persons[:-2], replace(persons[-2], email="new@example.com"), Person(50, "p50@example.com")])
    export_audience(export_to(tmp_path / "2.csv", audience), target)
    assert sorted(read) == ["38", "50"]
    # In capital letters it is the same address: read once, and then known.
    fill(target, [replace(persons[0], email="P1@EXAMPLE.COM"), *persons[1:]])
    for name, expected in (("3.csv", ["1", "38", "39"]), ("4.csv", [])):
        read.clear()
        export_audience(export_to(tmp_path / name, audience), target)
        assert sorted(read) == expected


@pytest.mark.parametrize("rows", [0, 1, 50_001, 1_000_000, 10**9])
def test_pages_cover_every_digest_once(rows: int) -> None:
    ranges = list(people.page_ranges(rows))
    limits = [first for first, _ in ranges]
    assert limits == sorted(set(limits))
    assert [end for _, end in ranges] == [*limits[1:], "g"][-len(ranges) :] if ranges else rows == 0
    assert not ranges or limits[0] == "0000"


def test_a_table_of_an_earlier_release_gets_its_columns(tmp_path: Path) -> None:
    with database() as target:
        fill(target, [Person(1, "a@example.com"), Person(2, "b@example.com")])
        export_audience(export_to(tmp_path / "1.csv"), target)
        for column in ("digest", "action"):
            target.execute(f"ALTER TABLE {SCHEMA}.audience_members DROP COLUMN {column}")
        fill(target, [Person(1, "a@example.com"), Person(3, "c@example.com")])
        result = export_audience(export_to(tmp_path / "2.csv"), target)
        assert (result.record.added, result.record.changed, result.record.removed) == (1, 0, 1)
