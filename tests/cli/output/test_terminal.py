"""The output in a terminal of 80 columns: nothing wraps, and errors come last."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import duckdb
import pytest

from marketing_ibis.cli.output.data_test_console import fill_with_dots
from marketing_ibis.cli.output.log import wrap_lines
from tests.invocation import Run
from tests.paths import MODEL_COUNT
from tests.shop import make_shop

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")

COLUMNS = 80
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NOT_NEGATIVE = """
    from marketing_ibis.data_tests import non_negative

    COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price.", tests=(non_negative(),)))

    @source(table="sales", grain=("id",), columns=COLUMNS)
    def raw_sales() -> ir.Table:
        '''Sales.'''
    """


def in_terminal(folder: Path, *arguments: str, term: str = "xterm-256color") -> tuple[int, str]:
    """Run a command in a terminal of 80 columns; return its exit code and what it printed."""
    controller, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        (sys.executable, "-m", "marketing_ibis", *arguments),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        env={**environment, "TERM": term, "COLUMNS": str(COLUMNS), "LINES": "50"},
    ) as process:
        os.close(terminal)
        printed = bytearray()
        while True:
            try:
                part = os.read(controller, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not part:
                break
            printed += part
        os.close(controller)
        return process.wait(), printed.decode().replace("\r\n", "\n")


def shown(printed: str) -> list[str]:
    """Return the lines that stay on the screen: a line that is redrawn shows what was drawn last."""
    return [ESCAPE.sub("", line.rpartition("\r")[2]) for line in printed.split("\n")]


def test_no_line_of_a_build_wraps(run: Run, tmp_path: Path) -> None:
    run("seed", "--demo", "--orders", "60", "--as-of", "2024-05-15")
    code, printed = in_terminal(tmp_path, "build", "--as-of", "2024-05-15")
    lines = shown(printed)
    assert code == 0
    assert [line for line in lines if len(line) > COLUMNS] == []
    assert "\x1b[32mOK\x1b[0m" in printed, "the bar keeps the colours of the lines"
    assert any(
        re.fullmatch(rf"\d+ of {MODEL_COUNT}  table attribution_touchpoints \.{{3,}} OK \[.*\]", line) for line in lines
    )
    assert "Skipped: 1 test (raw_customers has no column email)" in lines


def test_a_dumb_terminal_gets_no_escape_codes(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    code, printed = in_terminal(tmp_path, "build", "--database", str(shop.database), term="dumb")
    assert code == 0
    assert "OK" in printed
    assert "\x1b" not in printed


def test_errors_come_last_with_the_bad_value_and_skips_are_one_line(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, raw_sales=NOT_NEGATIVE)
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("INSERT INTO dbt_production.sales VALUES (9, -1234567)")
    code, printed = in_terminal(tmp_path, "build", "--database", str(shop.database))
    lines = shown(printed)
    assert code == 1
    start = next(n for n, line in enumerate(lines) if line.startswith("Skipped: "))
    assert [line for line in lines if re.search(r"SKIP\b", line)] == [lines[start + 4]]
    assert lines[start : start + 6] == [
        "Skipped: 4 models (stg_sales, halves, totals, report)",
        "Error: non_negative_raw_sales_cents: 2 failures in dbt_production.sales.cents",
        "  (id, cents): (3, -5), (9, -1234567)",
        "  target/duckdb/tests/non_negative_raw_sales_cents.sql",
        "SKIP 4. Tests: FAIL 1. Nothing was published; the published tables are",
        "  unchanged.",
    ]
    assert lines[start + 6].startswith("Error: 1 test failed: non_negative_raw_sales_cents (2 failures in")
    assert [line for line in lines if len(line) > COLUMNS] == []


def test_prose_breaks_between_words_and_paths_stay_whole() -> None:
    path = "/a-folder/" + "x" * 90 + ".sql"
    text = f"  The query that finds all failing rows of the relation is in this file: {path}\nShort."
    lines = wrap_lines(text, COLUMNS).split("\n")
    assert path in " ".join(lines)
    assert [line for line in lines if len(line) > COLUMNS] == [f"    {path}"]
    assert lines[-1] == "Short."
    assert wrap_lines(text, None) == text


def test_styled_prose_breaks_between_words() -> None:
    text = f"{click.style('Skipped:', fg='yellow')} {'2 models (stg_spend, campaign_results) and ' * 3}11 tests"
    lines = wrap_lines(text, COLUMNS).split("\n")
    assert [line for line in lines if len(click.unstyle(line)) > COLUMNS] == []
    assert " ".join(line.strip() for line in lines) == text


@pytest.mark.parametrize(
    ("head", "line"),
    [
        pytest.param("view a", "view a .......", id="short"),
        pytest.param("view abcde", "view abcde ...", id="just_fits"),
        pytest.param("view abcdef", "view …cdef ...", id="cut_in_the_middle"),
    ],
)
def test_heads_are_filled_or_cut(head: str, line: str) -> None:
    assert fill_with_dots(head, len("view abcde ...")) == line
