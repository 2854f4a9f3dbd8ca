"""How DuckDB reads a cell of a file as the type that its column is declared with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.duckdb.files.text_dates import DateText, date_texts, describe_formats
from marketing_ibis.model.file_format import SPACES, FileFormat
from marketing_ibis.model.time_zones import TimeZones

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt

INTEGER = r"\s*[+-]?[0-9]{1,19}\s*"
NUMBER = r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"
DAY = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*"
NAIVE = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*"
ZONED = NAIVE + r"(Z|UTC|GMT|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)\s*"
"""Of strings in capitals: `2024-03-01T00:30:15.5Z`, `2024-03-01 00:30:15 +0100`, `2024-03-01 00:30 UTC`."""
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
INTEGERS = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)")
UNTYPED = '"NULL"'
"""Type of a parquet column in which every value is NULL, where the writer did not know better."""
SAFE_INTEGER = 2**53
"""Doubles above it no longer tell neighbouring integers apart."""
FIRST, LAST = "0001-01-01", "9999-12-31"
"""DuckDB knows years before 1 and after 9999 and an infinite day; other engines and Python do not."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A way to read a value: ``value`` gives it where ``condition`` holds."""

    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column is read: by the first branch whose condition holds; a value without one is wrong.

    ``expected`` says what a value must be; ``naive`` is the condition of timestamps without a zone. ``zone`` is the one
    in which a timestamp must be of a day that every engine knows.
    """

    expected: str
    branches: tuple[Branch, ...]
    naive: str = "false"
    zone: str = ""

    def expectation_for(self, value: str) -> str:
        """Return what ``value``, which is wrong, must be: a timestamp may be right but for the zone."""
        text = value.strip().upper()
        is_timestamp = re.fullmatch(ZONED, text) or re.fullmatch(NAIVE, text)
        if self.zone and is_timestamp and text[:10] in (FIRST, LAST):
            return f"{self.expected}, between {FIRST} and {LAST} in {self.zone}"
        return self.expected

    @property
    def is_valid(self) -> str:
        """The condition of values that can be read."""
        return f"({' OR '.join(branch.condition for branch in self.branches)})"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a declared type asks for: in words, and how it is read from the type of a file's column."""

    expected: str
    branches: Callable[[str, str], tuple[Branch, ...] | None]
    naive: Callable[[str, str], str] = lambda column, actual: "false"
    zone: str = ""


def kind_of(
    dialect: Dialect, declared_type: dt.DataType, zones: TimeZones, form: FileFormat = FileFormat()
) -> Kind | None:
    """Return how the declared type ``declared_type`` is read from files; None where files cannot give it."""
    kind = dialect.column_type(declared_type.copy(nullable=True))

    def plain(column: str, actual: str) -> str:
        return _plain_number(dialect, column, form) if actual == "VARCHAR" else column

    if declared_type.is_boolean():
        return Kind("true or false", _boolean)
    if declared_type.is_integer():
        return Kind("a whole number", lambda column, actual: _integer(plain(column, actual), actual, kind))
    if declared_type.is_decimal() and declared_type.precision is not None:
        scale = declared_type.scale or 0
        description = f"a number of at most {declared_type.precision - scale} digits before and {scale} after the point"
        return Kind(description, lambda column, actual: _decimal(plain(column, actual), actual, kind, scale))
    if declared_type.is_floating():
        return Kind("a number", lambda column, actual: _floating(plain(column, actual), actual, kind))
    if declared_type.is_string():
        return Kind("text", _text)
    local = _LocalTime(dialect, zones, form)
    if declared_type.is_date():
        description = "a day (YYYY-MM-DD) or a timestamp such as 2024-05-15 13:45:00+02:00"
        return _temporal_kind(description, local.day, local)
    if declared_type.is_timestamp():
        value = local.instant if declared_type.timezone else local.wall
        return _temporal_kind("a timestamp such as 2024-05-15 13:45:00+02:00, or a day", value, local)
    return None


def read_as(kind: Kind, column: str, actual: str) -> Reading | None:
    """Return how a column of the type ``actual`` is read; None where the type cannot be."""
    branches = kind.branches(column, actual)
    naive = kind.naive(column, actual)
    return Reading(kind.expected, branches, naive, kind.zone) if branches is not None else None


def _temporal_kind(description: str, convert: Callable[[str, str], str], local: _LocalTime) -> Kind:
    expected = f"a day written {describe_formats(local.form)}" if local.form.date_format else description
    return Kind(
        expected,
        lambda column, actual: _temporal(column, actual, convert, local),
        lambda column, actual: _naive(column, actual, local),
        local.zones.business,
    )


def _plain_number(dialect: Dialect, column: str, form: FileFormat) -> str:
    """Return the SQL of a number's text with a point and without thousands separators; NULL of other text."""
    if form.has_plain_numbers:
        return column
    text = column
    for mark in SPACES if form.thousands == " " else form.thousands:
        text = f"replace({text}, {dialect.literal(mark)}, '')"
    pattern = dialect.literal(form.number_pattern)
    point = f"replace({text}, {dialect.literal(form.decimal)}, '.')"
    return f"CASE WHEN regexp_full_match({column}, {pattern}) THEN {point} END"


def _boolean(column: str, actual: str) -> tuple[Branch, ...] | None:
    if actual in ("BOOLEAN", UNTYPED):
        return (Branch("true", f"CAST({column} AS BOOLEAN)"),)
    if INTEGERS.fullmatch(actual):
        return (Branch(f"{column} IN (0, 1)", f"({column} = 1)"),)
    if actual != "VARCHAR":
        return None
    word = f"lower(trim({column}))"
    return (Branch(f"{word} IN {TRUE}", "true"), Branch(f"{word} IN {FALSE}", "false"))


def _integer(column: str, actual: str, kind: str) -> tuple[Branch, ...] | None:
    value, fits = f"CAST({column} AS {kind})", f"TRY_CAST({column} AS {kind}) IS NOT NULL"
    if actual == "VARCHAR":
        return (Branch(f"(regexp_full_match({column}, '{INTEGER}') AND {fits})", value),)
    if INTEGERS.fullmatch(actual) or actual == UNTYPED:
        return (Branch(fits, value),)
    # A column with gaps comes as doubles from many tools: whole ones are read, a fraction of a cent is an error.
    if actual in ("DOUBLE", "FLOAT"):
        is_whole = f"({column} = trunc({column}) AND abs({column}) <= {SAFE_INTEGER} AND {fits})"
        return (Branch(is_whole, value),)
    is_whole = f"({column} = trunc({column}) AND {fits})"
    return (Branch(is_whole, value),) if actual.startswith("DECIMAL") else None


def _decimal(column: str, actual: str, kind: str, scale: int) -> tuple[Branch, ...] | None:
    """Read what the type holds exactly: further digits are an error, not rounded. A double counts as it is written."""
    if not _is_number(actual):
        return None
    # Only its text has every digit of a number, whatever its type.
    text = f"CAST({column} AS VARCHAR)"
    pattern = rf"\s*[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{max(scale, 1)}}}0*)\s*"
    pattern = pattern if scale else r"\s*[+-]?[0-9]+(\.0*)?\s*"
    fits = f"TRY_CAST({text} AS {kind}) IS NOT NULL"
    return (Branch(f"(regexp_full_match({text}, '{pattern}') AND {fits})", f"CAST({text} AS {kind})"),)


def _floating(column: str, actual: str, kind: str) -> tuple[Branch, ...] | None:
    if not _is_number(actual):
        return None
    value = f"CAST({column} AS {kind})"
    is_finite = f"coalesce(isfinite(TRY_CAST({column} AS {kind})), false)"
    if actual != "VARCHAR":
        return (Branch(is_finite, value),)
    return (Branch(f"(regexp_full_match({column}, '{NUMBER}') AND {is_finite})", value),)


def _text(column: str, actual: str) -> tuple[Branch, ...] | None:
    is_scalar = not actual.endswith("]") and not actual.startswith(("STRUCT", "MAP", "UNION", "BLOB"))
    return (Branch("true", f"CAST({column} AS VARCHAR)"),) if is_scalar else None


def _is_number(actual: str) -> bool:
    is_typed = INTEGERS.fullmatch(actual) or actual.startswith("DECIMAL")
    return bool(is_typed) or actual in ("VARCHAR", "DOUBLE", "FLOAT", UNTYPED)


class _LocalTime:
    """Turn SQL of a day, a timestamp without a zone or an instant into what a column is declared as."""

    def __init__(self, dialect: Dialect, zones: TimeZones, form: FileFormat) -> None:
        self.dialect, self.zones, self.form = dialect, zones, form
        self.business, self.unzoned = dialect.literal(zones.business), dialect.literal(zones.unzoned)
        self.keeps = zones.keeps_naive_days

    def zoned(self, naive: str) -> str:
        """Return the instant of a timestamp without a zone."""
        return f"timezone({self.unzoned}, {naive})"

    def wall(self, value: str, source: str) -> str:
        """Return what the clocks of the business show."""
        if source == "day":
            return f"CAST({value} AS TIMESTAMP)"
        if source == "naive" and self.keeps:
            return value
        return f"timezone({self.business}, {self.zoned(value) if source == 'naive' else value})"

    def day(self, value: str, source: str) -> str:
        """Return the day in the zone of the business."""
        return value if source == "day" else f"CAST({self.wall(value, source)} AS DATE)"

    def instant(self, value: str, source: str) -> str:
        """Return the instant; a day is its first one in the zone of the business."""
        if source == "day":
            return f"timezone({self.business}, CAST({value} AS TIMESTAMP))"
        return self.zoned(value) if source == "naive" else value


def _temporal(
    column: str, actual: str, convert: Callable[[str, str], str], local: _LocalTime
) -> tuple[Branch, ...] | None:
    """Read a day, a timestamp without a zone or an instant, from a type of its own or from text."""

    def branch(value: str, source: str, condition: str = "") -> Branch:
        day = local.day(value.replace("CAST(", "TRY_CAST(", 1), source)
        is_in_range = f"coalesce({day} BETWEEN DATE '{FIRST}' AND DATE '{LAST}', false)"
        has_shape = f"{condition} AND " if condition else ""
        return Branch(f"({has_shape}{is_in_range})", convert(value, source))

    if actual in ("DATE", UNTYPED):
        return (branch(f"CAST({column} AS DATE)", "day"),)
    if _is_instant(actual):
        return (branch(f"CAST({column} AS TIMESTAMPTZ)", "instant"),)
    if actual.startswith("TIMESTAMP"):
        return (branch(f"CAST({column} AS TIMESTAMP)", "naive"),)
    if actual != "VARCHAR":
        return None
    branches = [branch(text.value, text.source, text.condition) for text in _date_texts(column, local)]
    if not local.form.allows_iso:
        return tuple(branches)
    return (
        *branches,
        branch(f"CAST({column} AS DATE)", "day", _matches(column, DAY)),
        branch(f"CAST({_with_offset(column)} AS TIMESTAMPTZ)", "instant", _matches(column, ZONED)),
        branch(f"CAST(upper({column}) AS TIMESTAMP)", "naive", _matches(column, NAIVE)),
    )


def _date_texts(column: str, local: _LocalTime) -> list[DateText]:
    return date_texts(local.dialect, column, local.form)


def _matches(column: str, pattern: str) -> str:
    return f"regexp_full_match(upper({column}), '{pattern}')"


def _with_offset(column: str) -> str:
    """Return the text of an instant as DuckDB casts it: an offset in digits, without a blank before it."""
    greenwich = rf"regexp_replace(upper({column}), '\s*(Z|UTC|GMT)\s*$', '+00:00')"
    return rf"regexp_replace({greenwich}, '\s+([+-])', '\1')"


def _is_instant(actual: str) -> bool:
    return actual == "TIMESTAMP WITH TIME ZONE" or actual.startswith("TIMESTAMPTZ")


def _naive(column: str, actual: str, local: _LocalTime) -> str:
    if actual == "VARCHAR":
        shapes = [text.condition for text in _date_texts(column, local) if text.source == "naive"]
        shapes += [_matches(column, NAIVE)] if local.form.allows_iso else []
        return f"coalesce({' OR '.join(shapes)}, false)" if shapes else "false"
    is_naive = actual.startswith("TIMESTAMP") and not _is_instant(actual)
    return f"({column} IS NOT NULL)" if is_naive else "false"
