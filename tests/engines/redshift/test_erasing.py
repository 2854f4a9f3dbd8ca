"""Tables of Redshift are vacuumed, or named with the reason, and then a note stays for a later command."""

from __future__ import annotations

import pytest

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.lock import LOCK_TABLE
from marketing_ibis.engines.redshift.target import RedshiftTarget
from marketing_ibis.errors import RunFailed
from tests.engines.redshift.warehouse import cluster, open_target, query

TABLE, NOTE = Relation("dbt_production", "sales"), Relation("dbt_marketing", "unerased")


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
        target.execute("CREATE TABLE dbt_marketing.unerased (n INTEGER)")
        message = target.erase_deleted([TABLE], NOTE)
        assert "dbt_production.sales could not be rewritten, and has deleted rows on the disk: VACUUM is run" in message
        assert 'VACUUM DELETE ONLY "dbt_production"."sales" TO 100 PERCENT' in message
        assert NOTE.name in target.relations("dbt_marketing")
        assert target.erase_deleted([TABLE], NOTE) == ""
        assert NOTE.name not in target.relations("dbt_marketing")
    assert locks == [[(0,)], [(0,)]]
