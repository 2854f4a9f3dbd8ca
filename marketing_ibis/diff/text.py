"""Write a difference for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from decimal import Decimal

from marketing_ibis.diff.records import (
    ColumnDifference,
    Difference,
    Distance,
    Key,
    Number,
    SchemaDifference,
    TableDifference,
    Transition,
)
from marketing_ibis.plurals import plural

WIDTH = 80
NULL = "NULL"


def write_text(difference: Difference) -> str:
    """Return the difference as lines; equal tables are counted, not listed."""
    blocks = [[headline(difference)]]
    blocks += [list(_table_lines(table)) for table in difference.tables if not table.is_empty]
    blocks += [list(_wrap(line, "  ")) for line in remarks(difference)]
    return "\n\n".join("\n".join(block) for block in blocks)


def headline(difference: Difference) -> str:
    """Return how many models differ between the sides."""
    differing = [table for table in difference.tables if not table.is_empty]
    compared = f"{difference.before} -> {difference.after}: {plural('model', len(difference.tables))} compared"
    if differing:
        return f"{compared}, {len(differing):,} {'differs' if len(differing) == 1 else 'differ'}."
    return f"{compared}, all equal." if difference.tables else f"{compared}."


def remarks(difference: Difference) -> Iterator[str]:
    """Yield which models were not compared, and why."""
    for names, where in (
        (difference.removed, f"Only in {difference.before}"),
        (difference.added, f"Only in {difference.after}"),
        (difference.missing, "On neither side"),
    ):
        if names:
            yield f"{where}: {', '.join(names)}."
    yield from difference.failures


def _table_lines(table: TableDifference) -> Iterator[str]:
    yield table.name
    for line in (*_row_lines(table), *schema_phrases(table.schema)):
        yield from _wrap(f"  {line}", "    ")
    for column in table.columns:
        yield from _wrap(f"  {column_title(column, table)}", "    ")
        yield from (_fit(f"    {line}") for line in _column_lines(column))


def _row_lines(table: TableDifference) -> Iterator[str]:
    rows = f"{table.rows_before:,} -> {plural('row', table.rows_after)}"
    counts = [f"{table.added:,} added", f"{table.removed:,} removed"]
    if table.reason:
        yield f"{rows}: {', '.join(counts)}; compared as whole rows, because {table.reason}"
        return
    counts.append(f"{table.changed:,} changed ({share(table.changed, table.matched)})")
    yield f"{rows} by {', '.join(table.key)}: {', '.join(counts)}"
    for word, keys, count in (("added", table.added_keys, table.added), ("removed", table.removed_keys, table.removed)):
        if keys:
            yield f"{word}: {key_list(keys, count)}"


def schema_phrases(schema: SchemaDifference) -> Iterator[str]:
    """Yield which columns were added, removed or retyped."""
    for name, dtype in schema.added.items():
        yield f"column {name} added: {dtype}"
    for name, dtype in schema.removed.items():
        yield f"column {name} removed: {dtype}"
    for column in schema.retyped:
        ending = "" if column.is_compared else "; its values are not compared"
        yield f"column {column.name} retyped: {column.before} -> {column.after}{ending}"


def column_title(column: ColumnDifference, table: TableDifference) -> str:
    """Return in how many rows a column differs, and how far."""
    parts = [f"{plural('row', column.rows)} ({share(column.rows, table.matched)})"]
    if column.distance:
        parts.append(distance_phrase(column.distance))
    nulls = [
        f"{count:,} {word}"
        for count, word in ((column.became_null, "became NULL"), (column.was_null, "were NULL"))
        if count
    ]
    if nulls and not column.transitions:
        parts.append(", ".join(nulls))
    if column.personal:
        parts.append("personal data, not shown")
    return f"{column.name}: {'; '.join(parts)}"


def distance_phrase(distance: Distance) -> str:
    """Return how far the values of a column are apart."""
    if distance.rows == 1 or distance.least == distance.greatest:
        phrase = with_unit(distance.least, distance.unit)
        phrase += " each" if distance.rows > 1 else ""
    else:
        greatest = with_unit(distance.greatest, distance.unit)
        phrase = f"{signed(distance.least)} to {greatest}, {signed(distance.total)} in total"
    return f"{phrase}, up to {percent(distance.relative_to_before)}" if distance.relative_to_before else phrase


def _column_lines(column: ColumnDifference) -> Iterator[str]:
    yield from map(transition_phrase, column.transitions)
    others = column.rows - sum(transition.rows for transition in column.transitions)
    if column.transitions and others:
        yield f"{others:,}: others"
    if column.keys:
        yield f"such as {key_list(column.keys, column.rows)}"


def transition_phrase(transition: Transition) -> str:
    """Return how many rows went from one label to another."""
    return f"{transition.rows:,}: {label(transition.before)} -> {label(transition.after)}"


def label(value: str | None) -> str:
    """Return a label on one line; an empty one in quotes."""
    if value is None:
        return NULL
    plain = " ".join(value.split())
    return plain if plain == value and plain else repr(value)


def key_list(keys: Iterable[Key], count: int) -> str:
    """Return examples of keys, and how many more there are."""
    names = [" / ".join(map(label, key)) for key in keys]
    more = count - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def share(count: int, total: int) -> str:
    """Return what share of ``total`` a count is; a small one is not rounded to nothing, nor a large one to all."""
    return percent(count / total) if total else "0%"


def percent(value: float | None) -> str:
    """Return a share in percent with at most one decimal."""
    if value is None:
        return "none"
    if 0 < value < 0.0005:
        return "under 0.1%"
    if 0.9995 <= value < 1:
        return "over 99.9%"
    return f"{value:,.1%}".replace(".0%", "%")


def with_unit(value: Number, unit: str) -> str:
    """Return a difference with its sign and its unit, which is in the singular after 1."""
    noun = unit.removesuffix("s") if abs(value) == 1 else unit
    return f"{signed(value)} {noun}".rstrip()


def signed(value: Number) -> str:
    """Return a difference with its sign."""
    if isinstance(value, float):
        return f"{value:+,.6g}"
    if isinstance(value, Decimal):
        return f"{value.normalize():+,f}"
    return f"{value:+,}"


def _wrap(line: str, indent: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _fit(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."
