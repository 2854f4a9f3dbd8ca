"""List the modules of the models, for a driver of plain Hamilton."""

from __future__ import annotations

from importlib import import_module
from inspect import Parameter, signature
from pkgutil import iter_modules
from types import ModuleType

from marketing_ibis.model import Declaration

LAYERS = ("staging", "intermediate", "marts", "core", "campaigns")


def model_modules(*optional_sources: str) -> tuple[ModuleType, ...]:
    """Return the module of each model, for a driver of Hamilton: the sources are its inputs.

    Models that require an optional source are among them if it is one of ``optional_sources``. A driver does not know
    of Python steps: models whose rows a Python function computes, and those that require them, are not among them.

    Raises:
        ValueError: one of them is not an optional source.
    """
    known_sources = _optional_sources()
    for name in optional_sources:
        if name not in known_sources:
            raise ValueError(f"{name} is not an optional source. Known: {', '.join(known_sources)}.")
    modules = _all_modules()
    python_models = {name for name, module in modules.items() if _declaration(name, module).rows is not None}
    absent = {*known_sources, *python_models} - set(optional_sources)
    modules = {name: module for name, module in modules.items() if name not in python_models}
    while dependents := {name for name, module in modules.items() if absent & _required(name, module)}:
        absent |= dependents
        modules = {name: module for name, module in modules.items() if name not in dependents}
    return tuple(modules.values())


def _optional_sources() -> list[str]:
    sources = vars(import_module("dataflows.sources"))
    return [name for name, value in sources.items() if getattr(getattr(value, "declaration", None), "optional", False)]


def _all_modules() -> dict[str, ModuleType]:
    packages = [import_module(f"dataflows.{layer}") for layer in LAYERS]
    names = [(package.__name__, module.name) for package in packages for module in iter_modules(package.__path__)]
    return {name: import_module(f"{package}.{name}") for package, name in names}


def _declaration(name: str, module: ModuleType) -> Declaration:
    declaration: Declaration = getattr(module, name).declaration
    return declaration


def _required(name: str, module: ModuleType) -> set[str]:
    """Return the parameters of a model that have no default."""
    parameters = signature(getattr(module, name)).parameters.values()
    return {parameter.name for parameter in parameters if parameter.default is Parameter.empty}
