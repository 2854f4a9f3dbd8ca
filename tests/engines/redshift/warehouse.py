"""A PostgreSQL database that stands in for a Redshift cluster, and the target that is opened on it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.redshift.target import RedshiftTarget, open_redshift
from tests.engines.redshift.proxy import Proxy
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, Shop, make_shop

PASSWORD = "Zaunkönig-7291"
"""The password that the proxy asks for; it must not appear in any output."""

REDSHIFT_ONLY = (
    (r"^SET query_group TO", "SET marketing_ibis.query_group TO"),
    (r"^SET enable_case_sensitive_identifier TO \w+", "SELECT 1 WHERE FALSE"),
    (r"\bSELECT 1 AS takes_(\d+)_ms", r"SELECT 1 AS takes_\1_ms FROM pg_sleep(\1 / 1000.0)"),
    (r"\bVERSION\(\)", "'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.54321'"),
    (r"^VACUUM DELETE ONLY (\S+) TO 100 PERCENT$", r"VACUUM \1"),
    (r"^(GRANT|REVOKE)\b(.*) (TO|FROM) (?:ROLE|GROUP) ", r"\1\2 \3 "),
    (r"\bWITH NO SCHEMA BINDING\s*$", ""),
    (r"\bDISTSTYLE (AUTO|KEY|ALL|EVEN)\b", ""),
    (r"\bDISTKEY \([^)]*\)", ""),
    (r"\bSORTKEY \([^)]*\)", ""),
)
"""Redshift's statements that PostgreSQL lacks, with its own."""

SERVER = (
    # Views of Redshift's catalog are found without a schema.
    'search_path = "$user", public, svv',
    "standard_conforming_strings = off",
    "escape_string_warning = off",
)
"""In Redshift's text a backslash escapes what follows, as it did in PostgreSQL 8."""

# A late-binding view: PostgreSQL's view of no columns has none in its catalog either.
LATE_VIEW = """
    CREATE SCHEMA late;
    CREATE VIEW late.seen AS SELECT;
    CREATE FUNCTION pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql AS $$
        VALUES ('late'::name, 'seen'::name, 'word'::name, 'character varying(9)'::varchar, 2),
               ('late'::name, 'seen'::name, 'amount'::name, 'numeric(12,2)'::varchar, 1),
               ('late'::name, 'other'::name, 'n'::name, 'integer'::varchar, 1)
    $$
"""
# What Redshift knows of the data catalog: one table in S3.
EXTERNAL = """
    CREATE SCHEMA spectrum;
    CREATE FOREIGN DATA WRAPPER s3;
    CREATE SERVER s3 FOREIGN DATA WRAPPER s3;
    CREATE FOREIGN TABLE spectrum.clicks (id bigint, url varchar(300)) SERVER s3;
    CREATE SCHEMA svv;
    CREATE VIEW svv.svv_external_schemas AS SELECT 'spectrum'::text AS schemaname;
    CREATE VIEW svv.svv_external_tables AS SELECT 'spectrum'::text AS schemaname, 'clicks'::text AS tablename;
    CREATE VIEW svv.svv_roles AS SELECT rolname::text AS role_name FROM pg_catalog.pg_roles
"""
# Functions that PostgreSQL lacks.
UNLOADS = """
    CREATE FUNCTION fnv_hash(anyelement) RETURNS bigint LANGUAGE sql AS 'SELECT hashtextextended($1::text, 0)';
    CREATE FUNCTION sha2(text, integer) RETURNS text LANGUAGE sql AS $$
        SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')
    $$;
    CREATE FUNCTION pg_last_unload_count() RETURNS bigint LANGUAGE plpgsql AS $$
        BEGIN RETURN (SELECT count(*) FROM public.unloaded); END
    $$
"""
SALES = """
    CREATE SCHEMA dbt_production;
    CREATE TABLE dbt_production.sales (id bigint, cents bigint);
    INSERT INTO dbt_production.sales VALUES (1, 100), (2, 250), (3, -5)
"""


def to_postgres(sql: str) -> str:
    """Return the statement in PostgreSQL's form; unloaded rows become a table."""
    if unloaded := re.match(r"UNLOAD \('(.*)'\)\nTO 's3://", sql, flags=re.S):
        return f"CREATE TABLE public.unloaded AS {unloaded[1].replace(chr(39) * 2, chr(39))}"
    for pattern, instead in REDSHIFT_ONLY:
        sql = re.sub(pattern, instead, sql, flags=re.I | re.M)
    return sql


QUOTED = re.compile(r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|--[^\n]*""")
"""Strings, names in quotes, and comments, in which a quote begins neither."""


def folded(sql: str) -> str:
    """Return the statement with every name in lower case, which is how Redshift reads it."""
    return QUOTED.sub(lambda found: found[0].lower() if found[0].startswith('"') else found[0], to_postgres(sql))


@contextlib.contextmanager
def cluster(translate: Callable[[str], str] = to_postgres) -> Iterator[Proxy]:
    """Yield the way into a database with the sources of the shop."""
    with fresh_database() as uri:
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(LATE_VIEW)
            connection.execute(EXTERNAL)
            connection.execute(UNLOADS)
            for setting in SERVER:
                connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET {setting}')
            connection.execute(SALES)
        with Proxy(uri, translate=translate, password=PASSWORD) as proxy:
            yield proxy


def settings(proxy: Proxy, **changes: object) -> dict[str, object]:
    """Return the profile of the cluster."""
    return {
        "type": "redshift",
        "host": proxy.host,
        "port": proxy.port,
        "user": proxy.user,
        "password": PASSWORD,
        "dbname": proxy.database,
        "sslmode": "disable",
        "connect_timeout": 5,
        "retries": 2,
    } | changes


def open_target(proxy: Proxy, *, lock_wait: float = 5.0, **changes: object) -> RedshiftTarget:
    """Open the target, with short waits."""
    return open_redshift(settings(proxy, **changes), first_wait=0.01, lock_wait=lock_wait)


def query(proxy: Proxy, sql: str) -> list[tuple[object, ...]]:
    """Query the database directly, without the proxy."""
    with psycopg.connect(**proxy.server, autocommit=True) as connection:  # type: ignore[arg-type]
        return connection.execute(sql).fetchall() if sql.startswith("SELECT") else [(connection.execute(sql).rowcount,)]


def shop_plan(folder: Path, **changes: str) -> Plan:
    """Return the plan of the small shop for Redshift."""
    return plan_of(make_shop(folder, **changes))


def plan_of(shop: Shop) -> Plan:
    dataflow = shop.project.compile(AS_OF)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES["redshift"].dialect(), Schemas())
