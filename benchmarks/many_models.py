"""Measure how commands grow with the number of models: `ls`, `compile`, `plan` and `docs generate`, first and again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, measure_once, typical

COMMANDS = (("ls",), ("compile",), ("plan",), ("docs", "generate"))
SIZES = (100, 200, 400)
HEAD = """\
import ibis.expr.types as ir
from marketing_ibis.data_tests import not_null, unique
from marketing_ibis.model import column, model, source

COLUMNS = (column("id", "int64", "Key.", tests=(unique(), not_null())), column("n", "int64", "Number."))

"""
SOURCE = """\
@source(table="t", grain=("id",), columns=COLUMNS)
def raw_t() -> ir.Table:
    '''Numbers.'''
"""
MODEL = """\
@model(layer="marts", grain=("id",), columns=COLUMNS)
def m{number:03}({parameters}) -> ir.Table:
    '''Numbers again.'''
    return {first}.inner_join({last}, "id").select("id", n={first}.n)
"""


def write_project(folder: Path, models: int) -> None:
    """Write a project of marts, one per file, each of which depends on up to three of those before it."""
    flows = folder / "flows"
    flows.mkdir(parents=True)
    (flows / "__init__.py").write_text('"""Chained marts."""\n', "utf-8")
    (flows / "raw_t.py").write_text(HEAD + SOURCE, "utf-8")
    for number in range(models):
        parents = [f"m{number - step:03}" for step in (1, 3, 5) if number >= step] or ["raw_t"]
        parameters = ", ".join(f"{parent}: ir.Table" for parent in parents)
        last = parents[-1] if len(parents) > 1 else f'{parents[0]}.select("id")'
        text = MODEL.format(number=number, parameters=parameters, first=parents[0], last=last)
        (flows / f"m{number:03}.py").write_text(HEAD + text, "utf-8")
    (folder / "pyproject.toml").write_text('[tool.marketing_ibis]\ndataflows = ["flows"]\n', "utf-8")


def cpu_seconds(folder: Path, command: Sequence[str], repeats: int) -> tuple[float, float]:
    """Return the CPU seconds of a command that is called for the first time, and again: medians."""
    call = (sys.executable, "-m", "marketing_ibis", *command, "--project-dir", str(folder))
    target = () if command == ("ls",) else ("--target-path", str(folder / "target"))
    first, again = [], []
    for number in range(repeats):
        # Within the project nothing would be kept.
        cache = folder.with_name(f"cache_{'_'.join((folder.name, *command))}_{number}")
        environment = {**ENVIRONMENT, "MARKETING_IBIS_CACHE_DIR": str(cache)}
        first.append(measure_once((*call, *target), environment))
        again.append(measure_once((*call, *target), environment))
    return typical(first).cpu, typical(again).cpu


def main() -> None:
    """Print a table: a row for each command, and two columns for each number of models."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", type=int, action="append", help="Number of models; repeatable.")
    options.add_argument("--repeats", type=int, default=3)
    arguments = options.parse_args()
    sizes = arguments.models or SIZES
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            write_project(Path(place) / str(size), size)
        print(f"| CPU seconds | {' | '.join(f'{size} models | again' for size in sizes)} |")
        print(f"|---|{'---|---|' * len(sizes)}")
        for command in COMMANDS:
            cells = [cpu_seconds(Path(place) / str(size), command, arguments.repeats) for size in sizes]
            row = " | ".join(f"{first:.2f} | {again:.2f}" for first, again in cells)
            print(f"| `{' '.join(command)}` | {row} |", flush=True)


if __name__ == "__main__":
    main()
