"""SQL that reads days and timestamps written in the formats of a project's files."""

from __future__ import annotations

from dataclasses import dataclass

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.model.file_format import EXCEL_DAYS, FileFormat, date_pattern, has_time

SERIAL_DAY, SERIAL_TIME = r"\s*[0-9]{2,7}(\.0*)?\s*", r"\s*[0-9]{2,7}\.[0-9]+\s*"
FIRST_SERIAL = 61
"""Excel counts a day that never was, 1900-02-29, as 60: only the numbers after it are certain."""
MILLISECONDS = 86_400_000


@dataclass(frozen=True, slots=True)
class DateText:
    """A way to read text: ``value`` is a day, a timestamp without a zone or an instant, as ``source`` says.

    ``condition`` is that of text of this shape; the value may be NULL all the same.
    """

    source: str
    condition: str
    value: str


def date_texts(dialect: Dialect, column: str, form: FileFormat) -> list[DateText]:
    """Return the ways to read the text of ``column`` in the date formats of ``form``."""
    return [text for date_format in form.date_format for text in _texts(dialect, column, date_format)]


def describe_formats(form: FileFormat) -> str:
    """Return how a day must be written, for a message."""
    formats = [
        "a number of Excel's days" if date_format == EXCEL_DAYS else date_format for date_format in form.date_format
    ]
    return " or ".join([*formats, *(["YYYY-MM-DD"] if form.allows_iso else [])])


def _texts(dialect: Dialect, column: str, date_format: str) -> list[DateText]:
    if date_format == EXCEL_DAYS:
        return _excel_days(dialect, column)
    condition = f"regexp_full_match({column}, {dialect.literal(date_pattern(date_format))})"
    value = f"try_strptime(trim({column}), {dialect.literal(date_format)})"
    if "%z" in date_format:
        return [DateText("instant", condition, f"CAST({value} AS TIMESTAMPTZ)")]
    if has_time(date_format):
        return [DateText("naive", condition, f"CAST({value} AS TIMESTAMP)")]
    return [DateText("day", condition, f"CAST({value} AS DATE)")]


def _excel_days(dialect: Dialect, column: str) -> list[DateText]:
    """Read the days since 1899-12-30 that Excel counts; a fraction is the time, which it has to the millisecond."""
    number = f"TRY_CAST({column} AS DOUBLE)"
    value = f"(TIMESTAMP '1899-12-30' + to_milliseconds(CAST(round({number} * {MILLISECONDS}) AS BIGINT)))"

    def condition(pattern: str) -> str:
        return f"(regexp_full_match({column}, {dialect.literal(pattern)}) AND {number} >= {FIRST_SERIAL})"

    return [
        DateText("day", condition(SERIAL_DAY), f"CAST({value} AS DATE)"),
        DateText("naive", condition(SERIAL_TIME), f"CAST({value} AS TIMESTAMP)"),
    ]
