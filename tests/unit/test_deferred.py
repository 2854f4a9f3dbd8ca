"""Hamilton is imported without the data frames it names, and finds them when somebody wants them after all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOLDERS = """
import sys
import marketing_ibis.hamilton_import
from marketing_ibis.deferred import Placeholder

def holds(value):
    return isinstance(value, type) and issubclass(value, Placeholder)

modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "hamilton"]
owners = modules + [value for module in modules for value in vars(module).values() if isinstance(value, type)]
assert len(owners) > 100
print([(owner, name) for owner in owners for name, value in vars(owner).items() if holds(value)])
"""

FRAMES = """
from marketing_ibis.hamilton_import import driver
from hamilton import base
import pandas, numpy
frame = base.PandasDataFrameResult.build_result(a=pandas.Series([1, 2]), b=pandas.Series([3, 4]))
assert type(frame) is pandas.DataFrame and frame.shape == (2, 2)
assert type(base.NumpyMatrixResult.build_result(a=numpy.array([1, 2]))) is numpy.matrix
assert base.pd.DataFrame is pandas.DataFrame
print([])
"""

BEFORE = """
import pandas
import marketing_ibis.hamilton_import
from hamilton import base
print([] if base.pd is pandas else base.pd)
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


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(HOLDERS, id="placeholders stand in annotations alone"),
        pytest.param(FRAMES, id="hamilton still makes data frames and matrices"),
        pytest.param(BEFORE, id="pandas that is loaded already stays as it is"),
        pytest.param(BUILT, id="a build loads no data frames"),
    ],
)
def test_in_a_fresh_interpreter(code: str, tmp_path: Path) -> None:
    answer = python(code, tmp_path)
    assert (answer.stdout.splitlines()[-1:], answer.returncode) == (["[]"], 0), answer.stderr


def test_a_member_that_is_not_there_is_told_by_the_module_itself(tmp_path: Path) -> None:
    answer = python("import marketing_ibis.hamilton_import; from hamilton import base; base.pd.Nothing", tmp_path)
    assert "AttributeError: module 'pandas' has no attribute 'Nothing'" in answer.stderr


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, in ``folder``."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
