"""Write the query of each data test to a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from marketing_ibis.dialects import Dialect, Relation
from marketing_ibis.fusion import Suite
from marketing_ibis.text_files import write_text
from marketing_ibis.verify import CheckResult

FOLDER = "tests"


def write_queries(suites: Iterable[Suite], dialect: Dialect, relations: Mapping[str, Relation], folder: Path) -> None:
    """Write the SELECT that finds the failures of each test, reading ``relations``, to FOLDER/NAME.sql.

    Raises:
        UsageError: the folder cannot be written.
    """
    resolved = dialect.resolver(relations)
    for suite in suites:
        for probe in suite.probes:
            _write(folder, probe.check.name, resolved(probe.failing))


def write_failing(results: Iterable[CheckResult], folder: Path) -> None:
    """Write the SELECTs of tests that found something anew, reading what they were asked of: the candidates.

    Raises:
        UsageError: the folder cannot be written.
    """
    for result in results:
        if result.status in ("warn", "fail"):
            _write(folder, result.name, result.failing)


def query_file(folder: Path, test: str) -> Path:
    """Return where the query of a test is written."""
    return folder / FOLDER / f"{test}.sql"


def _write(folder: Path, test: str, select: str) -> None:
    write_text(query_file(folder, test), f"-- what test {test} finds\n{select}\n")
