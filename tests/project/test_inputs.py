"""What a compiled project depends on: each change of it is seen; nothing is kept where that is unknown."""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_ibis.project import inputs
from marketing_ibis.project.inputs import Inputs, NotCacheable, Scope, environment_digest, find_inputs
from marketing_ibis.project.observing import note_unseen, observing
from marketing_ibis.project.pure_code import CodeReport, inspect_code
from tests.warehouse import dataflow_modules

TICK = 0.03
"""Seconds after which a file that was written is sure to have another time when it is written again."""
_numbers = itertools.count()


class Project:
    """A package of one module, ``models``, next to ``helpers.py``; it is imported again for each result."""

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, f"project_{next(_numbers)}"
        self.package = root / self.name
        self.package.mkdir(parents=True)
        self.write(f"{self.name}/__init__.py", "")
        self.scope = Scope((self.name,), outputs=(root / "target",))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))

    def forget(self) -> None:
        importlib.invalidate_caches()
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and Path(file).is_relative_to(self.root):
                del sys.modules[name]

    def run(self, meanwhile: Callable[[], object] = lambda: None) -> tuple[ModuleType, Inputs]:
        """Import the models, do something ``meanwhile``, and return the module with what it depends on."""
        self.forget()
        time.sleep(TICK)
        with observing() as observation:
            module = importlib.import_module(f"{self.name}.models")
            meanwhile()
        return module, find_inputs(observation, self.scope)

    def key(self) -> str:
        return environment_digest(self.root, self.scope)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    made = Project(tmp_path / "shop")
    monkeypatch.syspath_prepend(str(made.root))
    monkeypatch.chdir(made.root)
    yield made
    made.forget()


UNKNOWABLE = {
    "existence": "from pathlib import Path\nRESULT = Path('factor.txt').exists()",
    "existence_by_os": "import os.path\nRESULT = os.path.exists('factor.txt')",
    "existence_by_name": "from os.path import isfile as there\nRESULT = there('factor.txt')",
    "existence_by_string": "import os\nRESULT = getattr(os.path, 'isfile')('factor.txt')",
    "existence_by_method": "import os\nRESULT = object.__getattribute__(os.path, 'isfile')('factor.txt')",
    "existence_by_inspection": "import inspect, os\nRESULT = inspect.getattr_static(os.path, 'isfile')('factor.txt')",
    "existence_by_dictionary": "import os\nRESULT = vars(os)['stat']('models.py')if 0 else 1",
    "size": "import os\nRESULT = os.stat(__file__).st_size",
    "link": "from pathlib import Path\nRESULT = Path('factor.txt').resolve()",
    "list": "import os\nRESULT = os.listdir('.')",
    "glob": "from pathlib import Path\nRESULT = [*Path('.').glob('*.csv')]",
    "glob_module": "from glob import glob\nRESULT = glob('*.csv')",
    "clock": "from datetime import datetime\nRESULT = datetime.now()",
    "day": "import datetime as d\nRESULT = d.date.today()",
    "timer": "import time\nRESULT = time.time()",
    "clock_of_ibis": "import ibis\nRESULT = ibis.timestamp('Now').op().value",
    "clock_of_an_array": "import numpy as np\nRESULT = np.array(('now',), dtype='M8[s]')",
    "existence_by_posixpath": "from posixpath import exists\nRESULT = exists('factor.txt')",
    "existence_by_another_module": "import contextlib\nRESULT = contextlib.os.path.exists('factor.txt')",
    "clock_by_another_module": "import enum\nRESULT = enum.sys.modules['time'].time()",
    "chance_of_statistics": "from statistics import NormalDist\nRESULT = NormalDist().samples(1)",
    "clock_of_numpy": "import numpy as np\nRESULT = np.datetime64('now')",
    "chance": "import random\nRESULT = random.random()",
    "chance_of_numpy": "import numpy as np\nRESULT = np.random.default_rng().random()",
    "identity": "import uuid\nRESULT = uuid.uuid4()",
    "computed_import": "import importlib\nRESULT = importlib.import_module('time').time()",
    "hidden_import": "RESULT = __import__('time').time()",
    "evaluation": "RESULT = eval('1')",
    "process": "import subprocess, sys\nRESULT = subprocess.run([sys.executable, '-c', ''])",
    "network": "import socket\nRESULT = socket.socket().close()",
    "native_file": "from pyarrow import csv\nRESULT = csv",
    "native_file_by_attribute": "import pyarrow as pa\nRESULT = pa.memory_map if 0 else 1",
    "file_of_ibis": "import ibis\nRESULT = ibis.read_csv if 0 else 1",
    "connection_of_ibis": "import ibis\nRESULT = ibis.duckdb.connect if 0 else 1",
    "result_of_ibis": "import ibis\nRESULT = ibis.memtable({'a': [1]}).to_pyarrow if 0 else 1",
    "duckdb": "import duckdb\nRESULT = duckdb.sql('SELECT 1').fetchall()",
    "sqlite": "import sqlite3\nRESULT = sqlite3.connect(':memory:').close()",
    "dataframes": "import pandas\nRESULT = pandas.DataFrame()",
    "engine": "import marketing_ibis.engines\nRESULT = 1",
    "project": "import marketing_ibis\nRESULT = marketing_ibis.Project if 0 else 1",
    "device": "with open('/dev/urandom', 'rb') as file:\n    RESULT = file.read(1)",
    "print": "print('A note.')\nRESULT = 1",
    "warning": "import warnings\nwarnings.warn('A note.')\nRESULT = 1",
    "log": "import logging\nlogging.getLogger('shop').warning('A note.')\nRESULT = 1",
    "directory": "import contextlib\nwith contextlib.chdir('..'):\n    RESULT = 1",
    "installed_version": "import importlib.metadata\nRESULT = importlib.metadata.version('click')",
}


@pytest.mark.filterwarnings("ignore:A note")
@pytest.mark.parametrize("code", UNKNOWABLE.values(), ids=UNKNOWABLE)
def test_nothing_is_kept_of_what_cannot_be_known(project: Project, code: str) -> None:
    project.write("factor.txt", "2")
    project.write(f"{project.name}/models.py", code)
    with pytest.raises(NotCacheable):
        project.run()
    # Nor where another file does it.
    (project.package / "models.py").rename(project.root / "helpers.py")
    project.write(f"{project.name}/models.py", "from helpers import RESULT")
    with pytest.raises(NotCacheable):
        project.run()


def test_nothing_is_kept_of_names_that_cross_files(project: Project) -> None:
    project.write(f"{project.name}/places.py", "from pathlib import Path\nFACTOR = Path('factor.txt')")
    project.write(f"{project.name}/models.py", "from .places import FACTOR\nRESULT = FACTOR.exists()")
    with pytest.raises(NotCacheable, match="exists"):
        project.run()


READING = {
    "open": "with open('factor.txt') as file:\n    RESULT = file.read()",
    "bytes": "with open(b'factor.txt') as file:\n    RESULT = file.read()",
    "path": "from pathlib import Path\nRESULT = Path('factor.txt').read_text()",
    "near": "from pathlib import Path\nRESULT = Path(__file__).with_name('factor.txt').read_bytes()",
    "perhaps": "try:\n    with open('factor.txt') as f:\n        RESULT = f.read()\nexcept OSError:\n    RESULT = ''",
    "link": "with open('link.txt') as file:\n    RESULT = file.read()",
    "in_folder_of_outputs": "with open('target/factor.txt') as file:\n    RESULT = file.read()",
    "data_of_package": "import pkgutil\nRESULT = pkgutil.get_data(__package__, 'factor.txt')",
    "helper": "from helpers import RESULT",
    "late": "def result():\n    from helpers import RESULT\n    return RESULT\nRESULT = result()",
    "modules": "import pkgutil, helpers\nRESULT = [m.name for m in pkgutil.iter_modules(['more'])]",
}


@pytest.mark.parametrize("code", READING.values(), ids=READING)
def test_a_change_of_each_file_is_seen(project: Project, code: str) -> None:
    places = ("factor.txt", "linked/factor.txt", "target/factor.txt", f"{project.name}/factor.txt", "more/factor.py")
    for place in places:
        project.write(place, "2")
    project.write("helpers.py", "RESULT = 2")
    (project.root / "link.txt").symlink_to("linked/factor.txt")
    project.write(f"{project.name}/models.py", code)
    dependencies = project.run()[1]
    assert dependencies.are_unchanged(project.scope)
    changed = set()
    for file in (
        *(project.root / place for place in places),
        project.root / "helpers.py",
        project.package / "models.py",
    ):
        old = file.read_text()
        file.write_text(f"{old} ")
        if not dependencies.are_unchanged(project.scope):
            changed.add(file.name)
            file.write_text(old)
            assert dependencies.are_unchanged(project.scope)
            file.unlink()
            assert not dependencies.are_unchanged(project.scope)
        file.write_text(old)
    assert "models.py" in changed
    assert len(changed) == 2 or "modules" in code


def test_a_link_that_leads_elsewhere_is_seen(project: Project) -> None:
    project.write("old/factor.txt", "2")
    project.write("new/factor.txt", "2")
    link = project.root / "current"
    link.symlink_to("old")
    project.write(f"{project.name}/models.py", "with open('current/factor.txt') as file:\n    RESULT = file.read()")
    dependencies = project.run()[1]
    link.unlink()
    link.symlink_to("new")
    assert not dependencies.are_unchanged(project.scope)


def test_a_file_that_appears_is_seen(project: Project) -> None:
    project.write(f"{project.name}/models.py", READING["perhaps"])
    module, dependencies = project.run()
    assert (module.RESULT, dependencies.are_unchanged(project.scope)) == ("", True)
    project.write("factor.txt", "2")
    assert not dependencies.are_unchanged(project.scope)
    assert project.run()[0].RESULT == "2"


def test_a_pipe_in_the_place_of_a_file_does_not_block(project: Project) -> None:
    project.write("factor.txt", "2")
    project.write(f"{project.name}/models.py", READING["open"])
    dependencies = project.run()[1]
    (project.root / "factor.txt").unlink()
    os.mkfifo(project.root / "factor.txt")
    assert not dependencies.are_unchanged(project.scope)


@pytest.mark.parametrize("name", ["factor.txt", "models.py", "helpers.py", "__init__.py"])
@pytest.mark.parametrize("how", ["written", "replaced"])
def test_nothing_is_kept_of_what_changes_meanwhile(project: Project, name: str, how: str) -> None:
    project.write("factor.txt", "2")
    project.write("helpers.py", "FACTOR = 2")
    project.write(f"{project.name}/models.py", f"import helpers\n{READING['open']}")
    file = next(project.root.rglob(name))
    other = project.root / "other"
    other.write_text(f"{file.read_text()} ")
    assert project.run()[1].are_unchanged(project.scope)
    with pytest.raises(NotCacheable, match=name):
        project.run(lambda: file.write_text(other.read_text()) if how == "written" else other.rename(file))


def test_nothing_is_kept_of_a_file_that_has_just_been_written(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second change could have the same time."""
    project.write("factor.txt", "2")
    project.write(f"{project.name}/models.py", READING["open"])
    monkeypatch.setattr("marketing_ibis.project.observing.TICK", 600 * 10**9)
    with pytest.raises(NotCacheable, match="has changed"):
        project.run()


def test_nothing_is_kept_of_what_was_imported_before(project: Project) -> None:
    project.write(f"{project.name}/models.py", "RESULT = 1")
    project.forget()
    importlib.import_module(f"{project.name}.models")
    with observing() as observation:
        pass
    with pytest.raises(NotCacheable, match="before"):
        find_inputs(observation, project.scope)


def test_nothing_is_kept_of_what_has_read_a_database(project: Project) -> None:
    project.write(f"{project.name}/models.py", "RESULT = 1")
    with pytest.raises(NotCacheable, match="a database was opened"):
        project.run(lambda: note_unseen("a database was opened"))


def test_all_variables_count_where_some_are_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(f"{project.name}/models.py", "import os\nRESULT = os.environ.get('COLUMNS')")
    dependencies, key = project.run()[1], project.key()
    monkeypatch.setenv("COLUMNS", "71")
    assert not dependencies.are_unchanged(project.scope)
    assert project.key() == key
    monkeypatch.setenv("ANOTHER", "71")
    assert project.key() != key


def test_files_of_installed_packages_count(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of models may be installed, with data next to its modules."""
    monkeypatch.setattr(inputs, "_library_folders", lambda: (f"{project.root}{os.sep}",))
    project.write(f"{project.name}/factor.txt", "2")
    project.write(f"{project.name}/models.py", READING["near"])
    for file in ("factor.txt", "models.py", "__init__.py"):
        dependencies = project.run()[1]
        (project.package / file).write_text((project.package / file).read_text() + " ")
        assert not dependencies.are_unchanged(project.scope)
    dependencies = project.run()[1]
    project.write(f"{project.name}/more.py", "")
    assert not dependencies.are_unchanged(project.scope)


def test_files_of_libraries_count(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reinstalling the same version of a library changes files, and not the list of versions."""
    file = tmp_path / "site" / "library_of_shop.py"
    file.parent.mkdir()
    file.write_text("FACTOR = 2")
    monkeypatch.syspath_prepend(str(file.parent))
    monkeypatch.setattr(inputs, "_library_folders", lambda: (f"{file.parent}{os.sep}",))
    monkeypatch.setattr(inputs, "_process_start", lambda: time.time_ns())
    monkeypatch.setattr(inputs, "inspect_code", lambda modules: CodeReport((), reads_environment=False))
    project.write(f"{project.name}/models.py", "import library_of_shop\nRESULT = 1")
    dependencies = project.run()[1]
    assert dependencies.are_unchanged(project.scope)
    file.write_text("FACTOR = 3")
    assert not dependencies.are_unchanged(project.scope)
    monkeypatch.setattr(inputs, "_process_start", lambda: 0)
    with pytest.raises(NotCacheable, match="has changed"):
        project.run()
    del sys.modules["library_of_shop"]


def test_what_python_would_import_counts(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {project.key()}
    project.write("statistics.py", "RESULT = 2")
    keys.add(project.key())
    project.write("json/__init__.py", "")
    keys.add(project.key())
    monkeypatch.chdir(tmp_path)
    keys.add(project.key())
    monkeypatch.syspath_prepend(str(tmp_path / "more"))
    keys.add(project.key())
    monkeypatch.setattr(sys, "version", "4")
    keys.add(project.key())
    monkeypatch.setattr(time, "tzname", ("A", "B"))
    keys.add(project.key())
    assert len(keys) == 7
    # A command's own output, and other files than modules, do not count.
    project.write("target/compiled.sql", "")
    project.write("notes.txt", "")
    assert project.key() in keys


def test_every_file_of_this_package_counts(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(inputs.PACKAGE / "project", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(inputs, "PACKAGE", copy)
    monkeypatch.setattr(inputs, "_package_files", inputs._package_files.__wrapped__)
    key = project.key()
    files = [file for file in copy.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} > {".py"}
    for file in files:
        file.write_bytes(file.read_bytes() + b" ")
        key, earlier = project.key(), key
        assert key != earlier, file
    (copy / "more.py").write_text("")
    assert project.key() != key


EDITS = ("models.py", "near.py", "../helpers.py", "../factor.txt", "factor.txt", "more/one.py", "more/two.py")


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 2)), min_size=1, max_size=4))
def test_what_is_unchanged_gives_the_same_again(
    project: Project, edits: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any edits, a result whose inputs are unchanged is the one that is computed again."""
    project.write("helpers.py", "FACTOR = 0")
    project.write(f"{project.name}/near.py", "FACTOR = 0")
    models = """
        import pkgutil
        import helpers
        from .near import FACTOR
        def number(path):
            try:
                with open(path) as file:
                    return file.read()
            except OSError:
                return None
        HERE = __file__.removesuffix("models.py")
        MORE = [module.name for module in pkgutil.iter_modules([HERE + "more"])]
        RESULT = [0, helpers.FACTOR, FACTOR, MORE, number("factor.txt"), number(HERE + "factor.txt")]
        """
    project.write(f"{project.name}/models.py", models)
    results: list[tuple[Inputs, str, object]] = []
    for name, value in [("models.py", 0), *edits]:
        file = project.package / name
        if name == "models.py":
            file.write_text(dedent(models).replace("[0,", f"[{value},"))
        elif value == 2:
            if name not in ("near.py", "../helpers.py"):
                file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"FACTOR = {value}")
        module, dependencies = project.run()
        assert dependencies.are_unchanged(project.scope)
        results.append((dependencies, project.key(), module.RESULT))
        for earlier, key, result in results:
            if key == results[-1][1] and earlier.are_unchanged(project.scope):
                assert result == module.RESULT


def test_a_path_through_a_link_is_the_one_that_was_opened(project: Project) -> None:
    data = project.root.parent / "elsewhere" / "data"
    (data.parent / "linked").mkdir(parents=True)
    data.mkdir()
    (data / "factor.txt").write_text("1")
    (project.root / "link").symlink_to(data.parent / "linked")
    place = project.root / "link" / ".." / "data" / "factor.txt"
    project.write(f"{project.name}/models.py", f"with open({str(place)!r}) as file:\n    RESULT = file.read()")
    module, seen = project.run()
    assert module.RESULT == "1"
    assert seen.are_unchanged(project.scope)
    (data / "factor.txt").write_text("2")
    assert not seen.are_unchanged(project.scope)


def test_a_folder_that_becomes_a_package_counts(project: Project) -> None:
    project.write("rules.py", "RESULT = 1")
    project.write("rules/a.csv", "")
    before = project.key()
    project.write("rules/__init__.py", "RESULT = 2")
    assert project.key() != before


def test_switches_of_python_count(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.key()
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    assert project.key() != before


def test_what_is_run_when_python_starts_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    site = project.root / "site-packages"
    site.mkdir()
    monkeypatch.setattr(inputs, "_is_library", lambda path: path.startswith(str(site)))
    monkeypatch.syspath_prepend(str(site))
    (site / "company.pth").write_text("import a\n")
    before = project.key()
    (site / "company.pth").write_text("import b\n")
    assert project.key() != before


def test_the_models_that_ship_with_the_package_are_kept() -> None:
    models = {module.__name__: module for module in dataflow_modules()}
    # A plan imports neither the report nor what generates data; SciPy is imported once there are rows to fit.
    others = ("dataflows.report", "dataflows.demo")
    report = inspect_code({name: module for name, module in models.items() if not name.startswith(others)})
    assert [reason for reason in report.reasons if "imports scipy." not in reason] == []
