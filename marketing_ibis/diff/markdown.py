"""Write a difference as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from marketing_ibis.diff.records import ColumnDifference, Difference, TableDifference
from marketing_ibis.diff.text import (
    distance_phrase,
    headline,
    key_list,
    remarks,
    schema_phrases,
    share,
    transition_phrase,
)


def write_markdown(difference: Difference) -> str:
    """Return the difference as a list of tables with details of each that differs."""
    differing = [table for table in difference.tables if not table.is_empty]
    lines = [f"**{_cell(headline(difference))}**", ""]
    if differing:
        lines += ["| model | rows | added | removed | changed |", "|---|---:|---:|---:|---:|"]
        lines += [_row(table) for table in differing]
    for table in differing:
        lines += ["", *_details(table)]
    for remark in remarks(difference):
        lines += ["", _cell(remark)]
    return "\n".join(lines)


def _row(table: TableDifference) -> str:
    rows = f"{table.rows_before:,} -> {table.rows_after:,}"
    return f"| {table.name} | {rows} | {table.added:,} | {table.removed:,} | {table.changed:,} |"


def _details(table: TableDifference) -> Iterator[str]:
    yield f"### {table.name}"
    points = [f"Compared as whole rows, because {table.reason}"] if table.reason else []
    points += schema_phrases(table.schema)
    for word, keys, count in (("Added", table.added_keys, table.added), ("Removed", table.removed_keys, table.removed)):
        if keys:
            points.append(f"{word}: {key_list(keys, count)}")
    if points:
        yield from ("", *(f"- {_cell(point)}" for point in points))
    if table.columns:
        yield from ("", "| column | rows | share | how far | such as |", "|---|---:|---:|---|---|")
        yield from (_column(column, table) for column in table.columns)


def _column(column: ColumnDifference, table: TableDifference) -> str:
    parts = [distance_phrase(column.distance)] if column.distance else []
    parts += map(transition_phrase, column.transitions)
    if column.became_null and not column.transitions:
        parts.append(f"{column.became_null:,} became NULL")
    if column.was_null and not column.transitions:
        parts.append(f"{column.was_null:,} were NULL")
    if column.personal:
        parts.append("personal data, not shown")
    how_far, keys = "<br>".join(map(_cell, parts)), _cell(key_list(column.keys, column.rows)) if column.keys else ""
    return f"| {column.name} | {column.rows:,} | {share(column.rows, table.matched)} | {how_far} | {keys} |"


def _cell(text: str) -> str:
    """Return text in which nothing is markup: values come from the tables."""
    for character in "\\`*_<>[]|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
