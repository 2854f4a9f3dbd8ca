"""Have Sphinx turn the source tree into pages that work from the file system, without a network."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import escape

from marketing_ibis.docs_site import EXTRA, HOME
from marketing_ibis.docs_site.folders import is_site, replacing_site
from marketing_ibis.docs_site.pages.earlier import (
    Record,
    all_pages,
    copy_unchanged,
    file_digests,
    is_unchanged,
    menu_digest,
    project_pages,
    read_earlier,
    save_build,
    warned_pages,
)
from marketing_ibis.docs_site.pages.site_data import PageExtras
from marketing_ibis.errors import ConfigurationError, MarketingIbisError, UsageError
from marketing_ibis.private_files import private_files

INSTALL = "Install the optional packages: pip install 'marketing-ibis[docs]'"
STATIC = Path(__file__).parent / "static"
FIRST = "index"
"""Read each time: without any page to build Sphinx would finish no site."""
SETTINGS: Mapping[str, Any] = {
    "extensions": ["myst_parser", "marketing_ibis.docs_site.pages.extension"],
    "html_theme": "furo",
    "html_show_sourcelink": False,
    "html_copy_source": False,
    "html_use_index": False,
    "html_show_copyright": False,
    # It is fetched, which browsers refuse to pages from the file system.
    "html_show_search_summary": False,
    "html_favicon": str(STATIC / "icon.svg"),
    "html_css_files": ["site.css"],
    "html_js_files": ["tables.js", "menu.js", "lineage.js", "site.js"],
    "myst_heading_anchors": 3,
    "exclude_patterns": ["**/_parts/**", "_parts/**", f"{EXTRA}/**"],
    # Console examples of a project hold what no lexer knows; a page that only links lead to is a page all the same.
    "suppress_warnings": ["toc.not_included", "misc.highlighting_failure"],
    "language": "en",
}


def build_site(source: Path, output: Path, title: str, extras: PageExtras | None = None) -> tuple[str, ...]:
    """Build the pages of ``source`` into ``output`` and return what Sphinx warns of.

    Pages that did not change since the last command are reused. ``extras`` is what pages show in addition to their
    sources. The existing site stays until all pages are built.

    Raises:
        ConfigurationError: Sphinx, MyST or the theme is not installed.
        UsageError: ``output`` holds something else, or cannot be written.
        MarketingIbisError: Sphinx fails.
    """
    check_output(output)
    try:
        with replacing_site(output) as folder:
            sphinx_output = _run_sphinx(source, output, folder, title, extras or PageExtras())
    except OSError as error:
        raise UsageError(
            f"Cannot write {output}: {error.strerror}.", hint="Choose another folder with --output."
        ) from error
    return tuple(line for line in sphinx_output.splitlines() if line.strip())


def check_output(output: Path) -> None:
    """Refuse a folder that holds anything but an earlier site.

    Raises:
        UsageError: it does.
    """
    if output.is_symlink():
        raise UsageError(f"{output} is a link.", hint="Choose the folder that it points to, or another, with --output.")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file.", hint="Choose a folder with --output.")
    if output.is_dir() and any(output.iterdir()) and not is_site(output):
        raise UsageError(
            f"{output} contains other files.", hint="Choose an empty folder with --output, or empty this one."
        )


def _private_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for Sphinx' pickles: reading one runs code, so none is read that this command did not write."""
    return tempfile.TemporaryDirectory(prefix="marketing_ibis_")


def _run_sphinx(source: Path, output: Path, folder: Path, title: str, extras: PageExtras) -> str:
    """Build ``folder``, which replaces ``output`` and reuses those of its pages that did not change."""
    try:
        import furo  # noqa: F401  # Sphinx loads both by name
        import myst_parser  # noqa: F401
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
        from sphinx.util.docutils import docutils_namespace, patch_docutils

        from marketing_ibis.docs_site.pages.extension import connect
    except ImportError as error:
        raise ConfigurationError(f"The site cannot be built: {error.name} is missing.", hint=INSTALL) from error
    sphinx_output, files = io.StringIO(), private_files("site")
    menu, links = menu_digest(source, title), extras.digest()
    try:
        # The reader cannot fix deprecations between libraries.
        with warnings.catch_warnings(), patch_docutils(None), docutils_namespace(), _private_folder() as name:
            warnings.simplefilter("ignore")
            doctrees = Path(name) / "doctrees"
            earlier = read_earlier(files, output, doctrees)
            if earlier is not None and not (earlier.menu == menu and is_unchanged(earlier, output)):
                earlier = None
            if earlier is not None:
                copy_unchanged(earlier, output, folder, all_pages(source))
            pages_to_read = () if earlier is None else (FIRST, *earlier.warned)
            if earlier is not None and earlier.links != links:
                pages_to_read += tuple(project_pages(source))
            app = Sphinx(
                str(source), None, str(folder), str(doctrees), "html",
                confoverrides=_settings(source, title), status=None, warning=sphinx_output, freshenv=earlier is None,
            )  # fmt: skip
            connect(app, shared_folder=f"{HOME}/", extras=extras, pages_to_read=pages_to_read)
            app.build(force_all=earlier is None)
            warned = warned_pages(sphinx_output.getvalue(), source)
            if warned is not None:
                save_build(files, output, doctrees, Record(menu, links, file_digests(folder), warned))
    except SphinxError as error:
        raise MarketingIbisError(f"Sphinx cannot build the site: {error}.") from error
    return sphinx_output.getvalue()


def _settings(source: Path, title: str) -> dict[str, Any]:
    return {
        **SETTINGS,
        # The theme takes a title for markup.
        "project": str(escape(title)),
        "html_title": str(escape(title)),
        "html_extra_path": [EXTRA] if (source / EXTRA).is_dir() else [],
        "html_static_path": [str(STATIC), str((source / "_static").resolve())],
    }
