"""Finish the markup that Sphinx makes of a page: names that break well, links to tables, text for search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

PRE = re.compile(r'<span class="pre">([^<]*)</span>')
BREAKS = re.compile(r"([_./])(?=[^\s])")
NAMES = re.compile(
    r"<a\b.*?</a>|<h[1-6]\b.*?</h[1-6]>"
    r'|<code class="docutils literal notranslate"><span class="pre">(?P<name>[\w.]+)</span></code>',
    re.S,
)
"""Inline code that is one name, outside of links and headings."""
UNREAD = re.compile(
    r"<(svg|script|style)\b.*?</\1>|<details class=\"code\".*?</details>|<a class=\"headerlink\".*?</a>", re.S
)
"""Parts that are not text to quote from: drawings, and SQL that is folded away."""
TAG = re.compile(r"<[^>]+>")
INLINE = re.compile(r"</?(?:span|code|em|strong|wbr)\b[^>]*>|<wbr>")


def with_links(body: str, links: Mapping[str, str], up: str) -> str:
    """Return a page with the names of tables and settings as links; ``up`` leads to the root of the site."""

    def link(match: re.Match[str]) -> str:
        target = links.get(match["name"] or "")
        return f'<a class="reference internal" href="{up}{target}">{match[0]}</a>' if target else match[0]

    return NAMES.sub(link, body)


def with_breaks(body: str) -> str:
    """Return a page whose inline code breaks after the parts of a name, and in no name of an option."""

    def insert_breaks(match: re.Match[str]) -> str:
        text = match[1]
        if text.startswith("-"):
            return f'<span class="pre option">{text}</span>'
        # An entity such as &lt; has none of the characters.
        parts = BREAKS.sub(r"\1<wbr>", text)
        return f'<span class="pre">{parts}</span>'

    return PRE.sub(insert_breaks, body)


def plain_text(body: str) -> str:
    """Return a page's text for excerpts: a blank where a tag ends a word."""
    text = TAG.sub(" ", INLINE.sub("", UNREAD.sub(" ", body)))
    return " ".join(unescape(text).split())
