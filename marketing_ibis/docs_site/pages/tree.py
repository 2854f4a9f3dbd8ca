"""Write the pages of the site as the source tree that Sphinx reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from marketing_ibis.build.test_summary import data_test_keys, describe_tests, summarize_tests
from marketing_ibis.docs_site import EXTRA, HOME
from marketing_ibis.docs_site.pages.coverage import coverage_of
from marketing_ibis.docs_site.pages.earlier import sync_folder
from marketing_ibis.docs_site.pages.markup import frame_drawing, templates, write_file
from marketing_ibis.docs_site.pages.project_docs import copy_pages
from marketing_ibis.docs_site.pages.relation import address, write_relation
from marketing_ibis.docs_site.pages.site_data import Report, SiteFacts
from marketing_ibis.errors import UsageError
from marketing_ibis.lineage.drawing import Notes, graph_svg

REPORT = "report.html"
GENERATED = {"audiences": "Audiences", "exposures": "Exposures", "insights": "Insights report", "settings": "Settings"}
"""Pages that are one piece of markup under a title."""
MOST_ON_HOME = 40
"""Tables of a lineage that the first page shows; a larger one has its own page alone."""
TABLES = "_static/tables.js"


def write_tree(facts: SiteFacts, folder: Path, report: Report = lambda phase, page: None) -> Path:
    """Write every page under ``folder``, where files that are the same already stay, and return it.

    ``report`` is called with each table whose page is written.

    Raises:
        UsageError: the folder cannot be written.
        ConfigurationError: what draws is not installed.
    """
    pages = templates(facts.home)
    try:
        new_folder = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new_folder, ignore_errors=True)
        new_folder.mkdir(parents=True)
        menu = copy_pages(facts.home, new_folder)
        notes = _notes(facts, lambda name: address(facts, name))
        for name in facts.dataflow.nodes:
            write_relation(facts, name, new_folder, pages, notes)
            report("Drawing", name)
        _write_overview(facts, menu, new_folder, pages)
        for path, text in {**facts.files, **({REPORT: facts.report} if facts.report else {})}.items():
            write_file(new_folder / EXTRA / path, text)
        sync_folder(new_folder, folder)
    except OSError as error:
        raise UsageError(
            f"Cannot write {folder}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return folder


def _write_overview(facts: SiteFacts, menu: tuple[str, ...], folder: Path, pages: Environment) -> None:
    notes = _notes(facts, lambda name: _root_address(facts, name))
    drawing = graph_svg(facts.dataflow, notes=notes)
    write_file(folder / "_parts" / "graph.html", frame_drawing("Lineage", drawing))
    write_file(folder / "_parts" / "whole.html", frame_drawing("Lineage of all tables", drawing, kind="whole"))
    write_file(folder / "lineage.md", pages.get_template("lineage.md").render())
    template_values = _template_values(facts)
    write_file(folder / TABLES, f"window.siteTables = {json.dumps(list(template_values['layers'].items()))};\n")
    for part in ("coverage", "overview", *GENERATED):
        write_file(folder / "_parts" / f"{part}.html", pages.get_template(f"{part}.html").render(template_values))
    write_file(folder / "index.md", pages.get_template("index.md").render(template_values, menu=menu))
    for name, title in GENERATED.items():
        write_file(folder / f"{name}.md", f"# {title}\n\n```{{raw}} html\n:file: _parts/{name}.html\n```\n")
    write_file(folder / "command-line.md", facts.command_line)


def _template_values(facts: SiteFacts) -> Mapping[str, Any]:
    layers: dict[str, list[str]] = {}
    for name, node in facts.dataflow.nodes.items():
        layers.setdefault(node.declaration.layer, []).append(name)
    return {
        "title": facts.title,
        "coverage": coverage_of(facts.dataflow, facts.lineage),
        "layers": layers,
        "nodes": facts.tables,
        "is_small": len(facts.tables) <= MOST_ON_HOME,
        "models": len(facts.dataflow.models),
        "sources": len(facts.dataflow.sources),
        "data_tests": {
            name: [data_test.name for data_test in data_tests] for name, data_tests in facts.data_tests.items()
        },
        "outcomes": facts.last_build.outcomes,
        "as_of": facts.last_build.as_of,
        "tests": describe_tests(summarize_tests(facts.latest, data_test_keys(facts.data_tests))),
        "exposures": facts.exposures,
        "audiences": facts.audiences,
        "settings": facts.settings,
        "has_guide": (facts.home / "docs" / "configuration.md").is_file(),
        "address": lambda name: _root_address(facts, name),
        "report": REPORT if facts.report else "",
    }


def _notes(facts: SiteFacts, link: Callable[[str], str]) -> Notes:
    outcomes = facts.last_build.outcomes
    rows = {name: r for name in facts.dataflow.models if name in outcomes and (r := outcomes[name].rows) is not None}
    return Notes(
        rows=rows,
        link=link,
        exposures={name: node.parents for name, node in facts.exposures.items()},
        audiences={name: declared.models for name, declared in facts.audiences.items()},
    )


def _root_address(facts: SiteFacts, name: str) -> str:
    page = address(facts, name)
    return page.removeprefix("../") if page.startswith("../") else f"{HOME}/{page}"
