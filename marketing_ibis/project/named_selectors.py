"""Find which nodes the named selectors of the settings choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import filter as matching

from marketing_ibis.errors import ConfigurationError, MarketingIbisError
from marketing_ibis.graph import Graph
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.selection import SELECTOR, STATE, TEST_NAME, parse_selector, select_models
from marketing_ibis.project.setting_values import NamedSelector
from marketing_ibis.project.static_parsing import Node, graph_of

PER_CALL = {
    STATE: "compares with a state that only a command names",
    TEST_NAME: "selects tests, and a named selector selects models and sources",
}


@dataclass(frozen=True, slots=True)
class _Selectors:
    """The named selectors, and the nodes that they are evaluated over."""

    selectors: Mapping[str, NamedSelector]
    nodes: Mapping[str, Node]
    graph: Graph

    def members(self, name: str, path: tuple[str, ...] = ()) -> frozenset[str]:
        """Return the nodes that a selector chooses; ``path`` are the selectors that name it."""
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            raise ConfigurationError(f"{SETTINGS} selectors.{name} names itself: {circle}.", hint="Remove one of them.")
        selector = self.selectors[name]
        try:
            used = {inner for text in (*selector.select, *selector.exclude) for inner in self._used(text)}
            memberships = {inner: self.members(inner, (*path, name)) for inner in sorted(used)}
            nodes = _with_memberships(self.nodes, memberships)
            return frozenset(select_models(nodes, self.graph, select=selector.select, exclude=selector.exclude))
        except ConfigurationError:
            raise
        except MarketingIbisError as error:
            raise ConfigurationError(f"{SETTINGS} selectors.{name}: {error.message}", hint=error.hint) from error

    def _used(self, text: str) -> list[str]:
        """Return the other selectors that a selector names."""
        names: list[str] = []
        for term in (term for terms in parse_selector(text) for term in terms):
            if reason := PER_CALL.get(term.method):
                raise ConfigurationError(
                    f"{SETTINGS} selectors: '{term.text}' {reason}.",
                    hint=f"Combine them in the call: --select selector:NAME,{term.method}:VALUE.",
                )
            if term.method == SELECTOR:
                names += matching(self.selectors, term.value)
        return names


def add_selectors(nodes: Mapping[str, Node], selectors: Mapping[str, NamedSelector]) -> dict[str, Node]:
    """Return the nodes, each with the names of the selectors that choose it.

    Raises:
        ConfigurationError: a selector is malformed, names what does not exist, or itself.
    """
    if not selectors:
        return dict(nodes)
    evaluated = _Selectors(selectors, nodes, graph_of(nodes))
    return _with_memberships(nodes, {name: evaluated.members(name) for name in selectors})


def _with_memberships(nodes: Mapping[str, Node], memberships: Mapping[str, frozenset[str]]) -> dict[str, Node]:
    return {
        name: replace(node, selectors=tuple(s for s, members in memberships.items() if name in members))
        for name, node in nodes.items()
    }
