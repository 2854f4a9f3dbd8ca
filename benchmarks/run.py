"""Measure whole commands: seconds and peak memory, each beside a baseline of the same run."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.against_floor import COMMAND, JAFFLE, ROOT, table
from benchmarks.processes import Ratios, Rounds, alternate, measure_once, ratios, typical
from benchmarks.saved import figures, read_saved, save, saved_text
from benchmarks.tables import MEANING, print_table

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
SAVED = ROOT / "target" / "benchmarks" / "commands.json"
GROUP = "commands"
CLICK, IMPORTED, COPYING, DRAWING = "import click", "its imports", "copying the sources", "drawing one bar"
"""What commands are compared with."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, its limit, and the baseline in the same rounds."""

    side: str
    limit: str
    baseline: str
    rounds: Rounds

    def text(self, saved: Mapping[str, float]) -> str:
        """Return the line, with the ratio that was saved."""
        measured, ratio = typical([each[self.side] for each in self.rounds]), self.ratio
        baseline = typical([each[self.baseline] for each in self.rounds])
        return (
            f"| {self.side} | {measured.cpu:.2f} | {measured.seconds:.2f} | {measured.peak:,} | {self.limit}"
            f" | {self.baseline} | {baseline.cpu:.2f} | {ratio.cpu:.2f} | {ratio.seconds:.2f}"
            f" | {saved_text(saved.get(self.side))} |"
        )

    @property
    def ratio(self) -> Ratios:
        """What it takes for each unit that its baseline takes."""
        return ratios(self.rounds, self.side, self.baseline)


def start_up(repeats: int) -> list[Line]:
    """Measure the commands that must answer at once."""
    sides = {f"`{word}`": (*COMMAND, word) for word in ("--help", "ls")}
    rounds = alternate({**sides, CLICK: (sys.executable, "-c", "import click")}, repeats)
    return [Line(side, "0.2 s", CLICK, rounds) for side in sides]


def jaffle(folder: Path, repeats: int) -> list[Line]:
    """Measure `run`, and `build` with all data tests, on a hundred orders."""
    place = ("--database", str(folder / "jaffle.duckdb"), "--target-path", str(folder / "target"))
    subprocess.run((*COMMAND, "seed", "--from", str(JAFFLE), *place), check=True, stdout=subprocess.DEVNULL)
    run, build = (f"`{word}`, jaffle shop" for word in ("run", "build"))
    commands = {side: (*COMMAND, side[1:].partition("`")[0], "--as-of", "2018-04-10", *place) for side in (run, build)}
    rounds = alternate({**commands, IMPORTED: IMPORTS}, repeats)
    return [Line(run, "1.2 s", IMPORTED, rounds), Line(build, "1.5 s", run, rounds)]


def compiling(folder: Path, repeats: int) -> Line:
    """Measure `compile` for Redshift, where every statement passes the gate."""
    command = (*COMMAND, "compile", "--target", "redshift", "--as-of", AS_OF, "--target-path", str(folder / "target"))
    side = "`compile`, Redshift"
    return Line(side, "imports + 0.3 s", IMPORTED, alternate({side: command, IMPORTED: COMPILERS}, repeats))


def demo(folder: Path, orders: int, limit: str, repeats: int) -> list[Line]:
    """Measure `seed --demo`, `run`, `build` with all data tests, and `report` on generated orders."""
    database = folder / f"demo_{orders}.duckdb"
    place = ("--database", str(database), "--target-path", str(folder / "target"), "--as-of", AS_OF)
    seed, run, build, report = (f"`{word}`, {orders:,} orders" for word in ("seed", "run", "build", "report"))
    seeded = measure_once((*COMMAND, "seed", "--demo", "--orders", str(orders), *place))
    commands: dict[str, Sequence[str]] = {
        run: (*COMMAND, "run", *place),
        build: (*COMMAND, "build", *place),
        report: (*COMMAND, "report", *place[:-2]),
        COPYING: (sys.executable, "-c", COPY, str(database)),
        DRAWING: (sys.executable, "-c", DRAW),
    }
    rounds = alternate(commands, repeats)
    database.unlink()
    return [
        Line(seed, "", COPYING, [{**each, seed: seeded} for each in rounds]),
        Line(run, limit, COPYING, rounds),
        Line(build, "twice `run`", run, rounds),
        Line(report, "3 s", DRAWING, rounds),
    ]


def report(lines: Sequence[Line], repeats: int, saved: Mapping[str, float]) -> str:
    """Return the table as Markdown, with what it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "ibis-framework", "apache-hamilton"))
    head = (
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {packages}:\n\n"
        "| whole process | CPU s | s | MiB | at most | baseline | its CPU s | CPU x | s x | CPU x, saved |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
    )
    rows = "".join(f"{line.text(saved)}\n" for line in lines)
    return f"{head}{rows}\n{MEANING.format(baseline='the baseline', rounds=repeats, cores=os.cpu_count())}"


def write(text: str) -> None:
    """Put the table into the page."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", "utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, action="append", help="a size to measure, besides 100 (default: 1000000)")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--save", action="store_true", help="keep the ratios to SQL written by hand, to compare later ones with"
    )
    parser.add_argument("--write", action="store_true", help="write the table into benchmarks/README.md")
    options = parser.parse_args()
    sizes = tuple(dict.fromkeys(options.orders or [1_000_000]))
    print_table(table(tuple(dict.fromkeys((100, *sizes))), options.repeats, is_saved=options.save))
    limits = {1_000_000: "3 s", 10_000_000: "25 s, 5 GiB"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [*start_up(options.repeats), compiling(folder, options.repeats), *jaffle(folder, options.repeats)]
        for orders in sizes:
            repeats = options.repeats if orders <= 1_000_000 else min(options.repeats, 3)
            lines += demo(folder, orders, limits.get(orders, ""), repeats)
    text = report(lines, options.repeats, read_saved(SAVED).get(GROUP, {}))
    print_table(text)
    if options.save:
        measured = {line.side: figures(line.rounds, {line.side: line.baseline})[line.side] for line in lines}
        save({GROUP: measured}, SAVED)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
