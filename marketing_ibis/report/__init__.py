"""The insights report: one page of HTML drawn from the published tables, with the sections that a project declares.

Charts need vl-convert, which is installed on request: only ``marketing_ibis.report.drawing`` imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.project.audiences import AudienceSize
from marketing_ibis.report.blocks import Commands, Fact, Figure, HeatMap, Section, Table, Term, Tile, View, level_of
from marketing_ibis.report.context import Context
from marketing_ibis.report.declaration import Answers, Frame, Query, Report, query

if TYPE_CHECKING:
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.engines.target import Target
    from marketing_ibis.project.settings import ProjectSettings

__all__ = [
    "Answers",
    "AudienceSize",
    "Commands",
    "Context",
    "Fact",
    "Figure",
    "Frame",
    "HeatMap",
    "Query",
    "Report",
    "Section",
    "Table",
    "Term",
    "Tile",
    "View",
    "level_of",
    "load_report",
    "query",
    "report_fragment",
    "report_page",
]


def load_report(project: ProjectSettings) -> Report | None:
    """Return the report that a project declares, None where it declares none.

    Raises:
        CompileError: the report cannot be imported.
        ConfigurationError: the libraries that draw its charts are not installed.
    """
    from marketing_ibis.report.loading import import_report, report_module  # declaring a report needs no project

    module = report_module(project)
    return import_report(project, module) if module else None


def report_page(report: Report, target: Target, schema: str, context: Context, dialect: Dialect | None = None) -> str:
    """Return a report over the tables in ``schema`` as one document that needs no other file.

    ``dialect`` is that of the target with a cache, if there is one.

    Raises:
        SourceError: a table or a column of it is missing.
        CompileError: a query or a section fails.
    """
    from marketing_ibis.report.page import document  # declaring a report needs no template

    return str(document(report, target, schema, context, dialect))


def report_fragment(report: Report, target: Target, schema: str, context: Context) -> str:
    """Return a report as an element to put into another page, with its styles, all below one class.

    Raises:
        SourceError: a table or a column of it is missing.
        CompileError: a query or a section fails.
    """
    from marketing_ibis.report.page import fragment  # declaring a report needs no template

    return str(fragment(report, target, schema, context))
