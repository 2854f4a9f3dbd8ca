"""Write the pages of the site as the source tree that Sphinx reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from marketing_ibis.drawing import Notes, columns_svg, focused_svg, graph_svg
from marketing_ibis.errors import UsageError
from marketing_ibis.model import Column
from marketing_ibis.origins import ColumnRef
from marketing_ibis.site.pages.coverage import coverage_of
from marketing_ibis.site.pages.facts import SiteFacts

SECTIONS = ("how-to", "metrics", "reference", "decisions")
"""Folders of a project's docs, in the order of the menu; other pages stand before them."""
FIRST_PAGES = ("tutorial", "configuration")
LANGUAGES = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "redshift": "Redshift"}
EXPOSURE = "exposure"
CODE = re.compile(r"``([^`]+)``")
WIDE = (
    '<div class="table-wrapper" style="max-width:100%;overflow-x:auto" tabindex="0" role="region" aria-label="{0}">'
    '<div style="min-width:{1}rem">{2}</div></div>\n'
)
"""A drawing that keeps its size where the page is narrower, and can be scrolled with the keyboard too."""


def write_tree(facts: SiteFacts, folder: Path) -> Path:
    """Write every page under ``folder``, which is made anew, and return it.

    Raises:
        UsageError: the folder cannot be written.
        ConfigurationError: what draws is not installed.
    """
    pages = _templates()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        own = _copy_docs(facts.root / "docs", folder / "docs")
        for name in facts.dataflow.nodes:
            _write_node(facts, name, folder, pages)
        _write_overview(facts, own, folder, pages)
        if facts.report:
            _put(folder / "extra" / "report.html", facts.report)
    except OSError as error:
        raise UsageError(
            f"Cannot write {folder}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    return folder


def _templates() -> Environment:
    # Names and descriptions are the project's own, and may hold anything.
    pages = Environment(
        loader=PackageLoader("marketing_ibis.site.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["prose"] = _prose
    return pages


def _prose(text: str) -> Markup:
    """Return a docstring's text as HTML: names in double backquotes as code, anything else as it is."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


def _copy_docs(docs: Path, folder: Path) -> list[str]:
    """Copy the project's pages; return their names without ending, first pages first."""
    if not docs.is_dir():
        return []
    shutil.copytree(docs, folder, ignore=shutil.ignore_patterns("_*", "*.svg~"))
    found = sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.md"))
    first = [name for name in FIRST_PAGES if name in found]
    return first + [name for name in found if name not in first and name != "index"]


def _write_node(facts: SiteFacts, name: str, folder: Path, pages: Environment) -> None:
    node = facts.dataflow.nodes[name]
    home = folder / "models"
    notes = _notes(facts, lambda other: _address(facts, other))
    model = name in facts.dataflow.models
    focused = focused_svg(facts.dataflow, facts.lineage, name, notes=notes)
    _put(home / "parts" / f"{name}.focus.html", WIDE.format(f"Lineage of {name}", 55, focused))
    if model:
        drawn = columns_svg(facts.dataflow, facts.lineage, name, notes=notes)
        _put(home / "parts" / f"{name}.columns.html", WIDE.format(f"Columns of {name}", 45, drawn))
    _put(home / "parts" / f"{name}.py", facts.code(name))
    for engine in LANGUAGES:
        if engine in facts.selects and name in facts.selects[engine]:
            _put(home / "parts" / f"{name}.{engine}.sql", facts.selects[engine][name] + "\n")
    told = {
        "name": name,
        "node": node,
        "declared": node.declaration,
        "path": facts.nodes[name].path,
        "parents": facts.nodes[name].parents,
        "readers": facts.readers(name),
        "address": lambda other: _address(facts, other),
        "columns": [_column(facts, name, column) for column in node.declaration.contract.columns],
        "tests": [(check, facts.last_build.outcomes.get(check.name)) for check in facts.checks.get(name, ())],
        "outcome": facts.last_build.outcomes.get(name),
        "as_of": facts.last_build.as_of,
    }
    for part in ("head", "contract", "tests"):
        _put(home / "parts" / f"{name}.{part}.html", pages.get_template(f"{part}.html").render(told))
    engines = {e: title for e, title in LANGUAGES.items() if e in facts.selects and name in facts.selects[e]}
    _put(home / f"{name}.md", pages.get_template("node.md").render(name=name, model=model, engines=engines))


def _write_overview(facts: SiteFacts, own: list[str], folder: Path, pages: Environment) -> None:
    notes = _notes(facts, lambda other: f"models/{_address(facts, other)}".replace("models/../", ""))
    _put(folder / "parts" / "graph.html", WIDE.format("Lineage", 70, graph_svg(facts.dataflow, notes=notes)))
    layers: dict[str, list[str]] = {}
    for name, node in facts.dataflow.nodes.items():
        layers.setdefault(node.declaration.layer, []).append(name)
    told: dict[str, Any] = {
        "title": facts.title,
        "coverage": coverage_of(facts.dataflow, facts.lineage),
        "layers": layers,
        "nodes": facts.dataflow.nodes,
        "outcomes": facts.last_build.outcomes,
        "as_of": facts.last_build.as_of,
        "exposures": {name: node for name, node in facts.nodes.items() if node.kind == EXPOSURE},
        "address": lambda other: f"models/{other}.html",
        "report": bool(facts.report),
    }
    for part in ("overview", "exposures", "report"):
        _put(folder / "parts" / f"{part}.html", pages.get_template(f"{part}.html").render(told))
    menu = {section: [page for page in own if page.startswith(f"{section}/")] for section in SECTIONS}
    loose = [page for page in own if "/" not in page]
    _put(folder / "index.md", pages.get_template("index.md").render(told, menu=menu, loose=loose))
    _put(folder / "exposures.md", "# Exposures\n\n```{raw} html\n:file: parts/exposures.html\n```\n")
    _put(folder / "insights.md", "# Insights report\n\n```{raw} html\n:file: parts/report.html\n```\n")
    _put(folder / "command-line.md", facts.command_line)
    _put(folder / "settings.md", facts.settings)


def _notes(facts: SiteFacts, link: Callable[[str], str]) -> Notes:
    done = facts.last_build.outcomes
    rows = {name: r for name in facts.dataflow.models if name in done and (r := done[name].rows) is not None}
    exposures = {name: node.parents for name, node in facts.nodes.items() if node.kind == EXPOSURE}
    return Notes(
        rows={name: n for name, n in rows.items() if name in facts.dataflow.models}, link=link, exposures=exposures
    )


def _address(facts: SiteFacts, name: str) -> str:
    """Return the page of a relation or exposure, seen from the page of a relation."""
    return "../exposures.html" if facts.nodes[name].kind == EXPOSURE else f"{name}.html"


def _column(facts: SiteFacts, table: str, column: Column) -> dict[str, object]:
    ref = ColumnRef(table, column.name)
    origins = facts.lineage.origins(ref)
    return {
        "declared": column,
        "description": facts.lineage.description(ref),
        "copied": origins.copies,
        "values": sorted(origins.values),
        "tests": [check for check in facts.checks.get(table, ()) if check.column == column.name],
    }


def _put(path: Path, text: str | Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else "".join(text), "utf-8")
