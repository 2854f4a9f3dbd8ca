"""Dates that stay dates when days or months are added: PostgreSQL and DuckDB make timestamps of them, Ibis does not."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import sqlglot.expressions as sge


class WholeDays:
    """Gives a date plus or minus an interval the type that Ibis says, for a compiler of Ibis."""

    __slots__ = ()

    def visit_DateAdd(self, op: ops.DateAdd, *, left: Any, right: Any) -> Any:
        return self.cast(sge.Add(this=left, expression=right), op.dtype)  # type: ignore[attr-defined]  # of the compiler

    def visit_DateSub(self, op: ops.DateSub, *, left: Any, right: Any) -> Any:
        return self.cast(sge.Sub(this=left, expression=right), op.dtype)  # type: ignore[attr-defined]  # of the compiler
