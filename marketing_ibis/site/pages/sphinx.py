"""Have Sphinx turn the source tree into pages that work from the file system, without a network."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marketing_ibis.errors import ConfigurationError, MarketingIbisError

INSTALL = "Install what builds the site: pip install 'marketing-ibis[docs]'"
SETTINGS: Mapping[str, Any] = {
    "extensions": ["myst_parser"],
    "html_theme": "furo",
    "html_show_sourcelink": False,
    "html_copy_source": False,
    "html_static_path": [],
    "myst_heading_anchors": 3,
    "exclude_patterns": ["**/parts/**", "extra/**"],
    # A page for GitHub may lead to files that are no pages; tests of the docs look after these links.
    "suppress_warnings": ["myst.xref_missing", "toc.not_included", "misc.highlighting_failure"],
    "language": "en",
}


def build_site(source: Path, output: Path, title: str) -> tuple[str, ...]:
    """Build the pages of ``source`` into ``output`` and return what Sphinx warns of.

    Raises:
        ConfigurationError: Sphinx, MyST or the theme is not installed.
        MarketingIbisError: Sphinx fails.
    """
    try:
        import furo  # noqa: F401  # Sphinx loads both by name
        import myst_parser  # noqa: F401
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
    except ImportError as error:
        raise ConfigurationError(f"The site cannot be built: {error.name} is missing.", hint=INSTALL) from error
    told = io.StringIO()
    extra = ["extra"] if (source / "extra").is_dir() else []
    settings = {**SETTINGS, "project": title, "html_title": title, "html_extra_path": extra}
    try:
        # What libraries deprecate among themselves is not the reader's to mend.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app = Sphinx(
                str(source), None, str(output), str(source.parent / "doctrees"), "html",
                confoverrides=settings, status=None, warning=told, freshenv=True,
            )  # fmt: skip
            app.build(force_all=True)
    except SphinxError as error:
        raise MarketingIbisError(f"Sphinx cannot build the site: {error}.") from error
    return tuple(line for line in told.getvalue().splitlines() if line.strip())
