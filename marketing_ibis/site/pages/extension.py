"""What the site adds to Sphinx: one menu for all generated pages, search by name, and steps to report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType

from marketing_ibis.site.pages.facts import Entry, Report

BEFORE_THEME = 400
"""The theme makes its menu at 500."""


class NamesDomain(Domain):
    """Columns and settings, for search; nothing that a page could refer to."""

    name = "site"
    label = "Names"
    object_types = {"column": ObjType("column"), "setting": ObjType("setting")}  # noqa: RUF012  # as Sphinx wants it
    entries: Sequence[Entry] = ()

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield what search finds by name."""
        for entry in self.entries:
            yield entry.name, entry.name, entry.kind, entry.page, entry.anchor, 1

    def merge_domaindata(self, docnames: Any, otherdata: Any) -> None:
        """Take nothing over: there is no data of pages."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what must be there before pages are read."""
    app.add_domain(NamesDomain)
    return {"parallel_read_safe": True}


def connect(app: Sphinx, *, shared: str, entries: Sequence[Entry], report: Report) -> None:
    """Add to an application: pages in the folder ``shared`` are in no menu, so that all of them show the same one."""
    names = app.env.domains[NamesDomain.name]
    assert isinstance(names, NamesDomain)  # noqa: S101  # registered above
    names.entries = entries
    menus: dict[tuple[tuple[str, object], ...], str] = {}

    def on_page(_: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
        if page.startswith(shared) and "toctree" in context:
            context["toctree"] = partial(_once, menus, context["toctree"])
        report("Writing", page)

    app.connect("html-page-context", on_page, priority=BEFORE_THEME)
    app.connect("source-read", lambda _, page, text: report("Reading", page))


def _once(menus: dict[tuple[tuple[str, object], ...], str], make: Callable[..., str], **options: object) -> str:
    """Return the menu made with ``options``, which is computed for the first page alone."""
    key = tuple(sorted(options.items()))
    if key not in menus:
        menus[key] = make(**options)
    return menus[key]
