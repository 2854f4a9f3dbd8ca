"""Write lineage as text for a terminal: lists and indented trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from marketing_ibis.graph import children_of
from marketing_ibis.lineage.drawing.style import NO_NOTES, Notes, declaration, kind, outputs
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow

STEP = "  "
AGAIN = " ..."
"""Stands behind a name whose own origins are visible_outputs further up."""

Node = TypeVar("Node", str, ColumnRef)


def tables_text(dataflow: Dataflow, names: Iterable[str], *, notes: Notes = NO_NOTES) -> str:
    """Return a line for each table, exposure and audience: its name, layer and storage, and what it reads."""
    table_names = list(names)
    heads = {name: f"{declaration(dataflow, name).layer} {kind(dataflow, name, notes.rows)}" for name in table_names}
    parents = {name: dataflow.graph()[name] for name in table_names}
    visible_outputs = outputs(dataflow, frozenset(table_names), "", notes)
    heads |= {output.name: output.kind for output in visible_outputs}
    parents |= {output.name: {**notes.exposures, **notes.audiences}[output.name] for output in visible_outputs}
    wide, wider = max(map(len, heads), default=0), max(map(len, heads.values()), default=0)
    lines = [f"{name:{wide}}  {head:{wider}}  {_parents_text(parents[name])}".rstrip() for name, head in heads.items()]
    return "\n".join(lines) + "\n"


def table_text(dataflow: Dataflow, name: str, names: Iterable[str], *, notes: Notes = NO_NOTES) -> str:
    """Return what a table comes from and what reads it, as trees of the tables called ``names`` and what uses them."""
    chosen = frozenset(names)
    graph = {child: upstream for child, upstream in dataflow.graph().items() if child in chosen or child == name}
    graph |= {output.name: output.parents for output in outputs(dataflow, chosen, name, notes)}
    parents = {child: [n for n in upstream if n in graph] for child, upstream in graph.items()}
    children = children_of(parents)
    lines = [_head(dataflow, name)]
    lines += _section("reads", _tree(parents[name], lambda near: parents[near]))
    lines += _section("read by", _tree(children[name], lambda near: children[near]))
    return "\n".join(lines) + "\n"


def columns_text(dataflow: Dataflow, lineage: Lineage, name: str) -> str:
    """Return the direct origins of each of a table's columns, and of its rows."""
    rows = map(str, sorted(lineage.direct[name].rows.controls))
    return "\n".join([_head(dataflow, name), *_columns(lineage, name), *_section("rows decided by", rows)]) + "\n"


def column_text(lineage: Lineage, ref: ColumnRef) -> str:
    """Return where a column comes from down to the sources, what decides it, and what reads it."""
    traced = lineage.sources(ref)
    lines = [f"{ref} ({lineage.contracts[ref.table][ref.column].type})"]
    lines += [STEP + lineage.description(ref)] if lineage.description(ref) else []
    values = sorted(lineage.origins(ref).values)
    dependents = lineage.dependents.get(ref, ())
    rows = lineage.direct[ref.table].rows
    lines += _section("comes from", _tree(values, lambda near: sorted(lineage.origins(near).values)))
    lines += _section("sources of its value", sorted(map(str, traced.values)))
    lines += _section("decided by", sorted(map(str, lineage.own_controls(ref) - lineage.origins(ref).values)))
    lines += _section(f"rows of {ref.table} decided by", sorted(map(str, rows.controls)))
    lines += _section("counts rows of", sorted(lineage.origins(ref).tables - rows.tables))
    value_dependents = [near for near in dependents if ref in lineage.origins(near).values]
    lines += _section("read by", map(str, value_dependents))
    tables_decided = sorted({near.table for near in dependents if ref in lineage.direct[near.table].rows.controls})
    lines += _section("decides rows of", tables_decided)
    columns_decided = [
        near for near in dependents if ref in lineage.own_controls(near) and near not in value_dependents
    ]
    lines += _section("decides", map(str, columns_decided))
    return "\n".join(lines) + "\n"


def _columns(lineage: Lineage, name: str) -> Iterator[str]:
    """Yield a line for each column: = before what it passes through unchanged, < before what it is computed from."""
    width = max(map(len, lineage.direct[name].columns))
    for column in lineage.direct[name].columns:
        ref = ColumnRef(name, column)
        origins = lineage.origins(ref)
        values = ", ".join(map(str, sorted(origins.values))) or "-"
        controls = ", ".join(map(str, sorted(lineage.own_controls(ref) - origins.values)))
        suffix = f" (decided by {controls})" if controls else ""
        yield f"{STEP}{column:{width}}  {'=' if origins.copies else '<'} {values}{suffix}"


def _head(dataflow: Dataflow, name: str) -> str:
    return f"{name} ({declaration(dataflow, name).layer}, {kind(dataflow, name, {})})"


def _section(head: str, lines: Iterable[str]) -> list[str]:
    """Return the lines under their head; nothing where there are none."""
    indented = [f"{STEP}{line}" for line in lines]
    return [head, *indented] if indented else []


def _tree(roots: Iterable[Node], near: Callable[[Node], Iterable[Node]]) -> Iterator[str]:
    """Yield each node under the one that it was reached from; descendants are visible_outputs once."""
    visited: set[Node] = set()
    ahead = [(node, 0) for node in reversed(list(roots))]
    while ahead:
        node, depth = ahead.pop()
        below = list(near(node))
        yield f"{STEP * depth}{node}{AGAIN if node in visited and below else ''}"
        if node not in visited:
            ahead += [(child, depth + 1) for child in reversed(below)]
        visited.add(node)


def _parents_text(parents: tuple[str, ...]) -> str:
    return f"reads {', '.join(parents)}" if parents else ""
