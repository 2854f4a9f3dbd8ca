"""DuckDB's SELECTs, as Ibis writes them; but a source is not sorted to find that each key is there once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType

from marketing_ibis.engines.decimals import MOST_DIGITS, OPEN_SCALE, literal_type
from marketing_ibis.engines.predicates import PredicateOperands
from marketing_ibis.engines.whole_days import WholeDays


class DuckDBTypes(DuckDBType):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' types; a decimal of open precision has as many digits as on every other engine."""

    default_decimal_precision = MOST_DIGITS
    default_decimal_scale = OPEN_SCALE


class DuckDB(PredicateOperands, WholeDays, DuckDBCompiler):  # type: ignore[misc]  # Ibis ships no types
    """Ibis' compiler with predicates as operands, whole days and all digits of decimals, where Ibis rounds to three."""

    __slots__ = ()
    type_mapper = DuckDBTypes

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Any:
        kind = literal_type(value, dtype)
        if kind is not None:
            return self.cast(f"{value:f}", kind)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)


FIRST_POSITION = 0
"""Where Ibis begins to number rows; DuckDB begins at 1, which is taken off."""


COMPILER = DuckDB()
"""It has no state, and every expression is written by it."""


def take_unique_rows(tree: sge.Select, sources: Collection[str]) -> sge.Select:
    """Return ``tree`` where the first row of each key of a source is every row, if none repeats.

    To number the rows of each key the whole table is sorted, a sixth of a large build. Keys that are all greater
    than the one before are unique, in whatever order the rows come, and one scan of one column shows it. Other keys
    are counted, and if one repeats the rows are numbered: the SQL decides when it runs, for the rows at that time.
    """
    for qualify in list(tree.find_all(sge.Qualify)):
        select = qualify.parent
        key = _key_of_first_rows(select, sources)
        if key is not None and select is not tree:
            select.replace(_first_rows(select, key))
    return tree


def _key_of_first_rows(select: sge.Select, sources: Collection[str]) -> sge.Column | None:
    """Return the key by which ``select`` keeps the first row of each from a source, if that is all it does."""
    clauses = {name for name, value in select.args.items() if value}
    table = select.args["from_"].this
    is_plain = clauses <= {"expressions", "from_", "where", "qualify"} and isinstance(table, sge.Table)
    is_source = is_plain and table.name in sources and not table.args.get("sample")
    window = _first_of_window(select.args["qualify"].this)
    if not (is_source and window):
        return None
    keys = window.args.get("partition_by") or []
    return keys[0] if len(keys) == 1 and isinstance(keys[0], sge.Column) else None


def _first_of_window(condition: sge.Expression) -> sge.Window | None:
    """Return the window whose first row ``condition`` asks for: a ROW_NUMBER() - 1 that is < 1, <= 0 or = 0."""
    bound = {sge.LT: FIRST_POSITION + 1, sge.LTE: FIRST_POSITION, sge.EQ: FIRST_POSITION}.get(type(condition))
    if bound is None or condition.expression != sge.Literal.number(bound):
        return None
    position = condition.this.unnest()
    is_from_zero = isinstance(position, sge.Sub) and position.expression == sge.Literal.number(1)
    window = position.this if is_from_zero else None
    return window if isinstance(window, sge.Window) and isinstance(window.this, sge.RowNumber) else None


def _first_rows(select: sge.Select, key: sge.Column) -> sge.Union:
    repeats = _repeats(select, key)
    unnumbered, numbered = select.copy(), select.copy()
    unnumbered.set("qualify", None)
    unnumbered.where(sge.Not(this=repeats), copy=False)
    numbered.where(repeats, copy=False)
    return sge.union(unnumbered, numbered, distinct=False)


def _repeats(select: sge.Select, key: sge.Column) -> sge.Exists:
    """Return whether a key of the source appears twice; they are counted only if they do not ascend.

    All rows count that have a key, if the others go; whatever else ``select`` skips repeats no key.
    """
    where = select.args.get("where")
    conditions = [where.this, *where.this.flatten()] if where else []
    has_key = sge.Is(this=key.copy(), expression=sge.Not(this=sge.Null()))
    rows = sge.select("1").from_(select.args["from_"].this)
    if has_key in conditions:
        rows = rows.where(has_key)
    previous = sge.Window(this=sge.Lag(this=key.copy()))
    pairs = rows.select(_alias(key.copy(), "key"), _alias(previous, "key_before"), append=False).subquery("pairs")
    falls = sge.select("1").from_(pairs).where('"key" <= "key_before" OR "key" IS NULL', dialect="duckdb")
    repeated = rows.where(sge.Exists(this=falls)).group_by(key.copy()).having("COUNT(*) > 1", dialect="duckdb")
    return sge.Exists(this=repeated)


def _alias(value: sge.Expression, name: str) -> sge.Alias:
    return sge.Alias(this=value, alias=sge.to_identifier(name, quoted=True))
