"""What the site's pages tell, gathered before any is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketing_ibis.compile import Dataflow
from marketing_ibis.discovery import Node
from marketing_ibis.lineage import Lineage
from marketing_ibis.model import Check

EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a model or a data test in the last build; ``rows`` and ``failures`` where they are known."""

    status: str
    seconds: float = 0.0
    rows: int | None = None
    failures: int | None = None


@dataclass(frozen=True, slots=True)
class LastBuild:
    """The outcomes of the last build, by name of the model or test."""

    as_of: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration with its type, default and the value in force, as they are written there."""

    key: str
    type: str
    default: str
    value: str


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """A table of the configuration, what it is for, and the models that read it."""

    name: str
    description: str
    settings: tuple[Setting, ...]
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SiteFacts:
    """A compiled project with everything that its pages tell.

    ``places`` are where relations stand, with their schema. ``selects`` are each model's SELECTs by engine.
    ``command_line`` is a page in Markdown, ``report`` the insights report as a whole page; empty if nothing
    is built.
    """

    title: str
    root: Path
    nodes: Mapping[str, Node]
    dataflow: Dataflow
    lineage: Lineage
    checks: Mapping[str, Sequence[Check]]
    selects: Mapping[str, Mapping[str, str]]
    last_build: LastBuild = field(default_factory=LastBuild)
    places: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""
    settings: Sequence[SettingsTable] = ()
    report: str = ""

    @property
    def exposures(self) -> dict[str, Node]:
        """Who reads the models outside of the project, by name."""
        return {name: node for name, node in self.nodes.items() if node.kind == EXPOSURE}

    def code(self, name: str) -> str:
        """Return the Python of a node's function, decorators included."""
        node = self.nodes[name]
        lines = (self.root / node.path).read_text("utf-8").splitlines()
        return "\n".join(lines[node.line - 1 : node.end_line]) + "\n"

    def readers(self, name: str) -> tuple[str, ...]:
        """Return the models and exposures that read ``name``."""
        return tuple(other for other, node in self.nodes.items() if name in node.parents)


def read_last_build(path: Path) -> LastBuild:
    """Return what ``run_results.json`` tells; nothing where there is none, or none that can be read."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        # The site is written without it, and says that nothing was built.
        return LastBuild()
    results = record.get("results") if isinstance(record, dict) else None
    if not isinstance(results, list):
        return LastBuild()
    outcomes = {_name(row): _outcome(row) for row in results if isinstance(row, dict) and row.get("unique_id")}
    arguments = record.get("args")
    return LastBuild(str(arguments.get("as_of", "")) if isinstance(arguments, dict) else "", outcomes)


def _name(row: Mapping[str, Any]) -> str:
    return str(row["unique_id"]).split(".")[2] if str(row["unique_id"]).count(".") > 1 else str(row["unique_id"])


def _outcome(row: Mapping[str, Any]) -> Outcome:
    answer = row.get("adapter_response")
    rows = answer.get("rows_affected") if isinstance(answer, dict) else None
    failures = row.get("failures")
    return Outcome(
        str(row.get("status", "")),
        float(row.get("execution_time") or 0),
        rows if isinstance(rows, int) else None,
        failures if isinstance(failures, int) else None,
    )
