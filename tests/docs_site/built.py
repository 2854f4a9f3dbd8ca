"""Build the project's own site, with a report and the results of a build, for several tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from marketing_ibis.model import DataTest
from tests.holding import held
from tests.invocation import invoke
from tests.paths import GOLDEN, ROOT


def build_own_site(folder: Path) -> Path:
    """Return the folder of the site, built below ``folder`` without a warning."""
    place = ("--target-path", str(folder), "--project-dir", str(ROOT))
    invoke("seed", "--from", str(GOLDEN), *place)
    invoke("build", "--as-of", "2024-05-15", "-q", *place)
    with held(folder / "warehouse.duckdb", read_only=True):
        output = invoke("docs", "generate", "--strict", "--as-of", "2024-05-15", *place).output
    assert "documentation coverage 100%" in output
    return folder / "site"


def named(data_test: DataTest, column: str) -> DataTest:
    """Return a test as a column declares it."""
    return replace(data_test, column=column)


def pages(site: Path) -> list[Path]:
    """Return every page of a site."""
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
