"""Find and import the report that a project declares."""

from __future__ import annotations

from marketing_ibis.errors import CompileError, ConfigurationError
from marketing_ibis.project.loading import find_packages, import_module, sparing_bytecode
from marketing_ibis.project.model_files import REPORT, python_files, report_files
from marketing_ibis.project.settings import ProjectSettings
from marketing_ibis.report.declaration import Report

DRAWING = ("altair", "vl_convert")
"""The libraries that charts need, which are installed on request."""


def report_module(project: ProjectSettings) -> str:
    """Return the module with the report of the first dataflow that has one, "" where none has; imports nothing.

    Raises:
        ConfigurationError: a package cannot be found.
    """
    project.packages()
    packages = find_packages(project.root, project.dataflows)
    return next((f"{name}.{REPORT}" for place, name in packages.items() if report_files(place)), "")


def import_report(project: ProjectSettings, module: str) -> Report:
    """Return the report that a module of a project declares.

    Raises:
        CompileError: the module cannot be imported, or its ``REPORT`` is not a report.
        ConfigurationError: the libraries that draw its charts are not installed.
    """
    packages = project.packages()
    files = (*python_files(packages), *(file for package in packages for file in report_files(package)))
    try:
        with sparing_bytecode(files):
            report = getattr(import_module(module), "REPORT", None)
    except CompileError as error:
        cause = error.__cause__
        if isinstance(cause, ImportError) and cause.name in DRAWING:
            raise ConfigurationError(
                f"The report's charts are drawn with Altair and vl-convert: {cause}.",
                hint="Install them: pip install 'marketing-ibis[docs]'",
            ) from error
        raise
    if not isinstance(report, Report):
        raise CompileError(
            f"{module}.REPORT is not a Report.", hint="Write REPORT = Report(title, queries=..., sections=...)."
        )
    return report
