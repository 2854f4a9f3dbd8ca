"""Delete the rows that were found, all of them in one transaction, and check that none is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marketing_ibis.build.forgetting.kept_tables import Leftover
from marketing_ibis.build.forgetting.search import Findings, PersonRows
from marketing_ibis.build.forgetting.unerased import new_notes, note_statements
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.recorded_relations import Row
from marketing_ibis.build.state import content_statements, read_states
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed

PURPOSE = "Rows about a customer cannot be deleted"


def delete_rows(target: Target, findings: Findings, schema: str) -> frozenset[Row]:
    """Delete the rows of ``findings``, and record in ``schema`` that the tables contain what builds left in them.

    Return the notes, written by the same transaction, that these tables have deleted rows on the disk.

    Raises:
        RunFailed: a statement failed, or rows are left; nothing was deleted.
    """
    touched = [rows for rows in findings.tables if rows.count]
    statements = target.dialect.approve(tuple(_statements(target.dialect, findings, touched)), PURPOSE)
    notes = new_notes(_changed_relations(findings))
    target.attempt("forget", lambda: _delete_once(target, statements, findings, schema, notes))
    return notes


def _delete_once(
    target: Target, statements: tuple[str, ...], findings: Findings, schema: str, notes: Iterable[Row]
) -> None:
    with target.transaction():
        states = read_states(target, schema)
        tables = [rows.table for rows in findings.tables if rows.count and rows.table.model in states]
        # A table with other columns than its model has now is built again anyway.
        tables = [table for table in tables if table.rows.types.keys() >= set(table.columns)]
        columns = {table.relation: table.columns for table in tables}
        # A table that another program has changed must not look as if a build had left it so.
        before = target.contents(columns)
        execute_all(target, statements)
        for rows in findings.tables:
            _check_deleted(target, rows)
        after = target.contents(columns)
        contents = {
            table.model: after[table.relation]
            for table in tables
            if before[table.relation] == states[table.model].content
        }
        execute_all(target, target.dialect.approve(content_statements(target.dialect, schema, contents), PURPOSE))
        execute_all(target, note_statements(target.dialect, schema, notes))


def _changed_relations(findings: Findings) -> tuple[Relation, ...]:
    """Return the tables whose rows are deleted, and those that are dropped."""
    tables = (rows.table.relation for rows in findings.tables if rows.count)
    return (*tables, *(leftover.relation for leftover in findings.leftovers if leftover.kind == "table"))


def _statements(dialect: Dialect, findings: Findings, touched: list[PersonRows]) -> Iterator[str]:
    for leftover in _views_first(findings.leftovers):
        yield f"DROP {leftover.kind.upper()} IF EXISTS {dialect.relation(leftover.relation)}"
    for rows in touched:
        yield f"DELETE FROM {rows.table.rows.place} WHERE {rows.condition}"


def _views_first(leftovers: tuple[Leftover, ...]) -> list[Leftover]:
    return sorted(leftovers, key=lambda leftover: leftover.kind != "view")


def _check_deleted(target: Target, rows: PersonRows) -> None:
    place = rows.table.rows.place
    (select,) = target.dialect.approve((f"SELECT COUNT(*) FROM {place} WHERE {rows.condition}",), PURPOSE)
    ((count,),) = target.query(select)
    if count:
        raise RunFailed(
            f"Nothing was deleted: {rows.table.relation} still has {count} rows about the customer.",
            hint="Look for a trigger or a rule on the table, or for another program that writes to it.",
        )
