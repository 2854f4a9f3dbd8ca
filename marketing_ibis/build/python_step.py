"""What a build does to compute the rows of a model in Python: plain data, without Ibis."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, get_type_hints

from marketing_ibis.build.plain_data import MISFIT, from_plain, to_plain
from marketing_ibis.errors import CompileError, UsageError
from marketing_ibis.model.row_annotations import takes_records
from marketing_ibis.model.row_functions import RowFunction


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """A function of rows: of dictionaries if it ``takes_records``, or else of a pyarrow.Table."""

    call: Callable[[Any], Any]
    takes_records: bool


@dataclass(frozen=True, slots=True)
class PythonStep:
    """The function that computes the rows of a step, by its ``place``, "module:name", and its ``digest``.

    It receives the rows of the step's SELECT, with the types of ``columns``, and ``arguments``, each as JSON. ``keep``
    are the statements by which a script, which cannot run the function, fills the table with its published rows.
    """

    place: str
    digest: str
    arguments: Mapping[str, str]
    columns: Mapping[str, str]
    keep: tuple[str, ...] = ()

    def load(self) -> LoadedFunction:
        """Return the function, which then needs only the rows.

        Raises:
            UsageError: it cannot be imported, or takes other arguments.
            CompileError: the annotation of its rows is not one of rows.
        """
        function = _import(self.place)
        arguments = _read_arguments(self.place, function, self.arguments)
        return LoadedFunction(partial(function, **arguments), takes_records(function))

    def check_unchanged(self) -> None:
        """Stop where the function is not the one that was planned.

        Raises:
            UsageError: its source, or the version of a library, has changed, or it cannot be imported.
        """
        from marketing_ibis.project.row_functions import source_digest  # it reads what is known of installed libraries

        if source_digest(_import(self.place).__module__) != self.digest:
            raise UsageError(
                f"The function {self.place}, or a library that it imports, has changed since the plan was made.",
                hint="Write a new plan: `plan --out FILE`.",
            )


def plan_arguments(model: str, function: RowFunction) -> dict[str, str]:
    """Return the arguments of a function as JSON, so that a plan can be written to a file.

    Raises:
        CompileError: an argument has a value that JSON cannot contain.
    """
    try:
        return {name: json.dumps(to_plain(value)) for name, value in function.arguments.items()}
    except TypeError as error:
        raise CompileError(
            f"Model {model}: an argument of {function.place} cannot be part of a plan: {error}.",
            hint="Rules for a Python function have numbers, strings, dates and tuples of these.",
        ) from error


def python_step(model: str, function: RowFunction, keep: tuple[str, ...] = ()) -> PythonStep:
    """Return what computes the rows of a model with ``function``.

    Raises:
        CompileError: an argument of the function cannot be part of a plan.
    """
    columns = {name: str(dtype) for name, dtype in function.query.schema().items()}
    return PythonStep(function.place, function.digest, plan_arguments(model, function), columns, keep)


def _import(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"The function {place} cannot be imported: {error}.",
            hint="Run the plan in the project that it was made in, or write a new one: `plan --out FILE`.",
        ) from error
    return function


def _read_arguments(place: str, function: Callable[..., Any], arguments: Mapping[str, str]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters
    try:
        # The type of the rows need not be imported where the function is defined.
        annotations = SimpleNamespace(__annotations__={name: parameters[name].annotation for name in arguments})
        hints = get_type_hints(annotations, getattr(function, "__globals__", {}))
        return {name: from_plain(hints[name], json.loads(text)) for name, text in arguments.items()}
    except (*MISFIT, NameError) as error:
        raise UsageError(
            f"The arguments of {place} cannot be read: {error}.",
            hint="Annotate its parameters with the classes of the rules, imported at the top of the file.",
        ) from error
