"""Measure whole commands: seconds and peak memory, each beside a baseline of the same run."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.against_floor import COMMAND, JAFFLE, table
from benchmarks.processes import Measured, measure

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
LIBRARIES = "hamilton.driver, ibis.backends.sql.compilers"
IMPORTS = (sys.executable, "-c", f"import duckdb, {LIBRARIES}")
COMPILERS = (sys.executable, "-c", f"import marketing_ibis.cli, {LIBRARIES}")
COPY = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    for table in ("customers", "orders", "payments"):
        connection.execute(f"CREATE OR REPLACE TABLE copy_of_{table} AS FROM dbt_production.{table}")
        connection.execute(f"DROP TABLE copy_of_{table}")
"""
DRAW = """
import ibis.backends.sql.compilers, vl_convert
encoding = {"x": {"field": "a", "type": "quantitative"}}
vl_convert.vegalite_to_svg({"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": encoding})
"""
AS_OF = "2024-05-15"


@dataclass(frozen=True)
class Line:
    """A line of the table: what was run, its limit, its figures and those of its baseline."""

    name: str
    limit: str
    measured: Measured
    baseline_name: str
    baseline: Measured

    def __str__(self) -> str:
        ratio = self.measured.seconds / self.baseline.seconds
        return (
            f"| {self.name} | {self.measured.seconds:.2f} s | {self.limit} | {self.measured.peak:,} MiB"
            f" | {ratio:.1f} x {self.baseline_name} ({self.baseline.seconds:.2f} s) |"
        )


def start_up(repeats: int) -> list[Line]:
    """Measure the commands that must answer at once."""
    python = measure((sys.executable, "-c", "import click"), repeats)
    return [
        Line(f"`{word}`", "0.2 s", measure((*COMMAND, word), repeats), "importing click", python)
        for word in ("--help", "ls")
    ]


def jaffle(folder: Path, repeats: int) -> list[Line]:
    """Measure `run`, and `build` with all data tests, on a hundred orders."""
    place = ("--database", str(folder / "jaffle.duckdb"), "--target-path", str(folder / "target"))
    subprocess.run((*COMMAND, "seed", "--from", str(JAFFLE), *place), check=True, stdout=subprocess.DEVNULL)
    run = measure((*COMMAND, "run", "--as-of", "2018-04-10", *place), repeats)
    build = measure((*COMMAND, "build", "--as-of", "2018-04-10", *place), repeats)
    return [
        Line("`run`, jaffle shop", "1.2 s", run, "importing what it uses", measure(IMPORTS, repeats)),
        Line("`build`, jaffle shop", "1.5 s", build, "`run`", run),
    ]


def compiling(folder: Path, repeats: int) -> Line:
    """Measure `compile` for Redshift, where every statement passes the gate."""
    command = (*COMMAND, "compile", "--target", "redshift", "--as-of", AS_OF, "--target-path", str(folder / "target"))
    name, limit = "importing what it uses", "0.3 s more than its imports"
    return Line("`compile`, Redshift", limit, measure(command, repeats), name, measure(COMPILERS, repeats))


def demo(folder: Path, orders: int, limit: str, repeats: int) -> list[Line]:
    """Measure `seed --demo`, `run`, `build` with all data tests, and `report` on generated orders."""
    database = folder / f"demo_{orders}.duckdb"
    place = ("--database", str(database), "--target-path", str(folder / "target"), "--as-of", AS_OF)
    seed = measure((*COMMAND, "seed", "--demo", "--orders", str(orders), *place), 1)
    run = measure((*COMMAND, "run", *place), repeats)
    build = measure((*COMMAND, "build", *place), repeats)
    copy = measure((sys.executable, "-c", COPY, str(database)), repeats)
    report = measure((*COMMAND, "report", *place[:-2]), repeats)
    drawing = measure((sys.executable, "-c", DRAW), repeats)
    database.unlink()
    name = "copying the sources"
    return [
        Line(f"`seed --demo --orders {orders}`", "", seed, name, copy),
        Line(f"`run`, {orders:,} orders", limit, run, name, copy),
        Line(f"`build`, {orders:,} orders", "twice `run`", build, "`run`", run),
        Line(f"`report`, {orders:,} orders", "3 s", report, "drawing one bar", drawing),
    ]


def report(lines: Sequence[Line]) -> str:
    """Return the table as Markdown, with what it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "apache-hamilton"))
    head = (
        f"Medians on {os.cpu_count()} cores, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, {packages}:\n\n"
        "| whole process | seconds | at most | peak memory | baseline, same run |\n|---|---|---|---|---|\n"
    )
    return head + "".join(f"{line}\n" for line in lines)


def write(text: str) -> None:
    """Put the table into the page."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", "utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, action="append", default=[1_000_000], help="also so many orders")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--save", action="store_true", help="keep the ratios to SQL written by hand, to compare later ones with"
    )
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    options = parser.parse_args()
    sizes = tuple(dict.fromkeys((100, *options.orders)))
    print(table(sizes, options.repeats, is_saved=options.save))
    limits = {1_000_000: "3 s", 10_000_000: "25 s, 5 GiB"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [*start_up(options.repeats), compiling(folder, options.repeats), *jaffle(folder, options.repeats)]
        for orders in dict.fromkeys(options.orders):
            repeats = options.repeats if orders <= 1_000_000 else min(options.repeats, 3)
            lines += demo(folder, orders, limits.get(orders, ""), repeats)
    text = report(lines)
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
