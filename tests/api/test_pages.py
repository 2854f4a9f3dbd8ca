"""The notebook and the pages on Python run as they are written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import IBIS_WARNINGS
from tests.api.notebooks import read_notebook, run_cells, stored_outputs, write_outputs
from tests.paths import JAFFLE, ROOT
from tests.remembering import compiled_once

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
pytestmark = IBIS_WARNINGS


@pytest.fixture(autouse=True)
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copytree(JAFFLE, tmp_path / "exports")
    monkeypatch.chdir(tmp_path)
    with compiled_once():
        yield


def test_the_notebook_shows_what_its_cells_give(request: pytest.FixtureRequest) -> None:
    outputs = run_cells(read_notebook(NOTEBOOK))
    if request.config.getoption("update_golden"):
        write_outputs(NOTEBOOK, outputs)
    for stored, fresh in zip(stored_outputs(read_notebook(NOTEBOOK)), outputs, strict=True):
        assert [output.keys() for output in stored] == [output.keys() for output in fresh]
        # A picture of the lineage changes with every model.
        if not any("image/svg+xml" in output.get("data", ()) for output in fresh):
            assert stored == fresh


@pytest.mark.parametrize("page", ["python", "hamilton"])
def test_the_examples_of_a_page_run_in_order(page: str) -> None:
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    assert blocks
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        exec(compile(block, f"{page}.md", "exec"), names)
