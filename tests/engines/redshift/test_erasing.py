"""Tables of Redshift are vacuumed, or named with the reason, and then a note stays for a later command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketing_ibis.build.forgetting.unerased import erase_noted, new_notes, note_statements, read_notes
from marketing_ibis.build.recorded_relations import Row
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.lock import LOCK_TABLE
from marketing_ibis.engines.redshift.target import RedshiftTarget
from marketing_ibis.errors import RunFailed
from tests.engines.redshift.warehouse import cluster, open_target, query

SCHEMA = "dbt_marketing"
TABLES = [Relation("dbt_production", "sales"), Relation("dbt_production", "missing")]


def note(target: RedshiftTarget) -> frozenset[Row]:
    """Note the tables as a command does that deletes rows of them; return its notes with those of stopped commands."""
    earlier, own = read_notes(target, SCHEMA), new_notes(TABLES)
    for statement in note_statements(target.dialect, SCHEMA, own):
        target.execute(statement)
    return earlier | own


def on_vacuum(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Act before each VACUUM."""
    execute = RedshiftTarget.execute

    def act_and_execute(self: RedshiftTarget, sql: str) -> int | None:
        if sql.startswith("VACUUM"):
            act()
        return execute(self, sql)

    monkeypatch.setattr(RedshiftTarget, "execute", act_and_execute)


def test_deleted_rows_are_vacuumed_without_a_lock_that_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    locks: list[object] = []

    def fail_first() -> None:
        held = "SELECT count(*) FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation WHERE c.relname = '{}'"
        locks.append(query(proxy, held.format(LOCK_TABLE)))
        if len(locks) == 1:
            raise RunFailed("VACUUM is running.")

    on_vacuum(monkeypatch, fail_first)
    with cluster() as proxy, open_target(proxy) as target, target.exclusive(SCHEMA):
        notes = note(target)
        message = erase_noted(target, SCHEMA, notes)
        assert "dbt_production.sales still has deleted rows on the disk: VACUUM is run" in message
        assert 'VACUUM DELETE ONLY "dbt_production"."sales" TO 100 PERCENT' in message
        assert read_notes(target, SCHEMA) == notes
        # The missing table was dropped in the meantime.
        assert erase_noted(target, SCHEMA, notes) == ""
        assert not read_notes(target, SCHEMA)
    assert locks == [[(0,)], [(0,)]]


@pytest.mark.parametrize("is_stopped", [True, False])
def test_another_command_during_a_vacuum(monkeypatch: pytest.MonkeyPatch, *, is_stopped: bool) -> None:
    """The second command begins while the first vacuums; it is stopped before its own VACUUM, or ends first."""
    own: list[frozenset[Row]] = []

    def forget_more() -> None:
        if own:
            return
        with open_target(proxy) as other, other.exclusive(SCHEMA):
            own.append(note(other))
            if not is_stopped:
                assert erase_noted(other, SCHEMA, own[0]) == ""
                assert not read_notes(other, SCHEMA)

    on_vacuum(monkeypatch, forget_more)
    with cluster() as proxy, open_target(proxy) as target, target.exclusive(SCHEMA):
        first = note(target)
        assert erase_noted(target, SCHEMA, first) == ""
        assert own[0] > first
        remaining = own[0] - first if is_stopped else frozenset()
        assert read_notes(target, SCHEMA) == remaining
        assert erase_noted(target, SCHEMA, read_notes(target, SCHEMA)) == ""
        assert not read_notes(target, SCHEMA)
