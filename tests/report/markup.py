"""Parse a page as a browser does, and list its errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Page(HTMLParser):
    """The elements, identifiers, references and text of a page."""

    ids: list[str] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    references: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        named = Counter(name for name, _ in attrs)
        self.faults += [f"{tag} has {name} twice" for name, times in named.items() if times > 1]
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name == "id":
            self.ids.append(value)
        if name in ("href", "src", "action", "data", "xlink:href", "srcset"):
            self.references.append(value)
        if name.startswith("on"):
            self.handlers.append(f"{tag} {name}")
        if tag == "svg" and name == "aria-label":
            self.labels.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        """All text, styles included."""
        return "\n".join(self.texts)


def parse(page: str) -> Page:
    """Parse ``page`` and check the rules of every page."""
    read = Page()
    read.feed(page)
    read.close()
    assert not read.faults, read.faults
    assert not read.open, f"not closed: {read.open}"
    assert len(read.ids) == len(set(read.ids)), "an id appears twice"
    links = [link for link in read.references if not link.startswith("data:text/csv;")]
    assert all(link.startswith("#") and link[1:] in read.ids for link in links), links
    assert not read.handlers
    assert not {"script", "iframe", "img", "link", "object", "form"} & read.tags.keys()
    assert "graphics-" not in page, "a part of a picture that claims to be one"
    assert "url(" not in page
    assert "@import" not in page
    return read


def words(text: str) -> str:
    """Return a string with plain blanks, as a reader sees it."""
    return text.replace("\xa0", " ")


def cells(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the cells of rows with plain blanks."""
    return [[words(cell) for cell in row] for row in rows]
