"""Find the guide, the pages under docs/, in an installed package or in a clone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parent
DOCS = "docs"
PAGE = re.compile(r"\bdocs/[\w-]+(?:/[\w-]+)*\.md\b")
"""A page under docs/, as descriptions cite it."""


def guide_folder(package: Path = PACKAGE) -> Path | None:
    """Return the folder of the guide: a wheel has it within the package, a clone next to it."""
    return next((parent / DOCS for parent in (package, package.parent) if (parent / DOCS / "index.md").is_file()), None)


def guide_page(page: str, package: Path = PACKAGE) -> str:
    """Return where a reader finds a page such as docs/how-to/redshift.md: its path, where it came with a wheel."""
    installed = package / page
    return str(installed) if installed.is_file() else page


def pages_home(root: Path, texts: Iterable[str], package: Path = PACKAGE) -> Path:
    """Return the folder whose docs/ are the project's pages: its own, or an installed package's if ``texts`` cite them.

    So the definitions of the metrics are at hand in a project that has no pages of its own.
    """
    cited = (package / page for text in texts for page in PAGE.findall(text))
    return package if not (root / DOCS).is_dir() and any(page.is_file() for page in cited) else root


def cited_pages(text: str, home: Path) -> tuple[str, ...]:
    """Return the pages of ``home`` that a description cites, each once."""
    return tuple(page for page in dict.fromkeys(PAGE.findall(text)) if (home / page).is_file())
