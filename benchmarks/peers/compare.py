"""Measure `run` next to dbt and SQLMesh: whole processes on the same sources, with the same SQL for every model."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb

from benchmarks.against_floor import CACHE_VARIABLE, COMMAND, ROOT, Shop, shop
from benchmarks.floor import DuckDB, difference, tables
from benchmarks.peers.environments import DBT, SQLMESH, cache_folder
from benchmarks.peers.project import MODELS, Model, Project, changed_models, read_project
from benchmarks.peers.sides import CHANGED, STEPS, Dbt, Ours, Place, Side, SqlMesh
from benchmarks.processes import Measured, least

SAVED = ROOT / "target" / "benchmarks" / "peers.json"
FORMAT = 1
EDITED = Path("dataflows", "lib", "product_rules.py")
BEFORE, AFTER = "declining_above_days: int = 60", "declining_above_days: int = {}"
"""The line that is edited: a limit of one model. Each edit is a new one, as edits are."""
CHECKED_UP_TO = 100_000
"""Above so many orders, comparing the tables takes longer than building them."""

Figures = Mapping[str, Mapping[str, Measured]]
"""What each step took on each side, the least of the rounds."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a peer takes for each unit that we take."""

    cpu: float
    seconds: float
    peak: float


def ratio(peer: Measured, ours: Measured) -> Ratio:
    """Return what a peer takes, in terms of ours."""
    return Ratio(peer.cpu / ours.cpu, peer.seconds / ours.seconds, peer.peak / ours.peak)


def measure_shop(shop: Shop, repeats: int, folder: Path, *, is_checked: bool) -> Iterator[Figures]:
    """Measure every step on every side in turn, A B C A B C, after each side has built everything once.

    What was measured so far is returned after each round.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Place(Path(name), shop.as_of)
        seed(shop, place)
        project = write_checkout(place)
        sides = (Ours(place), Dbt(place, DBT.program(folder)), SqlMesh(place, SQLMESH.program(folder)))
        for side in sides:
            side.prepare(project)
        if is_checked:
            check(place, project)
        yield from measure_rounds(place, project, sides, repeats)


def measure_rounds(place: Place, project: Project, sides: Sequence[Side], repeats: int) -> Iterator[Figures]:
    """Measure rounds, and return the least of each figure after each."""
    rounds: list[Figures] = []
    for number in range(1, repeats + 1):
        if rounds:
            restore(place, project, sides)
        rounds.append(measure_round(place, project, sides, number))
        yield {step: {side.name: least([each[step][side.name] for each in rounds]) for side in sides} for step in STEPS}


def measure_round(place: Place, project: Project, sides: Sequence[Side], number: int) -> dict[str, dict[str, Measured]]:
    """Measure every step once; the last one leaves the project edited."""
    figures = {step: {side.name: side.measure(step) for side in sides} for step in STEPS[:-1]}
    model = edit(place, project, number)
    for side in sides:
        side.edit(model)
    figures[CHANGED] = {side.name: side.measure(CHANGED) for side in sides}
    return figures


def restore(place: Place, project: Project, sides: Sequence[Side]) -> None:
    """Undo the edit of a round, on every side."""
    (name,) = changed_models(project, compile_project(place))
    write_edited(place, 0)
    for side in sides:
        side.restore(project.models[name])


def seed(shop: Shop, place: Place) -> None:
    """Fill the sources, as tables of a DuckDB file."""
    target = ("--target-path", str(place.folder / "seed"), "--database", str(place.database("sources")))
    command = (*COMMAND, "seed", *shop.seed, "--as-of", shop.as_of, *target)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def write_checkout(place: Place) -> Project:
    """Copy our own project, to edit it, and return it as the peers get it."""
    shutil.copytree(ROOT / "dataflows", place.checkout / "dataflows", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", place.checkout / "pyproject.toml")
    return compile_project(place)


def compile_project(place: Place) -> Project:
    """Return the project in the checkout, compiled with a cache that no measured command sees."""
    target = place.folder / "compiled"
    cache = place.folder / "compile_cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    command = (*COMMAND, "compile", "--target", "duckdb", "--as-of", place.as_of, "--target-path", str(target))
    environment = place.environment(**{CACHE_VARIABLE: str(cache)})
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment, cwd=place.checkout)
    return read_project(target)


def edit(place: Place, project: Project, number: int) -> Model:
    """Edit the checkout, and return the model whose SQL that changes.

    Raises:
        SystemExit: it changes no model, or several.
    """
    write_edited(place, number)
    edited = compile_project(place)
    names = changed_models(project, edited)
    if len(names) != 1:
        raise SystemExit(f"Editing {EDITED} changes {len(names)} models, not one: {', '.join(names)}.")
    return edited.models[names[0]]


def write_edited(place: Place, number: int) -> None:
    """Write the edited file into the checkout; edit 0 is the file as it was.

    Raises:
        SystemExit: the file does not have the line to edit.
    """
    text = (ROOT / EDITED).read_text("utf-8")
    if text.count(BEFORE) != 1:
        raise SystemExit(f"{EDITED} does not have the line {BEFORE!r} once; choose another one to edit.")
    (place.checkout / EDITED).write_text(text.replace(BEFORE, AFTER.format(60 + number)), "utf-8")


def check(place: Place, project: Project) -> None:
    """Compare the tables that all sides published, row by row.

    Raises:
        SystemExit: they differ.
    """
    names = (Ours.name, Dbt.name, "mesh", "mesh_tested")
    with duckdb.connect() as connection:
        database = DuckDB(connection)
        for name in names:
            database.execute(f"ATTACH '{place.database(name)}' (READ_ONLY)")
        for peer in names[1:]:
            database.execute(f"USE {peer}")
            missing = project.models.keys() - tables(database, MODELS)
            messages = [f"{peer} did not publish {name}" for name in sorted(missing)]
            for name in project.models.keys() - missing:
                messages += difference(database, f"{peer}.{MODELS}.{name}", f"{Ours.name}.{MODELS}.{name}")
            if messages:
                raise SystemExit("\n".join(messages))


def lines(name: str, figures: Figures) -> str:
    """Return the lines of one shop."""
    text = ""
    for step, sides in figures.items():
        cells = [f"{each.cpu:.2f} / {each.seconds:.2f} / {each.peak:,}" for each in sides.values()]
        for peer in (Dbt.name, SqlMesh.name):
            found = ratio(sides[peer], sides[Ours.name])
            cells += [f"{found.cpu:.2f}", f"{found.seconds:.2f}", f"{found.peak:.2f}"]
        text += f"| {name} | {step} | {' | '.join(cells)} |\n"
    return text


def head() -> str:
    """Return the head of the table."""
    names = (Ours.name, Dbt.name, SqlMesh.name)
    columns = [f"{name}: CPU s / s / MiB" for name in names]
    columns += [f"{name}, x ours: {figure}" for name in names[1:] for figure in ("CPU", "time", "memory")]
    return f"| shop | | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}\n"


def versions() -> str:
    """Return what was measured, in words."""
    ours = f"marketing_ibis {version('marketing-ibis')} with duckdb {version('duckdb')}"
    dbt, sqlmesh = (" with ".join(each.packages[:2]).replace("==", " ") for each in (DBT, SQLMESH))
    return f"{ours}, {dbt} and the same duckdb, {sqlmesh}, all on Python {platform.python_version()}"


def save(shops: Mapping[str, Figures], file: Path = SAVED) -> None:
    """Save what was measured; shops of an earlier file that were not measured now stay."""
    content = json.loads(file.read_text("utf-8")) if file.exists() else {}
    before = content["shops"] if content.get("format") == FORMAT else {}
    measured = {
        name: {step: {side: asdict(each) for side, each in sides.items()} for step, sides in figures.items()}
        for name, figures in shops.items()
    }
    content = {
        "format": FORMAT,
        "saved_on": date.today().isoformat(),
        "versions": versions(),
        "shops": {**before, **measured},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--orders", type=int, action="append", help="sizes; 100 is the jaffle shop (default: 100, 1000000)"
    )
    parser.add_argument("--repeats", type=int, default=3, help="rounds, each of all sides")
    parser.add_argument("--folder", type=Path, default=cache_folder(), help="for environments and databases")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = options.folder.resolve()
    shops: dict[str, Figures] = {}
    for orders in options.orders or [100, 1_000_000]:
        each = shop(orders)
        for figures in measure_shop(each, options.repeats, folder, is_checked=orders <= CHECKED_UP_TO):
            shops[each.name] = figures
            save(shops)
            print(lines(each.name, figures), flush=True)
    text = head() + "".join(lines(name, figures) for name, figures in shops.items())
    print(f"{text}\nThe least of {options.repeats} rounds on {os.cpu_count()} cores: {versions()}.")


if __name__ == "__main__":
    main()
