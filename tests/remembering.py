"""Compile the project's own dataflow and its data tests once for all commands that run in the process of the tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

import ibis.expr.types as ir
import pytest

import dataflows
from marketing_ibis.build import identities, planning, project_facts
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.model import DataTest
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.outputs.artifacts import state
from marketing_ibis.project import compile as compiling
from marketing_ibis.project import model_recorder
from marketing_ibis.testing import collect
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.collect import DataTests

HOME = Path(dataflows.__file__).parent
CACHING = ("duckdb", "postgres", "redshift")
"""The engines whose SQL is remembered. The gate checks the statements of Redshift after they are written, each time."""
_COMPILED: dict[tuple[object, ...], Dataflow] = {}
_DERIVED: dict[tuple[object, ...], Any] = {}
"""What was computed of these dataflows, by the function and its arguments."""
_BUILT: dict[tuple[object, ...], tuple[ir.Table, list[object]]] = {}
"""The expressions of models, by the function, what its module holds and its arguments, and what the module held.

Most are the same on any day and with any settings.
"""
_WRITTEN: dict[tuple[object, ...], str] = {}
"""The text of expressions. The cache of SQL has another file for each folder of a test."""

_compile = compiling.compile_dataflow
_build_batches = collect.build_batches
_identify_tests = collect.data_test_fingerprints
_identify_models = identities.model_identities
_build_model = model_recorder._build
_recall_output = Dialect.recall
Result = TypeVar("Result")


@contextmanager
def written_once() -> Iterator[None]:
    """Have the models of different days and settings share the expressions that are the same, and their text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_recorder, "_build", _built)
        patch.setattr(Dialect, "recall", _recalled)
        yield


@contextmanager
def compiled_once() -> Iterator[None]:
    """Have commands share what is compiled of the same functions with the same settings."""
    with written_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiling, "compile_dataflow", _remembered)
        for module in (collect, planning):
            patch.setattr(module, "build_batches", _batches)
        for module in (collect, identities, state):
            patch.setattr(module, "data_test_fingerprints", _test_fingerprints)
        for module in (identities, project_facts):
            patch.setattr(module, "model_identities", _model_identities)
        yield


def forget() -> None:
    """Have everything compiled again."""
    _COMPILED.clear()
    _DERIVED.clear()
    _BUILT.clear()
    forget_texts()


def forget_texts() -> None:
    """Have every SQL written again."""
    _WRITTEN.clear()


def _remembered(modules: Iterable[ModuleType], **settings: Any) -> Dataflow:
    modules = tuple(modules)
    if settings["unread"] or not all(_is_own(module.__file__) for module in modules):
        return _compile(modules, **settings)
    functions = [value for module in modules for value in vars(module).values() if isinstance(value, FunctionType)]
    needed = settings["needed"] and sorted(settings["needed"])
    key = (*functions, repr({**settings, "needed": needed}))
    if key not in _COMPILED:
        _COMPILED[key] = _compile(modules, **settings)
    return _COMPILED[key]


def _batches(
    dataflow: Dataflow, data_tests: DataTests, dialect: Dialect, stages: Mapping[str, int] | None = None
) -> tuple[Batch, ...]:
    # The cache of its SQL changes no SQL.
    key = (repr(replace(dialect, cache=None)), repr(stages), *_texts(data_tests))
    return _once(lambda: _build_batches(dataflow, data_tests, dialect, stages), dataflow, "batches", *key)


def _test_fingerprints(dataflow: Dataflow, data_tests: DataTests) -> dict[str, str]:
    return dict(_once(lambda: _identify_tests(dataflow, data_tests), dataflow, "tests", *_texts(data_tests)))


def _model_identities(dataflow: Dataflow, data_tests: DataTests | None = None) -> dict[str, identities.Identity]:
    key = data_tests if data_tests is None else _texts(data_tests)
    return dict(_once(lambda: _identify_models(dataflow, data_tests), dataflow, "models", key))


def _is_own(file: str | None) -> bool:
    return Path(file or "").is_relative_to(HOME)


def _built(name: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> ir.Table:
    own = inspect.unwrap(function)
    if not _is_own(own.__code__.co_filename):
        return _build_model(name, function, arguments)
    # A test may put something else in the place of a helper. What is kept has an id that nothing else can get.
    held = list(own.__globals__.values())
    key = (own, *map(id, held), *((each, _identity(value)) for each, value in arguments.items()))
    if key not in _BUILT:
        _BUILT[key] = _build_model(name, function, arguments), held
    return _BUILT[key][0]


def _identity(argument: object) -> object:
    return argument.op() if isinstance(argument, ir.Table) else (type(argument), repr(argument))


def _recalled(dialect: Dialect, part: str, expression: ir.Table, write: Callable[[], str]) -> str:
    if dialect.name not in CACHING:
        return _recall_output(dialect, part, expression, write)
    key = (type(dialect), part, dialect.sources, expression.op())

    def write_once() -> str:
        if key not in _WRITTEN:
            _WRITTEN[key] = write()
        return _WRITTEN[key]

    return _recall_output(dialect, part, expression, write_once)


def _once(compute: Callable[[], Result], dataflow: Dataflow, *key: object) -> Result:
    """Return the result of an earlier call with the same ``key`` for what is compiled of the project's own dataflow."""
    own = [*_COMPILED.values(), *(value for value in _DERIVED.values() if isinstance(value, Dataflow))]
    if not any(dataflow.models is each.models for each in own):
        return compute()
    whole = (id(dataflow.models), *key)
    if whole not in _DERIVED:
        _DERIVED[whole] = compute()
    return _DERIVED[whole]  # type: ignore[no-any-return]


def _texts(data_tests: DataTests) -> tuple[object, ...]:
    """Return all that decides what the tests of a dataflow find, whose functions are those of their names."""
    return tuple((node, *map(_text, tests)) for node, tests in data_tests.items())


def _text(data_test: DataTest) -> tuple[object, ...]:
    values = {field.name: getattr(data_test, field.name) for field in fields(data_test)}
    return (values.pop("find").__qualname__, id(values.pop("where")), repr(values))
