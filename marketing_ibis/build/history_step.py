"""What a build does to keep a day of a model in its history: plain data, without Ibis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketing_ibis.build.masked_views import MaskedView
from marketing_ibis.build.table_columns import compare_columns
from marketing_ibis.build.width_marks import resolve_widths
from marketing_ibis.engines.dialect import NO_WIDTHS, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """The table of a history with the types of its ``columns``, of which ``keys`` identify a row.

    ``replace_day`` are the statements that put the rows of the model in place of those of the day. ``additions`` are
    those that add a column that the table does not have yet, with marks in place of the widths of strings. ``masked``
    are the masked views over the table and over its views.
    """

    model: str
    table: Relation
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    additions: Mapping[str, str]
    replace_day: tuple[str, ...]
    masked: tuple[MaskedView, ...] = ()

    def statements(self, target: Target, text_widths: Mapping[str, int] = NO_WIDTHS) -> tuple[str, ...]:
        """Return the statements that keep the day in the existing table, with columns that it lacks.

        Raises:
            SourceError: the table is not a history of the model, or a column has another type.
        """
        comparison = compare_columns(target, self.table, self.columns)
        lacking = [name for name in self.keys if name in comparison.missing]
        if lacking:
            raise SourceError(
                f"{self.table} is not a history of {self.model}: it has no column {lacking[0]}.",
                hint="Rename it, or declare another table in History(...).",
            )
        if comparison.differences:
            raise SourceError(
                f"The history {self.table} has other types than {self.model}: {'; '.join(comparison.differences)}.",
                hint="Change the type of the column in the history, or rename the table to begin a new one.",
            )
        additions = [self.additions[name] for name in comparison.missing]
        return target.dialect.approve(
            (*resolve_widths(additions, text_widths), *self.replace_day), f"The history {self.table} cannot be written"
        )
