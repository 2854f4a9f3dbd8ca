"""Compute the identity of each model of a compiled dataflow."""

from __future__ import annotations

from collections.abc import Mapping

from marketing_ibis.build.identity import Digest, Identity
from marketing_ibis.lineage.fingerprints import fingerprints_of, model_fingerprints
from marketing_ibis.lineage.fingerprints.digests import Fingerprints, digest
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import DataTests, data_test_fingerprints


def model_identities(dataflow: Dataflow, data_tests: DataTests | None = None) -> dict[str, Identity]:
    """Return the identity of each model that was evaluated, parents first, with that of its ``data_tests``."""
    evaluated = [name for name, model in dataflow.models.items() if model.evaluated]
    fingerprints = model_fingerprints(dataflow, evaluated)
    tests = {} if data_tests is None else _test_digests(dataflow, data_tests)
    return {
        name: _identity(dataflow.models[name], meaning, tests.get(name, "")) for name, meaning in fingerprints.items()
    }


def _identity(model: Model, meaning: Fingerprints, tests: str) -> Identity:
    kind, digests = model.declaration.materialized, (meaning.rows, meaning.columns, _definition(model), _layout(model))
    return Identity(*digests, kind, model.parents, tests)


def _definition(model: Model) -> Digest:
    meaning = fingerprints_of(model.expression)
    return digest(meaning.rows, *meaning.columns, *meaning.columns.values())


def _layout(model: Model) -> str:
    declaration = model.declaration
    columns = [(c.name, repr(model.schema[c.name]), c.nullable, c.width) for c in declaration.contract.columns]
    masked = declaration.masked
    # Without masked views the layout is the one that earlier versions recorded.
    views = [repr((masked.schema, masked.roles, sorted(masked.masks.items())))] if masked else []
    parts = (declaration.materialized, *declaration.distribution, *declaration.sort_keys, repr(columns), *views)
    return str(digest(*parts))


def _test_digests(dataflow: Dataflow, data_tests: DataTests) -> Mapping[str, str]:
    digests = data_test_fingerprints(dataflow, data_tests)
    # A model without tests is tested, too.
    return {
        node: str(digest(*sorted(f"{test.name} {digests[test.name]}" for test in data_tests.get(node, ()))))
        for node in dataflow.models
    }
