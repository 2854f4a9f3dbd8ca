"""Write the SELECTs of an incremental build: the rows of keys in the window, and the published rows that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from marketing_ibis.build.incremental import FullRefresh, IncrementalStep, Refresh
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.model import Model
from marketing_ibis.model.incremental import Incremental


def new_rows(model: Model, incremental: Incremental, added: tuple[str, ...]) -> ir.Table:
    """Return the rows of the model for each key that has a row in the window, now or in the published table.

    The published table has the name of the model; ``added`` are the columns that it lacks.
    """
    published = _published(model, added)
    keys = ibis.union(
        _in_window(model.expression, published, incremental), _in_window(published, published, incremental)
    )
    rows = model.expression.semi_join(keys.distinct(), list(incremental.unique_key))
    nullable = _nullable_keys(model, incremental)
    if not nullable:
        return rows
    # NULL equals no key: such rows are computed every time.
    return ibis.union(rows, model.expression.filter(reduce(or_, (model.expression[n].isnull() for n in nullable))))


def unchanged_rows(model: Model, incremental: Incremental, candidate: str, added: tuple[str, ...]) -> ir.Table:
    """Return the published rows of the other keys; ``candidate`` is the table that contains the new rows."""
    published = _published(model, added)
    rebuilt = ibis.table(model.schema, name=candidate).select(*incremental.unique_key)
    keys = ibis.union(rebuilt, _in_window(published, published, incremental))
    unchanged = published.anti_join(keys.distinct(), list(incremental.unique_key))
    if nullable := _nullable_keys(model, incremental):
        unchanged = unchanged.filter([unchanged[name].notnull() for name in nullable])
    return unchanged.select(**{n: ibis.null(t) if n in added else unchanged[n] for n, t in model.schema.items()})


def _nullable_keys(model: Model, incremental: Incremental) -> list[str]:
    columns = model.declaration.contract.columns
    return [column.name for column in columns if column.nullable and column.name in incremental.unique_key]


def _published(model: Model, added: tuple[str, ...]) -> ir.Table:
    return ibis.table({name: dtype for name, dtype in model.schema.items() if name not in added}, name=model.name)


def _in_window(rows: ir.Table, published: ir.Table, incremental: Incremental) -> ir.Table:
    """Return the keys of ``rows`` whose watermark is in the window."""
    lookback, newest = incremental.lookback, published[incremental.watermark].max()
    seconds = ibis.interval(seconds=lookback.seconds) if lookback.seconds else None
    start = newest - ibis.interval(days=lookback.days)
    start = start if seconds is None else start - seconds
    bound = published.aggregate(window_start=start)
    in_window = rows.filter(rows[incremental.watermark] >= bound.window_start.as_scalar())
    return in_window.select(*incremental.unique_key)


def incremental_step(
    model: Model, dialect: Dialect, refresh: Refresh, relation: Relation, relations: Mapping[str, Relation]
) -> tuple[IncrementalStep, str]:
    """Return how a step builds an incremental model, and the SELECT of its new rows; "" for a full refresh.

    ``relations`` are those that the model reads.
    """
    incremental = model.declaration.incremental
    if isinstance(refresh, FullRefresh) or incremental is None:
        return IncrementalStep(reason=refresh.reason if isinstance(refresh, FullRefresh) else ""), ""
    candidate = relation.candidate
    places = {**relations, model.name: relation, candidate.name: candidate}
    unchanged = dialect.select(unchanged_rows(model, incremental, candidate.name, refresh.added))
    names = ", ".join(map(dialect.identifier, model.schema))
    keep = f"INSERT INTO {dialect.relation(candidate)} ({names})\n{dialect.resolve(unchanged, places)}"
    return (
        IncrementalStep(keep, refresh.built_at.isoformat()),
        dialect.resolve(dialect.select(new_rows(model, incremental, refresh.added)), places),
    )
