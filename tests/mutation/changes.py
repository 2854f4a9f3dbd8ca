"""Make every small change to the syntax tree of a file, one at a time.

General tools skip decorated functions, and every model is decorated, so the changes are made on the tree.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from tests.paths import ROOT

DECLARATIONS = ("COLUMNS", "PAYMENT_COLUMNS", "PASSED_THROUGH")

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
MEMBERSHIPS = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
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
    found = changes(ast.parse(path.read_text("utf-8")), control=is_engine(path))
    return [
        Mutant(path, number, _line(node, text), text + (f" at column {node.col_offset + 1}" if _is_short(node) else ""))
        for number, (node, (text, _)) in enumerate(found)
    ]


def _is_short(node: ast.AST) -> TypeGuard[ast.Constant]:
    """Return whether a line may contain several such changes."""
    return isinstance(node, ast.Constant)


def _line(node: ast.AST, text: str) -> int:
    if left_out := re.match(r"without line (\d+): ", text):
        return int(left_out[1])
    return node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)


def changed(path: Path, number: int) -> ast.Module:
    """Return the syntax tree of a file with one change made."""
    tree = ast.parse(path.read_text("utf-8"))
    changes(tree, control=is_engine(path))[number][1][1]()
    return ast.fix_missing_locations(tree)


def is_engine(path: Path) -> bool:
    """Return whether a file belongs to the package: its control flow is changed too, its messages are not."""
    return path.is_relative_to(ROOT / "marketing_ibis")


def engine_module(path: Path) -> str:
    """Return a file of the package by its place in it, as ``build/plan``."""
    return path.relative_to(ROOT / "marketing_ibis").with_suffix("").as_posix()


def changes(tree: ast.Module, *, control: bool = False) -> list[tuple[ast.AST, Change]]:
    """Return each node with a change that can be made in place; with ``control``, those of statements, too."""
    found: list[tuple[ast.AST, Change]] = [(node, change) for node in _logic(tree) for change in _changes(node)]
    if not control:
        return found
    found = [(node, change) for node, change in found if not _is_text(node)]
    return found + [(node, change) for node in _reached(tree) for change in _control_changes(node)]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _reached(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements and expressions that are executed: no annotations, decorators or imports for types."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_for_types(child):
                continue
            yield child
            yield from _reached(child)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _control_changes(node: ast.AST) -> Iterator[Change]:
    """Yield changes of executed code: conditions, filters, results, and removed statements."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in MEMBERSHIPS:
        yield from _swapped(node, "ops", MEMBERSHIPS[type(node.ops[0])])
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{other.__name__} in {ast.unparse(node)}", lambda: setattr(node, "op", other())
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        test = node.test
        yield f"not ({ast.unparse(test)})", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))
    elif isinstance(node, ast.comprehension):
        for place, condition in enumerate(node.ifs):
            node_ = ast.copy_location(ast.Constant(True), condition)
            yield (
                f"no filter {ast.unparse(condition)}",
                lambda place=place, node_=node_: node.ifs.__setitem__(place, node_),
            )
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield f"return None for {ast.unparse(node.value)}", lambda: setattr(node, "value", ast.Constant(None))
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if isinstance(statements, list):
            for place, one in enumerate(statements):
                if _is_effect(one):
                    text = f"without line {one.lineno}: {ast.unparse(one).splitlines()[0]}"
                    yield text, lambda place=place, statements=statements: statements.__setitem__(place, ast.Pass())


def _is_effect(node: ast.AST) -> bool:
    """Return whether a statement can be removed and the program stays valid: a call, a raise, an addition in place."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Raise | ast.AugAssign | ast.Continue | ast.Break | ast.Delete)


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
    new = [kind(), *node.ops[1:]] if isinstance(node, ast.Compare) else kind()
    yield f"{kind.__name__} in {ast.unparse(node)}", lambda: setattr(node, field, new)


def _other_value(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"not {value}", lambda: setattr(node, "value", not value)
    elif isinstance(value, int | float):
        yield f"{value} + 1", lambda: setattr(node, "value", value + 1)
    elif isinstance(value, str) and not re.fullmatch(r"[a-z_0-9]+|.*\{name\}.*", value):
        # A plain lower-case word is a column's name: changing it fails at compilation, which proves nothing.
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
    """Replace a call by one of a function that returns its argument."""
    node.func = ast.Lambda(
        args=ast.arguments(posonlyargs=[], args=[ast.arg(name)], kwonlyargs=[], kw_defaults=[], defaults=[]),
        body=ast.Name(name, ast.Load()),
    )
    node.args, node.keywords = [copy.deepcopy(value)], []
