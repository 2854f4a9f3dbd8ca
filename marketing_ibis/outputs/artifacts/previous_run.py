"""Read the outcome of the last command that built or tested, and note a build that has begun."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.outputs.artifacts.files import write_json
from marketing_ibis.outputs.artifacts.invocation import Invocation, model_id
from marketing_ibis.outputs.artifacts.run_results import RUN_RESULTS

UNFINISHED_RUN = "unfinished_run.json"
"""Exists while a build runs, and after one that did not reach its end: it has the form of run_results.json."""
NOT_PUBLISHED = ("error", "skipped")
BLOCKING = ("fail", "error")


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """A command with its ``arguments``; the status of each model, and the data tests that failed, by their names.

    ``published`` says that all of it was; ``discarded`` that none of it was, whatever the models' status.
    """

    command: str
    as_of: date
    arguments: Mapping[str, Any]
    models: Mapping[str, str]
    failed_tests: tuple[str, ...]
    published: bool

    @property
    def failed_models(self) -> tuple[str, ...]:
        """The models that failed or were skipped."""
        return tuple(name for name, status in self.models.items() if status in NOT_PUBLISHED)


def read_previous_run(folder: Path) -> PreviousRun:
    """Return the last run of ``folder``; of one that did not reach its end, every model counts as skipped.

    Raises:
        ConfigurationError: there is none, or it cannot be read.
    """
    unfinished = folder / UNFINISHED_RUN
    path = unfinished if unfinished.is_file() else folder / RUN_RESULTS
    if not path.is_file():
        raise ConfigurationError(
            f"There is no earlier run in {folder}: {RUN_RESULTS} does not exist.",
            hint="Run `build` first, or name its folder with --target-path.",
        )
    try:
        return _previous_run(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read as the record of a run of marketing_ibis.", hint="Run `build` again."
        ) from error


def _previous_run(document: Mapping[str, Any]) -> PreviousRun:
    env, arguments = document["metadata"]["env"], dict(document["args"])
    results = [(*_kind_and_name(result["unique_id"]), result["status"]) for result in document["results"]]
    return PreviousRun(
        str(arguments.pop("which")),
        date.fromisoformat(env["as_of"]),
        arguments,
        {name: status for kind, name, status in results if kind == "model"},
        tuple(name for kind, name, status in results if kind == "test" and status in BLOCKING),
        env.get("published") == "true",
    )


def _kind_and_name(unique_id: str) -> tuple[str, str]:
    kind, _, *parts = unique_id.split(".")
    # The last part of a test's id is a digest.
    return kind, ".".join(parts[:-1] if kind == "test" else parts)


def write_unfinished_run(folder: Path, invocation: Invocation, models: Iterable[str]) -> None:
    """Note that a build of ``models`` has begun.

    Raises:
        UsageError: the file cannot be written.
    """
    results = [{"unique_id": model_id(invocation.package, name), "status": "skipped"} for name in models]
    document = {
        "metadata": invocation.metadata("run-results", published="false"),
        "results": results,
        "args": {"which": invocation.command, **invocation.arguments},
    }
    write_json(folder / UNFINISHED_RUN, document)


def remove_unfinished_run(folder: Path) -> None:
    """Remove the note of a build, which has written its results."""
    (folder / UNFINISHED_RUN).unlink(missing_ok=True)
