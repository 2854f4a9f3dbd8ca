"""Masked views on Redshift: roles that the settings no longer name lose what an earlier build granted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines import ENGINES
from tests.build.masked_shop import MASKED, NULL
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, open_target, query
from tests.shop import AS_OF, make_shop

ROLES = ("role redshift_analyst", "group redshift_group", "redshift_user", "role redshift_gone")


def plan_of(folder: Path, roles: tuple[str, ...], *names: str) -> Plan:
    names_of_roles = ", ".join(f'"{role}"' for role in roles)
    settings = NULL.replace('"role analyst"', names_of_roles)
    dataflow = make_shop(folder, settings=settings).project.compile(AS_OF)
    return build_plan(dataflow, names or tuple(dataflow.models), ENGINES["redshift"].dialect(), Schemas())


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with cluster() as opened, psycopg.connect(**opened.server, autocommit=True) as connection:  # type: ignore[arg-type]
        for role in ROLES:
            connection.execute(f"DROP ROLE IF EXISTS {role.split()[-1]}")
            connection.execute(f"CREATE {'GROUP' if role.startswith('group') else 'ROLE'} {role.split()[-1]}")
        yield opened
        for role in ROLES[:-1]:
            connection.execute(f"DROP OWNED BY {role.split()[-1]}")
            connection.execute(f"DROP ROLE {role.split()[-1]}")


def readable(proxy: Proxy, role: str) -> int:
    """Return how many masked views a role may read, negative if it may not look into their schema."""
    ((count, may_enter),) = query(
        proxy,
        f"SELECT count(*), has_schema_privilege('{role}', '{MASKED}', 'USAGE') FROM pg_class"
        f" WHERE relnamespace = '{MASKED}'::regnamespace AND has_table_privilege('{role}', oid, 'SELECT')",
    )
    return int(str(count)) if may_enter else -1 - int(str(count))


def test_a_selected_build_takes_rights_on_all_masked_views(proxy: Proxy, tmp_path: Path) -> None:
    with open_target(proxy) as target:
        assert run_plan(plan_of(tmp_path / "all", ROLES), target).published
        assert [readable(proxy, role.split()[-1]) for role in ROLES] == [4, 4, 4, 4]
        query(proxy, "DROP OWNED BY redshift_gone")
        query(proxy, "DROP ROLE redshift_gone")
        assert run_plan(plan_of(tmp_path / "selected", ROLES[2:3], "stg_sales", "halves"), target).published
    assert [readable(proxy, role.split()[-1]) for role in ROLES[:-1]] == [-1, -1, 4]
