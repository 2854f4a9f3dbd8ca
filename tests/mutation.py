"""Change the models in every small way and list the changes that no test notices: `python -m tests.mutation`.

General tools leave decorated functions alone, and here every model is one; so the changes are made on the syntax tree,
in a child process that imports the changed module in place of the file.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

# Only whether a law fails counts, not how small the example can be made; read when the tests' settings are loaded.
os.environ["HYPOTHESIS_PROFILE"] = "mutation"

import hypothesis  # noqa: F401
import pyarrow  # noqa: F401
import pytest

import marketing_ibis.compile
import marketing_ibis.dialects  # noqa: F401

ROOT = Path(__file__).parent.parent
SHARED = ("expressions", "ranking", "segments", "totals")
FOLDERS = ("staging", "intermediate", "marts", "core", "campaigns")
# The quick and sharp tests first, after those of the changed file: most changes end with them.
TESTS = (
    "tests/checks/test_declared.py",
    "tests/models/test_golden.py",
    "tests/models/test_against_reference.py",
    "tests/models",
)
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "--assert=plain", "-o", "filterwarnings=")
TIMEOUT_SECONDS = 300
DECLARATIONS = ("COLUMNS", "PAYMENT_COLUMNS", "KEPT")

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
METHODS = {
    "asc": "desc",
    "desc": "asc",
    "min": "max",
    "max": "min",
    "sum": "max",
    "isnull": "notnull",
    "notnull": "isnull",
    "left_join": "inner_join",
    "inner_join": "left_join",
    "cumulative_window": "window",
    "rank": "dense_rank",
    "nunique": "count",
}

Change = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Mutant:
    """The ``number``-th change of a file."""

    path: Path
    number: int
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix()}:{self.line}: {self.text}"


def mutants(path: Path) -> list[Mutant]:
    """Return every change that can be made to a file."""
    found = changes(ast.parse(path.read_text("utf-8")))
    return [Mutant(path, number, node.lineno, text) for number, (node, (text, _)) in enumerate(found)]


def changed(path: Path, number: int) -> ast.Module:
    """Return the syntax tree of a file with one change made."""
    tree = ast.parse(path.read_text("utf-8"))
    changes(tree)[number][1][1]()
    return ast.fix_missing_locations(tree)


def changes(tree: ast.Module) -> list[tuple[ast.expr, Change]]:
    """Return each node with a change to it that can be carried out in place."""
    return [(node, change) for node in _logic(tree) for change in _changes(node)]


def _logic(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions that decide numbers: no declarations, decorators, docstrings or annotations."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_declaration(child):
                continue
            if isinstance(child, ast.expr):
                yield child
            yield from _logic(child)


def _is_declaration(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in DECLARATIONS


def _changes(node: ast.expr) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield from _swapped(node, "ops", COMPARISONS[type(node.ops[0])])
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield from _swapped(node, "op", OPERATORS[type(node.op)])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield f"drop ~ of {ast.unparse(node)}", lambda: setattr(node, "op", ast.UAdd())
    elif isinstance(node, ast.Constant):
        yield from _other_value(node)
    elif isinstance(node, ast.Call):
        yield from _other_call(node)


def _swapped(node: ast.Compare | ast.BinOp, field: str, kind: type[ast.AST]) -> Iterator[Change]:
    new = [kind()] if field == "ops" else kind()
    yield f"{kind.__name__} in {ast.unparse(node)}", lambda: setattr(node, field, new)


def _other_value(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"not {value}", lambda: setattr(node, "value", not value)
    elif isinstance(value, int | float):
        yield f"{value} + 1", lambda: setattr(node, "value", value + 1)
    elif isinstance(value, str) and not re.fullmatch(r"[a-z_0-9]+|.*\{name\}.*", value):
        # A plain lower-case word is a column's name: changing it fails when compiling, which proves nothing.
        yield f"other text than {value!r}", lambda: setattr(node, "value", f"{value}X")


def _other_call(node: ast.Call) -> Iterator[Change]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in METHODS and isinstance(node.func, ast.Attribute):
        function = node.func
        yield f"{METHODS[name]} for {name}", lambda: setattr(function, "attr", METHODS[name])
    if name == "fill_null" and isinstance(node.func, ast.Attribute):
        yield f"no {name} on {ast.unparse(node.func.value)}", lambda: _replace(node, "identity", node.func.value)
    if name == "cases":
        for place in range(len(node.args)):
            if isinstance(node.args[place], ast.Tuple):
                yield f"without case {ast.unparse(node.args[place])}", lambda place=place: node.args.pop(place)
    for keyword in node.keywords:
        parts = keyword.value
        if keyword.arg in ("order", "order_by", "group_by") and isinstance(parts, ast.List | ast.Tuple):
            for place in range(len(parts.elts)):
                text = f"{keyword.arg} without {ast.unparse(parts.elts[place])}"
                yield text, lambda place=place, parts=parts: parts.elts.pop(place)
        if keyword.arg == "group_by":
            yield "no group_by in a window", lambda keyword=keyword: node.keywords.remove(keyword)


def _replace(node: ast.Call, name: str, value: ast.expr) -> None:
    """Turn a call into one of a function that gives back its argument."""
    node.func = ast.Lambda(
        args=ast.arguments(posonlyargs=[], args=[ast.arg(name)], kwonlyargs=[], kw_defaults=[], defaults=[]),
        body=ast.Name(name, ast.Load()),
    )
    node.args, node.keywords = [copy.deepcopy(value)], []


class ChangedModule(importlib.machinery.SourceFileLoader):
    """Load a module from a changed syntax tree."""

    tree: ast.Module

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        """Compile the changed tree."""
        return compile(self.tree, self.path, "exec")


class ChangedFinder(importlib.abc.MetaPathFinder):
    """Find the changed module before the file is found."""

    def __init__(self, path: Path, number: int) -> None:
        self.name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        self.path = path
        self.tree = changed(path, number)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the changed module's loader, and nothing for every other one."""
        if fullname != self.name:
            return None
        loader = ChangedModule(fullname, str(self.path))
        loader.tree = self.tree
        return importlib.util.spec_from_loader(fullname, loader, origin=str(self.path))


def is_noticed(mutant: Mutant) -> bool:
    """Tell whether a test fails with the change; a run that never ends counts as noticed.

    It changes this process for good, so it is called in a child.
    """
    signal.alarm(TIMEOUT_SECONDS)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        sys.meta_path.insert(0, ChangedFinder(mutant.path, mutant.number))
        return _breaks_golden() or pytest.main([*OPTIONS, *own_tests(mutant.path), *TESTS]) != 0


def own_tests(path: Path) -> list[str]:
    """Return the tests of a file by its name, if there are any."""
    named = ROOT / "tests" / "models" / f"test_{path.stem}.py"
    return [str(named)] if named.exists() else []


def _breaks_golden() -> bool:
    """Compare the golden shop first: most changes show there, in a second."""
    from tests.models.comparison import GOLDEN_MODELS, differences, golden_rows
    from tests.sources import GOLDEN_AS_OF, golden_sources
    from tests.warehouse import build_tables

    try:
        tables = build_tables(golden_sources(), GOLDEN_AS_OF)
    except Exception:  # whatever the change breaks, it is noticed
        return True
    return any(differences(model, tables[model], golden_rows(model)) for model in GOLDEN_MODELS)


def main() -> None:
    """Try every change and print those that no test notices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files to change; all models without")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    models = [p for folder in FOLDERS for p in sorted((ROOT / "dataflows" / folder).glob("[!_]*.py"))]
    shared = [ROOT / "dataflows" / f"{name}.py" for name in SHARED]
    paths = [path.resolve() for path in options.files] or [*shared, *models]
    todo = [mutant for path in paths for mutant in mutants(path)]
    survivors = []
    # A child for each change, forked from this process, which has imported everything but the models.
    with multiprocessing.get_context("fork").Pool(options.jobs, maxtasksperchild=1) as pool:
        for done, (mutant, noticed) in enumerate(zip(todo, pool.imap(is_noticed, todo), strict=True), start=1):
            if not noticed:
                survivors.append(mutant)
            print(f"{done} of {len(todo)}  {'noticed ' if noticed else 'SURVIVED'}  {mutant}", flush=True)
    print(f"\n{len(todo)} changes, {len(todo) - len(survivors)} noticed, {len(survivors)} not:")
    print("\n".join(f"  {mutant}" for mutant in survivors))


if __name__ == "__main__":
    main()
