"""Read a dataflow's models, sources and exposures from its text, without importing it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import get_args

from marketing_ibis.errors import CompileError, ConfigurationError, UnknownModel, nearest
from marketing_ibis.model.optional_parents import unused_parents
from marketing_ibis.model.vocabulary import (
    ADAPTERS,
    LAYERS,
    VIEW_LAYERS,
    Decorator,
    Kind,
    Materialization,
)
from marketing_ibis.project.decorators import check_decorator
from marketing_ibis.project.keywords import EXPOSURE_RULES, KEYWORDS, RULES, read_keywords, require_keywords
from marketing_ibis.project.model_files import constants_of, display_path, place_in_package, python_files
from marketing_ibis.project.optional_sources import absent_nodes, check_optional_sources


@dataclass(frozen=True, slots=True)
class Node:
    """A model, source or exposure as its file declares it.

    ``parents`` are the parameters that are nodes, ``inputs`` the others. ``database``, ``schema`` and ``table`` say
    where a source is. ``path`` is the file, with forward slashes; ``place`` is the same from the folder of its package,
    where that is installed outside of the project; ``line`` to ``end_line`` are the function with its decorators.
    ``selectors`` are those of the settings that choose it. An adapter has the name of the source that it replaces, and
    ``replaced_path`` is that source's file. ``optional_inputs`` are its parameters that have a default, and
    ``optional_parents`` those that are parents only where a setting is in use. An optional source that the settings
    leave off ``is_absent``, and so is all that requires it. The rest is an exposure's, whose parents are what it reads.
    """

    name: str
    kind: Kind
    layer: str
    materialized: Materialization
    path: str
    tags: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    description: str = ""
    table: str = ""
    schema: str = ""
    database: str = ""
    exposure_type: str = ""
    owner: str = ""
    url: str = ""
    maturity: str = ""
    place: str = ""
    selectors: tuple[str, ...] = ()
    is_adapter: bool = False
    replaced_path: str = ""
    is_optional: bool = False
    is_absent: bool = False
    optional_inputs: tuple[str, ...] = field(default=(), compare=False)
    optional_parents: Mapping[str, str] = field(default_factory=dict, compare=False)
    line: int = field(default=0, compare=False)
    end_line: int = field(default=0, compare=False)

    @property
    def declaring_paths(self) -> tuple[str, ...]:
        """The files that it cannot be compiled without: its own, and that of the source whose contract it has."""
        return (self.path, self.replaced_path) if self.is_adapter else (self.path,)


SLIP = 0.8
"""How much of a layer's name must be a usual one's for it to count as a typing error."""


def discover(
    packages: Sequence[Path],
    root: Path | None = None,
    optional_sources: Collection[str] = (),
    settings: Collection[str] = (),
) -> dict[str, Node]:
    """Return the models, sources and exposures in the files of ``packages``, by name, with paths relative to ``root``.

    Of the optional sources only ``optional_sources`` are there; the others, and what requires them, are absent. Of
    optional parents there are those whose setting is among ``settings``.

    Raises:
        CompileError: a file is not Python, two functions have one name, two sources one table, an adapter no source, an
            exposure reads what does not exist, or a decorator is misspelled.
        ConfigurationError: a package is missing, a keyword cannot be read without running the file, or
            an optional source does not exist.
    """
    nodes: dict[str, Node] = {}
    adapters: dict[str, Node] = {}
    for file in python_files(packages):
        path = display_path(file, root)
        place = place_in_package(file, packages) if Path(path).is_absolute() else ""
        for declared in _read(file, path):
            node = replace(declared, place=place)
            namesakes = adapters if node.is_adapter else nodes
            if node.name in namesakes:
                raise _duplicate(namesakes[node.name], node)
            namesakes[node.name] = node
    nodes |= {name: _replace_source(adapter, nodes) for name, adapter in adapters.items()}
    check_tables(nodes.values())
    check_optional_sources(
        optional_sources, {n: node.is_optional for n, node in nodes.items() if node.table or node.is_adapter}
    )
    absent = absent_nodes(
        {name: [p for p in node.inputs if p not in node.optional_inputs] for name, node in nodes.items()},
        [name for name, node in nodes.items() if node.is_optional and name not in optional_sources],
    )
    return {
        name: replace(
            _resolve_parents(node, nodes, absent, unused_parents(node.optional_parents, settings)),
            is_absent=name in absent,
        )
        for name, node in nodes.items()
    }


def graph_of(nodes: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """Return each node's name with its parents'."""
    return {name: node.parents for name, node in nodes.items()}


def _replace_source(adapter: Node, nodes: Mapping[str, Node]) -> Node:
    """Return an adapter with what it inherits from the source of the same name."""
    source = nodes.get(adapter.name)
    if source is None or source.kind != "source":
        problem = "there is no source of that name" if source is None else f"{adapter.name} is a {source.kind}"
        raise CompileError(
            f"{adapter.path}:{adapter.line}: {adapter.name} cannot replace a source: {problem}.",
            hint=nearest(adapter.name, [name for name, node in nodes.items() if node.kind == "source"]),
        )
    # An adapter of an optional source is there without the setting that lists it.
    return replace(adapter, replaced_path=source.path, description=adapter.description or source.description)


def check_tables(nodes: Iterable[Node]) -> None:
    """Stop at a table that two sources read.

    Raises:
        CompileError: naming both sources.
    """
    tables: dict[tuple[str, str, str], Node] = {}
    for node in nodes:
        place = (node.database, node.schema, node.table)
        if node.kind == "source" and tables.setdefault(place, node) is not node:
            raise _duplicate_table(tables[place], node)


def _read(file: Path, path: str) -> tuple[Node, ...]:
    try:
        return _nodes_of(file.read_bytes(), path)
    except OSError as error:
        raise CompileError(f"{path}:1: cannot be read: {error}.") from error


@lru_cache(maxsize=1_024)
def _nodes_of(content: bytes, path: str) -> tuple[Node, ...]:
    """Return the nodes of a file; a command asks for them more than once."""
    return tuple(_find_nodes(content, path))


def _find_nodes(content: bytes, path: str) -> Iterator[Node]:
    constants: dict[str, ast.expr] = {}
    module = _parse(content, path)
    for statement in module.body:
        # In the order of the file, so that a constant has the value it has where the decorator stands.
        constants |= constants_of(statement)
        if isinstance(statement, ast.FunctionDef):
            for decorator in statement.decorator_list:
                word = _decorator(decorator)
                if word and isinstance(decorator, ast.Call):
                    yield _node(statement, word, read_keywords(decorator, constants, path, RULES, KEYWORDS[word]), path)
                elif not word:
                    check_decorator(decorator, module, path, KEYWORDS)
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _is_exposure(call):
                yield _exposure(name, call, read_keywords(call, constants, path, EXPOSURE_RULES, EXPOSURE_RULES), path)


def _parse(content: bytes, path: str) -> ast.Module:
    try:
        return ast.parse(content, filename=path)
    except SyntaxError as error:
        raise CompileError(f"{path}:{error.lineno or 1}: not valid Python: {error.msg}.") from error
    except ValueError as error:
        raise CompileError(f"{path}:1: cannot be read: {error}.") from error


def _decorator(expression: ast.expr) -> Decorator | None:
    match expression:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return next((decorator for decorator in get_args(Decorator) if decorator == name), None)
    return None


def _is_exposure(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id="exposure") | ast.Attribute(attr="exposure"):
            return True
    return False


def _node(function: ast.FunctionDef, decorator: Decorator, keywords: Mapping[str, object], path: str) -> Node:
    require_keywords(decorator, keywords, f"{path}:{function.lineno}: {function.name}", f"@{decorator}")
    layer = ADAPTERS if decorator == "adapter" else "sources"
    if decorator == "model":
        layer = _layer(str(keywords["layer"]), f"{path}:{function.lineno}")
    return Node(
        name=function.name,
        kind="source" if decorator == "source" else "model",
        layer=layer,
        materialized=_materialized(keywords.get("materialized"), layer),
        path=path,
        tags=_texts(keywords.get("tags", ())),
        inputs=_parameters(function.args),
        optional_inputs=_optional_parameters(function.args),
        description=_first_paragraph(function),
        table=str(keywords["table"]) if decorator == "source" else "",
        schema=str(keywords.get("schema", "")),
        database=str(keywords.get("database", "")),
        is_adapter=decorator == "adapter",
        is_optional=bool(keywords.get("optional", False)),
        optional_parents=_strings_by_name(keywords.get("optional_parents", {})),
        line=min(decorator.lineno for decorator in function.decorator_list),
        end_line=function.end_lineno or function.lineno,
    )


def _layer(layer: str, place: str) -> str:
    """Return a layer as it is written, unless it is a slip of a usual one: a view would become a table in silence."""
    if layer not in LAYERS:
        for known_layer in difflib.get_close_matches(layer.lower(), LAYERS, n=1, cutoff=SLIP):
            # A layer of one's own may well be staging_eu or scores.
            if layer[0].lower() == known_layer[0] and abs(len(layer) - len(known_layer)) <= 1:
                raise ConfigurationError(f"{place}: unknown layer {layer!r}.", hint=f"Did you mean {known_layer}?")
    return layer


def _exposure(name: str, call: ast.Call, keywords: Mapping[str, object], path: str) -> Node:
    require_keywords("exposure", keywords, f"{path}:{call.lineno}: {name}", "exposure")
    return Node(
        name=name,
        kind="exposure",
        layer="exposures",
        materialized="view",
        path=path,
        inputs=_texts(keywords["depends_on"]),
        description=" ".join(str(keywords["description"]).split()),
        exposure_type=str(keywords["type"]),
        owner=str(keywords["owner"]),
        url=str(keywords.get("url", "")),
        maturity=str(keywords.get("maturity", "")),
    )


def _materialized(value: object, layer: str) -> Materialization:
    default: Materialization = "view" if layer in VIEW_LAYERS else "table"
    return next((choice for choice in get_args(Materialization) if choice == value), default)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def _strings_by_name(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    return tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def _optional_parameters(arguments: ast.arguments) -> tuple[str, ...]:
    """Return the parameters that have a default."""
    positional = (*arguments.posonlyargs, *arguments.args)
    with_default = [*positional[len(positional) - len(arguments.defaults) :]]
    by_keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    with_default += [argument for argument, default in by_keyword if default is not None]
    return tuple(argument.arg for argument in with_default)


def _first_paragraph(function: ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())


def _resolve_parents(node: Node, nodes: Mapping[str, Node], absent: Collection[str], unused: Collection[str]) -> Node:
    # Only when every file is read is it known which parameters are nodes.
    if node.kind == "exposure":
        readable = [name for name, candidate in nodes.items() if candidate.kind != "exposure"]
        for name in node.inputs:
            if name not in readable:
                raise UnknownModel(
                    f"{node.path}: {node.name} depends on {name}, which is not a model or source.",
                    hint=nearest(name, readable),
                )
    parents = tuple(
        name
        for name in node.inputs
        if name in nodes and name not in unused and (name not in absent or node.name in absent)
    )
    return replace(node, parents=parents, inputs=tuple(name for name in node.inputs if name not in nodes))


def _duplicate_table(first: Node, second: Node) -> CompileError:
    return CompileError(
        f"The sources {first.name} ({first.path}:{first.line}) and {second.name} ({second.path}:{second.line}) are both"
        f" the table {second.table}.",
        hint="Correct table= of one of them, or keep one and let all models depend on it.",
    )


def _duplicate(first: Node, second: Node) -> CompileError:
    places = f"twice in {first.path}" if first.path == second.path else f"in {first.path} and in {second.path}"
    return CompileError(
        f"'{first.name}' is declared {places}.",
        hint="A table has the name of its function: rename one of the two functions.",
    )
