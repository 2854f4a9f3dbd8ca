"""Turn a Hamilton dataflow into models without touching a database."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import FunctionType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, TypeVar, get_type_hints

import ibis.expr.types as ir

from marketing_ibis.errors import CompileError, ConfigurationError, UnknownModel, nearest
from marketing_ibis.graph import topological
from marketing_ibis.model import Model, PassedColumns, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.masking import PersonalSettings
from marketing_ibis.model.optional_parents import unused_parents
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.model.vocabulary import Materialization
from marketing_ibis.project.adapters import (
    Declared,
    declared_functions,
    move_sources,
    resolve_declarations,
)
from marketing_ibis.project.mapping import map_sources
from marketing_ibis.project.model_recorder import ModelRecorder
from marketing_ibis.project.optional_sources import absent_nodes, required_parameters, used_settings
from marketing_ibis.project.pass_through import PARAMETER, check_pass_through, extend_sources, find_passed_columns
from marketing_ibis.project.personal_data import with_personal_data
from marketing_ibis.project.rule_texts import fill_in_rules
from marketing_ibis.project.rules import resolve_rules
from marketing_ibis.project.source_settings import SourceSettings
from marketing_ibis.project.static_parsing import Node

if TYPE_CHECKING:
    from hamilton.driver import Driver

N = TypeVar("N", Source, Model)


def compile_dataflow(
    modules: Iterable[ModuleType],
    *,
    inputs: Mapping[str, object],
    variables: Mapping[str, Mapping[str, object]] | None = None,
    materialized: Mapping[str, Materialization] | None = None,
    id_type: str = "int64",
    needed: Collection[str] | None = None,
    sources: Mapping[str, SourceSettings] = MappingProxyType({}),
    zones: TimeZones = TimeZones(),
    unread: Mapping[str, Node] = MappingProxyType({}),
    command_variables: Mapping[str, object] = MappingProxyType({}),
    optional_sources: Collection[str] = (),
    personal: PersonalSettings = PersonalSettings(),
    all_names: Collection[str] = (),
) -> Dataflow:
    """Run the dataflow once with tables that have names alone, and keep each model's expression.

    ``inputs`` are passed to the models that ask for them by parameter name (``as_of``).
    ``variables`` overrides fields of the models' rules, by parameter name, and ``command_variables`` those for one
    command; ``materialized`` how a model is stored. Only ``needed`` nodes are evaluated, all if it is
    None, and it must include what they depend on.
    ``sources`` say which optional columns a source has, and which table of another shape it is read from; ``zones``
    decide to which day a timestamp belongs. ``optional_sources`` are the optional sources that there are, ``unread``
    nodes whose files could not be imported. ``personal`` is what the settings say about personal data;
    ``all_names`` are all sources and models, where the modules declare a part of them.

    Raises:
        CompileError: two relations declare the same column with its tests.
        UnknownModel: a parameter names no model, source, input or rules.
        CyclicModels: models need each other.
        ContractBroken: a model's columns or types differ from its contract.
        ConfigurationError: a variable that no model reads, or of the wrong type, or an unknown optional column.
    """
    modules = tuple(modules)
    declaring, passed = _map_sources(modules, sources, zones, id_type, unread)
    every_node = extend_sources(move_sources(resolve_declarations(declaring, unread), sources), passed)
    check_pass_through(every_node, unread)
    _check_columns(every_node, unread)
    absent = _find_absent(every_node, optional_sources)
    declared = {name: node for name, node in every_node.items() if name not in absent}
    functions = {name: node.function for name, node in declared.items()}
    arguments = {**inputs, PARAMETER: passed, **resolve_rules(functions, variables or {}, command_variables)}
    evaluated = {name: node for name, node in declared.items() if needed is None or name in needed}
    homes = [module for module in declaring if evaluated.keys() & declared_functions(module).keys()]
    _check_functions(evaluated, arguments)
    _check_helpers(homes)
    used = used_settings(variables or {}, command_variables, sources=sources)
    unused = {name: unused_parents(node.declaration.optional_parents, used) for name, node in declared.items()}
    topological(_parents(evaluated, arguments, absent, unused))
    optional = {name: (*settings.optional, *settings.columns) for name, settings in sources.items()}
    recorder = ModelRecorder(declared, id_type, materialized or {}, optional, unread, arguments, unused, passed)
    missing = {*absent, *(parent for name in evaluated for parent in unused[name] if parent not in evaluated)}
    hamilton = _execute(homes, recorder, evaluated, missing) if evaluated else None
    recorder.declare_others(evaluated, unread)
    marked_functions = _find_measures_and_warnings(modules, [*every_node, *arguments], {*unread, *absent})
    nodes = _fill_in_descriptions(recorder.sources, arguments), _fill_in_descriptions(recorder.models, arguments)
    dataflow = Dataflow(*nodes, hamilton, arguments, *marked_functions, absent=absent)
    return with_personal_data(dataflow, personal, all_names)


def _execute(
    homes: Sequence[ModuleType], recorder: ModelRecorder, evaluated: Collection[str], missing: Collection[str]
) -> Driver:
    """Run the nodes of ``evaluated``, with nothing in place of those that are ``missing``; return Hamilton's driver."""
    from marketing_ibis.project.hamilton_driver import execute  # what is declared is known without

    absent = [name for home in homes for name in declared_functions(home) if name in missing]
    return execute(homes, recorder.run_node, evaluated, recorder.inputs, absent)


def _map_sources(
    modules: Iterable[ModuleType],
    sources: Mapping[str, SourceSettings],
    zones: TimeZones,
    id_type: str,
    unread: Collection[str],
) -> tuple[list[ModuleType], PassedColumns]:
    """Return the modules that declare nodes, with one of the mapped sources, and the columns that pass through."""
    declaring = [module for module in modules if declared_functions(module)]
    declared = resolve_declarations(declaring, unread)
    _check_optional(declared, sources)
    passed = find_passed_columns(declared, sources)
    return [*declaring, *map_sources(extend_sources(declared, passed), sources, zones, id_type)], passed


def _find_absent(declared: Mapping[str, Declared], optional_sources: Collection[str]) -> frozenset[str]:
    """Return the optional sources that are not listed, and what cannot exist without them."""
    unused = [n for n, node in declared.items() if node.declaration.optional and n not in optional_sources]
    return absent_nodes({name: required_parameters(node.function) for name, node in declared.items()}, unused)


def _fill_in_descriptions(nodes: Mapping[str, N], inputs: Mapping[str, object]) -> dict[str, N]:
    """Return sources or models with the values of the rules in force in their descriptions."""
    described_nodes = {}
    for name, node in nodes.items():
        contract = node.declaration.contract
        columns = tuple(replace(c, description=fill_in_rules(c.description, inputs)) for c in contract.columns)
        declaration = replace(node.declaration, contract=replace(contract, columns=columns))
        described_nodes[name] = replace(
            node, declaration=declaration, description=fill_in_rules(node.description, inputs)
        )
    return described_nodes


def _find_measures_and_warnings(
    modules: Iterable[ModuleType], known_parameters: Collection[str], unread: Collection[str]
) -> tuple[tuple[Callable[..., ir.Table], ...], tuple[Callable[..., ir.Table], ...]]:
    """Return the functions that measure a build, and those that warn about what it publishes.

    Without those that require one of the ``unread``: a model whose file could not be imported, or that is absent.
    """
    functions = [f for m in modules for f in vars(m).values() if getattr(f, "__module__", "") == m.__name__]
    functions = [f for f in functions if not (_is_marked(f) and set(required_parameters(f)) & set(unread))]
    measures = tuple(f for f in functions if getattr(f, "measures", False) is True)
    warnings = tuple(f for f in functions if isinstance(getattr(f, "warns", None), str))
    for kind, function in [*(("Measure", f) for f in measures), *(("Warning", f) for f in warnings)]:
        for parameter in inspect.signature(function).parameters:
            if parameter not in known_parameters:
                raise UnknownModel(
                    f"{kind} {function.__name__} has a parameter {parameter}, which is not a model, source or input.",
                    hint=nearest(parameter, known_parameters),
                )
    return measures, warnings


def _is_marked(function: object) -> bool:
    return getattr(function, "measures", False) is True or isinstance(getattr(function, "warns", None), str)


def _check_optional(declared: Mapping[str, Declared], sources: Mapping[str, SourceSettings]) -> None:
    """Stop where the settings list an optional column that the source does not declare."""
    for source in sources.keys() & declared.keys():
        optional_columns = [column.name for column in declared[source].declaration.contract.columns if column.optional]
        for name in sources[source].optional:
            if name not in optional_columns:
                raise ConfigurationError(
                    f"[tool.marketing_ibis] sources.{source}.optional lists {name}, which is not an optional column.",
                    hint=nearest(name, optional_columns) or f"{source} has no optional columns.",
                )


def _check_functions(declared: Mapping[str, Declared], inputs: Mapping[str, object]) -> None:
    """Stop at what Hamilton would not take for a node, or would take for another one."""
    for name, node in declared.items():
        function, kind = node.function, node.declaration.kind
        place = f"See {function.__code__.co_filename}:{function.__code__.co_firstlineno}."
        if name.startswith("_") or name in inputs:
            reason = "a leading underscore marks a helper" if name.startswith("_") else "an input has that name"
            raise CompileError(f"A {kind} cannot be called {name}: {reason}.", hint=place)
        try:
            hints = get_type_hints(function)
        except Exception as error:  # an annotation is an expression of the user's
            raise CompileError(f"The types of {kind} {name} cannot be read: {error}.", hint=place) from error
        for part in (*inspect.signature(function).parameters, "return"):
            if part not in hints:
                missing, annotation = (
                    ("result", "-> ir.Table") if part == "return" else (f"parameter {part}", f"{part}: ir.Table")
                )
                raise CompileError(f"The {missing} of {kind} {name} has no type: write {annotation}.", hint=place)


def _check_columns(declared: Mapping[str, Declared], unread: Collection[str]) -> None:
    """Stop at a column that two relations declare with its tests, or that exists only with what does not exist."""
    owners: dict[int, str] = {}
    for name, node in declared.items():
        for column in node.declaration.contract.columns:
            owner = owners.setdefault(id(column), name) if column.tests else name
            if owner != name:
                raise CompileError(
                    f"Column {column.name} and its tests are declared in both {owner} and {name}.",
                    hint="Inherit columns with inherited(...), which leaves their tests where they are declared.",
                )
            if column.only_with and column.only_with not in (*declared, *unread):
                raise UnknownModel(
                    f"Column {column.name} of {name} is only_with {column.only_with}, which is not a model or source.",
                    hint=nearest(column.only_with, declared),
                )


def _check_helpers(modules: Iterable[ModuleType]) -> None:
    """Stop at a function in a file of models that Hamilton treats as a node and cannot read."""
    for function in (function for module in modules for function in _helpers(module)):
        parts = (*inspect.signature(function).parameters, "return")
        untyped = [part for part in parts if part not in function.__annotations__]
        if untyped:
            name, code = function.__name__, function.__code__
            raise CompileError(
                f"Function {name} is in a file with models and has no type for {', '.join(untyped)}.",
                hint=f"Rename it to _{name}, or add its types: Hamilton treats every other function there as a node."
                f" See {code.co_filename}:{code.co_firstlineno}.",
            )


def _helpers(module: ModuleType) -> Iterator[FunctionType]:
    for name, function in vars(module).items():
        is_own = isinstance(function, FunctionType) and function.__module__ == module.__name__
        if is_own and not name.startswith("_") and not hasattr(function, "declaration"):
            yield function


def _parents(
    declared: Mapping[str, Declared],
    inputs: Mapping[str, object],
    absent: Collection[str],
    unused: Mapping[str, Collection[str]],
) -> dict[str, tuple[str, ...]]:
    graph: dict[str, tuple[str, ...]] = {}
    for name, node in declared.items():
        parameters = inspect.signature(node.function).parameters
        for parameter in parameters:
            if parameter not in declared and parameter not in inputs and parameter not in {*absent, *unused[name]}:
                raise UnknownModel(
                    f"Model {name} has a parameter {parameter}, which is not a model, source or input.",
                    hint=nearest(parameter, [*declared, *inputs]),
                )
        graph[name] = tuple(p for p in parameters if p in declared and p not in unused[name])
    return graph
