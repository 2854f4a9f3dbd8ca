"""What a section of the report is made of: text, figures, tables and heat maps, all without markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from marketing_ibis.report.wording import csv_url, plain_number, slug


class Fact(NamedTuple):
    """A headline number: its label, its value, what it means, and a small line of how it developed."""

    label: str
    value: str
    meaning: str
    line: Markup | None = None


class Term(NamedTuple):
    """An entry of the glossary."""

    name: str
    meaning: str

    @property
    def anchor(self) -> str:
        """The name of the entry in links."""
        return f"term-{slug(self.name)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in two widths, for wide and for narrow screens, and what it shows in words."""

    wide: Markup
    narrow: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands for a terminal, each with its name; ``title`` says what they do."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their heads; the first column names the row, and ``numeric`` ones stand to the right.

    A folded one is the equivalent of a drawing, opened on request. A summary counts the rows of a list: its file has
    the numbers, and its ``commands`` write the list.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = field(default_factory=frozenset)
    is_folded: bool = True
    is_summary: bool = False
    commands: Commands | None = None

    @property
    def file_name(self) -> str:
        """The name of the file that the table is downloaded as."""
        return f"{slug(self.caption)}{'-summary' if self.is_summary else ''}.csv"

    @property
    def has_prose(self) -> bool:
        """Whether a column other than the first is text: on a telephone, such rows are cards, not lines."""
        return len(self.head) > 2 and len(self.numeric) < len(self.head) - 1

    @property
    def data_url(self) -> str:
        """The table as a file of comma-separated values; numbers are without signs of currency and thousands."""
        rows = (
            [plain_number(cell) if place in self.numeric else cell for place, cell in enumerate(row)]
            for row in self.rows
        )
        return csv_url([self.head, *rows])


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell of a heat map: its text, a second line, how dark it is (0 to 6), and what it lacks."""

    text: str
    level: int = 0
    detail: str = ""
    is_partial: bool = False


def _plain_tile(tile: Tile | None) -> str:
    if tile is None:
        return ""
    return f"{plain_number(tile.text)} ({tile.detail})" if tile.detail else plain_number(tile.text)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A table whose cells are coloured by their value."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Tile | None, ...]], ...]
    legend: tuple[str, str]
    column_title: str
    total: tuple[str, tuple[Tile | None, ...]] | None = None

    @property
    def file_name(self) -> str:
        """The name of the file that the table is downloaded as."""
        return f"{slug(self.corner)}-{slug(self.column_title)}.csv"

    @property
    def data_url(self) -> str:
        """The cells as a file of comma-separated values, each with its second line."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        return csv_url([(self.corner, *self.columns), *((name, *map(_plain_tile, tiles)) for name, tiles in rows)])


@dataclass(frozen=True, slots=True)
class View:
    """One of several alternatives of which a reader chooses one to see."""

    label: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    tables: tuple[Table, ...] = ()


VIEWS = 12
"""How many views of a section the styles can show."""


@dataclass(frozen=True, slots=True)
class Section:
    """One finding with what shows it.

    ``anchor`` names the section in links, ``kicker`` is its subject and ``title`` what was found; ``terms`` are
    names of the glossary that it uses. A half one shares its row with another.
    """

    anchor: str
    kicker: str
    title: str
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    view_title: str = ""
    notes: tuple[str, ...] = ()
    warning: str = ""
    warning_title: str = "Take care."
    terms: tuple[str, ...] = ()
    is_half: bool = False

    @property
    def subject(self) -> str:
        """The kicker as a name in links, by which readers filter."""
        return slug(self.kicker)


NO_SECTION = Section("", "", "")
"""What a section is that has nothing to say."""
LEVELS = 6


def level_of(value: float, highest: float) -> int:
    """Return how dark a value is drawn, from 0 (nothing) to 6 (the highest)."""
    if value <= 0 or highest <= 0:
        return 0
    return min(LEVELS, 1 + int(LEVELS * value / highest))
