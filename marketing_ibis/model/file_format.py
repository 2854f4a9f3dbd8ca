"""How the files of a shop write text, numbers and dates, where they differ from UTF-8, points and YYYY-MM-DD."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketing_ibis.errors import ConfigurationError, nearest

EXCEL_DAYS = "excel"
"""The date format of days that Excel writes as numbers: 45383 is 2024-04-01."""
SPACES = " \u00a0\u202f"
"""What a blank between thousands may be: many programs write one that does not break lines."""
DIRECTIVES: Mapping[str, str] = {
    "d": "[0-9]{1,2}",
    "m": "[0-9]{1,2}",
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "b": "[A-Za-z]{3}",
    "B": "[A-Za-z]{3,9}",
    "a": "[A-Za-z]{3}",
    "A": "[A-Za-z]{6,9}",
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "M": "[0-9]{1,2}",
    "S": "[0-9]{1,2}",
    "f": "[0-9]{1,6}",
    "p": "[AaPp][Mm]",
    "z": "[+-][0-9]{2}(:?[0-9]{2})?",
}
"""The parts of a date format, after a percent sign, and the text that each stands for."""
DATE_EXAMPLE = "%d/%m/%Y for 31/12/2024, or %m/%d/%Y for 12/31/2024"
UTF_8 = "utf-8"
DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "\\t": "\t"}
NUMBER_MARKS = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How the files of a table are written.

    ``encoding`` is that of csv files, ``delimiter`` is between their fields. ``decimal`` and ``thousands`` are
    the marks in numbers that are text; "" for no thousands separator. ``date_format`` contains the formats of days and
    timestamps that are text besides YYYY-MM-DD, with the directives of strptime. ``sheet`` is the sheet of a workbook.
    """

    encoding: str = UTF_8
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    date_format: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def is_utf8(self) -> bool:
        """Whether files are read as they are."""
        return codecs.lookup(self.encoding).name in (UTF_8, "utf-8-sig", "ascii")

    @property
    def has_plain_numbers(self) -> bool:
        """Whether numbers have a decimal point, and nothing between thousands."""
        return self.decimal == "." and not self.thousands

    @property
    def number_pattern(self) -> str:
        """The regular expression of a number that is text."""
        decimal = re.escape(self.decimal)
        groups = ""
        if self.thousands:
            mark = f"[{SPACES}]" if self.thousands == " " else re.escape(self.thousands)
            groups = f"[0-9]{{1,3}}({mark}[0-9]{{3}})+|"
        return rf"\s*[+-]?(({groups}[0-9]+)({decimal}[0-9]*)?|{decimal}[0-9]+)\s*"

    @property
    def allows_iso(self) -> bool:
        """Whether YYYY-MM-DD is read as such: it is, unless a date format has the day before the month."""
        return not any(form.startswith("%Y-%d") for form in self.date_format)


def has_time(date_format: str) -> bool:
    """Return whether a date format has a time of day."""
    return "%H" in date_format or "%I" in date_format


def date_pattern(date_format: str) -> str:
    """Return the regular expression of the text that a date format describes."""
    parts = re.split(r"%(.)", date_format)
    texts = (DIRECTIVES[part] if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return rf"\s*{''.join(texts)}\s*"


def read_format(values: Mapping[str, object], title: Callable[[str], str]) -> dict[str, object]:
    """Return the fields of a file format that settings or options give; ``title`` returns how a user writes a key.

    Raises:
        ConfigurationError: a key is unknown, or its value cannot be used.
    """
    for key in values:
        if key not in READERS:
            raise ConfigurationError(f"{title(key)} is unknown.", hint=nearest(key, READERS))
    fields = {key: READERS[key](title(key), value) for key, value in values.items()}
    decimal, thousands = fields.get("decimal", "."), fields.get("thousands", "")
    if thousands and thousands == decimal:
        raise ConfigurationError(
            f"{title('thousands')} is {thousands!r}, which is the decimal mark, too.",
            hint=f"Set {title('decimal')} to the mark before the cents, as comma or point.",
        )
    return fields


def _encoding(place: str, value: object) -> str:
    try:
        name = codecs.lookup(str(value)).name
        "".encode(name)
    except (LookupError, ValueError) as error:
        raise ConfigurationError(
            f"{place} is {value!r}, which is not an encoding of text.", hint="Write it as latin-1, cp1252 or utf-16."
        ) from error
    return name


def _delimiter(place: str, value: object) -> str:
    delimiter = DELIMITER_NAMES.get(str(value), str(value))
    if len(delimiter) != 1 or delimiter.isalnum() or not delimiter.isascii() or delimiter in "\"'\r\n\0":
        raise ConfigurationError(
            f"{place} is {value!r}, which is not a delimiter.", hint="Write it as semicolon, tab, bar or comma."
        )
    return delimiter


def _mark(choices: str, hint: str) -> Callable[[str, object], str]:
    def read(place: str, value: object) -> str:
        mark = NUMBER_MARKS.get(str(value), str(value))
        if mark in SPACES and mark:
            mark = " "
        if len(mark) > 1 or mark not in choices or (not mark and "'" not in choices):
            raise ConfigurationError(f"{place} is {value!r}, which is not a mark in numbers.", hint=hint)
        return mark

    return read


def _date_formats(place: str, value: object) -> tuple[str, ...]:
    formats = (value,) if isinstance(value, str) else value
    if not isinstance(formats, list | tuple) or not all(isinstance(form, str) for form in formats):
        raise ConfigurationError(f"{place} is {value!r}, not a date format.", hint=f"Write {DATE_EXAMPLE}.")
    for form in formats:
        if problem := _date_format_problem(form):
            raise ConfigurationError(f"{place} is {form!r}, {problem}.", hint=f"Write {DATE_EXAMPLE}.")
    return tuple(formats)


def _date_format_problem(form: str) -> str:
    """Return what is wrong with a date format; nothing where it gives a day."""
    if form == EXCEL_DAYS:
        return ""
    directives = re.findall(r"%(.?)", form)
    unknown = [directive for directive in directives if directive not in DIRECTIVES]
    if unknown:
        return f"in which %{unknown[0]} is not one of %{', %'.join(DIRECTIVES)}"
    if len(set(directives)) < len(directives):
        return "which has a directive twice"
    if not ({"d"} <= {*directives} and {"m", "b", "B"} & {*directives} and {"Y", "y"} & {*directives}):
        return "which does not have day, month and year"
    if ("I" in directives) != ("p" in directives):
        return "in which hours up to 12 (%I) and AM or PM (%p) do not come together"
    return ""


def _sheet(place: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{place} is {value!r}, not the name of a sheet.")
    return value


READERS: Mapping[str, Callable[[str, object], object]] = {
    "encoding": _encoding,
    "delimiter": _delimiter,
    "decimal": _mark(".,", "Write point or comma."),
    "thousands": _mark(".,' ", "Write point, comma, space, apostrophe or none."),
    "date_format": _date_formats,
    "sheet": _sheet,
}
"""How each setting of a file format is read, by its name."""
