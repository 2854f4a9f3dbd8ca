"""Connections of the Ibis backend to the proxy in front of the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import redshift_connector

from marketing_ibis.engines.redshift.ibis_backend import Backend
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import PASSWORD, query


def connect(proxy: Proxy, **options: Any) -> Backend:
    place = {"host": proxy.host, "port": proxy.port, "user": proxy.user, "database": proxy.database}
    connected: Backend = Backend().connect(**place, password=PASSWORD, ssl=False, **options)
    return connected


@contextmanager
def in_an_empty_schema(proxy: Proxy) -> Iterator[Backend]:
    """Yield a backend without recorded statements or faults; its tables are dropped afterwards."""
    proxy.faults.clear()
    backend = connect(proxy)
    proxy.statements.clear()
    yield backend
    backend.disconnect()
    query(proxy, "DROP SCHEMA public CASCADE")
    query(proxy, "CREATE SCHEMA public")


def driver(proxy: Proxy) -> redshift_connector.Connection:
    return redshift_connector.connect(
        host=proxy.host,
        port=proxy.port,
        user=proxy.user,
        password=PASSWORD,
        database=proxy.database,
        ssl=False,
        max_prepared_statements=0,
    )


def rows(table: ibis.Table) -> list[tuple[Any, ...]]:
    found = table.order_by(table.columns[0]).to_pyarrow()
    return [tuple(row.values()) for row in found.to_pylist()]
