"""Ask DuckDB's catalog what exists under a name, and whether a table, or the file under a view, has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marketing_ibis.dialects import Dialect, Relation

STRING = re.compile(r"'(?:[^']|'')*'")
READER = re.compile(
    r'\bFROM "?read_(?:csv|csv_auto|parquet)"?\((?P<file>\'(?:[^\']|\'\')*\')(?P<options>.*)\);?\s*$', re.S
)
"""How the statement of a view over a file ends, as DuckDB keeps it."""


def occupants_in(dialect: Dialect, schema: str) -> str:
    """Return the query of what a schema holds: name, kind, comment, what is attached, and number."""
    where = f"WHERE lower(schema_name) = {dialect.literal(schema.lower())} AND database_name = current_database()"
    added = (
        "list_filter([CASE WHEN has_primary_key THEN 'a primary key' END,"
        " CASE WHEN index_count > has_primary_key::int THEN 'an index' END,"
        " CASE WHEN check_constraint_count > 0 THEN 'a constraint' END], lambda one: one IS NOT NULL)"
    )
    return (
        f"SELECT table_name, 'table', coalesce(comment, ''), {added}, table_oid FROM duckdb_tables() {where}"
        f" UNION ALL SELECT view_name, 'view', coalesce(comment, ''), [], view_oid FROM duckdb_views() {where}"
    )


def statement_of_view(dialect: Dialect, relation: Relation) -> str:
    """Return the query of the statement that made a view."""
    return (
        f"SELECT sql FROM duckdb_views() WHERE schema_name = {dialect.literal(relation.schema)}"
        f" AND view_name = {dialect.literal(relation.name)} AND database_name = current_database()"
    )


def content_of(dialect: Dialect, relation: Relation, columns: Sequence[str]) -> str:
    """Return the query of how many rows a relation has, and of a sum over what is in them."""
    row = ", ".join(map(dialect.identifier, columns))
    return f"SELECT count(*), sum(hash({row})) FROM {dialect.relation(relation)}"


def state_of_files(file: str) -> str:
    """Return the query of the name, size and time of the files that a literal names; no file is read."""
    return f"SELECT filename, size, last_modified FROM read_blob({file}) ORDER BY 1"


def file_read_alone(statement: str) -> str | None:
    """Return the literal of the file or files, if that is all that a view reads."""
    match = READER.search(statement)
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
