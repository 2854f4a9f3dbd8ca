"""Suggest the options that read what a file contains, where its dates or numbers are written in another way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from marketing_ibis.engines.duckdb.files.bad_cell import BadCell

WRITTEN_DAY = re.compile(
    r"\s*(?P<first>[0-9]{1,4})(?P<mark>[/.-])[0-9]{1,2}(?P=mark)(?P<year>[0-9]{4}|[0-9]{1,2})"
    r"(?P<time>[ T][0-9]{1,2}:[0-9]{2}(?P<seconds>:[0-9]{2})?)?(?P<half> ?[AaPp][Mm])?\s*"
)
SERIAL = re.compile(r"\s*[234][0-9]{4}(\.[0-9]+)?\s*")
GROUPED = re.compile(
    r"\s*[+-]?[0-9]{1,3}(?P<mark>[., '\u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<rest>[.,][0-9]+)?\s*"
)
COMMA = re.compile(r"\s*[+-]?[0-9]+,[0-9]+\s*")
MARK_NAMES = {",": "comma", ".": "point", "'": "apostrophe"}
DAY_FIRST, MONTH_FIRST = ("%d", "%m"), ("%m", "%d")


def date_hint(cells: Sequence[BadCell]) -> str:
    """Return the --date-format that reads the wrong days; where two do, both, as nothing else decides."""
    values = [cell.value for cell in cells if "a day" in cell.expected and not cell.is_personal]
    if any(SERIAL.fullmatch(value) for value in values):
        return "Days that Excel wrote as numbers are read with --date-format excel."
    matches = [match for value in values if (match := WRITTEN_DAY.fullmatch(value))]
    if not matches or len({_shape(match) for match in matches}) > 1:
        return ""
    formats = [form for form in _formats(matches[0]) if all(_parse(form, match[0]) for match in matches)]
    if len(formats) > 1:
        example = matches[0][0].strip()
        days = [f"{_quote(form)} reads {example} as {_parse(form, example):%Y-%m-%d}" for form in formats]
        return f"Say how days are written: --date-format {', and '.join(days)}."
    return f"Say how days are written: --date-format {_quote(formats[0])}." if formats else ""


def number_hint(cells: Iterable[BadCell]) -> str:
    """Return the --decimal and --thousands that read the wrong numbers; where both may be meant, both."""
    values = [cell.value for cell in cells if "number" in cell.expected and not cell.is_personal]
    for value in values:
        grouped = GROUPED.fullmatch(value)
        if grouped and grouped["rest"] and grouped["rest"][0] != grouped["mark"]:
            thousands, decimal = MARK_NAMES.get(grouped["mark"], "space"), MARK_NAMES[grouped["rest"][0]]
            options = [f"--thousands {thousands}", *(["--decimal comma"] if decimal == "comma" else [])]
            return f"Say how numbers are written: {' '.join(options)} reads {value.strip()}."
    for value in values:
        if (grouped := GROUPED.fullmatch(value)) and grouped["mark"] == ".":
            return f"If points separate thousands, as in {value.strip()}, add --thousands point --decimal comma."
        if COMMA.fullmatch(value):
            grouping = ", --thousands comma if it separates thousands" if GROUPED.fullmatch(value) else ""
            return f"Say what the comma in {value.strip()} is: --decimal comma if cents follow it{grouping}."
    return ""


def _shape(match: re.Match[str]) -> tuple[object, ...]:
    parts = (bool(match[name]) for name in ("time", "seconds", "half"))
    return (match["mark"], len(match["first"]) > 2, len(match["year"]) > 2, *parts)


def _formats(match: re.Match[str]) -> list[str]:
    """Return the formats that a written day may have: the day first, or the month; the year if it has four digits."""
    mark = match["mark"]
    if len(match["first"]) > 2:
        days = [mark.join(("%Y", "%m", "%d"))]
    else:
        year = "%Y" if len(match["year"]) > 2 else "%y"
        days = [mark.join((*order, year)) for order in (DAY_FIRST, MONTH_FIRST)]
    return [f"{day}{_time(match)}" for day in days]


def _time(match: re.Match[str]) -> str:
    if not match["time"]:
        return ""
    hour, seconds = "%I" if match["half"] else "%H", ":%S" if match["seconds"] else ""
    half = f"{match['half'][:-2]}%p" if match["half"] else ""
    return f"{match['time'][0]}{hour}:%M{seconds}{half}"


def _parse(form: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), form)
    except ValueError:
        return None


def _quote(form: str) -> str:
    return f'"{form}"' if " " in form else form
