"""Turn what a project says into markup, and write it to files."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from marketing_ibis.guide import PAGE

CODE = re.compile(r"(`{1,2})([^`]+)\1")
BREAKS = re.compile(r"([_./])(?=.)")
MARKS = re.compile(r"([^\w\s]|_)")
ADDRESS = re.compile(r"https?://", re.I)


def templates(root: Path) -> Environment:
    """Return the pages' templates; what a project says of itself may hold anything, so all of it is escaped."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["prose"] = lambda text, up="": _prose(str(text), up, root)
    pages.filters["breaks"] = lambda text: Markup(BREAKS.sub(r"\1<wbr>", str(escape(text))))  # noqa: S704  # escaped
    pages.filters["line"] = lambda text: Markup(" ".join(str(text).split()))  # noqa: S704  # Sphinx escapes it
    pages.filters["markdown"] = lambda text: Markup(MARKS.sub(r"\\\1", " ".join(str(text).split())))  # noqa: S704  # escaped
    pages.filters["is_address"] = lambda text: bool(ADDRESS.match(str(text)))
    return pages


def frame_drawing(label: str, drawing: str, *, kind: str = "", of: str = "") -> str:
    """Return a drawing in its own size; where the page is narrower it can be scrolled, by keys too.

    ``kind`` is "whole" for a drawing that fills the window and is moved and zoomed; ``of`` names the table to
    show first.
    """
    return (
        f'<div class="{f"drawing {kind}".strip()}" tabindex="0" role="region" aria-label="{escape(label)}"'
        f' data-of="{escape(of)}">'
        f"{drawing}</div>\n"
    )


def write_file(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def mark_code(text: str) -> str:
    """Return text as HTML: what is between backticks as code, the rest as it is."""
    return CODE.sub(r"<code>\2</code>", str(escape(text)))


def _prose(text: str, up: str, root: Path) -> Markup:
    """Return a docstring's text as HTML: ``names`` as code, pages of docs/ as links, the rest as it is."""

    def link(match: re.Match[str]) -> str:
        page = match[0]
        return f'<a href="{up}{page.removesuffix(".md")}.html">{page}</a>' if (root / page).is_file() else page

    return Markup(PAGE.sub(link, mark_code(text)))  # noqa: S704  # escaped before
