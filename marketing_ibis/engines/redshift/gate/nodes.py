"""Walk the tree of a query."""

from __future__ import annotations

import sqlglot.expressions as sge


def children(node: sge.Expression) -> list[sge.Expression]:
    """Return the nodes right below one."""
    nodes: list[sge.Expression] = []
    for value in node.args.values():
        if isinstance(value, sge.Expression):
            nodes.append(value)
        elif type(value) in (list, tuple):
            nodes += [child for child in value if isinstance(child, sge.Expression)]
    return nodes


def conjuncts(condition: sge.Expression) -> list[sge.Expression]:
    """Return the conditions that AND joins, without the parentheses around them."""
    parts: list[sge.Expression] = []
    waiting = [condition]
    while waiting:
        node = waiting.pop().unnest()
        if isinstance(node, sge.And):
            waiting += [node.this, node.expression]
        else:
            parts.append(node)
    return parts


def all_nodes(root: sge.Expression) -> list[sge.Expression]:
    """Return a node and all below it, level by level, as ``root.walk()`` yields them in more time."""
    nodes = [root]
    append = nodes.append
    for node in nodes:  # which grows until the leaves are reached
        for value in node.args.values():
            if isinstance(value, sge.Expression):
                append(value)
            # Some lists of Ibis are tuples.
            elif type(value) is list or type(value) is tuple:
                for child in value:
                    if isinstance(child, sge.Expression):
                        append(child)
    return nodes
