"""Gather the content of the documentation site, writing the manifest and the catalog with the same content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, cast

import click

from marketing_ibis.build.latest_results import LatestResults
from marketing_ibis.cli.reference import command_line_page, settings_tables
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.describing import describe, describe_session
from marketing_ibis.cli.steps.latest_results import published_results, report_context
from marketing_ibis.docs_site import HOME
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import SourceError

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.docs_site.pages import SiteFacts
    from marketing_ibis.outputs.artifacts import CompiledProject

    Selects = Mapping[str, Mapping[str, str]]

KIND, MOST_FILES = "sites", 16
"""The name of the user's folder for the SQL of sites, and how many files it keeps."""


def gather_facts(session: Session) -> SiteFacts:
    """Return what the site shows; write the manifest, and the catalog where there is a database."""
    from marketing_ibis.docs_site.pages import SiteFacts, last_build_of
    from marketing_ibis.lineage.project import column_lineage
    from marketing_ibis.outputs.artifacts import write_manifest
    from marketing_ibis.outputs.description import site_files
    from marketing_ibis.testing.collect import build_batches, declared_data_tests

    plan_for = cache(partial(_plan, session))
    selects = _recall_selects(session, plan_for)
    project, dataflow = session.project, session.dataflow
    with session.dialect() as dialect:
        batches = build_batches(dataflow, declared_data_tests(dataflow, project.tests), dialect)
    compiled_project = describe(session, dataflow, plan_for(session.destination.engine.name), batches)
    write_manifest(session.folder, session.invocation, compiled_project)
    report, latest = _report(session, compiled_project)
    lineage = column_lineage(dataflow)
    facts = SiteFacts(
        title=project.title,
        root=project.root,
        nodes=compiled_project.nodes,
        dataflow=dataflow,
        lineage=lineage,
        data_tests=compiled_project.data_tests,
        selects=selects,
        last_build=last_build_of(latest, dataflow.models),
        latest=latest,
        queries=compiled_project.queries,
        places={name: str(compiled_project.relation(name)) for name in dataflow.nodes},
        command_line=command_line_page(cast("click.Group", click.get_current_context().find_root().command)),
        settings=settings_tables(dataflow.inputs, compiled_project.nodes, project),
        report=report,
        audiences=project.audiences(),
    )
    return replace(facts, files=site_files(describe_session(session, lineage), facts.home, HOME))


def _recall_selects(session: Session, plan_for: Callable[[str], Plan]) -> Selects:
    """Return the SELECT of each model on each engine, or recall it: the project is compiled for the first time here."""
    from marketing_ibis.build.plain_data import from_plain, to_plain
    from marketing_ibis.cli.steps.recall import cache_of, recall_or_compute

    def write_selects() -> Selects:
        return {name: {step.name: step.select for step in plan_for(name).steps()} for name in ENGINES}

    read = partial(from_plain, Mapping[str, Mapping[str, str]])
    recalled = cache_of(session, KIND, "docs generate", most_files=MOST_FILES)
    return recall_or_compute(recalled, write_selects, read=read, write=to_plain)


def _plan(session: Session, engine: str) -> Plan:
    from marketing_ibis.build.planning import build_plan

    with session.dialect(ENGINES[engine]) as dialect:
        return build_plan(session.dataflow, tuple(session.dataflow.models), dialect, session.schemas)


def _report(session: Session, compiled_project: CompiledProject) -> tuple[str, LatestResults]:
    """Write the catalog and return the insights report, and the newest results.

    Without a database or its tables the report is empty, which is printed; so it is in a project that declares none.
    """
    from marketing_ibis.outputs.artifacts import write_catalog
    from marketing_ibis.report import load_report, report_page

    destination, log = session.destination, session.log
    if destination.is_missing or not destination.is_configured:
        text = "Nothing is built yet, so the site has no report: run `marketing-ibis build` first."
        log.emit("note", text, err=True)
        return "", LatestResults()
    with destination.open_to_read() as target:
        write_catalog(session.folder, session.invocation, compiled_project, target)
        latest = published_results(session, target)
        report = load_report(session.project)
        if report is None:
            return "", latest
        context = report_context(session, report, latest, target)
        try:
            return report_page(report, target, session.project.model_schema, context), latest
        except SourceError as error:
            log.emit("note", f"The site has no report: {error.message}", err=True)
            return "", latest
