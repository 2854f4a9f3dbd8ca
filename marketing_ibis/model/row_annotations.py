"""Read from its annotation in which form a function receives the rows of a model."""

from __future__ import annotations

import ast
import builtins
import inspect
import typing
from collections import abc
from collections.abc import Callable, Iterable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Optional, Union, get_args, get_origin

from marketing_ibis.errors import CompileError

RECORDS = (list, abc.Collection, abc.Iterable, abc.MutableSequence, abc.Sequence)
"""What a list of dictionaries may be annotated as."""
TABLE = "Table"
"""The class of PyArrow, which is not imported for its name."""


def takes_records(function: Callable[..., Any]) -> bool:
    """Return whether a function receives a list of dictionaries: the annotation of its first parameter says so.

    Without an annotation it receives a pyarrow.Table. What the list contains is not read: it may be a name that only
    type checkers import.

    Raises:
        CompileError: the annotation is neither that of a list nor that of a pyarrow.Table.
    """
    parameter = next(iter(inspect.signature(function).parameters.values()))
    head = _head(parameter.annotation, getattr(function, "__globals__", {}))
    if isinstance(head, type) and head in RECORDS:
        return True
    if head is inspect.Parameter.empty or head is Any or head is TABLE:
        return False
    raise CompileError(
        f"The first parameter of {function.__module__}:{function.__qualname__} is annotated as "
        f"{inspect.formatannotation(parameter.annotation)}, which is neither a list of rows nor a pyarrow.Table.",
        hint=f"Write {parameter.name}: Sequence[Mapping[str, Any]] for dictionaries, or {parameter.name}: pa.Table.",
    )


def _head(annotation: object, names: Mapping[str, Any]) -> object:
    """Return the class that an annotation names, without what that contains; None if it is not known.

    ``names`` are those of the module that an annotation in a string is written in.
    """
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        try:
            return _written_head(ast.parse(annotation.strip(), mode="eval").body, names)
        except SyntaxError:
            return None
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return _only(_head(each, names) for each in get_args(annotation))
    if origin is Annotated:
        return _head(get_args(annotation)[0], names)
    return TABLE if _is_table(annotation) else origin or annotation


def _written_head(node: ast.expr, names: Mapping[str, Any]) -> object:
    match node:
        case ast.Constant(value=None):
            return NoneType
        case ast.Constant(value=str(annotation)):
            return _head(annotation, names)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _only(_written_head(each, names) for each in (left, right))
        case ast.Subscript(value=value, slice=contents):
            head = _written_head(value, names)
            parts = contents.elts if isinstance(contents, ast.Tuple) else [contents]
            if head is Annotated:
                return _written_head(parts[0], names)
            is_union = head is Optional or head is Union
            return _only(_written_head(each, names) for each in parts) if is_union else head
        case ast.Name(id=name) | ast.Attribute(attr=name):
            value = _value(node, names)
            if value is not None and not isinstance(value, str):
                return _head(value, names)
            return TABLE if name == TABLE else _head(getattr(typing, name, None), names)
    return None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the value of a name, with or without dots; None if only type checkers import it."""
    match node:
        case ast.Name(id=name):
            return names.get(name, getattr(builtins, name, None))
        case ast.Attribute(value=value, attr=name):
            return getattr(_value(value, names), name, None)
    return None


def _is_table(annotation: object) -> bool:
    package = str(getattr(annotation, "__module__", "")).partition(".")[0]
    return package == "pyarrow" and getattr(annotation, "__name__", "") == TABLE


def _only(heads: Iterable[object]) -> object:
    """Return the one of several classes that is not None; None if there are more."""
    others = [head for head in heads if head is not NoneType]
    return others[0] if len(others) == 1 else None
