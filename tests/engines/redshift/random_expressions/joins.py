"""Joins of every kind, with another table, rows in memory, a filtered or grouped relation, or the table itself."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
from ibis import _

from tests.engines.redshift.random_expressions.scope import TEXT, TRUTH, WHOLE, Maker, Scope, kind_of
from tests.engines.redshift.random_expressions.tables import IN_MEMORY, OTHERS

EITHER = (WHOLE, TEXT)


def related(s: Scope) -> ir.Table:
    """Draw the other side of a join or of a set operation, under a name of its own."""
    makers: dict[str, Maker] = {
        "table": lambda s: OTHERS.view(),
        "rows in memory": lambda s: IN_MEMORY.view(),
        "filtered": lambda s: _filtered(s, OTHERS.view()),
        "grouped": lambda s: OTHERS.view().group_by("middle").agg(name=_.name.max(), amount=_.amount.sum()),
        "itself": lambda s: s.table.view(),
    }
    other: ir.Table = makers[s.one_of(makers)](s)
    return other.rename(**{f"r_{name}": name for name in other.columns})


def _filtered(s: Scope, table: ir.Table) -> ir.Table:
    return table.filter(s.over(table).value(TRUTH))


def _same(s: Scope, other: Scope) -> Any:
    kind = s.one_of(EITHER)
    return s.column(kind) == other.column(kind)


def _joined(how: str, *, more: bool = True) -> Maker:
    def join(s: Scope) -> ir.Table:
        other = s.flat().over(related(s))
        predicates = [_same(s.flat(), other)]
        if more and s.chance():
            predicates.append(s.one_of((other.column(WHOLE) > 0, s.flat().column(WHOLE) <= other.column(WHOLE))))
        return s.table.join(other.table, predicates, how=how)

    return join


def _twice(s: Scope) -> ir.Table:
    first, second = (s.flat().over(related(s)) for _ in range(2))
    second = second.over(second.table.rename(**{f"s{name}": name for name in second.table.columns}))
    hows = [s.one_of(("inner", "left")) for _ in range(2)]
    once = s.table.join(first.table, _same(s.flat(), first), how=hows[0])
    return once.join(second.table, once[_key(s)] == second.column(_kind(s)), how=hows[1])


def _key(s: Scope) -> str:
    names = s.names(WHOLE)
    return names[0] if names else s.table.columns[0]


def _kind(s: Scope) -> str:
    return kind_of(s.table[_key(s)].type())


JOINS: dict[str, Maker] = {
    "inner": _joined("inner"),
    "left": _joined("left"),
    "right": _joined("right"),
    # Redshift takes a FULL JOIN on equalities only.
    "outer": _joined("outer", more=False),
    "semi": _joined("semi"),
    "anti": _joined("anti"),
    "cross": lambda s: s.table.cross_join(related(s)),
    "two joins": _twice,
}
