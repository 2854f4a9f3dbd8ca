"""Draw bars without Vega, in a fraction of a millisecond: one per row, with a band where its value is uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from marketing_ibis.report.blocks import Figure
from marketing_ibis.report.theme import ACCENT, INK, PAPER, WARM

WIDE, NARROW = 1040, 342
"""Widths in pixels: the whole page, and a telephone's."""
NAMES, LABELS, ROW, BAR = 200, 150, 23, 16
LETTER = 13
"""Pixels from the top of a line of text to its baseline, nearly."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its name and how it is written; ``band`` is where the true value may be."""

    name: str
    value: float
    label: str
    band: tuple[float, float] | None = None

    @property
    def end(self) -> float:
        """The highest value that is drawn."""
        return max(0.0, self.value, self.band[1] if self.band else 0.0)


def bar_lines(bars: Sequence[Bar], caption: str) -> Figure:
    """Draw one bar from 0 per row for wide screens, and for narrow ones with its name above it.

    Bars of values below 0 have no length.
    """
    return Figure(
        wide=_svg(bars, caption, WIDE, is_narrow=False),
        narrow=_svg(bars, caption, NARROW, is_narrow=True),
        caption=caption,
    )


def _svg(bars: Sequence[Bar], caption: str, width: int, *, is_narrow: bool) -> Markup:
    left = 0 if is_narrow else NAMES
    height = ROW + LETTER + 2 if is_narrow else ROW
    highest = max((bar.end for bar in bars), default=0.0) or 1.0
    scale = (width - left - LABELS) / highest
    rows = Markup("").join(
        part for place, bar in enumerate(bars) for part in _row(bar, place * height, left, scale, is_narrow=is_narrow)
    )
    return Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" font-size="12">{}</svg>'
    ).format(caption, width, height * len(bars), width, height * len(bars), rows)


def _row(bar: Bar, top: float, left: int, scale: float, *, is_narrow: bool) -> Iterator[Markup]:
    name_x, anchor = (0, "start") if is_narrow else (left - 8, "end")
    yield _text(bar.name, name_x, top + LETTER, anchor)
    above = LETTER + 4 if is_narrow else 0
    yield Markup('<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="{}"/>').format(
        left, top + above + 1, max(0.0, bar.value) * scale, BAR, ACCENT
    )
    if bar.band:
        yield from _band([left + max(0.0, end) * scale for end in bar.band], top + above + 1 + BAR / 2)
    yield _text(bar.label, left + bar.end * scale + 5, top + above + LETTER, "start")


def _band(ends: Iterable[float], middle: float) -> Iterator[Markup]:
    """Draw a band, within a rim in the colour of the paper: that of the bar is about as light as the band."""
    low, high = ends
    lines = (
        (low, middle, high, middle),
        (low, middle - 5, low, middle + 5),
        (high, middle - 5, high, middle + 5),
    )
    for colour, width in ((PAPER, 4.5), (WARM, 1.5)):
        for line in lines:
            yield Markup('<line x1="{:.1f}" y1="{}" x2="{:.1f}" y2="{}" stroke="{}" stroke-width="{}"/>').format(
                *line, colour, width
            )


def _text(text: str, x: float, y: float, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{}" text-anchor="{}" fill="{}">{}</text>').format(x, y, anchor, INK, text)
