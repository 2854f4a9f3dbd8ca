"""Write files that remove customers from the destinations of audiences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from marketing_ibis.build.forgetting.kept_tables import LISTS
from marketing_ibis.build.forgetting.search import Findings
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.audiences.changes import LIVE
from marketing_ibis.outputs.audiences.destinations import FORMS
from marketing_ibis.outputs.audiences.list_files import ACTION, write_rows
from marketing_ibis.project.audiences import DeclaredAudience


def write_removals(
    target: Target, findings: Findings, audiences: Mapping[str, DeclaredAudience], folder: Path
) -> tuple[Path, ...]:
    """Write what was uploaded of customers who are on a published list, one file per audience.

    A list of our own form has the customer's key, also one of an audience that is no longer declared.

    Raises:
        UsageError: a file cannot be written.
    """
    rows_by_audience: dict[str, list[dict[str, str]]] = {}
    for rows in findings.tables:
        if rows.table.purpose != LISTS or not rows.count:
            continue
        live = ", ".join(map(target.dialect.literal, LIVE))
        select = (
            f"SELECT audience, customer, contact FROM {rows.table.rows.place} WHERE ({rows.condition})"
            f" AND arm = 'treatment' AND state IN ({live}) ORDER BY audience, customer"
        )
        target.dialect.approve((select,), "The lists of audiences cannot be read")
        for audience, customer, contact in target.query(select):
            row = _row(audiences.get(str(audience)), str(customer), json.loads(str(contact)))
            rows_by_audience.setdefault(str(audience), []).append(row)
    return tuple(_write(folder / f"{name}-remove.csv", rows) for name, rows in sorted(rows_by_audience.items()))


def _row(declared: DeclaredAudience | None, customer: str, contact: Mapping[str, str]) -> dict[str, str]:
    if declared and not FORMS[declared.audience.destination].has_key:
        return dict(contact)
    key = declared.audience.key if declared else "customer"
    return {ACTION: "removed", key: customer, **contact}


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"Cannot create {path.parent}: {error.strerror}.", hint="Choose another folder with --target-path."
        ) from error
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    write_rows(path, columns, [{name: [row.get(name) for row in rows] for name in columns}])
    return path
