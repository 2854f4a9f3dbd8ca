"""Query Redshift's catalog for existing relations, on its leader node."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from marketing_ibis.engines.dialect import Dialect, Query, Relation
from marketing_ibis.engines.folded_names import FoldedNames
from marketing_ibis.model.vocabulary import MOST_BYTES

WIDTH = re.compile(r"character(?: varying)?\((\d+)\)")


def relations_in(dialect: Dialect, schema: str) -> str:
    """Return the query of the names in ``schema`` with their kinds: r for a table, v for a view."""
    return (
        "SELECT c.relname, c.relkind FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" WHERE {_is_named(dialect, 'n.nspname', schema)} AND c.relkind IN ('r', 'v')"
    )


def relations_elsewhere(dialect: Dialect, schema: str, database: str) -> str:
    """Return the query of the names in a schema of another database of the cluster, with their kinds as above.

    pg_catalog has only what is in the connected database:
    https://docs.aws.amazon.com/redshift/latest/dg/cross-database_usage.html
    """
    return (
        "SELECT table_name, CASE WHEN UPPER(table_type) LIKE '%VIEW%' THEN 'v' ELSE 'r' END FROM svv_all_tables"
        f" WHERE {_is_named(dialect, 'database_name', database)} AND {_is_named(dialect, 'schema_name', schema)}"
    )


def schemas_query(dialect: Dialect, schema: str) -> str:
    """Return the query of a row for each schema of that name."""
    return f"SELECT 1 FROM pg_catalog.pg_namespace WHERE {_is_named(dialect, 'nspname', schema)}"


def columns_of(query: Query, dialect: Dialect, relation: Relation) -> list[tuple[str, str]]:
    """Return the names and types of a relation's columns, in order; none when there is no such relation."""
    if relation.database:
        return [(str(name), str(kind)) for name, kind in query(_columns_elsewhere(dialect, relation))]
    rows = list(query(_stored_columns(dialect, relation))) or list(query(_late_columns(dialect, relation)))
    return [(str(name), str(kind)) for name, kind in rows]


def stored_widths(query: Query, dialect: Dialect, relation: Relation) -> FoldedNames[int]:
    """Return the bytes of a relation's string columns; VARCHAR(MAX) says nothing about the values."""
    matches = [(name, WIDTH.fullmatch(kind)) for name, kind in columns_of(query, dialect, relation)]
    return FoldedNames((name, int(match[1])) for name, match in matches if match and int(match[1]) < MOST_BYTES)


def _stored_columns(dialect: Dialect, relation: Relation) -> str:
    return (
        "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute AS a"
        " JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" WHERE {_is_named(dialect, 'n.nspname', relation.schema)}"
        f" AND {_is_named(dialect, 'c.relname', relation.name)}"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )


def _columns_elsewhere(dialect: Dialect, relation: Relation) -> str:
    """Ask for the columns of a relation of another database, with types as ``format_type`` spells them.

    https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ALL_COLUMNS.html
    """
    return (
        "SELECT column_name, CASE WHEN data_type LIKE 'character%' AND character_maximum_length IS NOT NULL"
        " THEN data_type || '(' || CAST(character_maximum_length AS VARCHAR) || ')'"
        " WHEN data_type IN ('numeric', 'decimal') AND numeric_precision IS NOT NULL"
        " THEN 'numeric(' || CAST(numeric_precision AS VARCHAR) || ',' || CAST(numeric_scale AS VARCHAR) || ')'"
        " ELSE data_type END FROM svv_all_columns"
        f" WHERE {_is_named(dialect, 'database_name', relation.database)}"
        f" AND {_is_named(dialect, 'schema_name', relation.schema)}"
        f" AND {_is_named(dialect, 'table_name', relation.name)} ORDER BY ordinal_position"
    )


def _late_columns(dialect: Dialect, relation: Relation) -> str:
    """Ask for the columns of a late-binding view, which are computed each time and not stored.

    https://docs.aws.amazon.com/redshift/latest/dg/PG_GET_LATE_BINDING_VIEW_COLS.html
    """
    return (
        "SELECT col_name, col_type FROM pg_get_late_binding_view_cols()"
        " AS cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int)"
        f" WHERE {_is_named(dialect, 'view_schema', relation.schema)}"
        f" AND {_is_named(dialect, 'view_name', relation.name)}"
        " ORDER BY col_num"
    )


def occupants_query(dialect: Dialect, schema: str, names: Iterable[str]) -> str:
    """Return the query of what has one of ``names``: name, kind, comment and OID. Names are stored in lower case."""
    return (
        "SELECT c.relname, c.relkind, d.description, c.oid FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_description AS d ON d.objoid = c.oid AND d.objsubid = 0"
        f" WHERE {_are_named(dialect, schema, names)}"
    )


def attachment_queries(dialect: Dialect, schema: str, names: Collection[str]) -> dict[str, str]:
    """Return the queries of users' additions to tables: for each kind the name of the table and of the addition.

    Each reads what the documentation of PostgreSQL 8.0 describes and AWS' admin views read.
    https://github.com/awslabs/amazon-redshift-utils
    """
    tables = "pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    where = f"WHERE {_are_named(dialect, schema, names)}"
    return {
        "the constraint": f"SELECT c.relname, k.conname FROM {tables}"
        f" JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid {where} AND k.contype IN ('p', 'u', 'f')",
        "the comment on column": f"SELECT c.relname, a.attname FROM {tables}"
        " JOIN pg_catalog.pg_description AS d ON d.objoid = c.oid AND d.objsubid > 0"
        f" JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid {where}",
        "the owner": f"SELECT c.relname, u.usename FROM {tables}"
        f" JOIN pg_catalog.pg_user AS u ON u.usesysid = c.relowner {where} AND u.usename <> CURRENT_USER",
        "the rights of": f"SELECT c.relname, 'others' FROM {tables} {where} AND c.relacl IS NOT NULL",
    }


def owned_query(dialect: Dialect, relation: Relation) -> str:
    """Return the query of a row if the user of the session owns a table, or may do what its owner may."""
    return (
        "SELECT 1 FROM pg_catalog.pg_tables AS t JOIN pg_catalog.pg_user AS u ON u.usename = CURRENT_USER"
        f" WHERE {_is_named(dialect, 't.schemaname', relation.schema)}"
        f" AND {_is_named(dialect, 't.tablename', relation.name)} AND (t.tableowner = CURRENT_USER OR u.usesuper)"
    )


def content_query(dialect: Dialect, relation: Relation, columns: Iterable[str]) -> str:
    """Return the query of how many rows a relation has, and of a sum over what is in them.

    What the hash of a NULL is AWS does not say: it counts as 0.
    https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html
    """
    hashes = (f"CAST(COALESCE(FNV_HASH({dialect.identifier(name)}), 0) AS VARCHAR)" for name in columns)
    row = " || ',' || ".join(hashes)
    return f"SELECT COUNT(*), SUM(CAST(FNV_HASH({row}) AS DECIMAL(38, 0))) FROM {dialect.relation(relation)}"


def _are_named(dialect: Dialect, schema: str, names: Iterable[str]) -> str:
    name_list = ", ".join(dialect.literal(name.lower()) for name in names)
    return f"{_is_named(dialect, 'n.nspname', schema)} AND LOWER(c.relname) IN ({name_list})"


def _is_named(dialect: Dialect, column: str, name: str) -> str:
    """Return the condition that a name of the catalog is ``name`` in any case: Redshift folds what it stores."""
    return f"LOWER({column}) = {dialect.literal(name.lower())}"
