"""Hamilton is imported without the data frames it names, and finds them when somebody wants them after all."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.project import hamilton_import

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

FRAMES = """
from marketing_ibis.hamilton_import import driver
from hamilton import base
import pandas, numpy
frame = base.PandasDataFrameResult.build_result(a=pandas.Series([1, 2]), b=pandas.Series([3, 4]))
assert type(frame) is pandas.DataFrame and frame.shape == (2, 2)
assert type(base.NumpyMatrixResult.build_result(a=numpy.array([1, 2]))) is numpy.matrix
assert base.pd.DataFrame is pandas.DataFrame
assert base.pd.__version__ == pandas.__version__
print([])
"""

BEFORE = """
import {module}
import marketing_ibis.project.hamilton_import
from hamilton import base
import pandas
print([] if base.pd is pandas else base.pd)
"""

EXTENSIONS = """
import marketing_ibis.model
from hamilton import base, registry
import pandas
assert registry.DF_TYPE_AND_COLUMN_TYPES["pandas"]["dataframe_type"] is pandas.DataFrame
print([] if base.pd is pandas else base.pd)
"""

THREAD = """
import threading
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
import marketing_ibis.project.hamilton_import
from hamilton import base
import pandas
print([] if base.pd is pandas else base.pd)
stop.set()
"""

BUILT = """
import sys
from marketing_ibis.cli import main
try:
    main(["build", "--demo", "--orders", "50", "--database", "warehouse.duckdb", "--as-of", "2024-05-15", "--quiet"])
except SystemExit as stop:
    assert not stop.code
print(sorted({"pandas", "numpy", "pyarrow"} & set(sys.modules)))
"""

STOPPED = """
import sys
from marketing_ibis.deferred import deferred
try:
    with deferred("numpy", "pandas"):
        assert {"numpy", "pandas"} <= set(sys.modules)
        try:
            import pandas.api
        except ImportError:
            pass
        del sys.modules["numpy"]
        raise RuntimeError("halfway")
except RuntimeError as error:
    assert str(error) == "halfway"
print(sorted({"pandas", "numpy"} & set(sys.modules)))
"""

ASKED = """
from marketing_ibis.deferred import deferred
with deferred("pandas"):
    import pandas
    assert not hasattr(pandas, "__path__")
    assert pandas.DataFrame | None
print([] if pandas.DataFrame.__module__ == "pandas" and pandas.__path__ else pandas)
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(FRAMES, id="hamilton still makes data frames and matrices"),
        pytest.param(BEFORE.format(module="pandas"), id="pandas that is loaded already stays as it is"),
        pytest.param(BEFORE.format(module="numpy"), id="where numpy is loaded already pandas loads"),
        pytest.param(THREAD, id="beside another thread pandas loads"),
        pytest.param(BUILT, id="a build loads no data frames"),
        pytest.param(STOPPED, id="an import that fails leaves no stand-ins"),
        pytest.param(ASKED, id="a stand-in becomes the module"),
    ],
)
def test_in_a_fresh_interpreter(code: str, tmp_path: Path) -> None:
    answer = python(code, tmp_path)
    assert (answer.stdout.splitlines()[-1:], answer.returncode) == (["[]"], 0), answer.stderr


MODULES = sorted(
    name
    for name in sys.modules
    if name.split(".")[0] == "hamilton" and not name.startswith("hamilton.plugins") and sys.modules[name].__file__
)
DEFERRED = {name.split(".")[0] for name in hamilton_import.FRAMES}


@pytest.mark.parametrize("name", MODULES)
def test_hamilton_names_data_frames_in_annotations_alone(name: str) -> None:
    """What a module computes from pandas while it is imported would be computed from a placeholder."""
    tree = ast.parse(Path(str(sys.modules[name].__file__)).read_text("utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    aliases = {alias.asname or alias.name for node in imports for alias in node.names if imported(node, alias)}
    assert not [node.lineno for node in computed_at_import(tree) if isinstance(node, ast.Name) and node.id in aliases]


def test_hamilton_names_data_frames_at_all() -> None:
    assert {"hamilton.base", "hamilton.driver", "hamilton.io.utils"} <= set(MODULES)


def imported(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Tell whether a stand-in takes the place of what is imported."""
    name = alias.name if isinstance(node, ast.Import) else node.module or ""
    return name.split(".")[0] in DEFERRED


def computed_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: no annotations, and no bodies of functions."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns") or (field == "body" and isinstance(node, FUNCTIONS)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_script(child):
                yield child
                yield from computed_at_import(child)


def is_script(node: ast.AST) -> bool:
    """Tell whether a statement runs only in a module that is run as a program."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


@pytest.mark.parametrize("by", ["environment", "configuration"])
def test_extensions_that_a_user_wants_find_the_libraries(by: str, tmp_path: Path) -> None:
    if by == "configuration":
        (tmp_path / ".hamilton.conf").write_text("[DEFAULT]\nHAMILTON_AUTOLOAD_EXTENSIONS = 1\n")
    wanted = {"HAMILTON_AUTOLOAD_EXTENSIONS": "1"} if by == "environment" else {}
    answer = python(EXTENSIONS, tmp_path, HOME=str(tmp_path), **wanted)
    assert (answer.stdout, answer.returncode) == ("[]\n", 0), answer.stderr


def test_a_member_that_is_not_there_is_told_by_the_module_itself(tmp_path: Path) -> None:
    answer = python(
        "import marketing_ibis.project.hamilton_import; from hamilton import base; base.pd.Nothing", tmp_path
    )
    assert "AttributeError: module 'pandas' has no attribute 'Nothing'" in answer.stderr


def python(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, in ``folder``, with Hamilton's switches as a user has them."""
    command = [sys.executable, "-c", code]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HAMILTON_")} | variables
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
