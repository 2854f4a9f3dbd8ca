"""Identify what the columns and rows of an expression mean, however the expression is written.

Two fingerprints are equal only if the values are equal whatever the tables under them contain. They stay equal when an
expression is refactored: names inside of it, the order of filters, projections and operands of AND, OR and =, columns
that nothing reads, and the place of a step count for nothing.

*columns*   A column's fingerprint covers how its value is computed for one row. A join, a window or an aggregate adds
            the rows that it reads.
*rows*      The fingerprint of the rows covers filters, joins, groups, limits and the orders that limits depend on.

An operation that is not known here, or whose result is random, has the fingerprint None, which equals no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Graph

from marketing_ibis.graph import topological
from marketing_ibis.lineage.fingerprints import relations, values
from marketing_ibis.lineage.fingerprints.digests import Fingerprints
from marketing_ibis.lineage.fingerprints.reading import Reader
from marketing_ibis.model.dataflow import Dataflow

READERS = (relations, values)
"""The modules that say what operations mean: they register themselves with the reader."""
NO_PARENTS: Mapping[str, Fingerprints] = MappingProxyType({})


def fingerprints_of(expression: ir.Table, parents: Mapping[str, Fingerprints] = NO_PARENTS) -> Fingerprints:
    """Return the fingerprints of an expression's rows and columns.

    A table under it that is named in ``parents`` means what its fingerprints there say, so that a step may move from
    one model to another; any other table means its name, and its columns their names and types.
    """
    operation = expression.op()
    reader = Reader(parents)
    # From the leaves up, so that a long chain of steps needs no deep recursion.
    for node in Graph.from_bfs(operation).toposort():
        if isinstance(node, ops.Relation) and not isinstance(node, ops.JoinReference):
            reader.table(node)
    table = reader.table(operation)
    return Fingerprints(table.rows, dict(table.columns))


def model_fingerprints(dataflow: Dataflow, names: Iterable[str] | None = None) -> dict[str, Fingerprints]:
    """Return the fingerprints of each model of a dataflow, in terms of its sources, parents first.

    They say what a build as of the dataflow's own date computes: a model whose expression contains nothing of as_of has
    the same fingerprints as of every date. Only those of ``names``, which include their parents, where given.
    """
    selected = set(dataflow.models) if names is None else set(names) & dataflow.models.keys()
    fingerprints: dict[str, Fingerprints] = {}
    for name in topological(dataflow.graph()):
        if name in selected:
            fingerprints[name] = fingerprints_of(dataflow.models[name].expression, fingerprints)
    return fingerprints
