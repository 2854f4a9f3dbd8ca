"""What exists in the database: schemas, tables, views, and their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.schema as sch

from marketing_ibis.engines.redshift.compiler.trees.constant_columns import type_constants_of_text
from marketing_ibis.engines.redshift.ibis_backend.connected import Connected
from marketing_ibis.engines.redshift.spelling import identifier, literal
from marketing_ibis.engines.redshift.values import described_schema
from marketing_ibis.errors import RunFailed

TABLES = (
    "SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE {schema} AND c.relkind IN ('r', 'v')"
)
EXTERNAL_SCHEMAS = "SELECT schemaname FROM svv_external_schemas"
"""https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_SCHEMAS.html"""
EXTERNAL_TABLES = "SELECT tablename FROM svv_external_tables WHERE {schema}"
"""Tables in S3 and in other databases: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_EXTERNAL_TABLES.html"""
FILLED_COLUMNS = (
    "SELECT a.attname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE {schema} AND {table} AND a.attnum > 0 AND a.attnotnull"
)


class Browsing(Connected):
    """Methods that ask the catalog."""

    @property
    def version(self) -> str:
        """The cluster's version, as 1.0.12345."""
        text = str(self._value("SELECT VERSION()"))
        match = re.search(r"Redshift ([\d.]+)", text)
        return match[1] if match else text

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
        """Return the schemas of the database, external ones included."""
        self._check_catalog(catalog)
        names = {*self._names("SELECT nspname FROM pg_catalog.pg_namespace"), *self._names(EXTERNAL_SCHEMAS)}
        return self._matching((name for name in names if not name.startswith(("pg_temp", "pg_toast"))), like)

    def list_tables(self, *, like: str | None = None, database: tuple[str, str] | str | None = None) -> list[str]:
        """Return the tables and views of a schema; of the current one with the temporary tables made here.

        Of an external schema these are the tables of the data catalog, as of Spectrum.
        """
        catalog, schema = self._location(database)
        self._check_catalog(catalog)
        place = schema or self.current_database
        names = {
            *self._names(TABLES.format(schema=self._is_named("n.nspname", place))),
            *self._names(EXTERNAL_TABLES.format(schema=self._is_named("schemaname", place))),
        }
        return self._matching(names if schema else names | self._temporary, like)

    def get_schema(self, name: str, *, catalog: str | None = None, database: str | None = None) -> sch.Schema:
        """Return a table's columns and types, and which of them are never NULL.

        Raises:
            TableNotFound: there is no such table.
        """
        relation, is_elsewhere = self._relation(name, database), catalog is not None and catalog != self.current_catalog
        if catalog and is_elsewhere:
            relation = f"{identifier(catalog)}.{relation}"
        try:
            schema = self._get_schema_using_query(f"SELECT * FROM {relation}")
        except RunFailed as error:
            if "does not exist" in error.message:
                raise com.TableNotFound(name) from error
            raise
        # The catalog of another database does not say which of its columns are never NULL.
        filled = set() if is_elsewhere else self._filled_columns(name, database)
        return sch.Schema({column: _filled(dtype, column in filled) for column, dtype in schema.items()})

    def _filled_columns(self, name: str, database: str | None) -> set[str]:
        if not database and name in self._temporary:
            return set()
        place = self._is_named("n.nspname", database or self.current_database)
        return set(self._names(FILLED_COLUMNS.format(schema=place, table=self._is_named("c.relname", name))))

    def _is_named(self, column: str, name: str) -> str:
        """Return the condition that a name of the catalog is ``name``: Redshift folds what it stores."""
        return f"{column} = {literal(name if self._is_case_sensitive else name.lower())}"

    def _get_schema_using_query(self, query: str) -> sch.Schema:
        typed = type_constants_of_text(query.rstrip().rstrip(";"))
        cursor = self._session.run(f'SELECT * FROM (\n{typed}\n) AS "described" LIMIT 0')
        described: list[Mapping[str, Any]] = cursor.ps["row_desc"]
        return described_schema(described)


def _filled(dtype: dt.DataType, is_filled: bool) -> dt.DataType:
    return dtype.copy(nullable=False) if is_filled else dtype
