"""Write files that remove customers from the destinations of audiences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from marketing_ibis.build.forgetting.kept_tables import LISTS
from marketing_ibis.build.forgetting.search import Findings
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.audiences.destinations import FORMS
from marketing_ibis.outputs.audiences.list_files import ACTION, write_rows
from marketing_ibis.outputs.audiences.published_lists import LIVE_ENTRY
from marketing_ibis.outputs.audiences.shared_identifiers import Contacts, without_shared
from marketing_ibis.project.audiences import DeclaredAudience


class Entry(NamedTuple):
    """What was uploaded of a customer, with the table that says so."""

    place: str
    customer: str
    contact: Mapping[str, str]


def write_removals(
    target: Target, findings: Findings, audiences: Mapping[str, DeclaredAudience], folder: Path
) -> tuple[Path, ...]:
    """Write what was uploaded of customers who are on a published list, one file per audience.

    A list of our own form has the customer's key, also one of an audience that is no longer declared. A list of
    another form does not have what a different customer on it has too.

    Raises:
        UsageError: a file cannot be written.
    """
    entries_by_audience: dict[str, list[Entry]] = {}
    for rows in findings.tables:
        if rows.table.purpose != LISTS or not rows.count:
            continue
        select = (
            f"SELECT audience, customer, contact FROM {rows.table.rows.place} WHERE ({rows.condition})"
            f" AND {LIVE_ENTRY} ORDER BY audience, customer"
        )
        target.dialect.approve((select,), "The lists of audiences cannot be read")
        for audience, customer, contact in target.query(select):
            entry = Entry(rows.table.rows.place, str(customer), json.loads(str(contact)))
            entries_by_audience.setdefault(str(audience), []).append(entry)
    paths = []
    for name, entries in sorted(entries_by_audience.items()):
        if removed := _removed_rows(target, name, audiences.get(name), entries):
            paths.append(_write(folder / f"{name}-remove.csv", removed))
    return tuple(paths)


def _removed_rows(
    target: Target, name: str, declared: DeclaredAudience | None, entries: Sequence[Entry]
) -> list[Mapping[str, str]]:
    if declared is None or FORMS[declared.audience.destination].has_key:
        key = declared.audience.key if declared else "customer"
        return [{ACTION: "removed", key: entry.customer, **entry.contact} for entry in entries]
    literal = target.dialect.literal
    live = f"SELECT contact FROM {entries[0].place} WHERE audience = {literal(name)} AND {LIVE_ENTRY} AND customer"
    customers = ", ".join(sorted({literal(entry.customer) for entry in entries}))
    contacts = Contacts(removed=f"{live} IN ({customers})", staying=f"{live} NOT IN ({customers})")
    shared = contacts.shared_identifiers(target, {header for entry in entries for header in entry.contact})
    return [row for entry in entries if (row := without_shared(entry.contact, shared))]


def _write(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"Cannot create {path.parent}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    write_rows(path, columns, [{name: [row.get(name) for row in rows] for name in columns}])
    return path
