"""Importing the package, the dataflow or the Ibis backend changes nothing for anyone else in the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.paths import ROOT

MODULES = """
import importlib, pkgutil, sys

NOT_IMPORTED = ("marketing_ibis.checks", "marketing_ibis.__main__")  # an error with advice; a command

def import_all():
    import dataflows, marketing_ibis
    for package in (marketing_ibis, dataflows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name not in NOT_IMPORTED and ".scaffold." not in module.name:
                importlib.import_module(module.name)

def is_ours(name):
    return name.partition(".")[0] in ("marketing_ibis", "dataflows")
"""
STATE = """
import inspect, logging, os, signal, sys, types, warnings

def variables(owner):
    # A module that is imported becomes an attribute of its package, as Python has it for everyone.
    found = {name: value for name, value in vars(owner).items() if not isinstance(value, types.ModuleType)}
    return {name: id(value) for name, value in found.items() if name not in ("__warningregistry__", "_abc_impl")}

def state():
    loggers = logging.root.manager.loggerDict
    found = {
        "environment": dict(os.environ),
        "search": (sys.path[:], sys.meta_path[:], sys.path_hooks[:]),
        "process": (sys.excepthook, sys.gettrace(), os.getcwd(), warnings.filters[:]),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "loggers": [
            (name, logger.handlers[:], logger.filters[:], logger.level)
            for name, logger in {"": logging.root, **loggers}.items()
            if isinstance(logger, logging.Logger) and not is_ours(name) and (logger.handlers or logger.filters)
        ],
    }
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("ibis", "sqlglot", "hamilton"):
            found[name] = variables(module)
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__ == name:
                    found[f"{name}.{kind.__name__}"] = variables(kind)
    return found
"""
FOREIGN = f"""
{MODULES}
import json
import_all()
print(json.dumps([name for name in sys.modules if not is_ours(name)]))
"""
UNCHANGED = """
import importlib, json, logging
for name in json.loads(sys.stdin.read()):
    try:
        importlib.import_module(name)
    except ImportError:
        pass  # an alias that its library makes, or a part that must not be imported by itself
before = state()
import_all()
after = state()
assert "marketing_ibis.engines.redshift.target" in sys.modules and "dataflows.core.orders" in sys.modules
print([name for name in before if before[name] != after[name]])
"""
LOADED = """
import sys
import ibis, marketing_ibis, marketing_ibis.model, marketing_ibis.data_tests
import dataflows.core.orders, dataflows.marts.customer_segmentation
ibis.redshift
print(sorted({"pandas", "numpy", "pyarrow", "hamilton", "duckdb"} & set(sys.modules)))
"""


def python(code: str, folder: Path, input: str = "", **variables: str) -> str:
    """Return the output of ``code`` in a separate interpreter, with a user's Hamilton settings."""
    set_by_commands = ("HAMILTON_", "OPENBLAS_", "OMP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(set_by_commands)}
    environment |= {"HOME": str(folder), "PYTHONPATH": f"{registered(folder)}{os.pathsep}{ROOT}", **variables}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, env=environment, input=input, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def registered(folder: Path) -> Path:
    """Return a folder that registers the Ibis backend as installing the project does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = project["entry-points"]["ibis.backends"]
    installed = folder / "site" / "marketing_ibis-0.1.0.dist-info"
    installed.mkdir(parents=True, exist_ok=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: marketing-ibis\nVersion: 0.1.0\n")
    (installed / "entry_points.txt").write_text(f"[ibis.backends]\nredshift = {declared['redshift']}\n")
    return installed.parent


def test_importing_every_module_changes_nothing_else(tmp_path: Path) -> None:
    """The libraries are imported first, so that their own side effects do not count."""
    libraries = json.loads(python(FOREIGN, tmp_path).splitlines()[-1])
    assert {"ibis.backends.sql.compilers", "sqlglot.dialects.redshift", "hamilton.driver"} <= set(libraries)
    code = f"{MODULES}{STATE}{UNCHANGED}"
    assert python(code, tmp_path, json.dumps(libraries)) == "[]\n"


def test_what_a_project_imports_loads_no_data_frames(tmp_path: Path) -> None:
    assert python(LOADED, tmp_path) == "[]\n"


LAZY = """
import sys
import marketing_ibis
print(sorted({"ibis", "duckdb", "hamilton", "click", "pandas", "marketing_ibis.api"} & set(sys.modules)))
from marketing_ibis import Project
import ibis
print(ibis.to_sql(ibis.table({"a": "int64"}, name="t"), dialect="redshift").split()[0], Project.__name__)
"""


def test_the_package_imports_project_when_it_is_asked_for(tmp_path: Path) -> None:
    assert python(LAZY, tmp_path) == "[]\nSELECT Project\n"


def test_nothing_runs_when_python_starts() -> None:
    assert not list(ROOT.glob("*.pth"))
    assert ".pth" not in (ROOT / "pyproject.toml").read_text("utf-8")


ENTRY = """
import os
import marketing_ibis.cli
before = dict(os.environ)
def main():
    changed = {name: value for name, value in os.environ.items() if before.get(name) != value}
    print(changed)
marketing_ibis.cli.main = main
from marketing_ibis.__main__ import entry
assert dict(os.environ) == before
entry()
"""


def test_a_command_loads_no_extensions_of_hamilton_and_computes_in_one_thread_unless_the_user_wants_more(
    tmp_path: Path,
) -> None:
    assert python(ENTRY, tmp_path) == "{'HAMILTON_AUTOLOAD_EXTENSIONS': '0', 'OPENBLAS_NUM_THREADS': '1'}\n"
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        assert python(ENTRY, tmp_path, HAMILTON_AUTOLOAD_EXTENSIONS="1", **{threads: "2"}) == "{}\n"


OFFLINE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print(event, arguments)
        raise SystemExit("the network is used")
sys.addaudithook(refuse)
from marketing_ibis.cli import main
try:
    main(["build", "--demo", "--orders", "50", "--database", "warehouse.duckdb", "--as-of", "2024-05-15", "--quiet"])
except SystemExit as stop:
    assert not stop.code, stop.code
assert "hamilton.driver" in sys.modules
"""


def test_a_build_does_not_use_the_network(tmp_path: Path) -> None:
    """Neither does Hamilton, whose earlier releases reported how they were used."""
    assert "socket" not in python(OFFLINE, tmp_path)


TO_SQL = """
import ibis
t = ibis.table({"a": "int64", "day": "date"}, name="t")
def ask(dialect="redshift"):
    try:
        print(ibis.to_sql(t.filter(t.day == ibis.date("2024-02-29")), dialect=dialect))
    except ValueError as error:
        print(error)
"""


@pytest.mark.parametrize(
    "touch",
    [
        "ibis.redshift",
        "import marketing_ibis",
        "from marketing_ibis.engines import ENGINES; ENGINES['redshift'].dialect()",
    ],
)
def test_to_sql_knows_redshift_once_the_engine_was_used(touch: str, tmp_path: Path) -> None:
    answer = python(f"{TO_SQL}\nask()\n{touch}\nask()\nask('nosuch')", tmp_path)
    assert answer.startswith("Unknown dialect redshift\nSELECT")
    assert "CAST('2024-02-29' AS DATE)" in answer
    assert answer.endswith("Unknown dialect nosuch\n")


def test_a_compiler_that_ibis_itself_has_stays(tmp_path: Path) -> None:
    code = f"{TO_SQL}\nimport ibis.backends.sql.compilers as sc\nsc.redshift = sc.postgres\nibis.redshift\nask()"
    assert "MAKE_DATE" in python(code, tmp_path)
