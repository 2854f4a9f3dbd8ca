"""The insights report: one page of HTML drawn from the published marts.

The page needs Altair and vl-convert, which are installed on request; they are imported when a page is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.report.context import Context, has_sign_ups, rules_of

if TYPE_CHECKING:
    from types import ModuleType

    from marketing_ibis.engines.target import Target

__all__ = ["Context", "has_sign_ups", "report_fragment", "report_page", "rules_of"]


def report_page(target: Target, schema: str, context: Context | None = None) -> str:
    """Return the report over the marts in ``schema`` as one document that needs no other file.

    ``context`` is what the warehouse does not hold: the newest results of the data tests and the rules in force.

    Raises:
        SourceError: a mart or a column of it is missing.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().document(target, schema, context or Context()))


def report_fragment(target: Target, schema: str, context: Context | None = None) -> str:
    """Return the report as an element to put into another page, with its styles, all below one class.

    Raises:
        SourceError: a mart or a column of it is missing.
        ConfigurationError: the libraries that draw are not installed.
    """
    return str(_page().fragment(target, schema, context or Context()))


def _page() -> ModuleType:
    try:
        from marketing_ibis.report import page  # what it draws with is installed on request
    except ImportError as error:
        raise ConfigurationError(
            f"The report is drawn with Altair and vl-convert: {error}.",
            hint="Install them: pip install 'marketing-ibis[docs]'",
        ) from error
    return page
