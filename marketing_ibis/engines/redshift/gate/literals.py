"""Decide what a constant can be read as: a number in its range, a day of the calendar, a pattern, a document.

https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html, r_Datetime_types.html and r_Boolean_type.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import (
    CLOCK,
    FAMILIES,
    MOMENT,
    NUMBER,
    TRUTH,
    WHOLE,
    Type,
)

_TRUE_OR_FALSE = frozenset({"true", "t", "yes", "y", "1", "false", "f", "no", "n", "0", "on", "off"})
_SPECIAL_MOMENTS = frozenset({"epoch", "infinity", "-infinity", "now", "today", "tomorrow", "yesterday", "allballs"})
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"[-+]?\d+")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])")
_TIME = re.compile(r"(?<![\d:.+-])(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?![\d:])")
MOST = {Type.SMALLINT: 2**15, Type.INT: 2**31, Type.BIGINT: 2**63}
"""What a whole number stays below: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html"""


def reads_as(family: str, text: str) -> bool:
    """Return whether a string may be a value of a family of types."""
    text = text.strip().lower()
    if family == NUMBER:
        return _NUMBER.fullmatch(text) is not None
    if family in (MOMENT, CLOCK):
        return text in _SPECIAL_MOMENTS or (any(sign.isdigit() for sign in text) and _is_in_calendar(text))
    return family != TRUTH or text in _TRUE_OR_FALSE


def _is_in_calendar(text: str) -> bool:
    """Return whether the year, month and day, and the time, exist; other spellings of them are not read."""
    day = _DAY.match(text)
    if day is not None:
        try:
            date(int(day[1]) or 4, int(day[2]), int(day[3]))
        except ValueError:
            return False
    time = _TIME.search(text[day.end() if day is not None else 0 :].replace("t", " "))
    return time is None or (int(time[1]) <= 24 and int(time[2]) <= 59 and int(time[3] or 0) <= 60)


def check_constant_cast(value: sge.Expression, target: sge.DataType) -> Iterator[Refusal]:
    """Yield a refusal of a constant that its type cannot contain."""
    literal = value.unnest()
    sign = -1 if isinstance(literal, sge.Neg) else 1
    literal = literal.this.unnest() if isinstance(literal, sge.Neg) else literal
    kind = target.this
    if not isinstance(literal, sge.Literal) or not isinstance(kind, sge.DataType.Type):
        return
    text = literal.name.strip()
    is_readable = reads_as(FAMILIES.get(kind, ""), text) if literal.is_string else True
    if kind in WHOLE and literal.is_string:
        is_readable = _WHOLE_NUMBER.fullmatch(text) is not None
    if not is_readable:
        construct = f"'{literal.name[:30]}' as {kind.value}"
        yield Refusal(construct, "it cannot be read as one", "a value of the type", "r_CAST_function.html")
    elif _is_out_of_range(text, sign, target):
        construct = f"{text[:30]} as {target.sql(dialect='redshift')}"
        yield Refusal(construct, "it is out of range", "a wider type", "r_Numeric_types201.html")


def _is_out_of_range(text: str, sign: int, target: sge.DataType) -> bool:
    if _NUMBER.fullmatch(text) is None or not text[-1:].isdigit():
        return False
    number = Decimal(text).copy_negate() if sign < 0 else Decimal(text)
    most = MOST.get(target.this)
    if most is not None:
        return not -most <= number < most
    sizes = [int(size.name) for size in target.expressions if size.name.isdigit()]
    if target.this == Type.DECIMAL and sizes:
        digits = sizes[0] - (sizes[1] if len(sizes) > 1 else 0)
        return number.copy_abs() >= Decimal(10) ** digits
    return False


def is_json(text: str) -> bool:
    """Return whether a string is a JSON document."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def describe_pattern_fault(pattern: str, *, is_perl: bool) -> str:
    """Return what is wrong with a regular expression, or nothing.

    https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
    """
    plain = re.sub(r"\\.", "x", pattern.replace("\\\\", "\\"), flags=re.DOTALL)
    if "(?" in plain and not is_perl:
        return "only patterns of Perl, with 'p', look around or name groups"
    outside = re.sub(r"\[\^?\]?(?:\[:\w+:\]|\[[.=][^\]]*[.=]\]|\[(?![:.=])|[^\]\[])*\]", "x", plain)
    if "[" in outside:
        return "a bracket is not closed"
    depth = 0
    for sign in outside:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return "a parenthesis is not opened"
    return "a parenthesis is not closed" if depth else ""
