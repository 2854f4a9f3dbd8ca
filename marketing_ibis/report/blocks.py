"""What a section of the report is made of: text, figures, tables and heat maps, all without markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup


class Fact(NamedTuple):
    """A headline number: its label, its value, and what it means."""

    label: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in two widths, for wide and for narrow screens, and what it shows in words."""

    wide: Markup
    narrow: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their heads; the first column names the row, and ``numeric`` ones stand to the right.

    A folded one is the equivalent of a drawing, opened on request.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = field(default_factory=frozenset)
    is_folded: bool = True


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell of a heat map: its text, a second line, how dark it is (0 to 6), and what it lacks."""

    text: str
    level: int = 0
    detail: str = ""
    is_partial: bool = False


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


@dataclass(frozen=True, slots=True)
class Section:
    """One finding with what shows it.

    ``anchor`` names the section in links, ``kicker`` is its subject and ``title`` what was found; a half one shares its
    row with another.
    """

    anchor: str
    kicker: str
    title: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    warning: str = ""
    warning_title: str = "Take care."
    is_half: bool = False


NO_SECTION = Section("", "", "")
"""What a section is that has nothing to say."""
LEVELS = 6


def level_of(value: float, highest: float) -> int:
    """Return how dark a value is drawn, from 0 (nothing) to 6 (the highest)."""
    if value <= 0 or highest <= 0:
        return 0
    return min(LEVELS, 1 + int(LEVELS * value / highest))
