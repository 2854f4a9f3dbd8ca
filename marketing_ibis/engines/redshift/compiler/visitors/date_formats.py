"""Redshift's formats of dates and times: strftime's directives in TO_CHAR, TO_DATE and TO_TIMESTAMP."""

from __future__ import annotations

import re
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

DIRECTIVES = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%I": "HH12",
    "%M": "MI",
    "%S": "SS",
    "%f": "US",
    "%p": "AM",
    "%j": "DDD",
    "%b": "Mon",
    "%a": "Dy",
    "%B": "Month",
    "%A": "Day",
    "%G": "IYYY",
    "%V": "IW",
}
"""strftime's directives as https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html has them."""
COMPOUND = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%D": "%m/%d/%y", "%R": "%H:%M"}
SOME_DAY = "2000-01-01"
PADDED = ("%B", "%A")
"""Names that TO_CHAR fills up with blanks."""


class FormatVisitors:
    """Visitors of formats; part of the compiler."""

    f: Any
    cast: Any
    _drop_zone: Any
    _restore_type: Any

    def visit_Strftime(self, op: ops.Strftime, *, arg: Any, format_str: Any) -> sge.Expression:
        """Write with TO_CHAR, piece by piece, since its format takes no free text."""
        pieces = [
            sge.convert(text)
            if format is None
            else self._format_piece(self._drop_zone(op.arg, arg.copy()), text, format)
            for text, format in _split_format(_strftime_format(op))
        ]
        joined = pieces[0]
        for piece in pieces[1:]:
            joined = sge.DPipe(this=joined, expression=piece)
        return joined

    def _format_piece(self, arg: sge.Expression, directive: str, format: str) -> sge.Expression:
        text = self.f.to_char(arg, sge.convert(format))
        return self.f.rtrim(text) if directive in PADDED else text

    def visit_StringToDate(self, op: Any, *, arg: Any, format_str: Any) -> sge.Expression:
        """Read a date: https://docs.aws.amazon.com/redshift/latest/dg/r_TO_DATE_function.html."""
        return self.f.to_date(arg, sge.convert(_input_format(op)))

    def visit_StringToTimestamp(self, op: Any, *, arg: Any, format_str: Any) -> sge.Expression:
        """Read a timestamp of UTC; TO_TIMESTAMP gives one of the session's zone, which a cast takes off again."""
        moment = self.cast(self.f.to_timestamp(arg, sge.convert(_input_format(op))), dt.timestamp)
        return self._restore_type(op, moment) if op.dtype.timezone is not None else moment

    def visit_StringToTime(self, op: Any, *, arg: Any, format_str: Any) -> sge.Expression:
        """Read a time of day, as that of a day which is put before it."""
        text = sge.DPipe(this=sge.convert(f"{SOME_DAY} "), expression=sge.paren(arg))
        moment = self.f.to_timestamp(text, sge.convert(f"YYYY-MM-DD {_input_format(op)}"))
        return self.cast(self.cast(moment, dt.timestamp), dt.time)


def _strftime_format(op: Any) -> str:
    if not isinstance(op.format_str, ops.Literal):
        raise com.UnsupportedOperationError("Redshift formats by a constant; write the format as a literal.")
    text: str = op.format_str.value
    for short, long in COMPOUND.items():
        text = text.replace(short, long)
    return text


def _split_format(format: str) -> list[tuple[str, str | None]]:
    """Split a strftime format into free text (with None) and directives with Redshift's spelling."""
    pieces: list[tuple[str, str | None]] = []
    for text in re.findall(r"%.|[^%]+", format):
        if not text.startswith("%"):
            pieces.append((text, None))
        elif text == "%%":
            pieces.append(("%", None))
        elif text in DIRECTIVES:
            pieces.append((text, DIRECTIVES[text]))
        else:
            raise com.UnsupportedOperationError(
                f"TO_CHAR has nothing for {text}; there are {' '.join([*DIRECTIVES, *COMPOUND])}."
            )
    return pieces or [("", None)]


def _input_format(op: Any) -> str:
    pieces = _split_format(_strftime_format(op))
    free = [text for text, format in pieces if format is None and re.search(r"[A-Za-z\"\\]", text)]
    if free:
        raise com.UnsupportedOperationError(
            f"Redshift reads no letters between parts ({free[0]!r}); cut them off before."
        )
    return "".join(format or text for text, format in pieces)
