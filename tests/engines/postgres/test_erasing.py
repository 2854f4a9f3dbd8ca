"""Tables of PostgreSQL without their deleted rows, or with the reason and the note that a later command reads."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from marketing_ibis.build.forgetting.unerased import erase_noted, new_notes, note_statements, read_notes
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database

TABLES = [Relation("public", "people"), Relation("public", "Notes")]
NOTES = new_notes(TABLES)


@pytest.fixture
def address() -> Iterator[str]:
    with fresh_database() as uri:
        yield uri


@pytest.fixture
def target(address: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(address)) as opened:
        for relation in TABLES:
            opened.execute(f"CREATE TABLE {opened.dialect.relation(relation)} AS SELECT generate_series(1, 3000) AS id")
            opened.execute(f"DELETE FROM {opened.dialect.relation(relation)} WHERE id <> 7")
        for statement in note_statements(opened.dialect, "public", NOTES):
            opened.execute(statement)
        yield opened


def pages(target: Target) -> list[int]:
    names = [target.dialect.literal(target.dialect.relation(relation)) for relation in TABLES]
    return [int(str(target.query(f"SELECT pg_relation_size({name}::regclass) / 8192")[0][0])) for name in names]


def test_deleted_rows_leave_the_disk(target: Target) -> None:
    assert min(pages(target)) > 1
    assert erase_noted(target, "public", NOTES) == ""
    assert pages(target) == [1, 1]
    assert read_notes(target, "public") == set()


def test_a_table_that_another_session_reads_is_erased_next_time(
    target: Target, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketing_ibis.engines.postgres.lock_retry.RETRY_SECONDS", 0.3)
    with psycopg.connect(address) as reader:
        reader.execute('SELECT * FROM "Notes"')
        message = erase_noted(target, "public", NOTES)
    assert "public.Notes still has deleted rows on the disk: timed out after 0.3 s" in message
    assert message.endswith('Run forget again, or as the owner of the table: VACUUM (FULL, VERBOSE) "public"."Notes"')
    assert read_notes(target, "public") == NOTES
    assert erase_noted(target, "public", NOTES) == ""
    assert pages(target) == [1, 1]
    assert read_notes(target, "public") == set()


def test_rows_that_an_older_transaction_may_read_are_erased_next_time(target: Target, address: str) -> None:
    target.execute("INSERT INTO people VALUES (8), (9)")
    with psycopg.connect(address) as reader:
        # It has read another table, so that it locks none of these.
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM pg_class")
        target.execute("DELETE FROM people WHERE id = 8")
        message = erase_noted(target, "public", NOTES)
        holder = f"user {reader.info.user}, PID {reader.info.backend_pid}"
    reason = f"a transaction that began before the deletion is open ({holder})"
    assert f"public.people still has deleted rows on the disk: {reason}. Run forget again" in message
    assert "public.Notes" not in message
    assert read_notes(target, "public") == NOTES
    assert erase_noted(target, "public", NOTES) == ""
    assert not read_notes(target, "public")


def test_a_table_of_another_owner_is_named(target: Target) -> None:
    target.execute("CREATE ROLE erasing_nobody")
    target.execute("SET ROLE erasing_nobody")
    message = erase_noted(target, "public", NOTES)
    target.execute("RESET ROLE")
    target.execute("DROP ROLE erasing_nobody")
    assert "public.people still has deleted rows on the disk: it belongs to another" in message
    assert 'VACUUM (FULL, VERBOSE) "public"."Notes"; VACUUM (FULL, VERBOSE) "public"."people"' in message
    assert read_notes(target, "public") == NOTES
