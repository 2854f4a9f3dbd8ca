"""Declare that builds of a model replace only the rows of what changed: by which key, and how far back they look."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from marketing_ibis.errors import CompileError
from marketing_ibis.model.validation import check_members, tuple_of
from marketing_ibis.model.vocabulary import SchemaChange

WATERMARKS = ("date", "timestamp", "timestamp('UTC')")
"""The types of a watermark."""
EXAMPLE = 'unique_key="customer_id", watermark="order_date", lookback=timedelta(days=3)'


@dataclass(frozen=True, slots=True)
class Incremental:
    """How a model is built incrementally.

    A build replaces all rows of each value of ``unique_key`` that has a row in the window, which begins ``lookback``
    before the newest ``watermark`` of the published table. ``on_schema_change`` says what happens when columns were
    added, removed or retyped.
    """

    unique_key: tuple[str, ...]
    watermark: str
    lookback: timedelta
    on_schema_change: SchemaChange = "full_refresh"


def read_incremental(
    unique_key: str | tuple[str, ...], watermark: str, lookback: timedelta, on_schema_change: SchemaChange
) -> Incremental | None:
    """Return how a model is built incrementally; None if it declares neither key nor watermark.

    Raises:
        CompileError: a value is invalid.
    """
    keys = (unique_key,) if isinstance(unique_key, str) and unique_key else unique_key
    keys = tuple_of(str, "unique_key", keys or (), '"customer_id"')
    if not isinstance(watermark, str):
        raise CompileError(f"watermark= is {watermark!r}, not a string.", hint=f"Write {EXAMPLE}.")
    if not isinstance(lookback, timedelta) or lookback < timedelta() or lookback.microseconds:
        raise CompileError(
            f"lookback= is {lookback!r}, not a duration in whole seconds.", hint="Write lookback=timedelta(days=3)."
        )
    choices = get_args(SchemaChange)
    if on_schema_change not in choices:
        raise CompileError(
            f"on_schema_change= is {on_schema_change!r}.",
            hint="Write " + " or ".join(f'on_schema_change="{choice}"' for choice in choices) + ".",
        )
    if not keys and not watermark:
        return None
    return Incremental(keys, watermark, lookback, on_schema_change)


def check_incremental(
    relation: str, incremental: Incremental, columns: Mapping[str, str], nullable: Collection[str]
) -> None:
    """Stop where a model cannot be built by its key and its watermark; ``columns`` are its own, with their types.

    Raises:
        CompileError: naming the relation, the keyword and the column.
    """
    if not incremental.unique_key or not incremental.watermark:
        name, missing = ("unique_key", "watermark") if incremental.unique_key else ("watermark", "unique_key")
        raise CompileError(f"{relation} declares {name}= without {missing}=.", hint=f"Write @model({EXAMPLE}).")
    check_members(relation, "unique_key", incremental.unique_key, tuple(columns))
    check_members(relation, "watermark", (incremental.watermark,), tuple(columns))
    watermark = incremental.watermark
    if watermark in nullable:
        raise CompileError(
            f"{relation}: watermark= names {watermark}, which is nullable: NULL is never in the window.",
            hint="Declare the column without nullable=True, or name another.",
        )
    if columns[watermark] not in WATERMARKS:
        raise CompileError(
            f"{relation}: watermark= names {watermark}, which is {columns[watermark]}.",
            hint='Name a column of type "date" or "timestamp".',
        )
    if columns[watermark] == "date" and incremental.lookback.seconds:
        raise CompileError(
            f"{relation}: lookback= is {incremental.lookback}, but the watermark {watermark} is a date.",
            hint="Write it in whole days: lookback=timedelta(days=3).",
        )


def check_is_declared(relation: str, incremental: Incremental | None) -> None:
    """Stop where a model that is to be incremental declares neither key nor watermark.

    Raises:
        CompileError: naming the relation.
    """
    if incremental is None:
        raise CompileError(
            f"{relation} is incremental and declares neither unique_key= nor watermark=.",
            hint=f"Write @model({EXAMPLE}).",
        )
