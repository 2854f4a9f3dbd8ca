"""The options that say how files are written."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import option_group
from marketing_ibis.model.file_format import read_format

FILE_OPTIONS = ("encoding", "delimiter", "decimal", "thousands", "date_format", "sheet")

file_options = option_group(
    click.option("--encoding", metavar="NAME", help="Encoding of csv files, such as latin-1.  [default: utf-8]"),
    click.option("--delimiter", metavar="NAME", help="Between fields of csv files: comma, semicolon, tab or bar."),
    click.option("--decimal", metavar="MARK", help="Decimal mark of numbers that are text: point or comma."),
    click.option(
        "--thousands",
        metavar="MARK",
        help="Between thousands of numbers that are text: point, comma, space, apostrophe or none.  [default: none]",
    ),
    click.option(
        "--date-format",
        multiple=True,
        metavar="FORMAT",
        help="How dates are written besides YYYY-MM-DD: %d/%m/%Y, %m/%d/%Y %H:%M; or excel for its day numbers.",
    ),
    click.option("--sheet", metavar="NAME", help="Sheet of xlsx files that have several."),
)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How files are written, where a call differs from the settings."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_format: tuple[str, ...] = ()
    sheet: str | None = None

    def fields(self) -> dict[str, object]:
        """Return the fields of a file format that the call gives.

        Raises:
            ConfigurationError: a value cannot be used.
        """
        values = {name: getattr(self, name) for name in FILE_OPTIONS}
        typed = {name: value for name, value in values.items() if value not in (None, ())}
        return read_format(typed, lambda name: f"--{name.replace('_', '-')}")
