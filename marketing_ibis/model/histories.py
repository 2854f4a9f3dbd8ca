"""Declare that the states of a model are kept: which of its columns, and in which table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketing_ibis.errors import CompileError
from marketing_ibis.model.validation import check_members, tuple_of

AS_OF = "as_of"
"""The column of a history that says as of which day the other columns are."""
NAME = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class History:
    """The table that keeps ``columns`` of a model as of each day on which it was recorded, one row per day and grain.

    ``views`` are history views over that table.

    Raises:
        CompileError: the name of the table is invalid, or ``columns`` is not a tuple of names.
    """

    table: str
    columns: tuple[str, ...]
    views: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.table, str) or not NAME.fullmatch(self.table):
            raise CompileError(
                f"History: {self.table!r} is not a valid name for a table.",
                hint='Write History("segment_history", ...).',
            )
        tuple_of(str, "columns", self.columns, '"customer_segment"')


def check_history(relation: str, history: object, grain: Sequence[str], columns: Sequence[str]) -> None:
    """Stop where a history names a column that its model does not have.

    Raises:
        CompileError: naming the relation, the keyword and the nearest column.
    """
    if not isinstance(history, History):
        raise CompileError(
            f"{relation}: history= is {history!r}.",
            hint='Write history=History("customer_history", columns=("customer_segment",)).',
        )
    check_members(relation, "history: columns", history.columns, columns)
    if not grain:
        raise CompileError(f"{relation}: a history needs a grain.", hint='Declare it: grain=("customer_id",).')
    if AS_OF in (name.lower() for name in (*grain, *history.columns)):
        raise CompileError(
            f"{relation}: the column {AS_OF} cannot be in a history, which has a column of that name.",
            hint="Remove it from columns= of the history.",
        )
