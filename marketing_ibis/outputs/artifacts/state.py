"""Read a manifest of an earlier command, and find what is new or modified since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.outputs.artifacts.manifest import MANIFEST
from marketing_ibis.project.fingerprint import source_fingerprint
from marketing_ibis.testing.collect import DataTests, data_test_fingerprints


@dataclass(frozen=True, slots=True)
class EarlierState:
    """The identity of every source, model and data test when a manifest was written; None where it was not compiled.

    The day, the engine and the schemas are those of that manifest: compiled with them, only a change of the project
    itself changes an identity.
    """

    place: Path
    as_of: date
    engine: str
    schemas: Schemas
    fingerprints: Mapping[str, str | None]
    tests: Mapping[str, str | None] = field(default_factory=dict)


def read_state(folder: Path) -> EarlierState:
    """Return the state that the manifest of ``folder`` holds.

    Raises:
        ConfigurationError: there is none, or none of this program.
    """
    path = folder / MANIFEST
    if not path.is_file():
        # A pipe in its place would block for ever.
        raise _no_manifest(path)
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_manifest(path) from error
    try:
        return _state(path, document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"The manifest {path} was not written by marketing_ibis.", hint="Write one with `compile` and keep it."
        ) from error


def _no_manifest(path: Path) -> ConfigurationError:
    reason = "cannot be read" if path.exists() else "does not exist"
    hint = "Pass the folder of an earlier target/manifest.json with --state."
    return ConfigurationError(f"The manifest {path} {reason}.", hint=hint)


def compare(earlier: EarlierState, dataflow: Dataflow, data_tests: DataTests) -> dict[str, frozenset[str]]:
    """Return what each source and model is since then: new and modified, modified, or old and perhaps unmodified.

    One with a new or changed data test is modified. ``dataflow`` must be compiled as of the state's day.

    Raises:
        ConfigurationError: the manifest does not hold every model's identity.
    """
    plan = build_plan(dataflow, tuple(dataflow.models), ENGINES[earlier.engine].dialect(), earlier.schemas)
    current = {step.name: step.fingerprint for step in plan.steps()}
    current |= {name: source_fingerprint(source) for name, source in dataflow.sources.items()}
    tests = data_test_fingerprints(dataflow, data_tests)
    changed_tests = {
        node for node, node_tests in data_tests.items() if any(_is_changed(c.name, tests, earlier) for c in node_tests)
    }
    return {name: _changes(name, identity, earlier, name in changed_tests) for name, identity in current.items()}


def _is_changed(test: str, current: Mapping[str, str], earlier: EarlierState) -> bool:
    # Manifests of earlier versions list the tests without their identity.
    return test not in earlier.tests or earlier.tests[test] not in (None, current[test])


def _changes(name: str, identity: str, earlier: EarlierState, has_changed_test: bool) -> frozenset[str]:
    if name not in earlier.fingerprints:
        return frozenset({"new", "modified"})
    earlier_identity = earlier.fingerprints[name]
    if earlier_identity is None:
        raise ConfigurationError(
            f"The manifest {earlier.place} does not contain {name}: the command that wrote it did not select it.",
            hint="Use the manifest of a command without --select, for example of `compile`.",
        )
    return frozenset({"old", "unmodified" if earlier_identity == identity and not has_changed_test else "modified"})


def _state(path: Path, document: Mapping[str, Any]) -> EarlierState:
    metadata = document["metadata"]
    env = metadata["env"]
    tests = {node["name"]: node for node in document["nodes"].values() if node["resource_type"] == "test"}
    models = {node["name"]: node for node in document["nodes"].values() if node["resource_type"] == "model"}
    sources = {node["meta"]["node"]: node for node in document["sources"].values()}
    if metadata["adapter_type"] not in ENGINES:
        raise ValueError(metadata["adapter_type"])
    return EarlierState(
        path,
        date.fromisoformat(env["as_of"]),
        metadata["adapter_type"],
        Schemas(env["source_schema"], env["model_schema"]),
        {name: node["meta"]["fingerprint"] for name, node in (sources | models).items()},
        {name: node["meta"].get("fingerprint") for name, node in tests.items()},
    )
