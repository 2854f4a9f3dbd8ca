"""Bars that are drawn without Vega."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.report.bar_lines import LABELS, NAMES, NARROW, WIDE, Bar, bar_lines
from marketing_ibis.report.blocks import VIEWS
from marketing_ibis.report.page import STYLES
from marketing_ibis.report.theme import ACCENT, DARK, PAPER, WARM
from tests.report.markup import parse

VALUES = st.integers(-(10**14), 10**14).map(lambda cents: cents / 100)


def widths(svg: str) -> list[float]:
    return [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]


@given(st.lists(VALUES, min_size=1, max_size=6), st.integers(0, 10**12))
def test_bars_are_in_proportion_and_leave_room_for_their_labels(values: list[float], half: int) -> None:
    bars = [Bar(f"b{number}", value, "label", (value - half, value + half)) for number, value in enumerate(values)]
    drawn = bar_lines(bars, "Bars.")
    highest = max(*(bar.end for bar in bars), 0) or 1
    for svg, room in ((drawn.wide, WIDE - NAMES - LABELS), (drawn.narrow, NARROW - LABELS)):
        expected = [max(value, 0) / highest * room for value in values]
        assert [abs(a - b) < 0.06 for a, b in zip(widths(str(svg)), expected, strict=True)] == [True] * len(values)
        parse(str(svg))


def test_a_band_has_a_rim_that_sets_it_off_from_its_bar() -> None:
    drawn = str(bar_lines([Bar("a", 2, "2", (1, 3))], "Bars.").wide)
    lines = {colour: re.findall(rf'<line ([^>]*) stroke="{colour}"', drawn) for colour in (PAPER, WARM)}
    assert len(lines[PAPER]) == 3
    assert lines[PAPER] == lines[WARM]
    assert drawn.rindex(PAPER) < drawn.index(WARM)
    # 3 to 1: https://www.w3.org/TR/WCAG22/#non-text-contrast
    for twin in ({colour: colour for colour in DARK}, DARK):
        assert contrast(twin[PAPER], twin[WARM]) >= 3
        assert contrast(twin[PAPER], twin[ACCENT]) >= 3


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminance: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_names_are_text() -> None:
    drawn = bar_lines([Bar("<b>&", 1, "<i>")], '"><script>')
    read = parse(str(drawn.wide))
    assert read.texts == ["<b>&", "<i>"]
    assert read.labels == ['"><script>']


def test_every_view_of_a_section_has_its_rule() -> None:
    places = re.findall(r"label:nth-of-type\((\d+)\) > input:checked\) > \.view", STYLES.read_text("utf-8"))
    assert places == [str(number) for number in range(1, VIEWS + 1)]
