"""Nothing is kept of a project where what it depends on is unknown."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.project.inputs import NotCacheable, find_inputs
from marketing_ibis.project.observing import note_unseen, observing
from marketing_ibis.project.pure_code import inspect_code
from tests.project.observed_project import READING, Project, opened_project
from tests.warehouse import dataflow_modules


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with opened_project(tmp_path, monkeypatch) as project:
        yield project


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


def test_the_models_that_ship_with_the_package_are_kept() -> None:
    models = {module.__name__: module for module in dataflow_modules()}
    # A plan imports neither the report nor what generates data; SciPy is imported once there are rows to fit.
    others = ("dataflows.report", "dataflows.demo")
    report = inspect_code({name: module for name, module in models.items() if not name.startswith(others)})
    assert [reason for reason in report.reasons if "imports scipy." not in reason] == []
