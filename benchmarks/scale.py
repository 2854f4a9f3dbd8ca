"""Measure how the time and the memory of `run` grow with the number of orders."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from math import log
from pathlib import Path
from statistics import linear_regression

from benchmarks.against_floor import COMMAND, ROOT, run_side, shop
from benchmarks.processes import Measured, least

SAVED = ROOT / "target" / "benchmarks" / "scale.json"
SIZES = (100_000, 316_228, 1_000_000, 3_162_278, 10_000_000)
LIMIT = 1.05
"""The most that the time may grow: with this power of the number of orders."""


def measure_size(orders: int, repeats: int, folder: Path | None) -> Measured:
    """Measure `run` on a demo shop of so many orders, after one that fills the cache; return the least of each figure.

    The first one is left out if there is only one: a large run does not notice a second of compiling.
    """
    each = shop(orders)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        database, cache = Path(name) / "shop.duckdb", Path(name) / "cache"
        place = ("--database", str(database), "--target-path", str(Path(name) / "seed"))
        command = (*COMMAND, "seed", *each.seed, "--as-of", each.as_of, *place)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        warm_up = 1 if repeats > 1 else 0
        samples = [run_side(each, database, cache) for _ in range(repeats + warm_up)]
    return least(samples[warm_up:])


def exponent(points: Mapping[int, float]) -> float:
    """Return the power of the number of orders that the figures grow with: the slope of their logarithms."""
    return linear_regression([log(orders) for orders in points], [log(figure) for figure in points.values()]).slope


def table(sizes: Mapping[int, Measured]) -> str:
    """Return the figures as Markdown, with how they grow from one size to the next and over all."""
    text = "| orders | CPU s | s | MiB | CPU s per million | exponent of CPU, from the size before |\n"
    text += "|---|---|---|---|---|---|\n"
    before: dict[int, float] = {}
    for orders, each in sizes.items():
        here = {orders: each.cpu}
        grown = f"{exponent(before | here):.2f}" if before else ""
        text += f"| {orders:,} | {each.cpu:.2f} | {each.seconds:.2f} | {each.peak:,}"
        text += f" | {each.cpu / orders * 1e6:.2f} | {grown} |\n"
        before = here
    if len(sizes) > 1:
        cpu = exponent({orders: each.cpu for orders, each in sizes.items()})
        seconds = exponent({orders: each.seconds for orders, each in sizes.items()})
        text += f"\nExponent over all sizes, least squares: CPU {cpu:.2f}, time {seconds:.2f}; at most {LIMIT}.\n"
    return text


def save(sizes: Mapping[int, Measured], file: Path = SAVED) -> None:
    """Save what was measured."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "saved_on": date.today().isoformat(),
        "sizes": {str(orders): asdict(each) for orders, each in sizes.items()},
    }
    file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, action="append", help=f"sizes (default: {', '.join(map(str, SIZES))})")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each size, after one to warm up if several")
    parser.add_argument(
        "--folder", type=Path, help="for databases: 100,000,000 orders take about 30 GB (default: /tmp)"
    )
    options = parser.parse_args(arguments)
    sizes: dict[int, Measured] = {}
    for orders in sorted(options.orders or SIZES):
        sizes[orders] = measure_size(orders, options.repeats, options.folder)
        print(f"{orders:,} orders: {sizes[orders]}", flush=True)
    save(sizes)
    print(f"\n{table(sizes)}\nThe least of {options.repeats} runs on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
