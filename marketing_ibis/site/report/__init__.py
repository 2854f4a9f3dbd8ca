"""The insights report: one page of HTML drawn from the published marts.

The page needs Altair and vl-convert, which are installed on request; they are imported when a page is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.errors import ConfigurationError

if TYPE_CHECKING:
    from types import ModuleType

    from marketing_ibis.targets import Target


def report_page(target: Target, schema: str, run_results: Path) -> str:
    """Return the report over the marts in ``schema`` as one document that needs no other file.

    ``run_results`` is the record of the last data tests; it need not be there.

    Raises:
        SourceError: a mart or a column of it is missing.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().document(target, schema, run_results))


def report_fragment(target: Target, schema: str, run_results: Path) -> str:
    """Return the report as an element to put into another page, with its styles, all below one class.

    Raises:
        SourceError: a mart or a column of it is missing.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().fragment(target, schema, run_results))


def _page() -> ModuleType:
    try:
        from marketing_ibis.site.report import page  # what it draws with is installed on request
    except ImportError as error:
        raise ConfigurationError(
            f"The report is drawn with Altair and vl-convert: {error}.",
            hint="Install them: pip install 'marketing-ibis[docs]'",
        ) from error
    return page
