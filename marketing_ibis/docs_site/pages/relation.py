"""Write the page of one source or model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment

from marketing_ibis.build.test_summary import data_test_keys, describe_tests, format_moment, summarize_tests
from marketing_ibis.docs_site import HOME
from marketing_ibis.docs_site.pages.markup import frame_drawing, write_file
from marketing_ibis.docs_site.pages.names import metric_pages
from marketing_ibis.docs_site.pages.shown_tests import shown_tests, summary_of
from marketing_ibis.docs_site.pages.site_data import SiteFacts
from marketing_ibis.engines import ENGINES
from marketing_ibis.lineage.drawing import Notes, columns_svg, focused_svg
from marketing_ibis.model import Column
from marketing_ibis.model.column_ref import ColumnRef


def write_relation(facts: SiteFacts, name: str, folder: Path, pages: Environment, notes: Notes) -> None:
    """Write the page of a source or model as ``folder``/models/NAME.md with its parts.

    Raises:
        ConfigurationError: what draws is not installed.
        OSError: the folder cannot be written.
    """
    parts = folder / HOME / "_parts"
    sql = {engine: facts.selects[engine][name] for engine in ENGINES if name in facts.selects.get(engine, {})}
    _draw(facts, name, parts, pages, notes)
    write_file(parts / f"{name}.py", facts.code(name))
    for engine, select in sql.items():
        write_file(parts / f"{name}.{engine}.sql", f"{select}\n")
    template_values = _template_values(facts, name)
    for part in ("head", "contract", "tests"):
        write_file(parts / f"{name}.{part}.html", pages.get_template(f"{part}.html").render(template_values))
    engines = {engine: (ENGINES[engine].title, select.count("\n") + 1) for engine, select in sql.items()}
    page = pages.get_template("node.md").render(name=name, model=name in facts.dataflow.models, engines=engines)
    write_file(folder / HOME / f"{name}.md", page)


def address(facts: SiteFacts, name: str) -> str:
    """Return the page of a relation, exposure or audience, seen from the page of a relation."""
    if name in facts.exposures:
        return f"../exposures.html#{name}"
    return f"../audiences.html#{name}" if name in facts.audiences else f"{name}.html"


def _draw(facts: SiteFacts, name: str, parts: Path, pages: Environment, notes: Notes) -> None:
    near = facts.surroundings.near(name)
    svg = focused_svg(facts.dataflow, near.tables, name, notes=notes)
    drawing = frame_drawing(f"Lineage of {name}", svg, of=name)
    page = pages.get_template("focus.html").render(name=name, near=near, drawing=drawing)
    write_file(parts / f"{name}.focus.html", page)
    if name in facts.dataflow.models:
        svg = columns_svg(facts.dataflow, facts.lineage, name, notes=notes)
        write_file(parts / f"{name}.columns.html", frame_drawing(f"Columns of {name}", svg, of=name))


def _template_values(facts: SiteFacts, name: str) -> Mapping[str, object]:
    node, outcomes = facts.tables[name], facts.last_build.outcomes
    data_tests = facts.data_tests.get(name, ())
    tests = shown_tests(name, data_tests, facts.latest.tests, facts.queries)
    lead, _, rest = node.description.strip().partition("\n\n")
    return {
        "name": name,
        "lead": lead,
        "paragraphs": [paragraph for paragraph in rest.split("\n\n") if paragraph.strip()],
        "declared": node.declaration,
        "place": facts.places.get(name, ""),
        "path": facts.nodes[name].path,
        "parents": facts.nodes[name].parents,
        "dependents": facts.dependents(name),
        "address": lambda other: address(facts, other),
        "columns": [_column(facts, name, column) for column in node.declaration.contract.columns],
        "tests": tests,
        "summary": summary_of(tests),
        "newest": describe_tests(summarize_tests(facts.latest, data_test_keys({name: data_tests}))),
        "build": facts.latest.builds.get(name),
        "format_moment": format_moment,
        "metrics": metric_pages(facts, name),
        "rules": [rule for rule in facts.nodes[name].inputs if rule in facts.rules],
        "outcome": outcomes.get(name),
        "as_of": facts.last_build.as_of,
    }


def _column(facts: SiteFacts, table: str, column: Column) -> dict[str, object]:
    ref = ColumnRef(table, column.name)
    origins = facts.lineage.origins(ref)
    return {
        "name": column.name,
        "type": str(facts.tables[table].schema[column.name]).removeprefix("!"),
        "nullable": column.nullable,
        "pii": column.pii,
        "description": facts.lineage.description(ref),
        "copied": origins.copies,
        "values": sorted(origins.values),
        "tests": [data_test for data_test in facts.data_tests.get(table, ()) if data_test.column == column.name],
    }
