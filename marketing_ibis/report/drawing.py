"""Turn a chart into SVG for a page: no script, no outside reference, no identifier used twice.

A chart is a specification of Vega-Lite (https://vega.github.io/vega-lite/docs/spec.html) as a dictionary, or an Altair
chart. The functions here write parts of such dictionaries: importing Altair and building its objects would take longer
than drawing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import vl_convert
from markupsafe import Markup, escape

from marketing_ibis.report.blocks import Figure
from marketing_ibis.report.theme import ACCENT, AXIS, FONT, GRID, INK, MUTED

if TYPE_CHECKING:
    import altair as alt

WIDE, HALF, NARROW = 1040, 500, 342
"""Widths in pixels: the whole page, half of it, and a telephone's."""
CROWDED = 400
"""Below this width a chart has room for few words."""
SIZE = 12
ROW = 23
"""The height of a row of bars."""
CONFIG = {
    "aria": False,
    "font": FONT,
    "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
    "text": {"color": INK, "font": FONT, "fontSize": SIZE},
    "title": {"color": MUTED, "fontSize": SIZE, "fontWeight": "normal"},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": SIZE,
        "titleFontSize": SIZE,
        "gridColor": GRID,
        "domainColor": AXIS,
        "tickColor": AXIS,
    },
    "axisYBand": {"labelColor": INK},
}
"""The report's colours and letters."""

Spec: TypeAlias = dict[str, Any]
"""A part of a specification of Vega-Lite."""
Chart: TypeAlias = "Spec | alt.TopLevelMixin"


def figure(chart: Callable[[int], Chart], caption: str, *, name: str, width: int = WIDE) -> Figure:
    """Draw ``chart`` for a wide and a narrow screen; ``caption`` describes it for readers who cannot see it."""
    return Figure(
        wide=to_svg(chart(width), caption, f"{name}-wide"),
        narrow=to_svg(chart(NARROW), caption, f"{name}-narrow"),
        caption=caption,
    )


def to_svg(chart: Chart, caption: str, name: str) -> Markup:
    """Return ``chart`` as an SVG element that fits its column and reads as ``caption``."""
    text: str = vl_convert.vegalite_to_svg(with_style(chart))
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


def values(rows: Iterable[Mapping[str, Any]]) -> Spec:
    """Return rows as the data of a chart."""
    return {"values": [dict(row) for row in rows]}


def mark(kind: str, encoding: Spec, *, data: Spec | None = None, **style: Any) -> Spec:
    """Return the marks of a layer, with data of their own or those of all layers."""
    own_data = {} if data is None else {"data": data}
    return {**own_data, "mark": {"type": kind, **style}, "encoding": encoding}


def quantitative(field: str, **how: Any) -> Spec:
    """Return a channel of numbers."""
    return {"field": field, "type": "quantitative", **how}


def nominal(field: str, **how: Any) -> Spec:
    """Return a channel of names; as a colour, names that are colours."""
    return {"field": field, "type": "nominal", **how}


def temporal(field: str, **how: Any) -> Spec:
    """Return a channel of times."""
    return {"field": field, "type": "temporal", **how}


COLOUR = nominal("colour", scale=None, legend=None)
"""A channel of colours that the data name."""


def heading(text: str) -> Spec:
    """Return the title of a panel."""
    return {"text": text, "anchor": "start", "frame": "group", "offset": 6}


def bars(data: Spec, *, width: int, title: str, names: list[str], with_names: bool, scale: Spec) -> Spec:
    """Return bars from 0 to ``value``, coloured by ``colour`` and labelled with ``label``, one for each of ``names``.

    ``tip`` is where the bar's label begins.
    """
    axis = {"title": None, "domain": False, "ticks": False, "labelPadding": 8, "labelLimit": 190, "labels": with_names}
    across = quantitative("value", scale=scale, axis=None)
    start, tip = {"field": "start"}, quantitative("tip", scale=scale, axis=None)
    return {
        "data": data,
        "width": width,
        "height": {"step": ROW},
        "title": heading(title),
        "encoding": {"y": nominal("name", sort=names, axis=axis)},
        "layer": [
            mark("bar", {"x": across, "x2": start, "color": COLOUR}, height={"band": 0.72}),
            mark("text", {"x": tip, "text": nominal("label")}, align="left", dx=5),
        ],
    }


def dollars_axis() -> Spec:
    """Return an axis of money: $50k, $2M, $1.5B."""
    words = "replace(format(datum.value, '$~s'), 'G', 'B')"
    return {"title": None, "labelExpr": words, "tickCount": 4, "domain": False, "ticks": False}


def room(highest: float, lowest: float, width: int, label: int) -> Spec:
    """Return a scale from ``lowest`` to ``highest`` that leaves ``label`` pixels for the text next to the bars."""
    low, high = min(0.0, lowest), max(0.0, highest)
    span = (high - low) or 1.0
    return {"domain": [low, low + span * width / max(width - label, 1)], "nice": False, "zero": False}


def side_by_side(*charts: Spec, spacing: int = 14) -> Spec:
    """Return charts in a row, each with colours of its own."""
    independent = {"scale": {"color": "independent", "x": "independent"}}
    return {"hconcat": list(charts), "spacing": spacing, "resolve": independent}


def with_style(chart: Chart) -> Spec:
    """Return the specification of ``chart`` in the report's colours and letters."""
    spec = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    return {**spec, "background": "transparent", "padding": 4, "config": {**spec.get("config", {}), **CONFIG}}
