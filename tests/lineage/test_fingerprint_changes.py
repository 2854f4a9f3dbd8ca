"""No change of the models is missed: where their rows differ, so do their fingerprints."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta

import duckdb
import pytest
from ibis.common.exceptions import IbisError

from marketing_ibis.errors import MarketingIbisError
from marketing_ibis.lineage.fingerprints import model_fingerprints
from marketing_ibis.lineage.project import column_lineage
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.compile import compile_dataflow
from tests.lineage.builds import Builds, missed_changes, opened_builds, reimported_dataflows
from tests.lineage.thresholds import with_variables
from tests.mutation.changes import Mutant, mutants
from tests.mutation.loading import ChangedFinder
from tests.paths import ROOT
from tests.remembering import forget
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
FEW = 5
FOLDERS = ("staging", "intermediate", "marts", "core", "campaigns", "lib")


@pytest.fixture(scope="module")
def builds() -> Iterator[Builds]:
    with opened_builds() as builds:
        yield builds


def model_mutants() -> list[Mutant]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / "dataflows" / folder).glob("[!_]*.py"))]
    every = [mutant for path in paths for mutant in mutants(path)]
    return every if THOROUGH else random.Random(17).sample(every, FEW)


@pytest.mark.parametrize("mutant", model_mutants(), ids=str)
def test_no_mutant_of_a_model_is_missed(builds: Builds, mutant: Mutant) -> None:
    original = compiled_dataflow(GOLDEN_AS_OF)
    variant = compiled_mutant(mutant)
    if variant is None:
        return
    before, after = model_fingerprints(original), model_fingerprints(variant)
    # Some fail on the engine: a number is too large for its type.
    with contextlib.suppress(duckdb.ConversionException):
        assert missed_changes(builds, before, builds.build(original), after, variant) == []


def compiled_mutant(mutant: Mutant) -> Dataflow | None:
    """Return the dataflow with a change; None if it does not compile, so that nothing could be built."""
    finder = ChangedFinder(mutant.path, mutant.number)
    sys.meta_path.insert(0, finder)
    try:
        with reimported_dataflows() as modules:
            return compile_dataflow(modules, inputs={"as_of": GOLDEN_AS_OF})
    except (MarketingIbisError, IbisError, ValueError, TypeError, AttributeError, KeyError):
        return None
    finally:
        sys.meta_path.remove(finder)


def test_a_different_date_is_not_missed(builds: Builds) -> None:
    original, variant = compiled_dataflow(GOLDEN_AS_OF), compiled_dataflow(GOLDEN_AS_OF - timedelta(days=400))
    before, after = model_fingerprints(original), model_fingerprints(variant)
    assert missed_changes(builds, before, builds.build(original), after, variant) == []
    staged = [name for name in before if name.startswith("stg_")]
    assert staged
    assert all(before[name] == after[name] for name in staged if "as_of" not in names_read(original, name))


def names_read(dataflow: Dataflow, model: str) -> tuple[str, ...]:
    return tuple(dataflow.hamilton.graph.nodes[model].input_types)


PRINT_DIGESTS = """
from tests.warehouse import compiled_dataflow
from tests.sources import GOLDEN_AS_OF
from marketing_ibis.lineage.fingerprints import model_fingerprints
print(model_fingerprints(compiled_dataflow(GOLDEN_AS_OF)))
"""


def test_fingerprints_are_the_same_in_every_process() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PRINT_DIGESTS]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert result.stdout.strip() == str(model_fingerprints(compiled_dataflow(GOLDEN_AS_OF)))


def test_every_model_of_the_project_has_fingerprints() -> None:
    fingerprints = model_fingerprints(compiled_dataflow(GOLDEN_AS_OF))
    assert fingerprints.keys() == compiled_dataflow(GOLDEN_AS_OF).models.keys()
    assert all(f.rows and all(f.columns.values()) for f in fingerprints.values())


def test_fingerprints_cost_little_next_to_compiling() -> None:
    """Fingerprints and the lineage of every column take a fraction of the time of compiling the models."""
    compiling, identifying = 0.0, []
    for _ in range(3):
        forget()
        started = time.process_time()
        dataflow = with_variables({})
        compiling = max(compiling, time.process_time() - started)
        started = time.process_time()
        model_fingerprints(dataflow)
        column_lineage(dataflow)
        identifying.append(time.process_time() - started)
    assert min(identifying) < compiling / 2


def test_renaming_a_rule_set_is_no_change() -> None:
    rules = compiled_dataflow(GOLDEN_AS_OF).inputs["rfm_rules"]
    assert is_dataclass(rules)
    assert not isinstance(rules, type)
    same = with_variables({"rfm_rules": {f.name: getattr(replace(rules), f.name) for f in fields(rules)}})
    assert model_fingerprints(same) == model_fingerprints(compiled_dataflow(GOLDEN_AS_OF))
