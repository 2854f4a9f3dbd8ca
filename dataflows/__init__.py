"""Business definitions: sources, staging views, marts and core tables, one model per file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

LAYERS = ("staging", "intermediate", "marts", "core", "campaigns")


def model_modules() -> tuple[ModuleType, ...]:
    """Return the module of each model, for a driver of Hamilton: the sources are its inputs."""
    packages = [import_module(f"{__name__}.{layer}") for layer in LAYERS]
    names = [f"{package.__name__}.{module.name}" for package in packages for module in iter_modules(package.__path__)]
    return tuple(map(import_module, names))
