"""What the site's pages tell, gathered before any is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from marketing_ibis.build.latest_results import BuildResult, LatestResults
from marketing_ibis.graph import Graph, children_of
from marketing_ibis.guide import pages_home
from marketing_ibis.lineage.drawing import Surroundings
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model import DataTest, Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.audiences import DeclaredAudience
from marketing_ibis.project.static_parsing import Node, graph_of

EXPOSURE = "exposure"

Report = Callable[[str, str], object]
"""Called with a phase and a page when the page is done in it."""


class Entry(NamedTuple):
    """Something that search finds by its name: a column or a setting, on a page, at an anchor of it."""

    name: str
    kind: str
    page: str
    anchor: str


@dataclass(frozen=True, slots=True)
class PageExtras:
    """What pages show in addition to their sources.

    ``entries`` are what search finds by name, ``links`` where names in the project's own pages lead, ``notes`` what is
    below the titles of some, as HTML. ``report`` is called with each page that is read and written.
    """

    entries: Sequence[Entry] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    report: Report = lambda phase, page: None

    def digest(self) -> str:
        """Return what identifies links and notes."""
        return hashlib.sha256(json.dumps([self.links, self.notes], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest outcome of a model or a data test, with ``rows`` of the published table and ``failures`` if known."""

    status: str
    seconds: float = 0.0
    rows: int | None = None
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class LastBuild:
    """The newest outcomes, by name of the model or test, and as of which day, or days, the tables are published."""

    as_of: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration with its type, default and the value in force, as they are written there.

    ``description`` is a sentence, empty where the code says nothing of the key.
    """

    key: str
    type: str
    default: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """A table of the configuration, what it is for, and the models that read it."""

    name: str
    description: str
    settings: tuple[Setting, ...]
    models: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SiteFacts:
    """A compiled project with everything that its pages tell.

    ``places`` are the names of relations, with their schema. ``selects`` are each model's SELECTs by engine,
    ``queries`` those of the data tests on the engine that is built on.
    ``command_line`` is a page in Markdown, ``report`` the insights report as a whole page; empty if nothing
    is built. ``files`` are further files of the site by their path.
    """

    title: str
    root: Path
    nodes: Mapping[str, Node]
    dataflow: Dataflow
    lineage: Lineage
    data_tests: Mapping[str, Sequence[DataTest]]
    selects: Mapping[str, Mapping[str, str]]
    last_build: LastBuild = field(default_factory=LastBuild)
    latest: LatestResults = field(default_factory=LatestResults)
    places: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""
    settings: Sequence[SettingsTable] = ()
    report: str = ""
    audiences: Mapping[str, DeclaredAudience] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    # Each is asked for by every page, so it is computed once.

    @cached_property
    def exposures(self) -> dict[str, Node]:
        """Who reads the models outside of the project, by name."""
        return {name: node for name, node in self.nodes.items() if node.kind == EXPOSURE}

    @cached_property
    def home(self) -> Path:
        """The folder with the pages that are shown as the project's own."""
        return pages_home(self.root, (node.description for node in self.tables.values()))

    @cached_property
    def rules(self) -> frozenset[str]:
        """The sets of rules that have a table of settings."""
        return frozenset(table.name.removeprefix("vars.") for table in self.settings if table.name.startswith("vars."))

    @cached_property
    def tables(self) -> dict[str, Model | Source]:
        """Every source and model."""
        return self.dataflow.nodes

    @cached_property
    def surroundings(self) -> Surroundings:
        """The parents and children of every source and model."""
        return Surroundings.of(self.dataflow.graph())

    @cached_property
    def _children(self) -> Graph:
        return children_of(graph_of(self.nodes))

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        paths = {node.path for node in self.nodes.values()}
        return {path: (self.root / path).read_text("utf-8").splitlines() for path in sorted(paths)}

    def code(self, name: str) -> str:
        """Return the Python of a node's function, decorators included."""
        node = self.nodes[name]
        return "\n".join(self._lines[node.path][node.line - 1 : node.end_line]) + "\n"

    def dependents(self, name: str) -> tuple[str, ...]:
        """Return the models, exposures and audiences that read ``name``."""
        return (*self._children[name], *(n for n, declared in self.audiences.items() if name in declared.models))


def last_build_of(latest: LatestResults, models: Iterable[str]) -> LastBuild:
    """Return the newest outcomes by name; ``as_of`` is the day, or the days, of the published ``models``."""
    outcomes = {name: _build_outcome(result) for name, result in latest.builds.items()}
    outcomes |= {name: Outcome(t.status, t.seconds, failures=t.failures) for (_, name), t in latest.tests.items()}
    return LastBuild(" and ".join(day.isoformat() for day in latest.days(models)), outcomes)


def _build_outcome(result: BuildResult) -> Outcome:
    is_unpublished = result.status == "success" and not result.is_current
    return Outcome("not published" if is_unpublished else result.status, result.seconds, result.rows)
