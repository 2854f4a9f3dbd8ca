"""The small shop of ``tests.shop`` on each engine, as the command line and a client of the database see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from click.testing import Result

from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.warehouse import SALES, cluster
from tests.engines.redshift.warehouse import settings as cluster_settings
from tests.invocation import invoke
from tests.postgres_server import fresh_database
from tests.shop import AS_OF, Shop, make_shop

ENGINE_NAMES = ("duckdb", "postgres", "redshift")
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class EngineShop:
    """A project with its profile; ``query`` runs SQL without the package."""

    engine: str
    shop: Shop
    query: Callable[[str], Rows]

    @property
    def root(self) -> Path:
        return self.shop.root

    def run(self, command: str, *arguments: str, code: int = 0, dated: bool = True) -> Result:
        """Run a command on the engine, as of the shop's day."""
        where = ("--project-dir", str(self.root), "--target-path", str(self.root / "target"))
        where += ("--profiles-dir", str(self.root), "-t", self.engine)
        as_of = ("--as-of", AS_OF.isoformat()) if dated else ()
        return invoke(command, *arguments, *where, *as_of, code=code)


@contextmanager
def engine_shop(engine: str, folder: Path, settings: str = "", **changes: str) -> Iterator[EngineShop]:
    """Yield the shop with ``changes`` on an engine: Redshift is a PostgreSQL server behind Redshift's driver."""
    shop = make_shop(folder, settings=settings, **changes)
    if engine == "duckdb":
        (folder / "profiles.yml").write_text(_profile({"type": "duckdb", "path": "warehouse.duckdb"}))
        yield EngineShop(engine, shop, lambda sql: _query_file(shop.database, sql))
    elif engine == "postgres":
        with fresh_database() as uri:
            query = _query_server(uri)
            query(SALES)
            (folder / "profiles.yml").write_text(_profile({"type": "postgres", **settings_of(uri)}))
            yield EngineShop(engine, shop, query)
    else:
        with cluster() as proxy:
            (folder / "profiles.yml").write_text(_profile(cluster_settings(proxy)))
            yield EngineShop(engine, shop, _query_server(" ".join(f"{k}={v}" for k, v in proxy.server.items())))


def _profile(output: dict[str, object]) -> str:
    lines = "".join(
        f"      {key}: '{value}'\n" if key != "port" else f"      port: {value}\n" for key, value in output.items()
    )
    return f"shop:\n  target: prod\n  outputs:\n    prod:\n{lines}"


def _query_file(path: Path, sql: str) -> Rows:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(sql).fetchall()


def _query_server(address: str) -> Callable[[str], Rows]:
    def query(sql: str) -> Rows:
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return query
