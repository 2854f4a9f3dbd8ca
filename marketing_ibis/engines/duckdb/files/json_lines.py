"""Read files of JSON lines: the names in their objects, and the line of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.files.csv_diagnostics import open_binary
from marketing_ibis.errors import SourceError
from marketing_ibis.model.file_format import FileFormat

PLACE = re.compile(r'in file ".*", (?:at byte \d+ )?in (?:line|record/value) (\d+): (.*)', re.DOTALL)
NUMBERS = ("BIGINT", "UBIGINT", "DOUBLE", "HUGEINT")


def names_in(connection: duckdb.DuckDBPyConnection, literal: str, path: Path) -> list[str]:
    """Return the names that the objects of a file have, in the order in which they come.

    Raises:
        SourceError: a line is not an object of JSON.
    """
    query = f"DESCRIBE SELECT * FROM read_json({literal}, format = 'newline_delimited', sample_size = -1)"
    try:
        rows = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise broken_json(path, str(error)) from error
    names = [str(row[0]) for row in rows]
    if names == ["json"] or not names:
        raise SourceError(
            f"{path} does not contain an object of JSON on each line.",
            hint='Write one object per line, such as {"id": 1, "amount": 1250}; nothing was loaded.',
        )
    return names


def broken_json(path: Path, error: str) -> SourceError:
    """Return the error of a file that is not JSON, with its line where DuckDB names it."""
    place = PLACE.search(error)
    where, reason = (f", line {place[1]}", place[2]) if place else (" cannot be read", error)
    return SourceError(
        f"{path}{where}: {reason.strip().splitlines()[0].strip().rstrip('.')}.",
        hint="Each line must be one object of JSON; nothing was loaded.",
    )


def reader_of(dialect: Dialect, literal: str, names: Collection[str], form: FileFormat) -> str:
    """Return the SQL of the rows with every value as text, a number with the decimal mark of ``form``."""
    kind = "VARCHAR" if form.has_plain_numbers else "JSON"
    columns = ", ".join(f"{dialect.literal(name)}: '{kind}'" for name in names)
    reader = f"read_json({literal}, format = 'newline_delimited', columns = {{{columns}}})"
    if form.has_plain_numbers:
        return reader
    values = ", ".join(
        f"{_text_of(dialect.identifier(name), dialect, form)} AS {dialect.identifier(name)}" for name in names
    )
    return f"(SELECT {values} FROM {reader})"


def _text_of(column: str, dialect: Dialect, form: FileFormat) -> str:
    number = f"replace(CAST({column} AS VARCHAR), '.', {dialect.literal(form.decimal)})"
    return f"CASE WHEN json_type({column}) IN {NUMBERS} THEN {number} ELSE {column} ->> '$' END"


def lines_of(path: Path, rows: Collection[int]) -> dict[int, int]:
    """Return the line of each of the ``rows``: lines that are blank have none."""
    lines: dict[int, int] = {}
    for row, line in enumerate(_lines_with_text(path), start=1):
        if row in rows:
            lines[row] = line
        if row >= max(rows):
            break
    return lines


def _lines_with_text(path: Path) -> Iterator[int]:
    with open_binary(path) as file:
        yield from (number for number, line in enumerate(file, start=1) if line.strip())
