"""The three sides of the comparison: what each needs in its folder, and the command of each step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from benchmarks.against_floor import CACHE_VARIABLE, COMMAND, ROOT
from benchmarks.peers import dbt_project, sqlmesh_project
from benchmarks.peers.environments import STORAGE_VERSION
from benchmarks.peers.project import Model, Project
from benchmarks.processes import ENVIRONMENT, Measured, measure_once

RUN, TESTED, UNCHANGED, CHANGED = "run", "run with tests", "nothing changed", "one model changed"
STEPS = (RUN, TESTED, UNCHANGED, CHANGED)
# Those that `run` gives DuckDB as well.
SETTINGS = {"preserve_insertion_order": "false", "block_allocator_memory": "4GB"}


class Side(Protocol):
    """A tool that builds the shop's tables in a database of its own."""

    name: str

    def prepare(self, project: Project) -> None:
        """Write the project and build everything once."""
        ...

    def edit(self, model: Model) -> None:
        """Change a model of the project."""
        ...

    def restore(self, model: Model) -> None:
        """Undo the change of a model, and build it."""
        ...

    def measure(self, step: str) -> Measured:
        """Carry out a step and measure it."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a measurement: databases, projects, and the copy of our own project that is edited."""

    folder: Path
    as_of: str

    @property
    def checkout(self) -> Path:
        """The copy of our own project."""
        return self.folder / "checkout"

    def database(self, name: str) -> Path:
        """Return the database of a side."""
        return self.folder / f"{name}.duckdb"

    def copy_sources(self, name: str, version: str = "latest") -> Path:
        """Return a database with the sources for a side, in a format that its version of DuckDB reads."""
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{self.database('sources')}' AS sources (READ_ONLY)")
            connection.execute(f"ATTACH '{self.database(name)}' AS copy (STORAGE_VERSION '{version}')")
            connection.execute("COPY FROM DATABASE sources TO copy")
        return self.database(name)

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables of a command: Python finds the edited project first."""
        return {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(map(str, (self.checkout, ROOT))), **more}

    def run(self, name: str, command: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> Measured:
        """Measure a command of a side; its log is next to the databases."""
        return measure_once(command, environment, folder, self.folder / f"{name}.log")


class Ours:
    """marketing_ibis, whose project is edited in place before the other sides are given the SQL."""

    name = "marketing_ibis"
    words: Mapping[str, tuple[str, ...]] = {
        RUN: ("run",),
        TESTED: ("build",),
        UNCHANGED: ("run", "--changed"),
        CHANGED: ("run", "--changed"),
    }

    def __init__(self, place: Place) -> None:
        self.place = place

    def prepare(self, project: Project) -> None:
        """Build everything, as the nights before did."""
        self.place.copy_sources(self.name)
        (self.place.folder / "cache").mkdir(mode=0o700)
        self.warm_up()

    def edit(self, model: Model) -> None:
        """Do nothing: the project is edited already."""

    def restore(self, model: Model) -> None:
        """Compile the project again, which the cache has forgotten since."""
        self.warm_up()

    def warm_up(self) -> None:
        """Carry out the steps before the edit, each of which keeps what it compiled."""
        for step in STEPS[:-1]:
            self.measure(step)

    def measure(self, step: str) -> Measured:
        """Carry out a step with the cache that earlier ones left."""
        place = self.place
        options = ("--as-of", place.as_of, "--database", str(place.database(self.name)))
        target = ("--target-path", str(place.folder / "target"))
        variables = {CACHE_VARIABLE: str(place.folder / "cache")}
        command = (*COMMAND, *self.words[step], *options, *target)
        return place.run(self.name, command, place.environment(**variables), place.checkout)


class Dbt:
    """dbt-core with dbt-duckdb, which compares with the manifest of its last command to see what changed."""

    name = "dbt"
    modified = ("run", "--select", "state:modified+", "--state", "state")
    words: Mapping[str, tuple[str, ...]] = {RUN: ("run",), TESTED: ("build",), UNCHANGED: modified, CHANGED: modified}

    def __init__(self, place: Place, program: Path) -> None:
        self.place, self.program = place, program
        self.folder = place.folder / "dbt_project"

    def prepare(self, project: Project) -> None:
        """Write the project, and build everything."""
        database = self.place.copy_sources(self.name)
        threads = os.cpu_count() or 1
        dbt_project.write(project, self.folder, database, self.place.as_of, SETTINGS, threads)
        self.measure(RUN)

    def edit(self, model: Model) -> None:
        """Write the file of the model."""
        dbt_project.write_model(model, self.folder / "models", self.place.as_of)

    def restore(self, model: Model) -> None:
        """Write the file of the model, and build it."""
        self.edit(model)
        self.measure(UNCHANGED)

    def measure(self, step: str) -> Measured:
        """Carry out a step; the manifest of the command before it is the state to compare with."""
        manifest = self.folder / "target" / "manifest.json"
        if manifest.exists():
            (self.folder / "state").mkdir(exist_ok=True)
            shutil.copyfile(manifest, self.folder / "state" / "manifest.json")
        command = (str(self.program), *self.words[step], "--profiles-dir", ".")
        variables = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        return self.place.run(self.name, command, self.place.environment(**variables), self.folder)


class SqlMesh:
    """SQLMesh, with one project without audits and one with them, each with a database of its own."""

    name = "SQLMesh"
    plan = ("plan", "--auto-apply", "--no-prompts")
    words: Mapping[str, tuple[str, ...]] = {
        RUN: (*plan, "--restate-model", "*"),
        TESTED: (*plan, "--restate-model", "*"),
        UNCHANGED: plan,
        CHANGED: plan,
    }

    def __init__(self, place: Place, program: Path) -> None:
        self.place, self.program = place, program

    def project(self, step: str) -> str:
        """Return the name of the project that a step is measured on: another one than that of SQLMesh's own schema."""
        return "mesh_tested" if step == TESTED else "mesh"

    def prepare(self, project: Project) -> None:
        """Write both projects, and build everything."""
        for step in (UNCHANGED, TESTED):
            name = self.project(step)
            database = self.place.copy_sources(name, STORAGE_VERSION)
            folder = self.place.folder / f"{name}_project"
            sqlmesh_project.write(project, folder, database, self.place.as_of, SETTINGS, is_tested=step == TESTED)
            self.call(name, self.plan)

    def edit(self, model: Model) -> None:
        """Write the file of the model."""
        folder = self.place.folder / f"{self.project(CHANGED)}_project"
        sqlmesh_project.write_model(model, folder / "models", self.place.as_of, [])

    def restore(self, model: Model) -> None:
        """Write the file of the model, and build it."""
        self.edit(model)
        self.measure(UNCHANGED)

    def measure(self, step: str) -> Measured:
        """Carry out a step."""
        return self.call(self.project(step), self.words[step])

    def call(self, name: str, words: tuple[str, ...]) -> Measured:
        """Run a command in one of the projects."""
        variables = {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"}
        command = (str(self.program), *words)
        return self.place.run(name, command, self.place.environment(**variables), self.place.folder / f"{name}_project")
