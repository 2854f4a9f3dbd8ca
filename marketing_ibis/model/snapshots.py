"""Declare that the history of a source is recorded: which rows are compared, and what happens to deleted ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from marketing_ibis.errors import CompileError
from marketing_ibis.model.validation import check_members, tuple_of

Strategy = Literal["check", "timestamp"]
HardDeletes = Literal["ignore", "invalidate", "new_record"]

VALID_FROM, VALID_TO, IS_DELETED = "valid_from", "valid_to", "is_deleted"
META_COLUMNS = (VALID_FROM, VALID_TO, IS_DELETED)
"""The columns of a snapshot that its source does not have."""
ALL_COLUMNS = "all"
SUFFIX = "_snapshot"
"""Ends the name of a source's snapshot, which begins with the name of the source."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the history of a source is recorded, in dbt's words.

    With ``strategy="check"`` a row has changed if one of ``check_cols`` has, with ``"timestamp"`` if ``updated_at`` is
    later. ``unique_key`` identifies a row; without it the grain of the source does. ``hard_deletes`` says what happens
    to rows that are missing in the source: ``ignore`` keeps them valid, ``invalidate`` ends them, ``new_record`` ends
    them and adds a row with is_deleted. ``valid_to_current`` is valid_to of current rows instead of NULL.

    Raises:
        CompileError: a value is invalid, or the strategy lacks the columns that it compares.
    """

    strategy: Strategy = "check"
    unique_key: str | tuple[str, ...] = ()
    check_cols: str | tuple[str, ...] = ALL_COLUMNS
    updated_at: str = ""
    hard_deletes: HardDeletes = "ignore"
    valid_to_current: date | None = None

    def __post_init__(self) -> None:
        _check_choice("strategy", self.strategy, get_args(Strategy))
        _check_choice("hard_deletes", self.hard_deletes, get_args(HardDeletes))
        if not isinstance(self.unique_key, str):
            tuple_of(str, "unique_key", self.unique_key, '"id"')
        if self.check_cols != ALL_COLUMNS and not tuple_of(str, "check_cols", self.check_cols, '"status"'):
            raise CompileError("Snapshot: check_cols= is empty.", hint='Write check_cols="all", or name columns.')
        if not isinstance(self.valid_to_current, date | None):
            raise CompileError(
                f"Snapshot: valid_to_current= is {self.valid_to_current!r}, not a date.",
                hint="Write valid_to_current=date(9999, 12, 31).",
            )
        if (self.strategy == "timestamp") != bool(self.updated_at):
            raise CompileError(
                'Snapshot: updated_at= belongs to strategy="timestamp", and only to it.',
                hint='Write Snapshot(strategy="timestamp", updated_at="updated_at"), or Snapshot(check_cols="all").',
            )
        if self.strategy == "timestamp" and self.check_cols != ALL_COLUMNS:
            raise CompileError(
                'Snapshot: check_cols= belongs to strategy="check": a timestamp alone says whether a row has changed.',
                hint="Remove check_cols= or updated_at=.",
            )

    def keys(self, grain: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns that identify a row of a source with ``grain``."""
        if isinstance(self.unique_key, str):
            return (self.unique_key,)
        return self.unique_key or grain

    def compared(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the source's ``columns`` that are compared."""
        if self.updated_at:
            return (self.updated_at,)
        return columns if isinstance(self.check_cols, str) else self.check_cols


def snapshot_name(source: str) -> str:
    """Return the name of the table that contains the history of ``source``."""
    return f"{source}{SUFFIX}"


def check_snapshot(relation: str, snapshot: object, grain: tuple[str, ...], columns: Mapping[str, str]) -> None:
    """Stop where a snapshot names a column that its source does not have; ``columns`` are those, with their types.

    Raises:
        CompileError: naming the relation, the keyword and the nearest column.
    """
    if not isinstance(snapshot, Snapshot):
        raise CompileError(
            f"{relation}: snapshot= is {snapshot!r}.", hint='Write snapshot=Snapshot(hard_deletes="invalidate").'
        )
    names = tuple(columns)
    if not snapshot.keys(grain):
        raise CompileError(f"{relation}: its snapshot has no key.", hint='Write Snapshot(unique_key="id").')
    check_members(relation, "snapshot: unique_key", snapshot.keys(grain), names)
    if snapshot.strategy == "check" and not isinstance(snapshot.check_cols, str):
        check_members(relation, "snapshot: check_cols", snapshot.check_cols, names)
    if snapshot.updated_at:
        check_members(relation, "snapshot: updated_at", (snapshot.updated_at,), names)
        if columns[snapshot.updated_at] not in ("date", "timestamp"):
            raise CompileError(
                f"{relation}: snapshot: updated_at= names {snapshot.updated_at}, which is"
                f" {columns[snapshot.updated_at]}.",
                hint='Name a column of type "date" or "timestamp".',
            )
    for name in names:
        if name.lower() in META_COLUMNS:
            raise CompileError(
                f"{relation}: the column {name} cannot be in a snapshot, which has a column of that name.",
                hint="Make the source a view that renames the column.",
            )


def _check_choice(keyword: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise CompileError(
            f"Snapshot: {keyword}= is {value!r}.",
            hint="Write " + " or ".join(f'{keyword}="{choice}"' for choice in choices) + ".",
        )
