"""The insights report: one page of HTML drawn from the published tables, with the sections that a project declares.

The page needs Altair and vl-convert, which are installed on request; they are imported when a page is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.report.blocks import Fact, Figure, HeatMap, Section, Table, Tile, level_of
from marketing_ibis.report.context import Context
from marketing_ibis.report.declaration import Answers, Frame, Query, Report, query

if TYPE_CHECKING:
    from types import ModuleType

    from marketing_ibis.engines.target import Target
    from marketing_ibis.project.settings import Project

__all__ = [
    "Answers",
    "Context",
    "Fact",
    "Figure",
    "Frame",
    "HeatMap",
    "Query",
    "Report",
    "Section",
    "Table",
    "Tile",
    "level_of",
    "load_report",
    "query",
    "report_fragment",
    "report_page",
]


def load_report(project: Project) -> Report | None:
    """Return the report that a project declares, None where it declares none.

    Raises:
        CompileError: the report cannot be imported.
        ConfigurationError: the libraries that draw are not installed.
    """
    from marketing_ibis.report.loading import import_report, report_module  # a report itself does not need projects

    module = report_module(project)
    if not module:
        return None
    _page()
    return import_report(module)


def report_page(report: Report, target: Target, schema: str, context: Context) -> str:
    """Return a report over the tables in ``schema`` as one document that needs no other file.

    Raises:
        SourceError: a table or a column of it is missing.
        CompileError: a query or a section fails.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().document(report, target, schema, context))


def report_fragment(report: Report, target: Target, schema: str, context: Context) -> str:
    """Return a report as an element to put into another page, with its styles, all below one class.

    Raises:
        SourceError: a table or a column of it is missing.
        CompileError: a query or a section fails.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().fragment(report, target, schema, context))


def _page() -> ModuleType:
    try:
        # What it draws with is installed on request.
        from marketing_ibis.report import drawing, page  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            f"The report is drawn with Altair and vl-convert: {error}.",
            hint="Install them: pip install 'marketing-ibis[docs]'",
        ) from error
    return page
