"""Ask DuckDB's catalog what exists under a name, and whether a table, or the file under a view, has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marketing_ibis.engines.dialect import Dialect, Relation

STRING = re.compile(r"'(?:[^']|'')*'")
FILE_FUNCTION = re.compile(
    r'\bFROM "?read_(?:csv|csv_auto|parquet)"?\((?P<file>\'(?:[^\']|\'\')*\')(?P<options>.*)\);?\s*$', re.S
)
"""How the statement of a view over a file ends, as DuckDB keeps it."""


ATTACHED = """
    SELECT table_oid AS oid, CASE constraint_type WHEN 'PRIMARY KEY' THEN 'a primary key'
      WHEN 'NOT NULL' THEN 'NOT NULL of column ' || constraint_column_names[1]
      ELSE 'the constraint ' || constraint_name END AS word
    FROM duckdb_constraints() AS k WHERE database_name = current_database() AND NOT (
      constraint_type = 'NOT NULL' AND EXISTS (
        FROM duckdb_constraints() AS p WHERE p.table_oid = k.table_oid AND p.constraint_type = 'PRIMARY KEY'
        AND list_has_any(p.constraint_column_names, k.constraint_column_names)
      )
    )
    UNION ALL SELECT table_oid, 'the index ' || index_name FROM duckdb_indexes()
    WHERE database_name = current_database()
    UNION ALL SELECT table_oid, 'the trigger ' || trigger_name FROM duckdb_triggers() AS g
    JOIN duckdb_tables() AS t USING (database_name, schema_oid, table_name) WHERE database_name = current_database()
    UNION ALL SELECT table_oid, 'the default of column ' || column_name FROM duckdb_columns()
    WHERE database_name = current_database() AND column_default IS NOT NULL
    UNION ALL SELECT table_oid, 'the comment on column ' || column_name FROM duckdb_columns()
    WHERE database_name = current_database() AND comment IS NOT NULL
    UNION ALL SELECT table_oid, 'a collation' FROM duckdb_tables()
    WHERE database_name = current_database() AND contains(sql, ' COLLATE ')
"""
"""Additions of users to a table or its columns: number of the table, and a description.

Views and macros that read it are not among it: they read by name, and stay.
"""


def occupants_query(dialect: Dialect, schema: str) -> str:
    """Return the query of what a schema holds: name, kind, comment, what is attached, and number."""
    where = f"WHERE lower(schema_name) = {dialect.literal(schema.lower())} AND database_name = current_database()"
    return (
        "SELECT t.name, t.kind, coalesce(t.comment, ''), list_sort(coalesce(a.words, [])), t.oid FROM ("
        f"SELECT table_name AS name, 'table' AS kind, comment, table_oid AS oid FROM duckdb_tables() {where}"
        f" UNION ALL SELECT view_name, 'view', comment, view_oid FROM duckdb_views() {where}) AS t"
        f" LEFT JOIN (SELECT oid, list(word) AS words FROM ({ATTACHED}) GROUP BY oid) AS a ON a.oid = t.oid"
    )


def relations_query(dialect: Dialect, schema: str, database: str) -> str:
    """Return the query of the tables and views of a schema: name and kind."""
    where = f"WHERE schema_name = {dialect.literal(schema)} AND {of_database(dialect, database)}"
    return (
        f"SELECT table_name, 'table' FROM duckdb_tables() {where}"
        f" UNION ALL SELECT view_name, 'view' FROM duckdb_views() {where}"
    )


def view_statement_query(dialect: Dialect, relation: Relation) -> str:
    """Return the query of the statement that made a view."""
    return (
        f"SELECT sql FROM duckdb_views() WHERE schema_name = {dialect.literal(relation.schema)}"
        f" AND view_name = {dialect.literal(relation.name)} AND {of_database(dialect, relation.database)}"
    )


def of_database(dialect: Dialect, database: str) -> str:
    """Return the condition that a row of the catalog is of ``database``, or of the one that is connected to."""
    if not database:
        return "database_name = current_database()"
    return f"lower(database_name) = {dialect.literal(database.lower())}"


def content_query(dialect: Dialect, relation: Relation, columns: Sequence[str]) -> str:
    """Return the query of how many rows a relation has, and of a sum over what is in them."""
    row = ", ".join(map(dialect.identifier, columns))
    return f"SELECT count(*), sum(hash({row})) FROM {dialect.relation(relation)}"


def files_query(file: str) -> str:
    """Return the query of the name, size and time of the files that a literal names; no file is read."""
    return f"SELECT filename, size, last_modified FROM read_blob({file}) ORDER BY 1"


def only_file_read(statement: str) -> str | None:
    """Return the literal of the file or files, if that is all that a view reads."""
    match = FILE_FUNCTION.search(statement)
    if match is None:
        return None
    bare = STRING.sub("''", statement)
    depth = lowest = 0
    for letter in STRING.sub("''", match["options"]):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        lowest = min(depth, lowest)
    is_one_call = lowest == 0
    is_one_table = len(re.findall(r"\bFROM\b", bare, re.IGNORECASE)) == 1
    return match["file"] if is_one_call and is_one_table else None
