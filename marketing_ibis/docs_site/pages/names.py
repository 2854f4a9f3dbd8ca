"""Where the names of tables, columns and settings lead in a site."""

from __future__ import annotations

from html import escape

from marketing_ibis.docs_site import HOME
from marketing_ibis.docs_site.pages.site_data import Entry, SiteFacts
from marketing_ibis.graph import ancestors
from marketing_ibis.guide import cited_pages
from marketing_ibis.project.static_parsing import graph_of

SETTINGS = "settings"
VARS = "vars."
METRICS = "docs/metrics/"
"""Where a project describes its metrics."""


def search_entries(facts: SiteFacts) -> tuple[Entry, ...]:
    """Return every column and every key of the settings, with its page."""
    columns = (
        Entry(f"{name}.{column}", "column", f"{HOME}/{name}", column)
        for name, table in facts.tables.items()
        for column in table.schema
    )
    keys = (
        Entry(f"{table.name}.{setting.key}", "setting", SETTINGS, f"{table.name}.{setting.key}")
        for table in facts.settings
        for setting in table.settings
    )
    return (*columns, *keys)


def page_notes(facts: SiteFacts) -> dict[str, str]:
    """Return what is written below the title of each page of metrics: its tables and their settings, as HTML."""
    tables: dict[str, list[str]] = {}
    for name in facts.tables:
        for page in metric_pages(facts, name):
            tables.setdefault(page, []).append(name)
    return {page: _note(facts, page, names) for page, names in tables.items()}


def metric_pages(facts: SiteFacts, name: str) -> list[str]:
    """Return the pages that a table's description names as those of its metrics, without their ending."""
    pages = cited_pages(facts.tables[name].description, facts.home)
    return [page.removesuffix(".md") for page in pages if page.startswith(METRICS)]


def _note(facts: SiteFacts, page: str, names: list[str]) -> str:
    up = "../" * page.count("/")
    rules = sorted({rule for name in names for rule in facts.nodes[name].inputs if rule in facts.rules})
    tables = ", ".join(f'<a href="{up}{HOME}/{escape(name)}.html">{escape(name)}</a>' for name in names)
    settings = ", ".join(f'<a href="{up}{SETTINGS}.html#{VARS}{escape(rule)}">{escape(rule)}</a>' for rule in rules)
    note = f"<p>Tables: {tables}.{f' Settings: {settings}.' if settings else ''}</p>"
    items = "".join(f"<li>{setting}</li>" for setting in _changed_settings(facts, names))
    return (
        f"{note}<p>This page names the published values. In force here are others:</p><ul>{items}</ul>"
        if items
        else note
    )


def _changed_settings(facts: SiteFacts, names: list[str]) -> list[str]:
    """Return the settings that decide the rows of ``names`` and are not as published, as HTML."""
    graph = graph_of(facts.nodes)
    rules = {rule for name in ancestors(graph, names) | set(names) for rule in facts.nodes[name].inputs}
    return [
        f"<code>{escape(table.name)}.{escape(setting.key)}</code> is <code>{escape(setting.value)}</code>,"
        f" not <code>{escape(setting.default)}</code>"
        for table in facts.settings
        for setting in table.settings
        if table.name.removeprefix(VARS) in rules and setting.value != setting.default
    ]


def page_links(facts: SiteFacts) -> dict[str, str]:
    """Return where names in the project's own pages lead: tables, columns and settings.

    A name of one word is skipped: `orders` may be a file or anything else.
    """
    tables = {name: f"{HOME}/{name}.html" for name in facts.tables if "_" in name}
    columns = {
        f"{name}.{column}": f"{HOME}/{name}.html#{column}"
        for name, table in facts.tables.items()
        for column in table.schema
    }
    rules = {rule: f"{SETTINGS}.html#{VARS}{rule}" for rule in facts.rules}
    keys = {
        f"{table.name.removeprefix(VARS)}.{setting.key}": f"{SETTINGS}.html#{table.name}.{setting.key}"
        for table in facts.settings
        if table.name.startswith(VARS)
        for setting in table.settings
    }
    return {**columns, **tables, **keys, **rules}
