"""Give each named query of an expression a name of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

import ibis.common.exceptions as com
import ibis.expr.operations as ops

GENERATED = re.compile(r"t\d+|[a-z]", re.IGNORECASE)
"""Names that the compiler gives to queries."""


def rename_aliases(root: ops.Node, nodes: Iterable[ops.Node]) -> ops.Node:
    """Return an expression in which no two queries have the same name: in WITH the name would be ambiguous.

    Raises:
        UnsupportedOperationError: SQL text reads one of two queries of the same name.
    """
    nodes = tuple(nodes)
    aliased = [node for node in nodes if isinstance(node, ops.AliasedRelation)]
    read_by_text = {node.parent for node in nodes if isinstance(node, ops.SQLStringView)}
    names = {_fold_name(node) for node in nodes if isinstance(node, ops.UnboundTable) and not node.namespace.database}
    renamed: dict[ops.Node, ops.Node] = {}
    # Names in SQL text stay as they are written there.
    for node in sorted(aliased, key=lambda node: node not in read_by_text):
        if _fold_name(node) in names or GENERATED.fullmatch(node.name):
            if node in read_by_text and _fold_name(node) in names:
                raise com.UnsupportedOperationError(
                    f"Two queries are called {node.name}, and SQL text reads one of them; give each its own `.alias()`."
                )
            if node not in read_by_text:
                renamed[node] = node.copy(name=_free_name(node.name, names))
        names.add(_fold_name(renamed.get(node, node)))
    return root.replace(renamed) if renamed else root


def _fold_name(node: ops.PhysicalTable) -> str:
    return str(node.name).lower()


def _free_name(name: str, names: set[str]) -> str:
    number = 2
    while f"{name}_{number}".lower() in names:
        number += 1
    return f"{name}_{number}"
