"""What each command imports: help, and what is recalled, do without nearly all that compiling needs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.shop import make_shop

SCRIPT = """
import json, pathlib, sys
at_start = set(sys.modules)
from marketing_ibis.cli import main
try:
    main(sys.argv[2:])
except SystemExit as end:
    assert not end.code
files = {name: getattr(sys.modules[name], "__file__", None) or "" for name in set(sys.modules) - at_start}
libraries = {name.partition(".")[0].lstrip("_") for name, file in files.items() if "site-packages" in file}
report = {
    "libraries": libraries - {"marketing_ibis", "dataflows"},  # they may be installed, too
    "standard": {name.partition(".")[0] for name in files} & sys.stdlib_module_names,
    "own": {name.removeprefix("marketing_ibis.") for name in files if name.startswith("marketing_ibis.")},
}
pathlib.Path(sys.argv[1]).write_text(json.dumps({kind: sorted(names) for kind, names in report.items()}))
"""
HELP = {"cli", "cli.command_list", "errors"}
RECALLING = HELP | {
    "build",
    "build.plain_data",
    "cli.commands",
    "cli.completing",
    "cli.days",
    "cli.options",
    "cli.output",
    "cli.output.log",
    "cli.steps",
    "cli.steps.recall",
    "cli.steps.recalled_output",
    "cli.workflow",
    "private_files",
    "project",
    "project.file_signatures",
    "project.folders",
    "project.inputs",
}
"""The modules of this package for an output that is recalled, besides that of the command."""
LATE = {
    "asyncio",
    "ctypes",
    "difflib",
    "email",
    "logging",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
}
"""Modules of Python that take long to import, which neither help nor a recalled output needs."""
UNUSED = {
    "altair",
    "furo",
    "graphviz",
    "jinja2",
    "matplotlib",
    "myst_parser",
    "networkx",
    "openlineage",
    "openpyxl",
    "psycopg",
    "redshift_connector",
    "requests",
    "scipy",
    "sphinx",
    "tomlkit",
    "vl_convert",
}
"""Libraries of other commands and engines."""


def imports_of(folder: Path, *call: str) -> Mapping[str, set[str]]:
    """Return what a process imports that carries out a command."""
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(report), *call], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {kind: set(names) for kind, names in json.loads(report.read_text()).items()}


@pytest.mark.parametrize("call", [["--help"], ["run", "--help"]], ids=" ".join)
def test_help_imports_click_alone(tmp_path: Path, call: Sequence[str]) -> None:
    imports = imports_of(tmp_path, *call)
    assert imports["libraries"] == {"click"}
    if len(call) == 1:
        assert imports["own"] == HELP
    assert not [name for name in imports["own"] if name.startswith(("project.settings", "build.plan", "model"))]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with one data test."""
    folder = tmp_path_factory.mktemp("imports")
    make_shop(folder / "shop")
    (model,) = (folder / "shop").glob("*/stg_sales.py")
    text = model.read_text().replace('"Key.")', '"Key.", tests=(unique(),))')
    model.write_text(f"from marketing_ibis.data_tests import unique\n{text}")
    time.sleep(0.03)
    return folder / "shop"


@pytest.mark.parametrize(
    "command", ["ls", "lineage", "run", "build", "run --changed", "build --changed", "test", "plan"]
)
def test_a_command_imports_what_it_needs(shop: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The first call compiles the project, and the second recalls what was compiled.

    With --changed it builds nothing, after the calls without.
    """
    for kind in ("CACHE", "STATE"):
        monkeypatch.setenv(f"MARKETING_IBIS_{kind}_DIR", str(shop.parent / kind))
    is_text = command in ("ls", "lineage")
    options = () if is_text else ("--database", str(shop / "warehouse.duckdb"), "--as-of", "2024-05-15")
    cold, warm = (imports_of(shop, *command.split(), *options) for _ in range(2))
    assert not cold["libraries"] & UNUSED
    assert ("ibis" in cold["libraries"]) == (command != "ls")
    # Which table depends on which is known without evaluating a model.
    assert ("hamilton" in cold["libraries"]) == ("pandas" in cold["libraries"]) == (not is_text)
    if is_text:
        assert warm["libraries"] == {"click"}
        assert warm["own"] == RECALLING | {f"cli.commands.{command}"}
        assert not warm["standard"] & LATE
    else:
        assert warm["libraries"] == {"click", "duckdb"}
