"""Change the models or the package in every small way and list the changes that no test notices.

`python -m tests.mutation` changes the models, `python -m tests.mutation --engine` the parts of the package that
decide what is built, tested, published, selected and reported; given file names, only these files. `--sample N` tries
every N-th change, `--each N` up to N changes of each file, drawn with a fixed seed.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

# Only whether a law fails matters, not how small the example can be made; read when the tests' settings are loaded.
os.environ["HYPOTHESIS_PROFILE"] = "mutation"

import duckdb  # noqa: F401
import hamilton.driver  # noqa: F401
import hypothesis  # noqa: F401
import ibis  # noqa: F401
import pyarrow  # noqa: F401
import pytest
import sqlglot  # noqa: F401

from tests.mutation.changes import Mutant, engine_module, is_engine, mutants
from tests.mutation.explained import explanation
from tests.mutation.loading import ChangedFinder
from tests.mutation.trying import OUTSIDE, try_all
from tests.paths import ROOT

SHARED = ("lib/expressions", "lib/ranking", "lib/segments", "totals")
FOLDERS = ("staging", "intermediate", "marts", "core", "campaigns")
# The quick and sharp tests first, after those of the changed file: most changes end with them.
TESTS = (
    "tests/testing/test_declared.py",
    "tests/dataflows/test_golden.py",
    "tests/dataflows/test_against_reference.py",
    "tests/dataflows",
)
QUALITY = ("tests/testing/test_gate.py", "tests/data_tests/test_generic.py", "tests/testing/test_command_line.py")
BUILDING = ("tests/build/test_run.py", "tests/test_temporary_files.py", *QUALITY, "tests/cli/commands/test_commands.py")
LINEAGE = ("tests/lineage/test_expression.py", "tests/lineage", "tests/outputs/artifacts/test_edges.py")
ENGINE: Mapping[str, tuple[str, ...]] = {
    "project/selection": (
        "tests/project/test_selection.py",
        "tests/property/test_selection_algebra.py",
        "tests/cli/commands/test_ls.py",
    ),
    "build/reserved_names": (
        "tests/build/test_reserved_names.py",
        "tests/model/test_validation.py",
        "tests/safety/test_hostile_names.py",
    ),
    "build/metrics": (
        "tests/build/test_metrics.py",
        "tests/testing/test_measures.py",
        "tests/cli/steps/test_days.py",
        *QUALITY,
    ),
    "build/freshness": (
        "tests/build/test_freshness.py",
        "tests/outputs/artifacts/test_sources.py",
        "tests/testing/test_gate.py",
        "tests/cli/output/test_output.py",
    ),
    "outputs/export": (
        "tests/outputs/test_addressed_keys.py",
        "tests/outputs/test_export.py",
        "tests/engines/redshift/test_export.py",
    ),
    "build/seed": (
        "tests/build/test_seed_files.py",
        "tests/build/test_seed_folders.py",
        "tests/build/test_seed_demo.py",
        "tests/build/test_seed_marks.py",
        "tests/build/test_seed_timestamps.py",
        "tests/engines/postgres/test_seed_marks.py",
        "tests/engines/postgres/test_target.py",
        "tests/property/test_seed_round_trip.py",
    ),
    "build/seed_tables": (
        "tests/build/test_seed_append.py",
        "tests/build/test_seed_files.py",
        "tests/build/test_seed_folders.py",
        "tests/build/test_seed_demo.py",
        "tests/build/test_seed_marks.py",
        "tests/build/test_seed_timestamps.py",
        "tests/engines/postgres/test_seed_marks.py",
        "tests/engines/postgres/test_target.py",
        "tests/property/test_seed_round_trip.py",
    ),
    "testing/collect": (
        "tests/testing/test_collect.py",
        "tests/testing/test_repeated_failures.py",
        "tests/testing/test_time_tests.py",
        "tests/testing/test_view_cache.py",
        *QUALITY,
        "tests/project/test_selection.py",
        "tests/outputs/artifacts/test_state.py",
    ),
    "testing/compile": (
        "tests/testing/test_compile.py",
        "tests/testing/test_failure_keys.py",
        "tests/testing/test_view_cache.py",
        "tests/testing/test_same_counts.py",
        *QUALITY,
        "tests/outputs/artifacts",
    ),
    "testing/run": (
        "tests/testing/test_runner.py",
        "tests/testing/test_compile.py",
        "tests/testing/test_view_cache.py",
        *QUALITY,
        "tests/testing/test_publish_passing.py",
        "tests/cli/output/test_output.py",
    ),
    "testing/view_cache": ("tests/testing/test_view_cache.py", *QUALITY),
    "build/plan": (
        "tests/build/test_plan.py",
        "tests/build/test_metrics.py",
        *BUILDING,
        "tests/build/test_reserved_names.py",
        "tests/build/test_changed_sources.py",
        "tests/testing/test_measures.py",
        "tests/testing/test_publish_passing.py",
        "tests/engines/postgres/test_publishing.py",
        "tests/engines/redshift/test_refusals.py",
    ),
    "build/run": (
        "tests/build/test_run_outcome.py",
        "tests/build/test_run_batches.py",
        "tests/build/test_candidates.py",
        *BUILDING,
        "tests/build/test_changed_sources.py",
        "tests/testing/test_publish_passing.py",
        "tests/testing/test_view_cache.py",
    ),
    "build/publish": (
        "tests/build/test_publish.py",
        *BUILDING,
        "tests/testing/test_publish_passing.py",
        "tests/engines/postgres/test_publishing.py",
    ),
    "build/changes": ("tests/build/test_changes.py", "tests/cli/commands/test_plan.py"),
    "build/contracts_lock": ("tests/build/test_contracts_lock.py",),
    "build/compared_models": ("tests/cli/steps/test_recalled_comparisons.py",),
    "build/reuse": ("tests/build/test_reuse.py", "tests/engines/postgres/test_reuse.py"),
    "build/state": ("tests/build/test_state.py", "tests/build/test_reuse.py"),
    "build/state_record": ("tests/build/test_state.py", "tests/build/test_reuse.py"),
    "lineage/project": LINEAGE,
    "lineage/expression": LINEAGE,
}
"""The modules of the package that are changed, each with the tests that should notice."""
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "-o", "filterwarnings=")
PROCESSOR_SECONDS = 600
"""The CPU time that the tests of a change may take; it does not depend on how busy the machine is."""


def is_noticed(mutant: Mutant) -> bool:
    """Return whether a test fails with the change; a run that never ends counts as noticed. It changes this process
    permanently, so it is called in a child.
    """
    return _fails(mutant.path, mutant)


def fails_unchanged(path: Path) -> bool:
    """Return whether the tests of a file fail without any change, so that they would notice everything."""
    return _fails(path, None)


def _fails(path: Path, mutant: Mutant | None) -> bool:
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        _forget_the_project()
        if mutant is not None:
            sys.meta_path.insert(0, ChangedFinder(path, mutant.number))
        if is_engine(path):
            return pytest.main([*OPTIONS, *ENGINE[engine_module(path)]]) != 0
        return _breaks_golden() or pytest.main([*OPTIONS, *own_tests(path), *TESTS]) != 0


def _forget_the_project() -> None:
    """Import all modules of the project again, so that all of them use the changed module."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("marketing_ibis", "dataflows", "tests") and not name.startswith("tests.mutation"):
            del sys.modules[name]


def own_tests(path: Path) -> list[str]:
    """Return the tests of a model by its name, if there are any."""
    named = ROOT / "tests" / "dataflows" / f"test_{path.stem}.py"
    return [str(named)] if named.exists() else []


def _breaks_golden() -> bool:
    """Compare the golden shop first: it shows most changes within a second."""
    from tests.dataflows.comparison import GOLDEN_MODELS, differences, golden_rows
    from tests.sources import GOLDEN_AS_OF, golden_sources
    from tests.warehouse import build_tables

    try:
        tables = build_tables(golden_sources(), GOLDEN_AS_OF)
    except Exception:  # whatever the change breaks, it is noticed
        return True
    return any(differences(model, tables[model], golden_rows(model)) for model in GOLDEN_MODELS)


def main() -> None:
    """Try every change and print those that no test notices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="files to change; all models without")
    parser.add_argument("--engine", action="store_true", help="change the package, not the models")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="try every N-th change")
    parser.add_argument("--each", type=int, metavar="N", help="try at most N changes of each file")
    parser.add_argument("--like", default="", metavar="TEXT", help="try only changes whose line has TEXT")
    parser.add_argument("--most", type=int, metavar="N", help="ask at most the N quickest tests of a change")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="keep there which test executes what; read if there"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    models = [p for folder in FOLDERS for p in sorted((ROOT / "dataflows" / folder).glob("[!_]*.py"))]
    shared = [ROOT / "dataflows" / f"{name}.py" for name in SHARED]
    engine = [ROOT / "marketing_ibis" / f"{name}.py" for name in ENGINE]
    paths = [path.resolve() for path in options.files] or (engine if options.engine else [*shared, *models])
    found = [mutant for path in paths for mutant in drawn(mutants(path), options.each)]
    todo = [mutant for mutant in found[:: options.sample] if options.like in str(mutant)]
    if all(map(is_engine, paths)):
        print_result(todo, _unnoticed_of_the_engine(todo, options))
    else:
        print_result(todo, _unnoticed(todo, paths, options.jobs))


def drawn(found: list[Mutant], most: int | None) -> list[Mutant]:
    """Return ``most`` of the changes of a file, always the same ones."""
    if most is None or most >= len(found):
        return found
    return sorted(random.Random(14).sample(found, most), key=lambda mutant: mutant.number)


def _unnoticed_of_the_engine(todo: list[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """Return the changes that no test notices: in functions, by the tests of the lines, elsewhere by all tests of the
    file."""
    tests = [test for module in dict.fromkeys(engine_module(one.path) for one in todo) for test in ENGINE[module]]
    how = {"jobs": options.jobs, "record": options.record, "most": options.most}
    outcomes = try_all(todo, tests, OPTIONS, how)
    outside = [one.mutant for one in outcomes if one.how == OUTSIDE]
    missed = [one.mutant for one in outcomes if not one.noticed and one.how != OUTSIDE]
    return [*missed, *_unnoticed(outside, list(dict.fromkeys(one.path for one in outside)), options.jobs)]


def _unnoticed(todo: list[Mutant], paths: list[Path], jobs: int) -> list[Mutant]:
    """Return the changes that no test notices, each tried in a child that imports the project again."""
    survivors = []
    # A child for each change, forked from this process, which has imported the libraries and nothing of the project.
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        if broken := [path for path, fails in zip(paths, pool.map(fails_unchanged, paths), strict=True) if fails]:
            sys.exit(f"The tests fail without a change: {', '.join(map(str, broken))}")
        for done, (mutant, noticed) in enumerate(zip(todo, pool.imap(is_noticed, todo), strict=True), start=1):
            if not noticed:
                survivors.append(mutant)
            print(f"{done} of {len(todo)}  {'noticed ' if noticed else 'SURVIVED'}  {mutant}", flush=True)
    return survivors


def print_result(todo: list[Mutant], survivors: list[Mutant]) -> None:
    """Print how many changes were noticed, then those that make no difference with the reason, then the others."""
    reasons = {mutant: explanation(mutant) for mutant in survivors}
    explained = {mutant: reason for mutant, reason in reasons.items() if reason}
    print(f"\n{len(todo)} changes, {len(todo) - len(survivors)} noticed, {len(explained)} that make no difference:")
    print("\n".join(f"  {mutant}: {reason}" for mutant, reason in explained.items()))
    print(f"{len(survivors) - len(explained)} not noticed:")
    print("\n".join(f"  {mutant}" for mutant in survivors if mutant not in explained))


if __name__ == "__main__":
    main()
