"""Identify the Python functions that compute rows, by their source and the versions of the libraries they import."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from marketing_ibis.errors import CompileError, nearest

DIGITS = 12


def place_of_function(function: Callable[..., Any]) -> str:
    """Return the "module:name" of a function."""
    return f"{function.__module__}:{function.__qualname__}"


def named_arguments(relation: str, function: Callable[..., Any], inputs: Mapping[str, object]) -> dict[str, object]:
    """Return the inputs and rules that the parameters of a function after the first one name.

    Raises:
        CompileError: it has no parameter, or one that is not an input.
    """
    names = list(inspect.signature(function).parameters)
    if not names:
        raise CompileError(
            f"{relation}: {function.__name__} has no parameter for the rows.",
            hint=f"Write def {function.__name__}(rows: pa.Table) -> pa.Table.",
        )
    for name in names[1:]:
        if name not in inputs:
            raise CompileError(
                f"{relation}: {function.__name__} has a parameter {name}, which is not an input or rules.",
                hint=nearest(name, inputs) or "Make it a column of the rows that the function receives.",
            )
    return {name: inputs[name] for name in names[1:]}


def source_digest(module: str) -> str:
    """Return the identity of the code of a module.

    It covers its source, that of the modules it imports from the same top-level package, at any depth, and the versions
    of libraries that these import.

    Raises:
        CompileError: the source of the module cannot be found.
    """
    sources = _sources(module)
    libraries = {name.partition(".")[0] for text in sources.values() for name in text.libraries}
    versions = [f"{name} {_version(name)}" for name in sorted(libraries - sys.stdlib_module_names)]
    parts = [f"{name}\n{source.text}" for name, source in sorted(sources.items())]
    return hashlib.sha256("\x00".join((*parts, *versions)).encode()).hexdigest()[:DIGITS]


class _Source:
    """The source of a module, with the modules of its project and the libraries that it imports."""

    def __init__(self, module: str, text: str) -> None:
        root = module.partition(".")[0]
        imported = {name for node in ast.walk(ast.parse(text)) for name in _imported(node, module)}
        self.text = text
        self.project_modules = {name for name in imported if name.partition(".")[0] == root}
        self.libraries = imported - self.project_modules


@lru_cache(maxsize=256)
def _source(module: str, text: str) -> _Source:
    """Parse a module once: a build asks for the same ones when it is planned and at each step that calls Python."""
    return _Source(module, text)


def _sources(module: str) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        # Of `from package.module import name` it is not known which part is the module.
        if name and name not in sources and (file := _file(name)):
            sources[name] = source = _source(name, file.read_text("utf-8"))
            pending += [part for name in source.project_modules for part in (name, name.rpartition(".")[0])]
    if module not in sources:
        raise CompileError(
            f"The source of module {module} cannot be found, so changes of its functions would not be noticed.",
            hint="Write the function in a file of the project.",
        )
    return sources


def _imported(node: ast.AST, module: str) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=name, names=names, level=level):
            package = module.rpartition(".")[0]
            base = importlib.util.resolve_name("." * level + (name or ""), package) if level else str(name)
            yield from (f"{base}.{alias.name}" for alias in names)


def _file(module: str) -> Path | None:
    """Return the file of a module of the project; None for what is not a module."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


@lru_cache(maxsize=64)
def _version(library: str) -> str:
    """Return the version of an installed library, "" if it is not installed."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        names = metadata.packages_distributions().get(library, ())
        return metadata.version(names[0]) if names else ""
