"""Every job of the project: `nox -l` lists them, `nox -s tests` runs one."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "tests"]
PYTHONS = ["3.11", "3.12", "3.13"]
SAMPLED = ("tests/safety", "tests/browser", "tests/presets", "tests/lineage", "tests/engines/redshift")
"""Tests that try a part of all cases, chosen so that each kind is there, and all of them in the thorough profile."""


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the whole suite on each Python."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def properties(session: nox.Session) -> None:
    """Run the laws on thousands of random examples."""
    session.install(".[test]")
    laws = ("tests/dataflows", "tests/property", "tests/engines/redshift/test_random_expressions.py")
    session.run("pytest", *laws, *session.posargs, env={"HYPOTHESIS_PROFILE": "thorough"})


@nox.session
def thorough(session: nox.Session) -> None:
    """Run in full what the suite only samples: every moment of a kill, preset, threshold and statement; takes hours."""
    session.install(".[test]")
    session.run("pytest", *(session.posargs or SAMPLED), env={"HYPOTHESIS_PROFILE": "thorough"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("ruff>=0.9")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install(".[test]")
    session.run("mypy", *session.posargs)


@nox.session(python="3.11")
def lowest(session: nox.Session) -> None:
    """Run the suite on the lowest versions that pyproject.toml allows."""
    session.install("uv")
    session.run("uv", "pip", "install", "--resolution", "lowest-direct", ".[test]", external=True)
    session.run("pytest", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site, from demo data, into target/site; a broken link or a missing description fails."""
    session.install(".[docs]")
    session.run("python", "-m", "marketing_ibis", "build", "--demo", "--as-of", "2024-05-15", "-q")
    session.run("python", "-m", "marketing_ibis", "docs", "generate", "--strict", "--as-of", "2024-05-15")


@nox.session
def build(session: nox.Session) -> None:
    """Make the wheel, and build the demo from it in an empty folder."""
    session.install("build")
    dist = Path(session.create_tmp()) / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist))
    session.install(*map(str, dist.glob("*.whl")))
    with session.chdir(session.create_tmp()):
        session.run("python", "-m", "marketing_ibis", "build", "--demo", "--as-of", "2024-05-15")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory, first against SQL written by hand; `nox -s bench -- --orders 10000000`."""
    session.install(".[docs]")
    session.run("python", "-m", "benchmarks.run", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Measure speed next to dbt and SQLMesh, in environments that this makes; `nox -s peers -- --orders 10000000`."""
    session.install(".")
    session.run("python", "-m", "benchmarks.peers.compare", *session.posargs)


@nox.session
def scale(session: nox.Session) -> None:
    """Measure how time and memory grow with the orders; `nox -s scale -- --orders 100000000`."""
    session.install(".")
    session.run("python", "-m", "benchmarks.scale", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the models in every small way and list the changes that no test notices (docs/mutation.md)."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def ibis_suite(session: nox.Session) -> None:
    """Run Ibis' own tests of backends on the stand-in for Redshift: `nox -s ibis_suite -- ../ibis`."""
    session.install("-e", ".[test]", "pytest-mock", "pytest-snapshot", "filelock")
    session.run("python", "-m", "tests.engines.redshift.ibis_suite", *session.posargs)
