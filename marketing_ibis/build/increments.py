"""Write the SELECTs of an incremental build: the keys to be replaced, their rows, and the rows that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.build.day_totals import DayColumns, day_totals
from marketing_ibis.build.incremental import Increment
from marketing_ibis.build.key_pushdown import KeyPushdown
from marketing_ibis.build.possible_rows import possible_rows
from marketing_ibis.build.row_keys import RowKeys
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.model import Model
from marketing_ibis.model.incremental import Incremental

MONEY_UNITS = ("cents", "dollars")


@dataclass(frozen=True, slots=True)
class IncrementQueries:
    """The queries of an incremental build of a model, over tables that have the names of ``work``.

    The published table has the name of the model. ``views`` are read through.
    """

    model: Model
    incremental: Incremental
    increment: Increment
    work: WorkTables
    views: Mapping[str, ops.Relation] = field(default_factory=dict)

    def keys(self) -> ir.Table:
        """Return the keys whose rows are replaced."""
        keys = self._keys_that_differ() if self.increment.is_repair else self._keys_in_window()
        if nullable := self.nullable_keys():
            keys = keys.filter([keys[name].notnull() for name in nullable])
        return keys.distinct()

    def new_rows(self) -> tuple[ir.Table, tuple[str, ...]]:
        """Return the rows of the model for each key, and which tables are read whole for them, and why.

        NULL equals no key: rows without a key are computed every time.
        """
        pushdown, rows = KeyPushdown(self.views), self.model.expression.op()
        new = pushdown.rows_of(rows, RowKeys(self.incremental.unique_key, self._keys())).to_expr()
        obstacles = tuple(dict.fromkeys(pushdown.obstacles))
        if nullable := self.nullable_keys():
            without_key = RowKeys(tuple(nullable))
            new = ibis.union(*map(_as_nullable, (new, pushdown.rows_of(rows, without_key).to_expr())))
        return new, obstacles

    def old_rows(self) -> ir.Table:
        """Return the published rows that are replaced."""
        published = self.published
        old = published.semi_join(self._keys().to_expr(), list(self.incremental.unique_key))
        if nullable := self.nullable_keys():
            old = ibis.union(*map(_as_nullable, (old, RowKeys(tuple(nullable)).filter(published.op()).to_expr())))
        return old

    def unchanged_rows(self) -> ir.Table:
        """Return the published rows of all other keys, with NULL in columns that they lack."""
        unchanged = self.published.anti_join(self._keys().to_expr(), list(self.incremental.unique_key))
        if nullable := self.nullable_keys():
            unchanged = unchanged.filter([unchanged[name].notnull() for name in nullable])
        added = self.increment.added
        return unchanged.select(
            **{n: ibis.null(t) if n in added else unchanged[n] for n, t in self.model.schema.items()}
        )

    def amounts(self) -> tuple[str, ...]:
        """Return the columns of money."""
        columns = self.model.declaration.contract.columns
        return tuple(c.name for c in columns if c.unit in MONEY_UNITS and not self.model.schema[c.name].is_floating())

    def day_differences(self) -> Iterator[tuple[str, ir.Table]]:
        """Yield queries with signs that add up to what each day before the window lacks, or lacked before a repair.

        What a build publishes are the published rows without the old ones and with the new ones.
        """
        columns, start = DayColumns(self.incremental.watermark, self.amounts()), self._window_start()

        def totals(rows: ir.Table) -> tuple[ir.Table, ...]:
            return day_totals(rows, columns, lambda watermark: watermark < start)

        old, new = (ibis.table(self.model.schema, name=each.name) for each in (self.work.old, self.work.new))
        if not self.increment.is_repair:
            yield from (("", part) for part in totals(self.model.expression))
            yield from (("-", part) for part in totals(self.published))
        before, after = ("-", "") if self.increment.is_repair else ("", "-")
        yield from ((before, part) for part in totals(old))
        yield from ((after, part) for part in totals(new))

    def _keys(self) -> ops.Relation:
        schema = {name: self.model.schema[name] for name in self.incremental.unique_key}
        return ibis.table(schema, name=self.work.keys.name).op()

    def nullable_keys(self) -> list[str]:
        """Return the columns of the key that may be NULL."""
        columns = self.model.declaration.contract.columns
        return [column.name for column in columns if column.nullable and column.name in self.incremental.unique_key]

    @property
    def published(self) -> ir.Table:
        """The published table."""
        added, schema = self.increment.added, self.model.schema
        return ibis.table({name: t for name, t in schema.items() if name not in added}, name=self.model.name)

    def _window_start(self) -> ir.Scalar:
        """Return the first moment of the window, by the newest row of the published table."""
        lookback, published = self.incremental.lookback, self.published
        start = published[self.incremental.watermark].max() - ibis.interval(days=lookback.days)
        if lookback.seconds:
            start -= ibis.interval(seconds=lookback.seconds)
        return published.aggregate(window_start=start).window_start.as_scalar()

    def _keys_in_window(self) -> ir.Table:
        """Return the keys that have a row in the window, now or in the published table, and maybe some others."""
        columns = (*self.incremental.unique_key, self.incremental.watermark)
        possible = possible_rows(self.model.expression.op(), columns, self.views).to_expr()
        start = self._window_start()
        return ibis.union(
            *(
                _as_nullable(
                    rows.filter(rows[self.incremental.watermark] >= start).select(*self.incremental.unique_key)
                )
                for rows in (possible, self.published)
            )
        )

    def _keys_that_differ(self) -> ir.Table:
        """Return the keys of rows that the published table has and the model does not, or in another number."""
        current, published = (_counted(rows) for rows in (self.model.expression, self.published))
        differences = ibis.union(
            ibis.difference(current, published, distinct=True), ibis.difference(published, current, distinct=True)
        )
        return differences.select(*self.incremental.unique_key)


def _counted(rows: ir.Table) -> ir.Table:
    """Return each different row with how many times it exists."""
    counted = rows.group_by(list(rows.columns)).agg(repetitions=rows.count())
    return _as_nullable(counted)


def _as_nullable(rows: ir.Table) -> ir.Table:
    """Return rows that may be NULL as far as Ibis knows, as the parts of a union must agree in that."""
    op = rows.op()
    schema = {name: dtype.copy(nullable=True) for name, dtype in rows.schema().items()}
    if schema == dict(rows.schema()):
        return rows
    first = ops.JoinReference(op, 0)
    return ops.JoinChain(first, (), {name: ops.Field(first, name) for name in schema}).to_expr()
