"""The documentation site: the project's own pages, and one generated page for every model and source."""

from __future__ import annotations

from marketing_ibis.docs_site.pages.building import build_site, check_output
from marketing_ibis.docs_site.pages.coverage import Coverage, coverage_of
from marketing_ibis.docs_site.pages.names import page_links, page_notes, search_entries
from marketing_ibis.docs_site.pages.site_data import (
    Entry,
    LastBuild,
    Outcome,
    PageExtras,
    Report,
    Setting,
    SettingsTable,
    SiteFacts,
    last_build_of,
)
from marketing_ibis.docs_site.pages.tree import write_tree

__all__ = [
    "Coverage",
    "Entry",
    "LastBuild",
    "Outcome",
    "PageExtras",
    "Report",
    "Setting",
    "SettingsTable",
    "SiteFacts",
    "build_site",
    "check_output",
    "coverage_of",
    "last_build_of",
    "page_links",
    "page_notes",
    "search_entries",
    "write_tree",
]
