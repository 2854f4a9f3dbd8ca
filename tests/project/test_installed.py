"""An installed package works without a clone."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketing_ibis.docs_site.pages.project_docs import copy_pages
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.guide import guide_folder, guide_page, pages_home
from marketing_ibis.project.loading import check_example
from marketing_ibis.project.selection import select_models
from marketing_ibis.project.static_parsing import discover, graph_of
from tests.invocation import Run
from tests.paths import ROOT


@pytest.mark.parametrize(
    "selector", ["path:dataflows/marts", "dataflows/marts", "path:dataflows/marts/customer_cohorts.py"]
)
def test_paths_of_the_installed_package_select(run: Run, selector: str) -> None:
    assert "customer_cohorts" in run("ls", "-s", selector).output.split()


def test_wildcards_in_paths_of_an_installed_package(run: Run) -> None:
    assert run("ls", "-s", "path:dataflows/*/customers.py").output.split() == ["customers"]
    assert "customers" in run("ls", "-s", f"path:{ROOT}/dataflows/core").output.split()
    assert "No model or source matches 'path:dataflows/mart'" in run("ls", "-s", "path:dataflows/mart", code=1).output


def test_a_file_of_the_project_has_one_path(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "dataflows", tmp_path / "dataflows")
    nodes = discover([tmp_path / "dataflows"], tmp_path)
    assert {node.place for node in nodes.values()} == {""}
    installed = discover([tmp_path / "dataflows"], tmp_path / "elsewhere")
    assert installed["orders"].place == "dataflows/core/orders.py"
    chosen = select_models(installed, graph_of(installed), select=["path:dataflows/core"])
    assert set(chosen) == {"customers", "orders"}


def test_another_package_of_the_examples_name_is_recognised(tmp_path: Path) -> None:
    other = tmp_path / "site-packages" / "dataflows"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("from .base import Flow\n")
    with pytest.raises(ConfigurationError, match="is not the one that comes with marketing_ibis") as caught:
        check_example(tmp_path / "shop", {other: "dataflows"})
    assert "pip uninstall dataflows" in caught.value.hint
    assert "dataflows = [...]" in caught.value.hint
    check_example(tmp_path / "shop", {ROOT / "dataflows": "dataflows"})
    # A project's own package may have that name.
    check_example(tmp_path, {other: "dataflows"})


def test_a_command_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dataflows.py").write_text("")
    monkeypatch.setattr(
        "marketing_ibis.project.loading.package_places", lambda name: [tmp_path.parent / "other" / name]
    )
    assert "is not the one that comes with marketing_ibis" in run("ls", code=2).output


def test_a_wheel_ships_the_guide_and_names_an_address() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert document["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]["docs"] == "marketing_ibis/docs"
    assert document["project"]["urls"]


def test_the_guide_is_found_in_a_clone_and_in_a_wheel(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "docs", clone / "docs")
    assert guide_folder(clone / "marketing_ibis") == clone / "docs"
    assert guide_page("docs/how-to/redshift.md", clone / "marketing_ibis") == "docs/how-to/redshift.md"
    assert guide_folder(tmp_path / "marketing_ibis") is None
    package = tmp_path / "marketing_ibis"
    shutil.copytree(ROOT / "docs", package / "docs")
    assert guide_folder(package) == package / "docs"
    assert guide_page("docs/how-to/redshift.md", package) == str(package / "docs" / "how-to" / "redshift.md")


def test_the_site_of_a_stranger_has_the_pages_that_models_cite(tmp_path: Path) -> None:
    package, root = tmp_path / "marketing_ibis", tmp_path / "shop"
    shutil.copytree(ROOT / "docs", package / "docs")
    root.mkdir()
    cited = ["Segments.\n\nSource: docs/metrics/customer_segmentation.md."]
    assert pages_home(root, cited, package) == package
    copy_pages(package, tmp_path / "site")
    assert "At Risk" in (tmp_path / "site" / "docs" / "metrics" / "customer_segmentation.md").read_text("utf-8")
    # A project's own models do not cite these pages, and a project's own pages come first.
    assert pages_home(root, ["Source: docs/metrics/mine.md."], package) == root
    (root / "docs").mkdir()
    assert pages_home(root, cited, package) == root


def test_debug_says_where_the_guide_is(run: Run) -> None:
    assert f"guide       {guide_folder()}\n" in run("debug").output


def test_messages_name_pages_where_they_are() -> None:
    """A page under docs/ is elsewhere in a wheel, so that messages get its path from ``guide_page``."""
    bare_paths = [
        f"{path.name}:{constant.lineno}: {constant.value}"
        for path in sorted((ROOT / "marketing_ibis").rglob("*.py"))
        for constant in _shown_strings(ast.parse(path.read_text("utf-8")))
        if re.search(r"\bdocs/[\w/-]+\.md", str(constant.value))
    ]
    assert bare_paths == []


def _shown_strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the strings of a module but docstrings and arguments of ``guide_page``."""
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "guide_page":
            skipped |= {id(argument) for argument in node.args}
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in skipped)
