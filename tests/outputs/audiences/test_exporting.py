"""Lists of audiences: who is on them, what changes, and that no interruption loses a removal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError, UsageError, ValueRefused
from marketing_ibis.outputs.audiences import exporting
from marketing_ibis.outputs.audiences.exporting import export_audience
from marketing_ibis.outputs.audiences.identifiers import hash_identifier
from tests.outputs.audiences.lists import (
    AS_OF,
    AUDIENCE,
    PEOPLE,
    Killed,
    Person,
    actions,
    database,
    export_to,
    fill,
    rows_of,
    with_destination,
)


@pytest.fixture
def target() -> Iterator[Target]:
    with database() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_target() -> Iterator[Target]:
    with database() as opened:
        yield opened


def test_changes_since_the_last_list(target: Target, tmp_path: Path) -> None:
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv"), target)
    assert actions(tmp_path / "1.csv") == dict.fromkeys(range(1, 6), "added")
    assert rows_of(tmp_path / "1.csv")[0]["email_sha256"] == hash_identifier("p1@example.com")
    withdrawn = replace(PEOPLE[0], consent=False)
    unknown = replace(PEOPLE[1], consent=None)
    left, moved = replace(PEOPLE[2], is_buyer=False), replace(PEOPLE[3], email="new@example.com")
    fill(target, (withdrawn, unknown, left, moved, PEOPLE[4], Person(6, "p6@example.com")))
    result = export_audience(export_to(tmp_path / "2.csv"), target)
    expected = {1: "removed", 2: "removed", 3: "removed", 4: "changed", 6: "added"}
    assert actions(tmp_path / "2.csv") == expected
    assert (result.record.members, result.earlier and result.earlier.members) == (3, 5)
    export_audience(export_to(tmp_path / "3.csv"), target)
    assert actions(tmp_path / "3.csv") == {}
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "4.csv"), target)
    assert actions(tmp_path / "4.csv") == {1: "added", 2: "added", 3: "added", 4: "changed", 6: "removed"}


def test_systems_get_earlier_identifiers_to_remove(target: Target, tmp_path: Path) -> None:
    audience = with_destination("google", "email", "country")
    fill(target, [Person(1, "a.b@gmail.com", country="de"), Person(2, "c@example.com")])
    export_audience(export_to(tmp_path / "x.csv", audience), target)
    assert rows_of(tmp_path / "x-remove.csv") == []
    first, second = rows_of(tmp_path / "x-add.csv")
    assert first == {"Email": hash_identifier("ab@gmail.com"), "Country": "DE"}
    assert second == {"Email": hash_identifier("c@example.com"), "Country": ""}
    fill(target, [Person(1, "new@example.com", country="de"), Person(2, "c@example.com", consent=False)])
    export_audience(export_to(tmp_path / "y.csv", audience), target)
    removed = {row["Email"] for row in rows_of(tmp_path / "y-remove.csv")}
    assert removed == {hash_identifier("ab@gmail.com"), hash_identifier("c@example.com")}
    assert [row["Email"] for row in rows_of(tmp_path / "y-add.csv")] == [hash_identifier("new@example.com")]


def test_identifiers_that_others_have_stay(target: Target, tmp_path: Path) -> None:
    """Of a customer who leaves, what one who stays, is added or was changed has too is not removed."""
    audience = with_destination("google", "email", "phone", "country")
    shared, own = "+49 30 1234567", "+49 40 7654321"
    before = [
        Person(1, "a@example.com", shared),
        Person(2, "a@example.com", own),
        Person(3, "b@example.com", country="DE"),
        Person(4, "c@example.com"),
        Person(5, "d@example.com"),
    ]
    fill(target, before)
    export_audience(export_to(tmp_path / "x.csv", audience), target)
    after = [
        before[1],
        replace(before[2], country="FR"),
        Person(5, "e@example.com"),
        Person(6, "d@example.com"),
    ]
    fill(target, after)
    result = export_audience(export_to(tmp_path / "y.csv", audience), target)
    assert result.record.removed == 2
    removed = [(row["Email"], row["Phone"]) for row in rows_of(tmp_path / "y-remove.csv")]
    assert removed == [("", hash_identifier("+49301234567")), (hash_identifier("c@example.com"), "")]
    fill(target, after[1:])
    export_audience(export_to(tmp_path / "z.csv", audience), target)
    (row,) = rows_of(tmp_path / "z-remove.csv")
    assert (row["Email"], row["Phone"]) == (hash_identifier("a@example.com"), hash_identifier("+49407654321"))


def test_quotation_marks_do_not_confuse_addresses(target: Target, tmp_path: Path) -> None:
    audience = with_destination("klaviyo", "email", "last_name")
    people = [Person(id, f'a"{id}@example.com', last_name='x", "Email": "a') for id in (1, 2, 3)]
    fill(target, people)
    export_audience(export_to(tmp_path / "x.csv", audience, is_clear=True), target)
    fill(target, [people[0], replace(people[1], id=9)])
    export_audience(export_to(tmp_path / "y.csv", audience, is_clear=True), target)
    assert [row["Email"] for row in rows_of(tmp_path / "y-remove.csv")] == ['a"3@example.com']


def test_a_changed_declaration_still_removes(target: Target, tmp_path: Path) -> None:
    """What was published in another form is removed by the values that were written then."""
    fill(target, PEOPLE[:1])
    export_audience(export_to(tmp_path / "a.csv", with_destination("google", "email", "phone")), target)
    fill(target, [])
    export_audience(export_to(tmp_path / "b.csv", with_destination("meta", "email")), target)
    (row,) = rows_of(tmp_path / "b-remove.csv")
    assert row["Email"] == hash_identifier("p1@example.com")


def test_full_lists_forget_nobody(target: Target, tmp_path: Path) -> None:
    """A destination may only append: who is missing from a full list is removed by the next changes."""
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv", since_last=False), target)
    fill(target, PEOPLE[1:])
    export_audience(export_to(tmp_path / "1.csv", since_last=False), target)
    assert len(rows_of(tmp_path / "1.csv")) == 4
    export_audience(export_to(tmp_path / "2.csv"), target)
    assert actions(tmp_path / "2.csv") == {1: "removed"}


CONSENTS = st.lists(st.sampled_from((None, True, True, False)), min_size=3, max_size=3)
SHARED_ADDRESS = [([True, consent, None], [0, 0, 1], "changes", "", True) for consent in (True, False)]
STEPS = st.tuples(
    CONSENTS,
    st.lists(st.integers(0, 1), min_size=3, max_size=3),
    st.sampled_from(("full", "changes", "changes", "changes")),
    st.sampled_from(("", "", "before files", "between files", "before confirming", "while confirming")),
    st.booleans(),
)


def kill(moment: str, patch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object, **options: object) -> None:
        raise Killed

    write = exporting.write_rows

    def write_first(path: Path, *arguments: object) -> None:
        if path.stem.endswith("add"):
            raise Killed
        write(path, *arguments)  # type: ignore[arg-type]

    if moment == "before files":
        patch.setattr(exporting, "_write", stop)
    elif moment == "between files":
        patch.setattr(exporting, "write_rows", write_first)
    elif moment == "before confirming":
        patch.setattr(exporting, "_confirm", stop)
    elif moment == "while confirming":
        patch.setattr("marketing_ibis.outputs.audiences.published_lists.PublishedList.confirm", stop)


@settings(max_examples=max(8, settings.default.max_examples // 10))
@example(steps=SHARED_ADDRESS)
@given(steps=st.lists(STEPS, min_size=1, max_size=5))
def test_no_interruption_loses_a_removal(
    shared_target: Target, steps: list[tuple[list[bool | None], list[int], str, str, bool]]
) -> None:
    """Whatever is killed, and whether its files are uploaded or not: the next list of changes makes up for it.

    Customers may share an address, which stays as long as one of them agrees.
    """
    audience = with_destination("meta", "email")
    for table in ("audience_members", "audience_exports"):
        shared_target.execute(f"DROP TABLE IF EXISTS dbt_marketing.{table}")
    with tempfile.TemporaryDirectory() as folder:
        destination: set[str] = set()

        def export(name: str, people: list[Person], kind: str, moment: str, *, is_uploaded: bool) -> None:
            fill(shared_target, people)
            path = Path(folder) / f"{name}.csv"
            with pytest.MonkeyPatch.context() as patch:
                kill(moment, patch)
                try:
                    export_audience(export_to(path, audience, since_last=kind == "changes"), shared_target)
                except Killed:
                    if not is_uploaded:
                        return
            files = {suffix: Path(folder) / f"{name}{suffix}.csv" for suffix in ("", "-remove", "-add")}
            rows = {suffix: rows_of(file) if file.exists() else [] for suffix, file in files.items()}
            destination.difference_update(row["email"] for row in rows["-remove"])
            destination.update(row["email"] for row in (*rows["-add"], *rows[""]))

        people: list[Person] = []
        for number, (consents, addresses, kind, moment, is_uploaded) in enumerate(steps):
            people = [
                Person(index, f"{address}@example.com", consent=consent)
                for index, (consent, address) in enumerate(zip(consents, addresses, strict=True))
            ]
            export(str(number), people, kind, moment, is_uploaded=is_uploaded)
        export("last", people, "changes", "", is_uploaded=True)
        assert destination == {hash_identifier(person.email or "") for person in people if person.consent}


def test_small_lists_add_nobody_and_still_remove(target: Target, tmp_path: Path) -> None:
    audience = replace(AUDIENCE, min_size=5)
    fill(target, PEOPLE[:4])
    with pytest.raises(RunFailed, match=r"has 4 customers, and min_size= is 5; nothing was written"):
        export_audience(export_to(tmp_path / "1.csv", audience), target)
    assert not list(tmp_path.iterdir())
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    fill(target, [*PEOPLE[2:], Person(9, "p9@example.com")])
    assert export_audience(export_to(tmp_path / "2.csv", audience), target).is_too_small
    assert actions(tmp_path / "2.csv") == {1: "removed", 2: "removed"}


def test_small_lists_do_not_repeat_an_export_that_was_killed(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its file was uploaded is unknown: a customer is removed, and not added to a list below the minimum."""
    audience = replace(AUDIENCE, min_size=5)
    fill(target, PEOPLE)
    with monkeypatch.context() as patch:
        kill("before files", patch)
        with pytest.raises(Killed):
            export_audience(export_to(tmp_path / "1.csv", audience), target)
    fill(target, PEOPLE[1:])
    result = export_audience(export_to(tmp_path / "2.csv", audience), target)
    assert (result.is_too_small, result.record.members, result.record.removed) == (True, 0, 5)
    assert actions(tmp_path / "2.csv") == dict.fromkeys(range(1, 6), "removed")
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "3.csv", audience), target)
    assert actions(tmp_path / "3.csv") == dict.fromkeys(range(1, 6), "added")


def test_expired_lists_remove_everyone(target: Target, tmp_path: Path) -> None:
    audience = replace(AUDIENCE, expires=str(AS_OF))
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    late = AS_OF + timedelta(1)
    with pytest.raises(RunFailed, match="expired on 2024-05-15; nothing was written"):
        export_audience(export_to(tmp_path / "2.csv", audience, since_last=False, as_of=late), target)
    assert export_audience(export_to(tmp_path / "2.csv", audience, as_of=late), target).is_expired
    assert set(actions(tmp_path / "2.csv").values()) == {"removed"}


def test_a_file_of_changes_is_never_replaced(target: Target, tmp_path: Path) -> None:
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv"), target)
    content = (tmp_path / "1.csv").read_bytes()
    fill(target, ())
    with pytest.raises(UsageError, match=r"1\.csv exists, and its changes may not have been uploaded"):
        export_audience(export_to(tmp_path / "1.csv"), target)
    assert (tmp_path / "1.csv").read_bytes() == content


def test_an_unwritable_place_publishes_nothing(target: Target, tmp_path: Path) -> None:
    fill(target, PEOPLE)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        export_audience(export_to(tmp_path / "file" / "x.csv"), target)
    states = target.query("SELECT DISTINCT state FROM dbt_marketing.audience_members")
    assert states == [("pending",)]
    export_audience(export_to(tmp_path / "x.csv"), target)
    assert actions(tmp_path / "x.csv") == dict.fromkeys(range(1, 6), "added")


def test_an_engine_that_refuses_quotes_nobody(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(target, PEOPLE)

    def refuse(relation: Relation, rows: pa.Table) -> None:
        raise ValueRefused(f"constraint failed: {rows.to_pylist()}")

    monkeypatch.setattr(target, "append_rows", refuse)
    with pytest.raises(RunFailed, match="Nothing was exported") as caught:
        export_audience(export_to(tmp_path / "x.csv", is_clear=True), target)
    assert "example.com" not in str(caught.value)
    assert not (tmp_path / "x.csv").exists()


def test_an_export_that_fails_halfway_exported_nobody(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(target, PEOPLE)
    append = target.append_rows

    def append_and_fail(relation: Relation, rows: pa.Table) -> None:
        append(relation, rows)
        raise RunFailed("The connection was lost.")

    with monkeypatch.context() as patch:
        patch.setattr(target, "append_rows", append_and_fail)
        with pytest.raises(RunFailed):
            export_audience(export_to(tmp_path / "1.csv"), target)
    assert target.query("SELECT count(*) FROM dbt_marketing.audience_members") == [(0,)]
    # A list that is too small adds no customer, and there is none at the destination to remove.
    with pytest.raises(RunFailed, match="nothing was written"):
        export_audience(export_to(tmp_path / "2.csv", replace(AUDIENCE, min_size=9)), target)


def test_rows_of_an_earlier_release_are_removed_like_others(target: Target, tmp_path: Path) -> None:
    fill(target, PEOPLE)
    export_audience(export_to(tmp_path / "1.csv"), target)
    target.execute("UPDATE dbt_marketing.audience_members SET action = NULL, digest = NULL")
    fill(target, [replace(PEOPLE[0], consent=False), *PEOPLE[1:]])
    export_audience(export_to(tmp_path / "2.csv"), target)
    assert actions(tmp_path / "2.csv")[1] == "removed"


def test_nothing_in_clear_unless_asked(target: Target, tmp_path: Path) -> None:
    fill(target, [Person(1, "ann@example.com", "+49 30 1234567", "=Ann", "Lee")])
    audience = with_destination("plain", "email", "phone", "first_name")
    export_audience(export_to(tmp_path / "1.csv", audience), target)
    assert "ann@example.com" not in (tmp_path / "1.csv").read_text().lower()
    assert target.query("SELECT count(*) FROM dbt_marketing.audience_members WHERE contact LIKE '%ann@%'") == [(0,)]
    export_audience(export_to(tmp_path / "2.csv", audience, is_clear=True), target)
    (row,) = rows_of(tmp_path / "2.csv")
    names = {"email": "ann@example.com", "phone": "+49301234567", "first_name": "'=Ann"}
    assert row == {"action": "changed", "customer_id": "1", **names}
    with pytest.raises(UsageError, match="klaviyo writes to the addresses itself"):
        export_to(tmp_path / "3.csv", with_destination("klaviyo"))


def test_customers_who_cannot_be_reached_are_counted(target: Target, tmp_path: Path) -> None:
    fill(target, [Person(1, "nowhere"), Person(2, None), Person(3, "c@example.com")])
    result = export_audience(export_to(tmp_path / "1.csv"), target)
    assert (result.unreachable, result.record.members) == (2, 1)


def test_a_model_that_was_not_built(target: Target, tmp_path: Path) -> None:
    target.execute("DROP TABLE dbt_marketing.buyers")
    with pytest.raises(SourceError, match=r"dbt_marketing\.buyers has not been built"):
        export_audience(export_to(tmp_path / "1.csv"), target)
