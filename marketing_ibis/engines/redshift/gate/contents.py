"""Check what a statement of a known form contains: queries, columns, values and options."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

import sqlglot.expressions as sge
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.redshift.gate.default_values import check_defaults
from marketing_ibis.engines.redshift.gate.definitions import (
    check_added_column,
    check_layout,
    check_table,
    check_temporary,
)
from marketing_ibis.engines.redshift.gate.file_options import check_copy, check_unload
from marketing_ibis.engines.redshift.gate.lexer import tokenize
from marketing_ibis.engines.redshift.gate.parsing import Statement, fold
from marketing_ibis.engines.redshift.gate.queries import (
    check_query,
    columns_of,
    parse_query,
    returned_columns,
    returned_types,
)
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.row_changes import (
    check_changes,
    check_constants,
    check_inserted,
    check_values,
    check_width,
    computed_values,
    query_of,
)
from marketing_ibis.engines.redshift.gate.tokens import check_tokens
from marketing_ibis.engines.redshift.gate.type_families import BYTES, SHAPE, SKETCH, SUPER

MATERIALIZED = "materialized-view-create-sql-command.html"
WITHOUT_KEYS = frozenset({SHAPE, SKETCH, BYTES, SUPER})
"""What no key of a table is: https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html"""
UNSORTED = frozenset({"order", "limit", "offset"})


def check_contents(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong inside a statement that follows a synopsis."""
    queries = statement.find("query_text")
    start = queries[0].start if queries else len(statement.tokens)
    end = queries[0].end if queries else start
    head = [*statement.tokens[:start], *statement.tokens[end:]]
    yield from check_tokens([token for token in head if token.kind == "name"])
    for part in queries:
        is_late = bool(statement.find("late_binding"))
        yield from check_query(statement.text_of(part), statement.tokens[part.start : part.end], is_late=is_late)
    check = CHECKS.get(statement.rule)
    if check is not None:
        yield from check(statement)


def _check_text(query: str) -> Iterator[Refusal]:
    yield from check_query(query, tokenize(query))


def _check_create_table(statement: Statement) -> Iterator[Refusal]:
    yield from check_temporary(statement)
    yield from check_table(statement)
    yield from check_defaults(statement, "column_definition")


def _check_alter_table(statement: Statement) -> Iterator[Refusal]:
    yield from check_added_column(statement)
    yield from check_defaults(statement, "added_column")


def _check_create_table_as(statement: Statement) -> Iterator[Refusal]:
    yield from check_temporary(statement)
    columns = _columns(statement)
    yield from check_width(statement, columns)
    yield from check_layout(statement, columns if columns and all(columns) else None)
    yield from _check_keys(statement, columns)


def _check_view(statement: Statement) -> Iterator[Refusal]:
    yield from check_width(statement, _columns(statement))
    yield from check_layout(statement, None)


def _check_materialized_view(statement: Statement) -> Iterator[Refusal]:
    """Check what only a materialized view is refused."""
    for token in statement.tokens:
        if token.kind == "word" and token.text.startswith("#"):
            yield Refusal(f"temporary table {token.text}", "it ends with its session", "a stored table", MATERIALIZED)
    columns = _columns(statement)
    yield from check_layout(statement, columns if columns and all(columns) else None)
    yield from _check_keys(statement, columns)
    try:
        tree = parse_query(statement.texts("query_text")[0])
    except SqlglotError:
        return
    for clause in sorted(UNSORTED & {part for part, value in tree.args.items() if value}):
        word = "ORDER BY" if clause == "order" else clause.upper()
        yield Refusal(
            f"{word} in a materialized view", "its rows have no order", "it in the queries of it", MATERIALIZED
        )


def _check_keys(statement: Statement, columns: tuple[str, ...] | None) -> Iterator[Refusal]:
    """Check the types of the columns that a query gives to the keys of its table."""
    keys = {*statement.names("dist_key"), *statement.names("sort_key_column")}
    if not keys:
        return
    names = statement.names("column_name") or [fold(name) for name in columns or ()]
    types = returned_types(statement.texts("query_text")[0])
    for name, kind in zip(names, types, strict=False):
        if name in keys and kind in WITHOUT_KEYS:
            page = "limitations-super.html" if kind == SUPER else "r_CREATE_TABLE_NEW.html"
            yield Refusal(f"a key of {kind}", "no key has this type", "another column", page).of(name)


def _columns(statement: Statement) -> tuple[str, ...] | None:
    return returned_columns(statement.texts("query_text")[0])


def _check_insert(statement: Statement) -> Iterator[Refusal]:
    yield from check_inserted(statement)
    if statement.find("query_text"):
        yield from check_width(statement, _columns(statement))
        return
    values = computed_values(statement)
    if values:
        query = f"SELECT {', '.join(values)}"
        tree = yield from _check_computed(query, statement.page)
        if tree is not None:
            yield from check_constants(tree, statement.page, is_single=len(statement.find("row")) == 1)


def _check_computed(query: str, page: str) -> Generator[Refusal, None, sge.Expression | None]:
    """Check the query of values that are written, and return its tree."""
    yield from _check_text(query)
    try:
        tree = parse_query(query)
    except SqlglotError:
        return None
    yield from check_values(tree, page)
    return tree


def _check_changes(statement: Statement) -> Iterator[Refusal]:
    yield from check_changes(statement)
    yield from _check_computed(query_of(statement), statement.page)


def _check_model(statement: Statement) -> Iterator[Refusal]:
    for query in statement.texts("model_query"):
        yield from _check_text(query)


def _check_copy(statement: Statement) -> Iterator[Refusal]:
    yield from check_inserted(statement)
    yield from check_copy(statement)


def _check_unload(statement: Statement) -> Iterator[Refusal]:
    query = statement.texts("unloaded")[0][1:-1].replace("''", "'").replace("\\'", "'")
    yield from _check_text(query)
    yield from check_unload(statement)
    try:
        tree = parse_query(query)
    except SqlglotError:
        return
    if tree.args.get("limit"):
        yield Refusal("LIMIT of an UNLOAD", "the outer SELECT has none", "a nested query with it", statement.page)
    if {"PARQUET", "JSON"} & set(statement.words()):
        for kind in {SHAPE, SKETCH} & set(returned_types(query)):
            reason = "it is written to text and CSV only"
            yield Refusal(f"{kind} in a columnar file", reason, "ST_ASTEXT(x), or CSV", statement.page)
    columns = columns_of(tree)
    names = {fold(column) for column in columns or ()}
    for name in statement.names("partition_column") if columns and all(columns) else ():
        if name not in names:
            reason = "the query does not return it"
            yield Refusal(f"PARTITION BY {name}", reason, "a column of the query", statement.page)


CHECKS: dict[str, Callable[[Statement], Iterator[Refusal]]] = {
    "create_table": _check_create_table,
    "create_table_as": _check_create_table_as,
    "create_view": _check_view,
    "create_materialized_view": _check_materialized_view,
    "alter_table": _check_alter_table,
    "insert": _check_insert,
    "update": _check_changes,
    "delete": _check_changes,
    "merge": _check_changes,
    "copy": _check_copy,
    "unload": _check_unload,
    "create_model": _check_model,
}
