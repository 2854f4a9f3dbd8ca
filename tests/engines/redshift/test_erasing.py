"""Tables of Redshift are vacuumed, or named with the reason, and then a note stays for a later command."""

from __future__ import annotations

import pytest

from marketing_ibis.build.forgetting.unerased import RECORD
from marketing_ibis.build.reserved_names import UNERASED
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.lock import LOCK_TABLE
from marketing_ibis.engines.redshift.target import RedshiftTarget
from marketing_ibis.errors import RunFailed
from tests.engines.redshift.warehouse import cluster, open_target, query

TABLES = [Relation("dbt_production", "sales"), Relation("dbt_production", "missing")]
NOTE, OTHER = Relation("dbt_marketing", UNERASED), ("dbt_production", "other")
NOTED = {(table.schema, table.name) for table in TABLES}


def test_deleted_rows_are_vacuumed_without_a_lock_that_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    execute = RedshiftTarget.execute
    locks: list[object] = []

    def execute_or_fail(self: RedshiftTarget, sql: str) -> int | None:
        if sql.startswith("VACUUM"):
            held = "SELECT count(*) FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation WHERE c.relname = '{}'"
            locks.append(query(proxy, held.format(LOCK_TABLE)))
            if len(locks) == 1:
                raise RunFailed("VACUUM is running.")
        return execute(self, sql)

    monkeypatch.setattr(RedshiftTarget, "execute", execute_or_fail)
    with cluster() as proxy, open_target(proxy) as target, target.exclusive("dbt_marketing"):
        # The other is noted by another command in the meantime, the missing one was dropped since.
        for statement in RECORD.insert(target.dialect, NOTE.schema, [*NOTED, OTHER]):
            target.execute(statement)
        message = target.erase_deleted(TABLES, NOTE)
        assert "dbt_production.sales could not be rewritten, and has deleted rows on the disk: VACUUM is run" in message
        assert 'VACUUM DELETE ONLY "dbt_production"."sales" TO 100 PERCENT' in message
        assert RECORD.read(target, NOTE.schema) == {*NOTED, OTHER}
        assert target.erase_deleted(TABLES, NOTE) == ""
        assert RECORD.read(target, NOTE.schema) == {OTHER}
    assert locks == [[(0,)], [(0,)]]
