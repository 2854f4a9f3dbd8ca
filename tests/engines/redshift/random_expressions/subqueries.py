"""Subqueries: scalars, EXISTS and IN, alone or about the row outside."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from tests.engines.redshift.random_expressions.scope import TEXT, TRUTH, WHOLE, Maker, Scope
from tests.engines.redshift.random_expressions.tables import OTHERS

EITHER = (WHOLE, TEXT)


def _matching(s: Scope) -> ir.Table:
    """Return the other rows that match the row outside."""
    kind = s.one_of(EITHER)
    other = OTHERS.view()
    matching = other.filter(s.flat().over(other).column(kind) == s.flat().column(kind))
    return matching.filter(matching.middle > 0) if s.chance() else matching


def _scalar(s: Scope, rows: ir.Table) -> Any:
    """Return one number that is computed from rows."""
    value = s.flat().over(rows).column(WHOLE)
    # Ibis compares a subquery with a value of its own type only.
    return s.one_of((rows.count(), value.sum(), value.max(), value.nunique())).cast("int64")


def _some(s: Scope) -> ir.Table:
    other = OTHERS.view()
    return other.filter(s.over(other).value(TRUTH))


SUBQUERIES: dict[str, Maker] = {
    "scalar": lambda s: s.table.mutate(q=_scalar(s, _some(s)).as_scalar()),
    "compared to a scalar": lambda s: s.table.filter(s.value(WHOLE) <= _scalar(s, _some(s)).as_scalar()),
    "correlated scalar": lambda s: s.table.mutate(q=_scalar(s, _matching(s)).as_scalar()),
    "compared to a correlated scalar": lambda s: s.table.filter(s.value(WHOLE) < _scalar(s, _matching(s)).as_scalar()),
    "exists": lambda s: s.table.filter(_matching(s).count() > 0),
    "any": lambda s: s.table.filter((s.column(TEXT) == OTHERS.view().name).any()),
    "not any": lambda s: s.table.filter(~(s.column(WHOLE) == OTHERS.view().middle).any()),
    "in": lambda s: s.table.filter(s.value(WHOLE).isin(_some(s).middle)),
    "not in": lambda s: s.table.filter(s.value(TEXT).notin(_some(s).name)),
    "in, as a column": lambda s: s.table.mutate(q=s.value(WHOLE).isin(_some(s).middle)),
    "in a case": lambda s: s.table.mutate(q=ibis.cases((s.value(TRUTH), _scalar(s, _some(s)).as_scalar()), else_=0)),
    "in a sum": lambda s: s.table.mutate(q=s.value(WHOLE) + _scalar(s, _matching(s)).as_scalar()),
}
