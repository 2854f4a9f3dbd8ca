"""The Ibis backend `ibis.redshift`: connect, read, compute and write tables by themselves, without a project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import ParseResult, unquote

import ibis
import ibis.common.exceptions as com
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis import util
from ibis.backends import CanCreateDatabase, CanListCatalog, HasCurrentCatalog, HasCurrentDatabase, PyArrowExampleLoader
from ibis.backends.sql import SQLBackend

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.redshift.catalog import relations_in
from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.dialect import redshift_dialect
from marketing_ibis.engines.redshift.keys import DEFAULT_PORT
from marketing_ibis.engines.redshift.login import CONNECT_SECONDS, Login
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.engines.redshift.values import arrow_batch, as_table, described_schema, value_batches
from marketing_ibis.errors import RunFailed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FLAGS = ("iam", "is_serverless", "ssl")
NUMBERS = ("port", "timeout")
ALWAYS = {"application_name": "ibis", "max_prepared_statements": 0}
SECRET = re.compile("password|secret|token|access_key")


class Backend(
    SQLBackend, CanListCatalog, CanCreateDatabase, HasCurrentCatalog, HasCurrentDatabase, PyArrowExampleLoader
):
    """Amazon Redshift, through Amazon's driver. A statement by itself is committed at once."""

    name = "redshift"
    compiler = compiler
    supports_temporary_tables = True
    supports_python_udfs = False

    def do_connect(
        self,
        host: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        port: int = DEFAULT_PORT,
        *,
        schema: str | None = None,
        iam: bool = False,
        cluster_identifier: str | None = None,
        region: str | None = None,
        is_serverless: bool = False,
        serverless_work_group: str | None = None,
        ssl: bool = True,
        sslmode: str = "verify-ca",
        timeout: int = CONNECT_SECONDS,
        **kwargs: Any,
    ) -> None:
        """Connect to a cluster or a Serverless work group.

        Parameters
        ----------
        host, port, database
            Where the database is. With ``iam``, the driver can find the host by itself.
        user, password
            Who logs in. With ``iam``, AWS gives a temporary password.
        schema
            Where tables are looked for that are named without a database.
        iam, cluster_identifier, region, is_serverless, serverless_work_group
            Log in with the credentials of AWS.
        ssl, sslmode
            ``verify-ca`` or ``verify-full``; ``ssl=False`` for a connection in clear.
        timeout
            Seconds that logging in may take.
        kwargs
            What else redshift_connector takes, as ``profile``, ``access_key_id``, ``db_user``.
        """
        place = {"host": host, "port": port, "database": database, "user": user or "", "timeout": timeout}
        aws = {
            "iam": iam,
            "cluster_identifier": cluster_identifier,
            "region": region,
            "is_serverless": is_serverless,
            "serverless_work_group": serverless_work_group,
        }
        given = {key: value for key, value in aws.items() if value} | ({"sslmode": sslmode} if ssl else {}) | kwargs
        arguments = {**place, **ALWAYS, "password": password or "", "ssl": ssl, **given}
        path = (f"SET search_path TO {self._quoted(schema)}",) if schema else ()
        # Those made here: the catalog shows the temporary tables of all sessions.
        self._temporary: set[str] = set()
        self._session = Session(Login(place, arguments, ("SET timezone TO 'UTC'", *path)))
        self._session.connect()

    def _from_url(self, url: ParseResult, **kwargs: Any) -> Backend:
        """Connect to ``redshift://user:password@host:port/database/schema?setting=value``."""
        database, _, schema = url.path.lstrip("/").partition("/")
        given = {
            "host": url.hostname,
            "port": url.port,
            "user": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "database": unquote(database),
            "schema": unquote(schema),
        }
        settings = {key: value for key, value in given.items() if value} | kwargs
        settings |= {key: int(settings[key]) for key in NUMBERS if key in settings}
        settings |= {key: _is_true(settings[key]) for key in FLAGS if key in settings}
        connected: Backend = self.connect(**settings)
        return connected

    @property
    def con(self) -> Any:
        """The driver's connection."""
        return self._session.connect()

    @property
    def db_identity(self) -> str:
        """What tells connections apart; no secret is part of it."""
        shown = {key: value for key, value in sorted(self._con_kwargs.items()) if not SECRET.search(key)}
        return "_".join(map(str, (self.name, *self._con_args[:2], *shown.items())))

    def disconnect(self) -> None:
        """End the session."""
        self._session.close()

    # What exists

    @property
    def version(self) -> str:
        """The cluster's version, as 1.0.12345."""
        text = str(self._value("SELECT VERSION()"))
        found = re.search(r"Redshift ([\d.]+)", text)
        return found[1] if found else text

    @property
    def current_catalog(self) -> str:
        """The database that the session is connected to."""
        return str(self._value("SELECT CURRENT_DATABASE()"))

    @property
    def current_database(self) -> str:
        """The schema in which unqualified names are made."""
        return str(self._value("SELECT CURRENT_SCHEMA()"))

    def list_catalogs(self, *, like: str | None = None) -> list[str]:
        """Return the databases of the cluster."""
        names = self._names("SELECT datname FROM pg_catalog.pg_database")
        return self._matching((name for name in names if not name.startswith("template")), like)

    def list_databases(self, *, like: str | None = None, catalog: str | None = None) -> list[str]:
        """Return the schemas of the database."""
        self._check_catalog(catalog)
        names = self._names("SELECT nspname FROM pg_catalog.pg_namespace")
        return self._matching((name for name in names if not name.startswith(("pg_temp", "pg_toast"))), like)

    def list_tables(self, *, like: str | None = None, database: tuple[str, str] | str | None = None) -> list[str]:
        """Return the tables and views of a schema; of the current one with the temporary tables made here."""
        catalog, schema = self._location(database)
        self._check_catalog(catalog)
        names = set(self._names(relations_in(redshift_dialect(), schema or self.current_database)))
        return self._matching(names if schema else names | self._temporary, like)

    def get_schema(self, name: str, *, catalog: str | None = None, database: str | None = None) -> sch.Schema:
        """Return a table's columns and types.

        Raises:
            TableNotFound: there is no such table.
        """
        self._check_catalog(catalog)
        try:
            return self._get_schema_using_query(f"SELECT * FROM {self._relation(name, database)}")
        except RunFailed as error:
            if "does not exist" in error.message:
                raise com.TableNotFound(name) from error
            raise

    def _get_schema_using_query(self, query: str) -> sch.Schema:
        cursor = self._session.run(f'SELECT * FROM (\n{query.rstrip().rstrip(";")}\n) AS "described" LIMIT 0')
        return described_schema(cursor.ps["row_desc"])

    # Reading

    def raw_sql(self, query: Any, **_: Any) -> Any:
        """Run a statement and return the driver's cursor."""
        return self._session.run(query if isinstance(query, str) else query.sql(dialect=self.dialect))

    @contextmanager
    def _safe_raw_sql(self, query: Any, **_: Any) -> Iterator[Any]:
        cursor = self.raw_sql(query)
        try:
            yield cursor
        finally:
            cursor.close()

    def _fetch_from_cursor(self, cursor: Any, schema: sch.Schema) -> pd.DataFrame:
        import pandas as pd
        from ibis.formats.pandas import PandasData

        # Decimals must not pass through floats.
        frame = pd.DataFrame.from_records(list(cursor.fetchall()), columns=list(schema.names), coerce_float=False)
        return PandasData.convert_table(frame, schema)

    def to_pyarrow_batches(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        chunk_size: int = 1_000_000,
        **_: Any,
    ) -> pa.RecordBatchReader:
        """Return the result in record batches. The driver fetches all of it first."""
        import pyarrow as pa

        schema = expr.as_table().schema()
        batches = self._cursor_batches(expr.as_table(), params=params, limit=limit, chunk_size=chunk_size)
        return pa.RecordBatchReader.from_batches(schema.to_pyarrow(), (arrow_batch(schema, rows) for rows in batches))

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        """Do nothing: the compiler spells the rows out in the statement."""

    def _make_memtable_finalizer(self, name: str) -> None:
        """Do nothing, for the same reason."""

    # Writing

    def create_table(
        self,
        name: str,
        /,
        obj: Any = None,
        *,
        schema: sch.IntoSchema | None = None,
        database: str | None = None,
        temp: bool = False,
        overwrite: bool = False,
    ) -> ir.Table:
        """Make a table, of a schema, an expression, or rows of pandas, Arrow or Python; all of it or nothing."""
        if obj is None and schema is None:
            raise com.IbisInputError("Name the columns with `schema`, or give the rows as `obj`.")
        asked = None if schema is None else ibis.schema(schema)
        source = None if obj is None else as_table(obj, asked)
        columns = asked or source.schema()  # type: ignore[union-attr]
        place = None if temp else database
        built = util.gen_name(name) if overwrite else name
        definitions = ", ".join(f"{self._quoted(column)} {self._column(dtype)}" for column, dtype in columns.items())
        with self._session.transaction():
            self.raw_sql(f"CREATE {'TEMP ' if temp else ''}TABLE {self._relation(built, place)} ({definitions})")
            if source is not None:
                self._fill(self._relation(built, place), source, list(columns))
            if overwrite:
                self.raw_sql(f"DROP TABLE IF EXISTS {self._relation(name, place)}")
                self.raw_sql(f"ALTER TABLE {self._relation(built, place)} RENAME TO {self._quoted(name)}")
        if temp:
            self._temporary.add(name)
        return self.table(name, database=place)

    def insert(self, name: str, /, obj: Any, *, database: str | None = None, overwrite: bool = False) -> None:
        """Add rows; with ``overwrite`` in place of those that stand, in one transaction."""
        catalog, place = self._location(database)
        self._check_catalog(catalog)
        source = as_table(obj, None)
        columns = self._get_columns_to_insert(target=name, source=source, db=place)
        with self._session.transaction():
            if overwrite:
                # TRUNCATE would commit: https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
                self.raw_sql(f"DELETE FROM {self._relation(name, place)}")
            self._fill(self._relation(name, place), source, list(columns))

    def _fill(self, relation: str, source: ir.Table, columns: Sequence[str]) -> None:
        into = f"INSERT INTO {relation} ({', '.join(map(self._quoted, columns))})"
        op = source.op()
        if not isinstance(op, ops.InMemoryTable):
            self._run_pre_execute_hooks(source)
            self.raw_sql(f"{into}\n{self.compile(source)}")
            return
        rows = op.data.to_pyarrow(op.schema).to_pylist()
        tuples = ([row[column] for column in op.schema] for row in rows)
        for values in value_batches(redshift_dialect(), op.schema, tuples):
            self.raw_sql(f"{into} VALUES\n{values}")

    def create_view(
        self, name: str, /, obj: ir.Table, *, database: str | None = None, overwrite: bool = False
    ) -> ir.Table:
        """Make a view of an expression."""
        relation = self._relation(name, database)
        self._run_pre_execute_hooks(obj)
        with self._session.transaction():
            if overwrite:
                # CREATE OR REPLACE wants the same columns: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
                self.raw_sql(f"DROP VIEW IF EXISTS {relation}")
            self.raw_sql(f"CREATE VIEW {relation} AS\n{self.compile(obj)}")
        return self.table(name, database=database)

    def drop_table(self, name: str, /, *, database: Any = None, force: bool = False) -> None:
        """Remove a table."""
        self.raw_sql(f"DROP TABLE {'IF EXISTS ' if force else ''}{self._relation(name, database)}")
        self._temporary.discard(name)

    def drop_view(self, name: str, /, *, database: Any = None, force: bool = False) -> None:
        """Remove a view."""
        self.raw_sql(f"DROP VIEW {'IF EXISTS ' if force else ''}{self._relation(name, database)}")

    def truncate_table(self, name: str, /, *, database: Any = None) -> None:
        """Remove every row, and commit."""
        self.raw_sql(f"TRUNCATE TABLE {self._relation(name, database)}")

    def upsert(self, name: str, /, obj: Any, on: str, *, database: str | None = None) -> NoReturn:
        """Refuse: MERGE takes a table, not a query, in every version of Redshift."""
        raise com.UnsupportedOperationError(
            "Put the rows into a table with create_table, then write MERGE with raw_sql: its source must be a table."
        )

    def create_database(self, name: str, /, *, catalog: str | None = None, force: bool = False) -> None:
        """Make a schema."""
        self._check_catalog(catalog)
        self.raw_sql(f"CREATE SCHEMA {'IF NOT EXISTS ' if force else ''}{self._quoted(name)}")

    def drop_database(
        self, name: str, /, *, catalog: str | None = None, force: bool = False, cascade: bool = False
    ) -> None:
        """Remove a schema, with ``cascade`` and all that it holds."""
        self._check_catalog(catalog)
        exists, all_of_it = "IF EXISTS " if force else "", " CASCADE" if cascade else ""
        self.raw_sql(f"DROP SCHEMA {exists}{self._quoted(name)}{all_of_it}")

    # Small things

    def _value(self, query: str) -> object:
        return self._session.rows(query)[0][0]

    def _names(self, query: str) -> list[str]:
        return [str(row[0]) for row in self._session.rows(query)]

    def _matching(self, names: Any, like: str | None) -> list[str]:
        return sorted(self._filter_with_like(names, like))

    def _location(self, database: Any) -> tuple[str | None, str | None]:
        catalog, schema = self._to_catalog_db_tuple(self._to_sqlglot_table(database))
        return catalog, schema

    def _relation(self, name: str, database: Any = None) -> str:
        catalog, schema = self._location(database)
        self._check_catalog(catalog)
        return redshift_dialect().relation(Relation(schema, name)) if schema else self._quoted(name)

    def _check_catalog(self, catalog: str | None) -> None:
        if catalog is not None and catalog != self.current_catalog:
            raise com.UnsupportedOperationError(
                f"This connection is to database {self.current_catalog}; connect to {catalog} for its tables."
            )

    def _quoted(self, name: str) -> str:
        return redshift_dialect().identifier(name)

    def _column(self, dtype: Any) -> str:
        return redshift_dialect().column_type(dtype) + ("" if dtype.nullable else " NOT NULL")


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "t", "yes", "y")
