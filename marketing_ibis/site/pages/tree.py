"""Write the pages of the site as the source tree that Sphinx reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from marketing_ibis.drawing import Notes, graph_svg
from marketing_ibis.errors import UsageError
from marketing_ibis.site.pages.coverage import coverage_of
from marketing_ibis.site.pages.facts import SiteFacts
from marketing_ibis.site.pages.own_pages import copy_pages
from marketing_ibis.site.pages.relation import HOME, address, write_relation
from marketing_ibis.site.pages.writing import put, templates, wide
from marketing_ibis.site.results import check_keys, summarize_tests, told_tests

REPORT = "report.html"
GENERATED = {"exposures": "Exposures", "insights": "Insights report", "settings": "Settings"}
"""Pages that are one piece of markup under a title."""


def write_tree(facts: SiteFacts, folder: Path) -> Path:
    """Write every page under ``folder``, which is made anew, and return it.

    Raises:
        UsageError: the folder cannot be written.
        ConfigurationError: what draws is not installed.
    """
    pages = templates(facts.root)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        own = copy_pages(facts.root, folder)
        notes = _notes(facts, lambda name: address(facts, name))
        for name in facts.dataflow.nodes:
            write_relation(facts, name, folder, pages, notes)
        _write_overview(facts, own, folder, pages)
        if facts.report:
            put(folder / "_extra" / REPORT, facts.report)
    except OSError as error:
        raise UsageError(
            f"Cannot write {folder}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return folder


def _write_overview(facts: SiteFacts, own: tuple[str, ...], folder: Path, pages: Environment) -> None:
    notes = _notes(facts, lambda name: _from_the_root(facts, name))
    put(folder / "_parts" / "graph.html", wide("Lineage", graph_svg(facts.dataflow, notes=notes), rem=60))
    told = _told(facts)
    for part in ("coverage", "overview", *GENERATED):
        put(folder / "_parts" / f"{part}.html", pages.get_template(f"{part}.html").render(told))
    put(folder / "index.md", pages.get_template("index.md").render(told, own=own))
    for name, title in GENERATED.items():
        put(folder / f"{name}.md", f"# {title}\n\n```{{raw}} html\n:file: _parts/{name}.html\n```\n")
    put(folder / "command-line.md", facts.command_line)


def _told(facts: SiteFacts) -> Mapping[str, Any]:
    layers: dict[str, list[str]] = {}
    for name, node in facts.dataflow.nodes.items():
        layers.setdefault(node.declaration.layer, []).append(name)
    return {
        "title": facts.title,
        "coverage": coverage_of(facts.dataflow, facts.lineage),
        "layers": layers,
        "nodes": facts.dataflow.nodes,
        "models": len(facts.dataflow.models),
        "sources": len(facts.dataflow.sources),
        "checks": {name: [check.name for check in checks] for name, checks in facts.checks.items()},
        "outcomes": facts.last_build.outcomes,
        "as_of": facts.last_build.as_of,
        "tests": told_tests(summarize_tests(facts.latest, check_keys(facts.checks))),
        "exposures": facts.exposures,
        "settings": facts.settings,
        "address": lambda name: _from_the_root(facts, name),
        "report": REPORT if facts.report else "",
    }


def _notes(facts: SiteFacts, link: Callable[[str], str]) -> Notes:
    outcomes = facts.last_build.outcomes
    rows = {name: r for name in facts.dataflow.models if name in outcomes and (r := outcomes[name].rows) is not None}
    return Notes(rows=rows, link=link, exposures={name: node.parents for name, node in facts.exposures.items()})


def _from_the_root(facts: SiteFacts, name: str) -> str:
    page = address(facts, name)
    return page.removeprefix("../") if page.startswith("../") else f"{HOME}/{page}"
