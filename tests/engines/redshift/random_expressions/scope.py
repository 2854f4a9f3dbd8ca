"""What values are drawn from: the columns of one table, literals, and makers of values by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from hypothesis import strategies as st

WHOLE, DECIMAL, DOUBLE, TEXT, TRUTH, DAY, MOMENT, INSTANT = KINDS = (
    "whole",
    "decimal",
    "double",
    "text",
    "truth",
    "day",
    "moment",
    "instant",
)
NUMBERS = (WHOLE, DECIMAL, DOUBLE)
MOMENTS = (DAY, MOMENT, INSTANT)
TYPE_OF_KIND = {
    WHOLE: "int64",
    DECIMAL: "decimal(12, 2)",
    DOUBLE: "float64",
    TEXT: "string",
    TRUTH: "boolean",
    DAY: "date",
    MOMENT: "timestamp",
    INSTANT: "timestamp('UTC')",
}
LITERALS: dict[str, tuple[Any, ...]] = {
    WHOLE: (1, 0, -2, 3, 100),
    DECIMAL: (Decimal("1.00"), Decimal("-0.50"), Decimal("12.30")),
    DOUBLE: (1.0, -0.5, 2.25),
    TEXT: ("a", "", "b ", "é", "o'n\\"),
    TRUTH: (True, False),
    DAY: (date(2024, 2, 29), date(2023, 12, 31)),
    MOMENT: (datetime(2024, 2, 29, 12), datetime(2024, 1, 1)),
    INSTANT: (datetime(2024, 2, 29, 12, tzinfo=UTC),),
}
T = TypeVar("T")


def kind_of(dtype: dt.DataType) -> str:
    """Return the kind of a type."""
    if isinstance(dtype, dt.Timestamp):
        return MOMENT if dtype.timezone is None else INSTANT
    kinds = {dt.Integer: WHOLE, dt.Decimal: DECIMAL, dt.Floating: DOUBLE, dt.String: TEXT, dt.Boolean: TRUTH}
    return next((kind for base, kind in kinds.items() if isinstance(dtype, base)), DAY)


@dataclass(frozen=True)
class Scope:
    """Draws values over a table; ``depth`` is how many operations they may have above each other."""

    draw: st.DrawFn
    table: ir.Table
    makers: Mapping[str, Mapping[str, Maker]]
    depth: int = 2

    def one_of(self, items: Iterable[T]) -> T:
        """Draw one of several items; the first is the simplest."""
        return self.draw(st.sampled_from(tuple(items)))

    def chance(self) -> bool:
        """Draw a truth."""
        return self.draw(st.booleans())

    def over(self, table: ir.Table) -> Scope:
        """Return the same over another table."""
        return replace(self, table=table)

    def flat(self) -> Scope:
        """Return the same for columns and literals only."""
        return replace(self, depth=0)

    def names(self, *kinds: str) -> list[str]:
        """Return the columns of some kinds."""
        return [name for name, dtype in self.table.schema().items() if not kinds or kind_of(dtype) in kinds]

    def column(self, *kinds: str) -> Any:
        """Draw a column, of one of ``kinds``; a column of that kind is made if there is none."""
        names = self.names(*kinds)
        if names:
            return self.table[self.one_of(names)]
        kind = kinds[0]
        return ibis.cases((self.table[self.table.columns[0]].notnull(), self.literal(kind)))

    def literal(self, kind: str) -> Any:
        """Draw a literal."""
        return ibis.literal(self.one_of(LITERALS[kind]), TYPE_OF_KIND[kind])

    def value(self, *kinds: str) -> Any:
        """Draw a value of each row, of one of some kinds."""
        kind = self.one_of(kinds or KINDS)
        if not self.depth or not self.draw(st.integers(0, 2)):
            return self.column(kind)
        maker = self.makers[kind][self.one_of(self.makers[kind])]
        try:
            made = maker(replace(self, depth=self.depth - 1))
        except com.IbisTypeError:
            # Ibis finds no type for some pairs of decimals.
            return self.column(kind)
        return made if isinstance(made, ir.Column) else self.column(kind)

    def operand(self, *kinds: str) -> Any:
        """Draw a value, a literal or NULL."""
        kind = self.one_of(kinds or KINDS)
        choice = self.draw(st.integers(0, 7))
        if choice == 7:
            return ibis.null(TYPE_OF_KIND[kind])
        return self.literal(kind) if choice > 4 else self.value(kind)

    def some(self, least: int, most: int, *kinds: str) -> Sequence[Any]:
        """Draw a few values."""
        return [self.value(*kinds) for _ in range(self.draw(st.integers(least, most)))]

    def everything(self, *first: Any) -> list[Any]:
        """Return a total order: rows that are equal in all columns are the same row."""
        names = [value.get_name() for value in first]
        return [self.table[name] for name in dict.fromkeys((*names, *self.table.columns))]


Maker = Callable[[Scope], Any]
