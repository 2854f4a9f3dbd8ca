"""How Redshift's SQL is spelled where sqlglot's own dialect leaves something to chance."""

from __future__ import annotations

from typing import Any, ClassVar

import sqlglot.expressions as sge
import sqlglot.generator
from sqlglot import transforms
from sqlglot.dialects import Redshift

from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.compiler import memory_rows

SPECIAL_TYPES = (sge.DataType.Type.TEXT, sge.DataType.Type.ARRAY, sge.DataType.Type.ENUM)
"""Types that sqlglot's Redshift and PostgreSQL spell in a way of their own."""


class StrictRedshift(Redshift):  # type: ignore[misc]
    """Redshift with nothing implied: the order of NULLs is always written."""

    class Tokenizer(Redshift.Tokenizer):  # type: ignore[misc]
        """Read text; the first escape is the one that is written: a quote is doubled, as in every other engine."""

        STRING_ESCAPES: ClassVar[list[str]] = ["'", "\\"]

    class Generator(Redshift.Generator):  # type: ignore[misc]
        """Write trees as text."""

        rows: list[memory_rows.Rows]
        TZ_TO_WITH_TIME_ZONE = False
        TYPE_MAPPING = Redshift.Generator.TYPE_MAPPING | {
            sge.DataType.Type.FLOAT: "REAL",
            sge.DataType.Type.TIMESTAMPTZ: "TIMESTAMPTZ",
            sge.DataType.Type.TIMETZ: "TIMETZ",
        }
        # Without the searches for UNNEST, which Redshift lacks and the gate refuses.
        TRANSFORMS = Redshift.Generator.TRANSFORMS | {
            sge.Select: transforms.preprocess(
                [
                    transforms.eliminate_window_clause,
                    transforms.eliminate_distinct_on,
                    transforms.eliminate_semi_and_anti_joins,
                ]
            ),
        }

        def datatype_sql(self, expression: sge.DataType) -> str:
            """Write a type; sqlglot's own writer, which parses the word TEXT each time, is needed for some only."""
            kind = expression.this
            is_sized_float = kind in (sge.DataType.Type.DOUBLE, sge.DataType.Type.FLOAT) and expression.expressions
            if kind in SPECIAL_TYPES or is_sized_float or not isinstance(kind, sge.DataType.Type):
                return str(super().datatype_sql(expression))
            return str(sqlglot.generator.Generator.datatype_sql(self, expression))

        def ordered_sql(self, expression: sge.Ordered) -> str:
            """Write a sort key with its NULLs: https://docs.aws.amazon.com/redshift/latest/dg/r_ORDER_BY_clause.html."""
            direction = " DESC" if expression.args.get("desc") else ""
            nulls = "FIRST" if expression.args.get("nulls_first") else "LAST"
            return f"{self.sql(expression, 'this')}{direction} NULLS {nulls}"

        def select_sql(self, expression: sge.Select) -> str:
            """Write a SELECT; a mark represents rows in memory after it that are text already."""
            text: str = super().select_sql(expression)
            rows = memory_rows.attached_rows(expression)
            if rows is None:
                return text
            self.rows.append(rows)
            return f"{text}{self.sep()}{memory_rows.mark(len(self.rows) - 1)}"

    def generate(self, expression: sge.Expression, copy: bool = True, **options: Any) -> str:
        """Write a tree as text; every query that is written passes the gate.

        Raises:
            RefusedByRedshift: the query holds something that Redshift does not document.
        """
        generator = self.generator(**options)
        generator.rows = []
        text = str(generator.generate(expression, copy=copy))
        if isinstance(expression, sge.Query) and expression.parent is None:
            # Rows after the first few have the columns and types of those.
            gate.require_tree(expression, memory_rows.without_rows(text) if generator.rows else text)
        if generator.rows:
            text = memory_rows.with_rows(text, generator.rows, pretty=generator.pretty)
            gate.require_size(text)
        return text


# Only the backslash is escaped: a line break in a string is written as it is.
StrictRedshift.ESCAPED_SEQUENCES = {"\\": "\\\\"}


class FunctionNames:
    """Calls by exactly the name that is asked for: sqlglot would rename some."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args: sge.Anonymous(this=name.upper(), expressions=[sge.convert(arg) for arg in args])

    __getitem__ = __getattr__

    @property
    def anon(self) -> FunctionNames:
        """Return itself: no call is renamed here."""
        return self

    def exists(self, query: sge.Expression) -> sge.Exists:
        """Return EXISTS over a query."""
        return sge.Exists(this=query)
