"""Read a whole file into a table, and find the type that all values of each column have."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import ibis

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb.files.cells import Reading, kind_of, read_as
from marketing_ibis.engines.duckdb.files.headers import refuse_values
from marketing_ibis.engines.duckdb.files.opening import TEXT, OpenFile, Opening, open_one
from marketing_ibis.engines.duckdb.files.reading import refuse_other_columns
from marketing_ibis.engines.duckdb.interrupts import interruptible
from marketing_ibis.errors import SourceError
from marketing_ibis.model.file_format import FileFormat
from marketing_ibis.model.time_zones import TimeZones

FIRST_ROWS, OTHER_ROWS = 1_000, 3_000
"""Rows that decide which types are tried on all rows: the first ones, and others from anywhere."""
RAW, SAMPLE = "raw_text", "sample_text"
DATE_FORMATS = tuple(
    f"{day}{time}"
    for day in (
        "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
        "%d %b %Y", "%b %d, %Y",
    )
    for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
)  # fmt: skip
"""The formats of days and timestamps that are tried besides YYYY-MM-DD."""
SHAPES = {
    "number": r"\s*[+-]?[0-9.,][0-9.,'' \x{A0}\x{202F}]*([eE][+-]?[0-9]+)?\s*",
    "day": r"\s*[0-9A-Za-z]+[/., -]+[0-9A-Za-z]+[/., -]+[0-9]{1,4}([T ].*)?\s*|[0-9.]+",
}
"""What the text of numbers and days looks like at least."""
NUMBER_MARKS = ((",", ""), (",", "."), (".", ","), (",", " "), (".", "'"))
"""The decimal marks and thousands separators that are tried besides those of the file format."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """How the values of a column are written: ``type`` in words, and the formats that read every value as a day.

    ``marks`` are the decimal mark and the thousands separator that read every value as a number; several where the
    values do not decide.
    """

    type: str
    date_formats: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Trial:
    """A way to read the text of a column. Those of a ``group`` are tried together: all may fit."""

    group: str
    column: FileColumn
    reading: Reading

    @property
    def shape(self) -> str:
        """The one of ``SHAPES`` that its values have."""
        return "day" if self.column.type == "day" else "number"

    @property
    def value(self) -> str:
        """The SQL of a value."""
        ways = " ".join(f"WHEN {way.condition} THEN {way.value}" for way in self.reading.branches)
        return f"CASE {ways} END"


class _EveryName(Collection[str]):
    """Contains every name but the empty one."""

    def __contains__(self, name: object) -> bool:
        return bool(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def create_typed_table(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, paths: Sequence[Path], form: FileFormat, relation: Relation
) -> Mapping[str, FileColumn]:
    """Create the table ``relation`` of all rows of files, and return how its columns are written.

    Raises:
        SourceError: a file cannot be read, or has other columns than the first.
    """
    table = dialect.relation(relation)
    with interruptible(), ExitStack() as stack:

        def new_folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory()))

        opening = Opening(connection, dialect, form, relation.name, _EveryName(), new_folder)
        files = [open_one(path, opening) for path in paths]
        for file in files:
            if file.kind in ("csv", "xlsx"):
                refuse_values(file.path, file.types)
            _refuse_one_name(file)
            refuse_other_columns(files[0], file)
        types = {name: dtype for file in files for name, dtype in file.types.items() if name}
        if any(dtype != TEXT for dtype in types.values()):
            _execute(connection, dialect, files, f"CREATE TABLE {table}")
            return {name: FileColumn(dtype.lower()) for name, dtype in types.items()}
        _execute(connection, dialect, files, f"CREATE TEMP TABLE {RAW}")
    names = list(types)
    connection.execute(
        f"CREATE TEMP TABLE {SAMPLE} AS (FROM {RAW} LIMIT {FIRST_ROWS}) UNION ALL"
        f" (FROM {RAW} USING SAMPLE reservoir({OTHER_ROWS} ROWS) REPEATABLE (42))"
    )
    likely = {name: _likely_trials(connection, dialect, name, form) for name in names}
    trials = _create_table(connection, dialect, table, likely)
    connection.execute(f"DROP TABLE {RAW}; DROP TABLE {SAMPLE}")
    return {name: trial.column if trial else FileColumn("text") for name, trial in trials.items()}


def _create_table(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, table: str, likely: Mapping[str, list[_Trial]]
) -> dict[str, _Trial | None]:
    """Create the table by the likely ways to read each column, and again where one of them does not fit every row."""
    trials: dict[str, _Trial | None] = {}
    for name, ways in likely.items():
        # A way that is alone in its group is tried by using it: that saves a pass over its values.
        is_alone = [way.group for way in ways].count(ways[0].group) == 1 if ways else False
        trials[name] = ways[0] if is_alone else _choose(connection, dialect, name, ways)
    while True:
        values = ", ".join(
            f"{trial.value if trial else dialect.identifier(name)} AS {dialect.identifier(name)}"
            for name, trial in trials.items()
        )
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {values} FROM {RAW}")
        counts = ", ".join(f"count({dialect.identifier(name)})" for name in trials)
        filled, typed = (connection.execute(f"SELECT {counts} FROM {t}").fetchone() or () for t in (RAW, table))
        wrong_names = [name for name, before, after in zip(trials, filled, typed, strict=True) if before != after]
        if not wrong_names:
            return trials
        trials |= {name: _choose(connection, dialect, name, likely[name]) for name in wrong_names}


def _refuse_one_name(file: OpenFile) -> None:
    """Refuse a csv whose header is one name with other delimiters in it."""
    names = list(file.types)
    delimiters = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
    for mark, name in delimiters.items():
        if file.kind == "csv" and len(names) == 1 and mark in names[0]:
            raise SourceError(
                f"{file.path} has a single column, whose name contains {name}s.",
                hint=f"Add --delimiter {name}, or export it again with commas.",
            )


def _execute(connection: duckdb.DuckDBPyConnection, dialect: Dialect, files: Sequence[OpenFile], creation: str) -> None:
    """Create a table of the rows of all files."""
    selects = (
        f"SELECT {', '.join(dialect.identifier(name) for name in file.types if name)} FROM {file.reader}"
        for file in files
    )
    try:
        connection.execute(f"{creation} AS {' UNION ALL BY NAME '.join(selects)}")
    except duckdb.Error as error:
        problems = (file.broken_structure(str(error)) or file.mixed_line_ends() for file in files)
        raise next(filter(None, problems), None) or SourceError(
            f"{files[0].path} cannot be read: {str(error).splitlines()[0]}", hint="Export it again."
        ) from error


def _likely_trials(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, name: str, form: FileFormat
) -> list[_Trial]:
    """Return the ways to read a column that fit its first values, those first that need no setting."""
    column = dialect.identifier(name)
    shapes = _shapes(connection, column)
    trials = [trial for trial in _trials(dialect, column, form) if trial.shape in shapes]
    return _fitting(connection, column, SAMPLE, trials)


def _choose(connection: duckdb.DuckDBPyConnection, dialect: Dialect, name: str, likely: list[_Trial]) -> _Trial | None:
    """Return the first way to read a column that fits all of its values, with all of its date formats."""
    while likely:
        alternatives = [trial for trial in likely if trial.group == likely[0].group]
        if fitting := _fitting(connection, dialect.identifier(name), RAW, alternatives):
            return _with_alternatives(fitting)
        likely = [trial for trial in likely if trial not in alternatives]
    return None


def _shapes(connection: duckdb.DuckDBPyConnection, column: str) -> set[str]:
    """Return which of ``SHAPES`` all values of a sample have: few ways to read are worth a trial."""
    counts = ", ".join(f"count(*) FILTER (regexp_full_match({column}, '{pattern}'))" for pattern in SHAPES.values())
    filled, *matches = connection.execute(f"SELECT count({column}), {counts} FROM {SAMPLE}").fetchone() or (0,)
    return {shape for shape, count in zip(SHAPES, matches, strict=True) if filled and count == filled}


def _with_alternatives(trials: list[_Trial]) -> _Trial:
    """Return the first of several ways to read a column, with the formats and the decimal marks of all."""
    formats = tuple(date_format for trial in trials for date_format in trial.column.date_formats)
    by_decimal = {trial.column.marks[0][0]: trial.column.marks[0] for trial in reversed(trials) if trial.column.marks}
    marks = tuple(by_decimal.values()) if len(by_decimal) > 1 else trials[0].column.marks
    return replace(trials[0], column=replace(trials[0].column, date_formats=formats, marks=marks))


def _fitting(connection: duckdb.DuckDBPyConnection, column: str, table: str, trials: list[_Trial]) -> list[_Trial]:
    if not trials:
        return []
    counts = ", ".join(f"count(*) FILTER (coalesce({trial.reading.is_valid}, false))" for trial in trials)
    row = connection.execute(f"SELECT count({column}), {counts} FROM {table}").fetchone() or (0,)
    filled, *valid = row
    return [trial for trial, count in zip(trials, valid, strict=True) if filled and count == filled]


def _trials(dialect: Dialect, column: str, form: FileFormat) -> list[_Trial]:
    """Return the ways to read a column, those first that need no setting."""
    trials: list[_Trial] = []

    def add(group: str, dtype: str, form: FileFormat, result: FileColumn) -> None:
        kind = kind_of(dialect, ibis.dtype(dtype), TimeZones(), form)
        reading = read_as(kind, column, TEXT) if kind else None
        if reading:
            trials.append(_Trial(group, result, reading))

    for dtype, kind in (("int64", "integer"), ("decimal(38, 9)", "decimal")):
        add(kind, dtype, form, FileColumn(kind))
    add("float", "float64", form, FileColumn("float"))
    add("day", "date", form, FileColumn("day", form.date_format))
    for date_format in DATE_FORMATS:
        add("written day", "date", replace(form, date_format=(date_format,)), FileColumn("day", (date_format,)))
    for decimal, thousands in NUMBER_MARKS:
        result = FileColumn("decimal", marks=((decimal, thousands),))
        add("marked number", "decimal(38, 9)", replace(form, decimal=decimal, thousands=thousands), result)
    return [replace(trial, reading=_without_codes(trial, column)) for trial in trials]


def _without_codes(trial: _Trial, column: str) -> Reading:
    """Return a way to read numbers that refuses codes such as 007, whose zeros would be lost."""
    if trial.column.type not in ("integer", "decimal", "float"):
        return trial.reading
    is_number = f"NOT regexp_full_match({column}, '[+-]?0[0-9]+')"
    branches = tuple(replace(way, condition=f"({way.condition} AND {is_number})") for way in trial.reading.branches)
    return replace(trial.reading, branches=branches)
