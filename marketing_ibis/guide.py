"""Find the guide, the pages under docs/, in an installed package or in a clone."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
DOCS = "docs"


def guide_folder(package: Path = PACKAGE) -> Path | None:
    """Return the folder of the guide: a wheel has it within the package, a clone next to it."""
    return next((parent / DOCS for parent in (package, package.parent) if (parent / DOCS / "index.md").is_file()), None)


def guide_page(page: str, package: Path = PACKAGE) -> str:
    """Return where a reader finds a page such as docs/how-to/redshift.md: its path, where it came with a wheel."""
    installed = package / page
    return str(installed) if installed.is_file() else page
