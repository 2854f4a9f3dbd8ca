"""Compare `run` with SQL written by hand, in alternation: ratios are of processes of the same round.

On DuckDB `run` is measured cold and warm. On PostgreSQL it is warm, and the CPU seconds are those of the client and of
all processes of the server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.processes import ENVIRONMENT, Measured, Rounds, measure_once, ratios, typical
from benchmarks.saved import figures, read_saved, save, saved_text
from benchmarks.tables import MEANING, print_table

ROOT = Path(__file__).parent.parent
JAFFLE = ROOT / "tests" / "data" / "jaffle_shop"
SAVED = ROOT / "target" / "benchmarks" / "floor.json"
COMMAND = (sys.executable, "-m", "marketing_ibis")
FLOOR, COLD, WARM = "floor", "`run`, cold", "`run`, warm"
CACHE_VARIABLE = "MARKETING_IBIS_CACHE_DIR"
HEAD = """\
| shop | | CPU s | s | MiB | CPU x | s x | MiB x | CPU x, saved |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop to measure: how its sources are made, and the day of its tables."""

    name: str
    seed: tuple[str, ...]
    as_of: str


def shop(orders: int) -> Shop:
    """Return a demo shop of so many orders; of 100, the jaffle shop."""
    if orders == 100:
        return Shop("jaffle shop, 100 orders", ("--from", str(JAFFLE)), "2018-04-10")
    return Shop(f"{orders:,} orders", ("--demo", "--orders", str(orders)), "2024-05-15")


def measure_rounds(shop: Shop, repeats: int) -> list[dict[str, Measured]]:
    """Measure every side in turn, some times after a round to warm up; each has a database of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = folder / "sources.duckdb"
        seed = (*COMMAND, "seed", *shop.seed, "--as-of", shop.as_of, "--target-path", str(folder / "seed"))
        subprocess.run((*seed, "--database", str(sources)), check=True, stdout=subprocess.DEVNULL)
        sides = {side: folder / f"{number}.duckdb" for number, side in enumerate((FLOOR, COLD, WARM))}
        for database in sides.values():
            shutil.copyfile(sources, database)
        measured = {FLOOR: floor_side, COLD: run_side, WARM: run_side}
        rounds = []
        for number in range(repeats + 1):
            caches = {COLD: folder / f"cache{number}", WARM: folder / "cache"}
            rounds.append({side: measured[side](shop, database, caches.get(side)) for side, database in sides.items()})
        return rounds[1:]


def measure_rounds_postgres(shop: Shop, repeats: int) -> list[dict[str, Measured]]:
    """Measure the floor and a warm `run` in turn on one PostgreSQL server; each has a database of its own."""
    from benchmarks.postgres_server import running_server, write_profile

    with tempfile.TemporaryDirectory() as name, running_server() as server:
        folder = Path(name)
        sources = write_profile(folder / "sources", server.create_database("sources"))
        place = ("--as-of", shop.as_of, "-t", "postgres", "--target-path", str(folder / "target"), "--profiles-dir")
        subprocess.run((*COMMAND, "seed", *shop.seed, *place, str(sources)), check=True, stdout=subprocess.DEVNULL)
        floor, runs = (server.create_database(name, "sources") for name in ("floor", "runs"))
        cache = folder / "cache"
        cache.mkdir(mode=0o700)
        commands = {
            FLOOR: (sys.executable, "-m", "benchmarks.floor_postgres", "--as-of", shop.as_of, "--database", floor),
            WARM: (*COMMAND, "run", *place, str(write_profile(folder / "runs", runs))),
        }
        environment = {**ENVIRONMENT, CACHE_VARIABLE: str(cache)}

        def measured(command: Sequence[str]) -> Measured:
            # What the other side left to write must not be counted to this one.
            server.execute("CHECKPOINT")
            before = server.cpu()
            client = measure_once(command, environment)
            return replace(client, cpu=client.cpu + server.cpu() - before)

        rounds = [{side: measured(command) for side, command in commands.items()} for _ in range(repeats + 1)]
        return rounds[1:]


ENGINES = {"duckdb": measure_rounds, "postgres": measure_rounds_postgres}


def floor_side(shop: Shop, database: Path, _: Path | None) -> Measured:
    """Measure the floor."""
    command = (sys.executable, "-m", "benchmarks.floor", "--as-of", shop.as_of)
    return measure_once((*command, "--database", str(database)))


def run_side(shop: Shop, database: Path, cache: Path | None) -> Measured:
    """Measure `run` with what earlier commands left in ``cache``; with an empty folder it is a cold start."""
    assert cache is not None
    cache.mkdir(mode=0o700, exist_ok=True)
    command = (*COMMAND, "run", "--as-of", shop.as_of, "--target-path", str(cache / "target"))
    return measure_once((*command, "--database", str(database)), {**ENVIRONMENT, CACHE_VARIABLE: str(cache)})


def lines(name: str, rounds: Rounds, saved: Mapping[str, float]) -> str:
    """Return the lines of one shop, next to the CPU ratios that were saved."""
    text = ""
    for side in rounds[0]:
        measured, ratio = typical([each[side] for each in rounds]), ratios(rounds, side, FLOOR)
        text += f"| {name} | {side} | {measured.cpu:.2f} | {measured.seconds:.2f} | {measured.peak:,}"
        text += f" | {ratio.cpu:.2f} | {ratio.seconds:.2f} | {ratio.peak:.2f} | {saved_text(saved.get(side))} |\n"
    return text


def table(orders: Sequence[int], repeats: int, *, engine: str = "duckdb", is_saved: bool = False) -> str:
    """Measure shops of these sizes on an engine and return the table."""
    saved, shops, text = read_saved(SAVED), {}, HEAD
    for each in (shop(number) for number in orders):
        name = each.name if engine == "duckdb" else f"{each.name}, {engine}"
        rounds = ENGINES[engine](each, repeats)
        shops[name] = figures(rounds, dict.fromkeys(rounds[0], FLOOR))
        text += lines(name, rounds, saved.get(name, {}))
    if is_saved:
        save(shops, SAVED)
    return f"{text}\n{MEANING.format(baseline='the floor', rounds=repeats, cores=os.cpu_count())}\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--orders", type=int, action="append", help="sizes; 100 is the jaffle shop (default: 100, 1000000)"
    )
    parser.add_argument("--repeats", type=int, default=5, help="rounds, each of all sides")
    parser.add_argument("--engine", choices=ENGINES, default="duckdb")
    parser.add_argument("--save", action="store_true", help=f"keep the ratios, to compare later ones with, in {SAVED}")
    options = parser.parse_args()
    text = table(options.orders or [100, 1_000_000], options.repeats, engine=options.engine, is_saved=options.save)
    print_table(text)


if __name__ == "__main__":
    main()
