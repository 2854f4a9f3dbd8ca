"""What the site adds to Sphinx: one menu for all generated pages, links, search with excerpts, and progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.search.en import SearchEnglish

from marketing_ibis.docs_site.pages.bodies import plain_text, with_breaks, with_links
from marketing_ibis.docs_site.pages.earlier import EXCERPTS
from marketing_ibis.docs_site.pages.site_data import Entry, PageExtras

BEFORE_THEME = 400
"""The theme makes its menu at 500."""
SEARCH = "search"
HEAD = "window.siteTexts = "


class NamesDomain(Domain):
    """Columns and settings, for search; nothing that a page could refer to."""

    name = "site"
    label = "Names"
    object_types = {"column": ObjType("column"), "setting": ObjType("setting")}  # noqa: RUF012  # as Sphinx wants it
    entries: Sequence[Entry] = ()

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        """Return the kind of a name as search shows it."""
        return type.lname

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield what search finds by name."""
        for entry in self.entries:
            yield entry.name, entry.name, entry.kind, entry.page, entry.anchor, 1

    def merge_domaindata(self, docnames: Any, otherdata: Any) -> None:
        """Take nothing over: there is no data of pages."""


class RepeatedWords(SearchEnglish):
    """Search in English, which finds the stem of a word once for all pages: a tenth of the words of pages differ."""

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self.stem = cache(self.stem)  # type: ignore[method-assign]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what must be there before pages are read."""
    app.add_domain(NamesDomain)
    app.add_search_language(RepeatedWords)
    return {"parallel_read_safe": True}


def connect(app: Sphinx, *, shared_folder: str, extras: PageExtras, pages_to_read: Sequence[str] = ()) -> None:
    """Add to an application what belongs to one site.

    Pages in the folder ``shared_folder`` are in no menu, so that all of them show the same one. ``pages_to_read`` are
    read even if they did not change.
    """
    names = app.env.domains[NamesDomain.name]
    assert isinstance(names, NamesDomain)  # noqa: S101  # registered above
    names.entries = extras.entries
    menus: dict[tuple[tuple[str, object], ...], str] = {}

    texts = _earlier_texts(Path(app.outdir) / EXCERPTS)

    def on_page(_: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
        if page.startswith(shared_folder) and "toctree" in context:
            context["toctree"] = partial(_cached_menu, menus, context["toctree"])
        if "body" in context:
            texts[page] = plain_text(context["body"])
            linked = with_links(context["body"], extras.links, "../" * page.count("/"))
            context["body"] = with_breaks(linked.replace("</h1>", f"</h1>\n{extras.notes.get(page, '')}", 1))
        if page == SEARCH:
            _write_excerpts(app, {page: text for page, text in texts.items() if page in app.env.found_docs})
        extras.report("Writing", page)

    app.connect("html-page-context", on_page, priority=BEFORE_THEME)
    app.connect("env-get-outdated", lambda _, env, *changes: [page for page in pages_to_read if page in env.found_docs])
    app.connect("source-read", lambda _, page, text: extras.report("Reading", page))


def _earlier_texts(path: Path) -> dict[str, str]:
    """Return the search entries of an earlier build whose file is reused; nothing without one."""
    if not path.is_file():
        return {}
    texts: dict[str, str] = json.loads(path.read_text("utf-8").removeprefix(HEAD).rstrip().removesuffix(";"))
    return texts


def _write_excerpts(app: Sphinx, texts: Mapping[str, str]) -> None:
    """Write what search quotes from, as a script: browsers fetch nothing for a page from the file system."""
    path = Path(app.outdir) / EXCERPTS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEAD}{json.dumps(texts, ensure_ascii=False, sort_keys=True)};\n", "utf-8")
    for script in (path.name, "search.js"):
        app.add_js_file(script)


def _cached_menu(menus: dict[tuple[tuple[str, object], ...], str], make: Callable[..., str], **options: object) -> str:
    """Return the menu made with ``options``, which is computed for the first page alone."""
    key = tuple(sorted(options.items()))
    if key not in menus:
        menus[key] = make(**options)
    return menus[key]
