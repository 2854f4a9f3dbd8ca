"""Write the rows of customers whose identifiers are new or changed, and decide who of them is held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from marketing_ibis.outputs.audiences.changes import (
    ADDED,
    PENDING,
    PUBLISHED,
    UNCHANGED,
    EarlierEntries,
    compare_row,
)
from marketing_ibis.outputs.audiences.identifiers import is_held_out
from marketing_ibis.outputs.audiences.members import AudienceQuery, check_keys

if TYPE_CHECKING:
    import pyarrow as pa

PAGE_COLUMNS = 8
"""Columns of a page before those of identifiers."""


@dataclass(slots=True)
class Tally:
    """How many customers of all pages are added, changed, kept, held out and cannot be reached."""

    actions: Counter[str] = field(default_factory=Counter)
    held_out: int = 0
    unreachable: int = 0
    kept_arms: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class CandidateRules:
    """How candidates become entries: the audience, the key of its hold-out and the day of new entries."""

    query: AudienceQuery
    key: bytes
    as_of: date


def page_schema(identifiers: Sequence[str]) -> pa.Schema:
    """Return the columns of a page: customers with their earlier entries, and their identifiers."""
    import pyarrow as pa

    texts, numbers = pa.string(), pa.int64()
    columns = {"customer": texts, "digest": texts, "entered_on": pa.date32(), "held": numbers}
    earlier = {"live": numbers, "published": numbers, "lowest": texts, "highest": texts}
    return pa.schema({**columns, **earlier, **dict.fromkeys(identifiers, texts)})


def entries_of(page: pa.RecordBatch, rules: CandidateRules, tally: Tally) -> pa.Table:
    """Return the entries of the customers of a page who are listed or held out, and count them in ``tally``."""
    import pyarrow as pa

    query, share = rules.query, rules.query.declared.audience.holdout
    customers, digests, days, holdout_entries, *earlier = (
        page.column(each).to_pylist() for each in range(PAGE_COLUMNS)
    )
    check_keys(query, customers)
    values = {
        name: query.form.values(name, page.column(place).to_pylist(), is_clear=query.is_clear)
        for place, name in enumerate(query.identifiers, PAGE_COLUMNS)
    }
    # Without any of these, a destination cannot find a customer.
    reachable = map(any, zip(*(values[name] for name in query.finding), strict=True)) if query.finding else repeat(True)
    rows = _rows(query, values, len(customers))
    entries: list[tuple[str, str, date, str, str, str, str]] = []
    for customer, digest, day, is_held, entry, row, is_reachable in zip(
        customers, digests, days, holdout_entries, map(EarlierEntries, *earlier), rows, reachable, strict=False
    ):
        entered_on = day or rules.as_of
        if not is_reachable:
            tally.unreachable += 1
            continue
        if share and is_held_out(customer, share, rules.key):
            arm, row, state, action = "holdout", "", PUBLISHED, UNCHANGED if is_held else ADDED
            tally.held_out += 1
        else:
            arm, action = "treatment", compare_row(row, entry)
            state = PUBLISHED if action == UNCHANGED else PENDING
            tally.actions[action] += 1
        if action == UNCHANGED:
            tally.kept_arms.add(arm)
        entries.append((customer, arm, entered_on, state, row, digest, action))
    names = ("customer", "arm", "entered_on", "state", "contact", "digest", "action")
    columns = list(zip(*entries, strict=True)) or [()] * len(names)
    kinds = [pa.date32() if name == "entered_on" else pa.string() for name in names]
    arrays = {name: pa.array(column, kind) for name, column, kind in zip(names, columns, kinds, strict=True)}
    return pa.table({"audience": pa.array([query.declared.name] * len(entries), pa.string()), **arrays})


def _rows(query: AudienceQuery, values: Mapping[str, Sequence[str]], count: int) -> Iterator[str]:
    """Yield the row of each customer as JSON: headers with values."""
    headers = query.form.columns(query.identifiers, is_clear=query.is_clear)
    if not headers:
        yield from ["{}"] * count
        return
    # The same text as json.dumps, at a third of its cost.
    columns = [
        [f"{encode_basestring(header)}: {encode_basestring(text)}" for text in values[name]]
        for header, name in zip(headers, query.identifiers, strict=True)
    ]
    for parts in zip(*columns, strict=True):
        yield f"{{{', '.join(parts)}}}"
