"""Write the data tests as SQL: the query of each, and a script of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from marketing_ibis.atomic_write import write_text
from marketing_ibis.build.plan import Plan, reading_published
from marketing_ibis.build.run import RunResults
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.script import data_test_script

FOLDER, SCRIPT = "tests", "test.sql"


def write_queries(batches: Iterable[Batch], dialect: Dialect, relations: Mapping[str, Relation], folder: Path) -> None:
    """Write the SELECT that finds the failures of each test, reading ``relations``, to FOLDER/NAME.sql.

    Raises:
        UsageError: the folder cannot be written.
    """
    resolve = dialect.resolver(relations)
    for batch in batches:
        for query in batch.queries:
            _write(folder, query.data_test.name, batch.node, resolve(query.failing))


def write_script(
    batches: Sequence[Batch], dialect: Dialect, relations: Mapping[str, Relation], as_of: date, folder: Path
) -> None:
    """Write the script of all tests to SCRIPT.

    Raises:
        UsageError: the folder cannot be written.
    """
    statements = data_test_script(batches, dialect, relations)
    head = f"-- every data test as of {as_of}; the last statement lists them, failures first"
    write_text(folder / SCRIPT, "\n".join((head, *(f"{statement};\n" for statement in statements))))


def write_failing(plan: Plan, results: RunResults, folder: Path) -> None:
    """Rewrite the SELECTs of tests that found something, reading candidates where these were not published.

    Raises:
        UsageError: the folder cannot be written.
    """
    for data_test in results.data_tests:
        if data_test.status in ("warn", "fail"):
            select = reading_published(plan, results.published_models, data_test.failing)
            _write(folder, data_test.name, data_test.node, select)


def query_file(folder: Path, test: str) -> Path:
    """Return where the query of a test is written."""
    return folder / FOLDER / f"{test}.sql"


def node_of(test: str, first_line: str) -> str:
    """Return the model or source of a test from the first line of its file; "" if that line is not ours."""
    prefix, suffix = _head(test, "\0").split("\0")
    is_own = first_line.startswith(prefix) and first_line.endswith(suffix)
    return first_line.removeprefix(prefix).removesuffix(suffix) if is_own else ""


def _write(folder: Path, test: str, node: str, select: str) -> None:
    write_text(query_file(folder, test), f"{_head(test, node)}\n{select}\n")


def _head(test: str, node: str) -> str:
    return f"-- what test {test} of {node} finds"
