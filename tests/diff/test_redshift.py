"""The command ``diff`` on Redshift: its own driver, and a server of PostgreSQL in place of the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.redshift.proxy import Proxy, left_sockets
from tests.engines.redshift.test_command_line import PROFILES
from tests.engines.redshift.warehouse import PASSWORD, cluster, query
from tests.invocation import invoke
from tests.shop import AS_OF, make_shop

DEV = """
CREATE SCHEMA dev;
CREATE TABLE dev.totals AS SELECT n, cents + 25 AS cents FROM dbt_marketing.totals;
CREATE TABLE dev.halves AS SELECT id, half FROM dbt_marketing.halves WHERE id > 1
"""


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Build the small shop on a cluster that has a schema ``dev`` as well."""
    with cluster() as server, left_sockets():
        values = {"PORT": server.port, "USER": server.user, "PASSWORD": PASSWORD, "DATABASE": server.database}
        for name, value in values.items():
            monkeypatch.setenv(f"SHOP_{name}", str(value))
        shop = make_shop(tmp_path / "shop")
        monkeypatch.chdir(shop.root)
        (shop.root / "profiles.yml").write_text(PROFILES, "utf-8")
        invoke("run", "-t", "redshift", "--as-of", str(AS_OF), "--profiles-dir", ".", "-q", secret=PASSWORD)
        query(server, DEV)
        yield server


def test_schemas_and_days_on_redshift(proxy: Proxy) -> None:
    def diff(*arguments: str, code: int = 0) -> str:
        options = ("-t", "redshift", "--profiles-dir", ".", "-s", "totals halves")
        return invoke("diff", *arguments, *options, code=code, secret=PASSWORD).output

    output = diff("dbt_marketing", "dev")
    assert "cents: 1 row (100%); +25, up to 7.1%" in output
    assert "2 -> 1 row by id: 0 added, 1 removed, 0 changed (0%)" in output
    assert "2 models compared, all equal." in diff(str(AS_OF), "warehouse", "--check")
    assert "1 removed" in diff(str(AS_OF), "warehouse:dev", "--check", code=1)
