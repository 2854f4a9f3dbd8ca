"""Tables of PostgreSQL without their deleted rows, or with the reason and the note that a later command reads."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from marketing_ibis.build.forgetting.unerased import RECORD
from marketing_ibis.build.reserved_names import UNERASED
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database

TABLES, NOTE = [Relation("public", "people"), Relation("public", "Notes")], Relation("public", UNERASED)
NOTED = {(table.schema, table.name) for table in TABLES}


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
        for statement in RECORD.insert(opened.dialect, NOTE.schema, NOTED):
            opened.execute(statement)
        yield opened


def pages(target: Target) -> list[int]:
    names = [target.dialect.literal(target.dialect.relation(relation)) for relation in TABLES]
    return [int(str(target.query(f"SELECT pg_relation_size({name}::regclass) / 8192")[0][0])) for name in names]


def test_deleted_rows_leave_the_disk(target: Target) -> None:
    assert min(pages(target)) > 1
    assert target.erase_deleted(TABLES, NOTE) == ""
    assert pages(target) == [1, 1]
    assert RECORD.read(target, NOTE.schema) == set()


def test_a_table_that_another_session_reads_is_erased_next_time(
    target: Target, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketing_ibis.engines.postgres.lock_retry.RETRY_SECONDS", 0.3)
    with psycopg.connect(address) as reader:
        reader.execute('SELECT * FROM "Notes"')
        message = target.erase_deleted(TABLES, NOTE)
    assert "public.Notes could not be rewritten, and has deleted rows on the disk: timed out after 0.3 s" in message
    assert message.endswith('Run forget again, or as the owner of the table: VACUUM FULL "public"."Notes"')
    assert RECORD.read(target, NOTE.schema) == NOTED
    assert target.erase_deleted(TABLES, NOTE) == ""
    assert pages(target) == [1, 1]
    assert RECORD.read(target, NOTE.schema) == set()


def test_a_table_of_another_owner_is_named(target: Target) -> None:
    target.execute("CREATE ROLE erasing_nobody")
    target.execute("SET ROLE erasing_nobody")
    message = target.erase_deleted(TABLES, NOTE)
    target.execute("RESET ROLE")
    target.execute("DROP ROLE erasing_nobody")
    assert "public.people could not be rewritten, and has deleted rows on the disk: it belongs to another" in message
    assert 'VACUUM FULL "public"."people"; VACUUM FULL "public"."Notes"' in message
    assert RECORD.read(target, NOTE.schema) == NOTED
