"""Write the rows of lists to files, some at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.shared_identifiers import Shared, without_shared
from marketing_ibis.outputs.formats import UNESCAPED, write_file

if TYPE_CHECKING:
    import pyarrow as pa

ACTION = "action"
Columns = Mapping[str, Sequence[str | None]]
"""Values of some rows by the name of their column."""


def write_rows(path: Path, columns: Sequence[str], batches: Iterable[Columns]) -> None:
    """Write rows with ``columns``; a batch need not have all of them.

    Raises:
        UsageError: the file cannot be written.
    """
    import pyarrow as pa

    schema = pa.schema([pa.field(name, pa.string(), metadata=_marks(name)) for name in columns])

    def arrow_batches() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            count = len(next(iter(batch.values()), ()))
            empty = [None] * count
            arrays = [pa.array([text or None for text in batch.get(name, empty)], pa.string()) for name in columns]
            yield pa.record_batch(arrays, schema=schema)

    write_file(path, schema, arrow_batches())


def _marks(name: str) -> dict[str, str] | None:
    """Return the mark of a column whose values are digits after a plus, which no spreadsheet takes for a formula."""
    return UNESCAPED if "phone" in name.lower() else None


def read_rows(
    target: Target, select: str, key: str, *, has_action: bool = False, shared: Shared = frozenset()
) -> Iterator[Columns]:
    """Yield the rows of a SELECT of customer, contact and action, some at a time.

    ``key`` is the column of the customer, "" for none; of one customer only the first row is read then. Rows without
    a key do not have the identifiers ``shared``.
    """
    last: tuple[str, str] | None = None
    for customers, contacts, actions in _batches(target, select):
        rows: list[tuple[str, str, str]] = []
        for row in zip(customers, contacts, actions, strict=True):
            this = (row[0], "" if key else row[1])
            if this != last:
                rows.append(row)
            last = this
        parsed = json.loads(f"[{','.join([contact for _, contact, _ in rows])}]")
        if shared:
            parsed = [rest for contact in parsed if (rest := without_shared(contact, shared))]
        names = dict.fromkeys(name for row in parsed for name in row)
        columns: dict[str, Sequence[str | None]] = {}
        if has_action:
            columns[ACTION] = [action for _, _, action in rows]
        if key:
            columns[key] = [customer for customer, _, _ in rows]
        yield {**columns, **{name: [row.get(name) for row in parsed] for name in names}}


def header_names(target: Target, select: str) -> tuple[str, ...]:
    """Return the headers of the rows of a SELECT, of which an earlier declaration may have had others."""
    names: dict[str, None] = {}
    for _, contacts, _ in _batches(target, select):
        for contact in contacts:
            names.update(dict.fromkeys(json.loads(contact)))
    return tuple(names)


def _batches(target: Target, select: str) -> Iterator[tuple[list[str], list[str], list[str]]]:
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in ("customer", "contact", "action")])
    for batch in target.batches(select, schema):
        customers, contacts, actions = (column.to_pylist() for column in batch.columns)
        yield customers, contacts, actions
