"""PostgreSQL's way of writing SQL, with indexes where models are joined and looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.engines.metadata import ServerDialect
from marketing_ibis.model import Model
from marketing_ibis.model.vocabulary import INTERNAL_LAYERS

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    from ibis.backends.sql.compilers.base import SQLGlotCompiler

TYPE_NAMES = {
    "bigint": "int64",
    "boolean": "boolean",
    "character varying": "string",
    "date": "date",
    "double precision": "float64",
    "integer": "int32",
    "real": "float32",
    "smallint": "int16",
    "text": "string",
    "timestamp without time zone": "timestamp(6)",
}
"""Ibis' names of the types that the catalog lists most."""
COLUMN_TYPES = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "float64": "DOUBLE PRECISION",
    "int16": "SMALLINT",
    "int32": "INT",
    "int64": "BIGINT",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
}
"""The engine's words for the types that models have most."""


@dataclass(frozen=True, slots=True)
class PostgresDialect(ServerDialect):
    """PostgreSQL's SQL, with indexes where models are joined and looked up."""

    def sort_key(self, column: str, kind: dt.DataType) -> str:
        """Return the column, text with the collation of code points, whatever that of the database."""
        name = self.identifier(column)
        return f'{name} COLLATE "C"' if kind.is_string() else name

    def create_table(
        self,
        relation: Relation,
        select: str,
        model: Model | None = None,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
    ) -> tuple[str, ...]:
        """Make the table of ``select``, and the indexes of its model.

        The dependent models run before the server analyzes the table by itself, so it is analyzed at once.
        """
        created = (*ServerDialect.create_table(self, relation, select, model), f"ANALYZE {self.relation(relation)}")
        return (*created, *self._indexes(relation, model)) if model else created

    def create_empty_table(
        self,
        relation: Relation,
        model: Model,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
        *,
        if_missing: bool = False,
    ) -> tuple[str, ...]:
        """Make the table, and the indexes of its model."""
        created = ServerDialect.create_empty_table(self, relation, model, text_widths, if_missing=if_missing)
        return (*created, *self._indexes(relation, model))

    def _indexes(self, relation: Relation, model: Model) -> list[str]:
        """Return the statements that index each key of a model, for those who look rows up.

        A step on the way to other models is read as a whole; only an incremental build looks up the rows to replace.
        """
        keys, incremental = model.declaration, model.declaration.incremental
        if keys.layer in INTERNAL_LAYERS:
            columns = dict.fromkeys(incremental.unique_key if incremental else ())
        else:
            columns = dict.fromkeys([*keys.grain, *([keys.dist_key] if keys.dist_key else []), *keys.sort_keys])
        return [f"CREATE INDEX ON {self.relation(relation)} ({self.identifier(column)})" for column in columns]

    def drop_existing(self, relation: Relation, kind: str) -> str:
        """Drop the relation, whether it is a table or a view: DROP of the wrong kind is an error."""
        name = self.relation(relation)
        return f"""DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass({self.literal(name)}) AND relkind = 'v') THEN
    DROP VIEW {name};
  ELSE
    DROP TABLE IF EXISTS {name};
  END IF;
END
$$"""

    def sha256(self, text: str) -> str:
        """Return the SHA-256 of an expression; PostgreSQL computes it of bytes, and gives bytes."""
        return f"ENCODE(SHA256(CONVERT_TO({text}, 'UTF8')), 'hex')"

    def grantee(self, kind: str, name: str) -> str:
        """Return a role's name: groups and users are roles too."""
        return self.identifier(name)

    def find_grantee(self, kind: str, name: str) -> str:
        """Return the SELECT of a row if a role exists, whatever it is called."""
        return f"SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = {self.literal(name)}"


def postgres_dialect() -> Dialect:
    """Return PostgreSQL's dialect."""
    return PostgresDialect(
        name="postgres",
        load_compiler=_compiler,
        parse_type=_parse_type,
        type_names=TYPE_NAMES,
        column_types=COLUMN_TYPES,
        binds_views=True,
        analyzes_new_tables=True,
    )


def _compiler() -> SQLGlotCompiler:
    from marketing_ibis.engines.postgres.compiler import COMPILER

    return COMPILER


def _parse_type(text: str) -> dt.DataType:
    from marketing_ibis.engines.postgres.compiler import parse_type

    return parse_type(text)
