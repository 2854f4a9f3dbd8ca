"""A project of one module whose inputs are observed while it is imported."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from marketing_ibis.project.inputs import Inputs, Scope, environment_digest, find_inputs
from marketing_ibis.project.observing import observing

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
            if str(getattr(module, "__file__", None)).startswith(f"{self.root}{os.sep}"):
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


@contextmanager
def opened_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Yield a project in the working folder, which is on the import path."""
    made = Project(tmp_path / "shop")
    monkeypatch.syspath_prepend(str(made.root))
    monkeypatch.chdir(made.root)
    yield made
    made.forget()


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
