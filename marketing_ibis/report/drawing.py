"""Turn a chart into SVG for a page: no script, no outside reference, no identifier used twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import Markup, escape

from marketing_ibis.report.blocks import Figure
from marketing_ibis.report.theme import ACCENT, AXIS, FONT, GRID, INK, MUTED

WIDE, HALF, NARROW = 1040, 500, 342
"""Widths in pixels: the whole page, half of it, and a telephone's."""
CROWDED = 400
"""Below this width a chart has room for few words."""
SIZE = 12

Chart = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.FacetChart


def figure(chart: Callable[[int], Chart], caption: str, *, name: str, width: int = WIDE) -> Figure:
    """Draw ``chart`` for a wide and a narrow screen; ``caption`` describes it for readers who cannot see it."""
    # Checking every part of a chart against Vega-Lite's schema takes a quarter of a second; the tests do it.
    with debug_mode(False):
        return Figure(
            wide=to_svg(chart(width), caption, f"{name}-wide"),
            narrow=to_svg(chart(NARROW), caption, f"{name}-narrow"),
            caption=caption,
        )


def to_svg(chart: Chart, caption: str, name: str) -> Markup:
    """Return ``chart`` as an SVG element that fits its column and reads as ``caption``."""
    text: str = vl_convert.vegalite_to_svg(with_style(chart).to_dict(validate=False))
    text = re.sub(r'\b(id="|url\(#|href="#)', rf"\1{name}-", text)
    text = re.sub(r' (xmlns:xlink|version|pointer-events|class|aria-hidden|aria-roledescription)="[^"]*"', "", text)
    # The whole is one picture with one label: its parts claim no roles of their own.
    text = re.sub(r' (role="graphics-[a-z]+"|opacity="1")', "", text)
    head = f'<svg role="img" aria-label="{escape(caption)}" '
    # Vega escapes what it writes; the tests hold it to that.
    return Markup(text.replace("<svg ", head, 1))  # noqa: S704


def sparkline(numbers: Sequence[float], caption: str, *, width: int = 120, height: int = 28) -> Markup:
    """Return a small line of at least two numbers, from its lowest to its highest, with a dot at the last one."""
    low, high = min(numbers), max(numbers)
    step, margin = (width - 8) / (len(numbers) - 1), 4
    scale = (height - 2 * margin) / ((high - low) or 1.0)
    middle = high if high > low else low + 0.5
    points = [(4 + step * place, margin + (middle - number) * scale) for place, number in enumerate(numbers)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup(
        '<svg class="spark" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/></svg>'
    ).format(caption, width, height, width, height, line, ACCENT, *points[-1], ACCENT)


def values(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Return rows as the data of a chart."""
    return alt.InlineData(values=[dict(row) for row in rows])


def bars(
    data: alt.InlineData, *, width: int, title: str, names: list[str], with_names: bool, scale: alt.Scale
) -> Chart:
    """Return bars from 0 to ``value``, coloured by ``colour`` and labelled with ``label``, one for each of ``names``.

    ``tip`` is where the bar's label begins.
    """
    axis = alt.Axis(title=None, domain=False, ticks=False, labelPadding=8, labelLimit=190, labels=with_names)
    base = alt.Chart(data, width=width, height=alt.Step(23)).encode(y=alt.Y("name:N", sort=names, axis=axis))
    across = alt.X("value:Q", scale=scale, axis=None)
    bar = base.mark_bar(height={"band": 0.72}).encode(
        x=across, x2="start:Q", color=alt.Color("colour:N", scale=None, legend=None)
    )
    label = base.mark_text(align="left", dx=5).encode(x=alt.X("tip:Q", scale=scale, axis=None), text="label:N")
    return alt.layer(bar, label).properties(title=alt.Title(title, anchor="start", frame="group", offset=6))


def dollars_axis() -> alt.Axis:
    """Return an axis of money: $50k, $2M, $1.5B."""
    words = "replace(format(datum.value, '$~s'), 'G', 'B')"
    return alt.Axis(title=None, labelExpr=words, tickCount=4, domain=False, ticks=False)


def room(highest: float, lowest: float, width: int, label: int) -> alt.Scale:
    """Return a scale from ``lowest`` to ``highest`` that leaves ``label`` pixels for the text next to the bars."""
    low, high = min(0.0, lowest), max(0.0, highest)
    span = (high - low) or 1.0
    return alt.Scale(domain=[low, low + span * width / max(width - label, 1)], nice=False, zero=False)


def side_by_side(*charts: Chart, spacing: int = 14) -> Chart:
    """Return charts in a row, each with colours of its own."""
    row: Chart = alt.hconcat(*charts, spacing=spacing).resolve_scale(color="independent", x="independent")
    return row


def with_style(chart: Chart) -> Chart:
    """Return ``chart`` in the report's colours and letters."""
    result: Chart = chart.properties(background="transparent", padding=4).configure(
        aria=False,
        font=FONT,
        view=alt.ViewConfig(stroke=None),
        text=alt.MarkConfig(color=INK, font=FONT, fontSize=SIZE),
        title=alt.TitleConfig(color=MUTED, fontSize=SIZE, fontWeight="normal"),
        axis=alt.AxisConfig(
            labelColor=MUTED,
            titleColor=MUTED,
            titleFontWeight="normal",
            labelFontSize=SIZE,
            titleFontSize=SIZE,
            gridColor=GRID,
            domainColor=AXIS,
            tickColor=AXIS,
        ),
        axisYBand=alt.AxisConfig(labelColor=INK),
    )
    return result
