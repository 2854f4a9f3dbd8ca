"""Compile the project's own dataflow once for all commands that run in the process of the tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import dataflows
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project import compile as compiling

HOME = Path(dataflows.__file__).parent
_COMPILED: dict[tuple[object, ...], Dataflow] = {}
_compile = compiling.compile_dataflow


@contextmanager
def compiled_once() -> Iterator[None]:
    """Have commands share what is compiled of the same functions with the same settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "compile_dataflow", _remembered)
        yield


def forget() -> None:
    """Have everything compiled again."""
    _COMPILED.clear()


def _remembered(modules: Iterable[ModuleType], **settings: Any) -> Dataflow:
    modules = tuple(modules)
    if settings["unread"] or not all(Path(module.__file__ or "").is_relative_to(HOME) for module in modules):
        return _compile(modules, **settings)
    functions = [value for module in modules for value in vars(module).values() if isinstance(value, FunctionType)]
    needed = settings["needed"] and sorted(settings["needed"])
    key = (*functions, repr({**settings, "needed": needed}))
    if key not in _COMPILED:
        _COMPILED[key] = _compile(modules, **settings)
    return _COMPILED[key]
