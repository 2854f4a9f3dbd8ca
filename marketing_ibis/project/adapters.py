"""Let adapters take the place of the sources that they are named after."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType

import ibis.expr.types as ir

from marketing_ibis.model import Declaration
from marketing_ibis.project.source_settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Declared:
    """A function of a project with what its decorator declares; an adapter's declaration is its source's."""

    function: Callable[..., ir.Table]
    declaration: Declaration
    description: str


def declared_functions(module: ModuleType) -> dict[str, Callable[..., ir.Table]]:
    """Return the functions of ``module`` that ``@model``, ``@source`` or ``@adapter`` marks."""
    return {
        name: function
        for name, function in vars(module).items()
        if hasattr(function, "declaration") and function.__module__ == module.__name__
    }


def resolve_declarations(modules: Iterable[ModuleType], excluded: Iterable[str] = ()) -> dict[str, Declared]:
    """Return what the functions of ``modules`` declare, without the sources that adapters replace.

    ``excluded`` are names of which a file could not be imported: an adapter's own, or that of its source.
    """
    declared: dict[str, Declared] = {}
    adapters: dict[str, Declared] = {}
    for module in modules:
        for name, function in declared_functions(module).items():
            declaration: Declaration = function.declaration  # type: ignore[attr-defined]
            described = Declared(function, declaration, inspect.getdoc(function) or "")
            (adapters if declaration.replaces_source else declared)[name] = described
    for name in excluded:
        declared.pop(name, None)
        adapters.pop(name, None)
    return declared | {name: _replace_source(adapter, declared[name]) for name, adapter in adapters.items()}


def move_sources(declared: Mapping[str, Declared], sources: Mapping[str, SourceSettings]) -> dict[str, Declared]:
    """Return what is declared, with the sources that the settings place elsewhere."""
    moved = dict(declared)
    for name, settings in sources.items():
        if settings.table and not settings.is_mapping and name in declared:
            declaration = replace(declared[name].declaration, **settings.place._asdict())
            moved[name] = replace(declared[name], declaration=declaration)
    return moved


def order_overrides(modules: Iterable[ModuleType]) -> list[ModuleType]:
    """Return ``modules`` with those that declare adapters last: Hamilton takes the later of two nodes of one name."""
    return sorted(modules, key=has_adapter)


def has_adapter(module: ModuleType) -> bool:
    """Return whether a module declares an adapter."""
    functions = declared_functions(module).values()
    return any(function.declaration.replaces_source for function in functions)  # type: ignore[attr-defined]


def _replace_source(adapter: Declared, source: Declared) -> Declared:
    """Return an adapter that has the contract, the grain and the tests of the source that it replaces."""
    by_adapter, by_source = adapter.declaration, source.declaration
    declaration = replace(
        by_adapter,
        contract=by_source.contract,
        grain=by_source.grain,
        owner=by_adapter.owner or by_source.owner,
        tests=(*by_source.tests, *by_adapter.tests),
    )
    return replace(adapter, declaration=declaration, description=adapter.description or source.description)
