"""Check the keys of ORDER BY: https://docs.aws.amazon.com/redshift/latest/dg/r_ORDER_BY_clause.html."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.grouping import structure
from marketing_ibis.engines.redshift.gate.scopes.relations import Outputs
from marketing_ibis.engines.redshift.gate.scopes.sources import fold

PAGE = "r_ORDER_BY_clause.html"


def _keys(order: sge.Order) -> list[sge.Expression]:
    return [key.this if isinstance(key, sge.Ordered) else key for key in order.expressions]


def check_order(order: sge.Order, select: sge.Select, outputs: Outputs, owners: Mapping[int, str]) -> Iterator[Refusal]:
    """Yield the keys of a SELECT's order that are not in its list though they have to be."""
    for key in _keys(order):
        if key.is_int:
            yield from _check_place(key, outputs)
        elif isinstance(key, sge.Column) and not key.table:
            yield from _check_ambiguous(key, select, owners)
    if select.args.get("distinct") is not None and outputs is not None:
        names = {output.name for output in outputs}
        structures = {structure(item.unalias(), owners) for item in select.expressions}
        for key in _keys(order):
            is_output = isinstance(key, sge.Column) and fold(key.name) in names
            if not key.is_int and not is_output and structure(key, owners) not in structures:
                key_sql = key.sql(dialect="redshift")
                reason = "SELECT DISTINCT is ordered by what it returns"
                yield Refusal(f"ORDER BY {key_sql}", reason, f"{key_sql} in the list", PAGE)


def check_set_order(order: sge.Order, outputs: Outputs) -> Iterator[Refusal]:
    """Yield the keys of a set operation's order that are not columns of its result."""
    names = None if outputs is None else {output.name for output in outputs}
    for key in _keys(order):
        if key.is_int:
            yield from _check_place(key, outputs)
        elif not isinstance(key, sge.Column) or key.table:
            reason = "a set operation is ordered by names and numbers of its columns"
            yield Refusal(f"ORDER BY {key.sql(dialect='redshift')}", reason, "a column's name", PAGE)
        elif names is not None and fold(key.name) not in names:
            yield Refusal(f"ORDER BY {key.name}", "the result has no such column", "a column of the first query", PAGE)


def _check_place(key: sge.Expression, outputs: Outputs) -> Iterator[Refusal]:
    place = int(key.name) if isinstance(key, sge.Literal) else -1
    if place < 1 or (outputs is not None and place > len(outputs)):
        reason = "columns are counted from 1" if outputs is None else f"the list has {len(outputs)} columns"
        yield Refusal(f"ORDER BY {key.sql()}", reason, "the number of a column", PAGE)


def _check_ambiguous(key: sge.Column, select: sge.Select, owners: Mapping[int, str]) -> Iterator[Refusal]:
    name = fold(key.name)
    values = {structure(item.unalias(), owners) for item in select.expressions if fold(item.alias_or_name) == name}
    if len(values) > 1:
        yield Refusal(f"ORDER BY {key.name}", "two columns of the list have this name", "another alias", PAGE)
