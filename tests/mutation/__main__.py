"""Change the models or the package in every small way and list the changes that no test notices.

`python -m tests.mutation` changes the models, `python -m tests.mutation --engine` the parts of the package that decide
what is built, tested, published, selected and told; names of files change these alone. `--sample N` tries every N-th
change.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

# Only whether a law fails counts, not how small the example can be made; read when the tests' settings are loaded.
os.environ["HYPOTHESIS_PROFILE"] = "mutation"

import duckdb  # noqa: F401
import hamilton.driver  # noqa: F401
import hypothesis  # noqa: F401
import ibis  # noqa: F401
import pyarrow  # noqa: F401
import pytest
import sqlglot  # noqa: F401

from tests.mutation.changes import ROOT, Mutant, is_engine, mutants
from tests.mutation.loading import ChangedFinder

SHARED = ("expressions", "ranking", "segments", "totals")
FOLDERS = ("staging", "intermediate", "marts", "core", "campaigns")
# The quick and sharp tests first, after those of the changed file: most changes end with them.
TESTS = (
    "tests/checks/test_declared.py",
    "tests/models/test_golden.py",
    "tests/models/test_against_reference.py",
    "tests/models",
)
QUALITY = ("tests/checks/test_gate.py", "tests/checks/test_generic.py", "tests/checks/test_command_line.py")
BUILDING = ("tests/unit/test_run.py", "tests/unit/test_temporary.py", *QUALITY, "tests/test_cli.py")
LINEAGE = ("tests/unit/test_origins.py", "tests/lineage", "tests/artifacts/test_edges.py")
ENGINE: Mapping[str, tuple[str, ...]] = {
    "selection": ("tests/unit/test_selection.py", "tests/property/test_selection_algebra.py", "tests/test_cli.py"),
    "names": ("tests/unit/test_names.py", "tests/unit/test_declaring.py", "tests/safety/test_hostile_names.py"),
    "history": ("tests/checks/test_measures.py", "tests/test_days.py", *QUALITY),
    "freshness": ("tests/artifacts/test_sources.py", "tests/checks/test_gate.py", "tests/test_cli_output.py"),
    "export": ("tests/test_export.py", "tests/redshift/test_export.py"),
    "seeds": (
        "tests/unit/test_seed_files.py",
        "tests/unit/test_seed_demo.py",
        "tests/property/test_seed_round_trip.py",
    ),
    "suites": (*QUALITY, "tests/unit/test_selection.py"),
    "fusion": ("tests/checks/test_subjects.py", "tests/checks/test_same_counts.py", *QUALITY, "tests/artifacts"),
    "verify": (
        "tests/checks/test_subjects.py",
        *QUALITY,
        "tests/checks/test_publish_passing.py",
        "tests/test_cli_output.py",
    ),
    "subjects": ("tests/checks/test_subjects.py", *QUALITY),
    "plan": (*BUILDING, "tests/checks/test_publish_passing.py", "tests/safety/test_interference.py"),
    "run": (*BUILDING, "tests/checks/test_publish_passing.py", "tests/safety/test_interference.py"),
    "lineage": LINEAGE,
    "origins": LINEAGE,
}
"""The modules of the package that are changed, each with the tests that are to notice."""
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "-o", "filterwarnings=")
TIMEOUT_SECONDS = 300


def is_noticed(mutant: Mutant) -> bool:
    """Return whether a test fails with the change; a run that never ends counts as noticed.

    It changes this process for good, so it is called in a child.
    """
    return _fails(mutant.path, mutant)


def fails_unchanged(path: Path) -> bool:
    """Return whether the tests of a file fail without any change, so that they would notice everything."""
    return _fails(path, None)


def _fails(path: Path, mutant: Mutant | None) -> bool:
    signal.alarm(TIMEOUT_SECONDS)
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        _forget_the_project()
        if mutant is not None:
            sys.meta_path.insert(0, ChangedFinder(path, mutant.number))
        if is_engine(path):
            return pytest.main([*OPTIONS, *ENGINE.get(path.stem, ("tests/unit",))]) != 0
        return _breaks_golden() or pytest.main([*OPTIONS, *own_tests(path), *TESTS]) != 0


def _forget_the_project() -> None:
    """Have everything of the project imported again, so that all of it meets the changed module."""
    kept = ("tests.mutation", "marketing_ibis.ibis_hook")
    for name in list(sys.modules):
        if name.partition(".")[0] in ("marketing_ibis", "dataflows", "tests") and not name.startswith(kept):
            del sys.modules[name]


def own_tests(path: Path) -> list[str]:
    """Return the tests of a model by its name, if there are any."""
    named = ROOT / "tests" / "models" / f"test_{path.stem}.py"
    return [str(named)] if named.exists() else []


def _breaks_golden() -> bool:
    """Compare the golden shop first: most changes show there, in a second."""
    from tests.models.comparison import GOLDEN_MODELS, differences, golden_rows
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
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    models = [p for folder in FOLDERS for p in sorted((ROOT / "dataflows" / folder).glob("[!_]*.py"))]
    shared = [ROOT / "dataflows" / f"{name}.py" for name in SHARED]
    engine = [ROOT / "marketing_ibis" / f"{name}.py" for name in ENGINE]
    paths = [path.resolve() for path in options.files] or (engine if options.engine else [*shared, *models])
    todo = [mutant for path in paths for mutant in mutants(path)][:: options.sample]
    survivors = []
    # A child for each change, forked from this process, which has imported the libraries and nothing of the project.
    with multiprocessing.get_context("fork").Pool(options.jobs, maxtasksperchild=1) as pool:
        if broken := [path for path, fails in zip(paths, pool.map(fails_unchanged, paths), strict=True) if fails]:
            sys.exit(f"The tests fail without a change: {', '.join(map(str, broken))}")
        for done, (mutant, noticed) in enumerate(zip(todo, pool.imap(is_noticed, todo), strict=True), start=1):
            if not noticed:
                survivors.append(mutant)
            print(f"{done} of {len(todo)}  {'noticed ' if noticed else 'SURVIVED'}  {mutant}", flush=True)
    print(f"\n{len(todo)} changes, {len(todo) - len(survivors)} noticed, {len(survivors)} not:")
    print("\n".join(f"  {mutant}" for mutant in survivors))


if __name__ == "__main__":
    main()
