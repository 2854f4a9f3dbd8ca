"""Run Ibis' own tests of backends on the stand-in and on PostgreSQL, and print what passes on which.

    python -m tests.engines.redshift.ibis_suite CHECKOUT [--out FOLDER] [--backend NAME] [FILE ...]

CHECKOUT is a checkout of Ibis with its test data below ci/ibis-testing-data; nothing is downloaded. The tests are those
of the installed version of Ibis.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ibis

from tests.engines.redshift.ibis_suite.plugin import OUTCOMES
from tests.paths import ROOT

BACKENDS = ("postgres", "redshift")
NEVER = ("test_signatures.py", "test_examples.py", "test_vectorized_udf.py", "test_interactive.py", "test_markers.py")
SECONDS = 1_800


def main() -> None:
    """Run each file for each backend, then print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines.redshift.ibis_suite", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--out", type=Path, default=Path("ibis-suite"), help="folder of the outcomes")
    parser.add_argument("--backend", choices=BACKENDS, action="append", help="both where none is named")
    parser.add_argument("files", nargs="*", help="such as test_window.py; all where none is named")
    options = parser.parse_intermixed_args()
    tests = Path(ibis.__file__).parent / "backends" / "tests"
    files = options.files or sorted(path.name for path in tests.glob("test_*.py"))
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = lay_out(Path(folder), options.checkout)
        for file in files:
            for backend in options.backend or BACKENDS:
                run(place, file, backend, options.out / f"{backend}-{Path(file).stem}.json")
    print(table(options.out))


def lay_out(folder: Path, checkout: Path) -> Path:
    """Return a folder with Ibis next to the data, which is where its tests look for them."""
    (folder / "ibis").symlink_to(Path(ibis.__file__).parent, target_is_directory=True)
    (folder / "ci").symlink_to((checkout / "ci").resolve(), target_is_directory=True)
    return folder


def run(place: Path, file: str, backend: str, outcomes: Path) -> None:
    """Run one file of tests for one backend."""
    paths = os.pathsep.join((str(place), str(ROOT), os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {"PYTHONPATH": paths, OUTCOMES: str(outcomes.resolve())}
    command = [sys.executable, "-m", "pytest", "-p", "tests.engines.redshift.ibis_suite.plugin", "-q", "--no-header"]
    command += [
        "-p",
        "no:cacheprovider",
        "-o",
        "xfail_strict=true",
        "--rootdir",
        str(place),
        "--tb=line",
        "-m",
        backend,
    ]
    # Ibis' own settings let these pass.
    command += ["-W", "ignore"]
    done = subprocess.run([*command, f"ibis/backends/tests/{file}"], cwd=place, env=environment, timeout=SECONDS)
    if done.returncode > 1:
        print(f"{file} for {backend}: pytest ended with {done.returncode}.", file=sys.stderr)


def passes(outcomes: Path) -> set[str]:
    """Return the tests that passed, named alike for every backend."""
    if not outcomes.exists():
        return set()
    recorded = json.loads(outcomes.read_text("utf-8"))
    return {name.replace("[redshift", "[postgres", 1) for name, (outcome, _) in recorded.items() if outcome == "passed"}


def table(folder: Path) -> str:
    """Return the table of files: what passes on PostgreSQL, and how much of it on the stand-in."""
    lines = ["| file | PostgreSQL | Redshift | share |", "|---|---|---|---|"]
    for path in sorted(folder.glob("postgres-*.json")):
        expected = passes(path)
        both = expected & passes(folder / path.name.replace("postgres-", "redshift-"))
        share = f"{len(both) / len(expected):.0%}" if expected else ""
        lines.append(f"| {path.stem.removeprefix('postgres-')} | {len(expected)} | {len(both)} | {share} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
