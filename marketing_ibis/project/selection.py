"""Choose models and sources by dbt's selection grammar.

A selector is a list of terms: a space (or a further list item) adds, a comma keeps what both sides name.

    term     = "@" named | [[depth] "+"] named ["+" [depth]]
    named    = [method ":"] value
    value    = a name, layer, tag, path or table; the wildcards are * ? [ab]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from marketing_ibis.errors import NothingChanged, SelectionError, UsageError, nearest
from marketing_ibis.graph import Graph, ancestors, descendants, topological

# A selector is parsed without reading a project.
if TYPE_CHECKING:
    from marketing_ibis.project.static_parsing import Node


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a selector: the nodes it names, and how far around them it reaches.

    ``up`` and ``down`` count generations of parents and children; None is all of them. ``around`` is dbt's ``@``: all
    that is built from the nodes, with all that this is built from.
    """

    text: str
    method: str
    value: str
    up: int | None = 0
    down: int | None = 0
    around: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A way to name nodes: the values that a node answers to, and how one is compared with what was written.

    ``choices`` are all values that make sense, where these are fixed: then a term may match nothing.
    """

    values: Callable[[Node], Collection[str]]
    matches: Callable[[str, str], bool] = fnmatchcase
    choices: tuple[str, ...] = ()


def _paths(node: Node) -> tuple[str, ...]:
    files = (PurePosixPath(node.path), PurePosixPath(node.place))
    return tuple(str(path) for file in files for path in (file, *file.parents) if path.name)


def _path_matches(path: str, pattern: str) -> bool:
    return _parts_match(PurePosixPath(path).parts, PurePosixPath(pattern).parts)


def _parts_match(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    # As in a shell, * stops at a slash and ** does not.
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_parts_match(parts[start:], pattern[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _parts_match(parts[1:], pattern[1:])


def _table_names(node: Node) -> tuple[str, ...]:
    """Return the names of a source's table: bare, with its schema, and with its database if it has one."""
    names = (node.table, f"{node.schema}.{node.table}")
    return (*names, f"{node.database}.{names[-1]}") if node.database else names


BARE = ""
"""Method of a value that is written alone: a name or a layer."""
SELECTOR = "selector"
"""Method of the selectors that the settings name."""
METHODS: Mapping[str, Method] = {
    BARE: Method(lambda node: (node.name, node.layer)),
    "config.materialized": Method(lambda node: (node.materialized,) if node.kind == "model" else ()),
    "exposure": Method(lambda node: (node.name,) if node.kind == "exposure" else ()),
    "layer": Method(lambda node: (node.layer,)),
    "name": Method(lambda node: (node.name,)),
    "path": Method(_paths, _path_matches),
    "resource_type": Method(lambda node: (node.kind,)),
    "source": Method(lambda node: (node.name, *_table_names(node)) if node.kind == "source" else ()),
    SELECTOR: Method(lambda node: node.selectors),
    "tag": Method(lambda node: node.tags),
}
"""What may precede a colon."""

MISSING = {SELECTOR: 'Name one in the settings: nightly = "tag:daily+" under [tool.marketing_ibis.selectors].'}
"""The hint where no node has a value of a method."""
TEST_NAME = "test_name"
"""Method that chooses tests by the generic test, or by a test's own name."""

_TERM = re.compile(
    r"(?:(?P<around>@)|(?:(?P<up>[0-9]{0,6})\+))?"
    r"(?:(?P<method>[\w.]+):)?(?P<value>[^+@:]+)"
    r"(?:\+(?P<down>[0-9]{0,6}))?"
)
GRAMMAR = (
    "Write name, +name, name+, 2+name+1, @name, a layer or method:value. "
    "A space means or; a comma, without spaces, means and."
)
"""The hint after a mistyped selector."""


STATE = "state"
STATES = ("modified", "new", "old", "unmodified")
Changes = Mapping[str, Collection[str]]
"""The state of each source and model since an earlier one: values of STATES."""


def select_models(
    nodes: Mapping[str, Node],
    graph: Graph,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    changes: Changes | None = None,
) -> tuple[str, ...]:
    """Return the names of the models and sources selected, each after its parents; without ``select``, of all.

    ``changes`` is what ``state:`` asks for.

    Raises:
        SelectionError: a selector is malformed, one of its terms matches nothing, or nothing is left.
        NothingChanged: a selector asks for a state, and nothing is left.
        UsageError: a selector asks for a state, and there are no ``changes``.
        CyclicModels: some models need each other.
    """
    methods = dict(METHODS)
    if changes is not None:
        methods[STATE] = Method(lambda node: changes.get(node.name, ()), choices=STATES)
    selected = _union(nodes, graph, select, methods) if select else frozenset(nodes)
    left = selected - _union(nodes, graph, exclude, methods)
    if not left:
        raise _empty(select, exclude, selected)
    return tuple(name for name in topological(graph) if name in left)


def parse_selector(selector: str) -> tuple[tuple[Term, ...], ...]:
    """Return the terms of a selector: the outer tuple is a union, the inner ones are intersections.

    Raises:
        SelectionError: it is malformed, or asks for a method that does not exist.
    """
    criteria = selector.split()
    if not criteria:
        raise SelectionError("A selector is empty.", hint=GRAMMAR)
    return tuple(tuple(_parse_term(text, criterion) for text in criterion.split(",")) for criterion in criteria)


def names_tests(selector: str) -> bool:
    """Return whether a selector says anything of tests."""
    return any(term.method == TEST_NAME for terms in parse_selector(selector) for term in terms)


def _parse_term(text: str, criterion: str) -> Term:
    match = _TERM.fullmatch(text)
    if match is None or (match["around"] and match["down"] is not None):
        place = f"'{text}' in '{criterion}'" if text != criterion else f"'{text}'"
        raise SelectionError(f"Cannot parse the selector {place}.", hint=GRAMMAR)
    method = match["method"] or _implied_method(match["value"])
    if method not in (*METHODS, STATE, TEST_NAME):
        raise _unknown_method(method, text)
    if method == STATE and not any(fnmatchcase(state, match["value"]) for state in STATES):
        # A typo is reported before the manifest is looked for.
        raise SelectionError(f"'{text}': unknown state.", hint=nearest(match["value"], STATES, prefix=f"{STATE}:"))
    return Term(text, method, match["value"], _depth(match["up"]), _depth(match["down"]), bool(match["around"]))


def _implied_method(value: str) -> str:
    if "/" in value:
        return "path"
    # c* means the customer models: it should not bring in all of the layer core.
    return "name" if any(character in value for character in "*?[") else BARE


def _depth(digits: str | None) -> int | None:
    if digits is None:
        return 0
    return int(digits) if digits else None


def asks_for_state(selectors: Iterable[str]) -> bool:
    """Return whether a selector compares with an earlier state.

    Raises:
        SelectionError: a selector is malformed.
    """
    terms = (term for selector in selectors for criterion in parse_selector(selector) for term in criterion)
    return any(term.method == STATE for term in terms)


def _union(
    nodes: Mapping[str, Node], graph: Graph, selectors: Iterable[str], methods: Mapping[str, Method]
) -> frozenset[str]:
    criteria = [criterion for selector in selectors for criterion in parse_selector(selector)]
    sets_by_criterion = [
        [_expand(term, _match_term(term, nodes, methods), graph) for term in terms] for terms in criteria
    ]
    return frozenset().union(*(reduce(frozenset.intersection, sets) for sets in sets_by_criterion))


def _match_term(term: Term, nodes: Mapping[str, Node], methods: Mapping[str, Method]) -> frozenset[str]:
    if term.method == TEST_NAME:
        raise SelectionError(
            f"'{term.text}' selects tests, but only models can be selected here.",
            hint="Select tests with `test --select` or `--exclude`, or with `build --exclude`.",
        )
    if term.method not in methods:
        raise UsageError(
            f"'{term.text}' compares with what is published, and the target has no connection.",
            hint="Configure one, or pass the folder of an earlier manifest.json: --state DIR.",
        )
    method = methods[term.method]
    matches = frozenset(
        name for name, node in nodes.items() if any(method.matches(value, term.value) for value in method.values(node))
    )
    if not matches and term.value not in method.choices:
        values = set(method.choices) or {value for node in nodes.values() for value in method.values(node)}
        prefix = f"{term.method}:" if term.text.count(":") else ""
        hint = nearest(term.value, values, prefix=prefix) or MISSING.get(
            term.method, f"No model or source has a {term.method}."
        )
        raise SelectionError(f"No model or source matches '{term.text}'.", hint=hint)
    return matches


def _expand(term: Term, matches: frozenset[str], graph: Graph) -> frozenset[str]:
    if term.around:
        downstream = matches | descendants(graph, matches)
        return downstream | ancestors(graph, downstream)
    return matches | ancestors(graph, matches, term.up) | descendants(graph, matches, term.down)


def _unknown_method(method: str, text: str) -> SelectionError:
    methods = [name for name in (*METHODS, STATE, TEST_NAME) if name != BARE]
    return SelectionError(f"'{text}': unknown method {method}.", hint=nearest(method, methods))


def _empty(select: Sequence[str], exclude: Sequence[str], selected: frozenset[str]) -> SelectionError:
    if asks_for_state((*select, *exclude)):
        return nothing_changed(select, exclude)
    if selected:
        return SelectionError(
            f"Nothing is left: --exclude '{' '.join(exclude)}' removes everything that was selected.",
            hint=f"Selected were {_some(selected)}. Exclude less, or remove --exclude.",
        )
    if select:
        return SelectionError(
            f"Nothing is selected: the parts of '{' '.join(select)}' have nothing in common.",
            hint="A comma keeps only what both sides select; use a space to select either.",
        )
    return SelectionError("The project declares no model or source.", hint="Check the dataflows in pyproject.toml.")


def check_model(name: str, known_names: Iterable[str]) -> None:
    """Stop at the name of a model that does not exist.

    Raises:
        SelectionError: naming the nearest one.
    """
    names = tuple(known_names)
    if name not in names:
        raise SelectionError(f"The model {name} does not exist.", hint=nearest(name, names))


def nothing_changed(select: Sequence[str], exclude: Sequence[str]) -> NothingChanged:
    """Return what to print where a selection by ``state:`` leaves nothing to do."""
    selection = " ".join((*select, *(f"--exclude {selector}" for selector in exclude)))
    return NothingChanged(
        f"Nothing to do: {selection} selects nothing.",
        hint="The project was compared with the manifest of --state, or without it with what is published.",
    )


def _some(names: Iterable[str], limit: int = 6) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:limit]) + (f" and {len(ordered) - limit} more" if len(ordered) > limit else "")
