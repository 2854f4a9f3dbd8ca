"""Compare two lists of rows in plain Python, as the statements of ``diff`` do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from marketing_ibis.diff.records import (
    ColumnDifference,
    ColumnKind,
    Distance,
    SchemaDifference,
    TableDifference,
    Transition,
)

Row = tuple[Any, ...]
KEY = ("id", "region")
KINDS: Mapping[str, tuple[ColumnKind, str]] = {
    "amount": ("money", "cents"),
    "visits": ("number", "visits"),
    "score": ("number", "points"),
    "day": ("date", "days"),
    "seen": ("timestamp", "seconds"),
    "label": ("label", ""),
    "vip": ("label", ""),
    "secret": ("label", ""),
}
"""How each column after the key is compared, and its unit."""
NO_CHANGE = SchemaDifference({}, {})


def expected_difference(before: Sequence[Row], after: Sequence[Row], tolerance: float) -> TableDifference:
    """Return how tables with unique keys differ."""
    old, new = ({row[:2]: row[2:] for row in rows} for rows in (before, after))
    shared = sorted(old.keys() & new.keys(), key=place)
    changed = {key for key in shared if any(differ(*pair, tolerance) for pair in zip(old[key], new[key], strict=True))}
    columns = [
        expected_column(name, {key: (old[key][number], new[key][number]) for key in shared}, tolerance)
        for number, name in enumerate(KINDS)
    ]
    removed, added = (sorted(a.keys() - b.keys(), key=place) for a, b in ((old, new), (new, old)))
    return TableDifference(
        "table",
        KEY,
        NO_CHANGE,
        len(old),
        len(new),
        len(removed),
        len(added),
        len(changed),
        tuple(column for column in columns if column.rows),
        tuple(map(as_text, removed[:5])),
        tuple(map(as_text, added[:5])),
    )


def expected_column(name: str, values: Mapping[Row, tuple[Any, Any]], tolerance: float) -> ColumnDifference:
    """Return how a column differs, from its values before and after by key."""
    kind, unit = KINDS[name]
    differing = {key: pair for key, pair in values.items() if differ(*pair, tolerance)}
    pairs = list(differing.values())
    personal = name == "secret"
    distance = None
    if kind != "label" and any(None not in pair for pair in pairs):
        distance = expected_distance([pair for pair in pairs if None not in pair], kind, unit)
    counts = Counter((text(old), text(new)) for old, new in pairs) if kind == "label" and not personal else Counter()
    transitions = sorted(counts.items(), key=lambda item: (-item[1], place(item[0])))
    return ColumnDifference(
        name,
        kind,
        len(pairs),
        sum(new is None for _, new in pairs),
        sum(old is None for old, _ in pairs),
        distance,
        tuple(Transition(old, new, count) for (old, new), count in transitions[:10]),
        tuple(as_text(key) for key in list(differing)[:5]),
        personal,
    )


def expected_distance(pairs: Sequence[tuple[Any, Any]], kind: ColumnKind, unit: str) -> Distance:
    """Return how far the values of pairs are apart."""

    def measure(change: Any) -> Any:
        if isinstance(change, timedelta):
            return change // (timedelta(days=1) if kind == "date" else timedelta(seconds=1))
        return int(change * 100) if kind == "money" else change

    changes = [new - old for old, new in pairs]
    measured = [measure(change) for change in changes]
    shares: list[float | None] = [None, None]
    if kind in ("money", "number"):
        for side in (0, 1):
            ratios = [
                abs(float(change)) / abs(float(pair[side]))
                for pair, change in zip(pairs, changes, strict=True)
                if pair[side]
            ]
            shares[side] = max(ratios, default=None)
    return Distance(unit, len(pairs), sum(measured), min(measured), max(measured), *shares)


def differ(old: Any, new: Any, tolerance: float) -> bool:
    """Whether two values differ: NULL equals NULL, and a double one that is close."""
    if old is None or new is None:
        return old is not new
    if isinstance(old, float):
        return bool(old != new and not abs(new - old) < tolerance * min(abs(old), abs(new)))
    return bool(old != new)


def place(key: Sequence[Any]) -> tuple[tuple[bool, Any], ...]:
    """Return what a key is sorted by: NULL is last."""
    return tuple((value is None, 0 if value is None else value) for value in key)


def as_text(key: Sequence[Any]) -> tuple[str | None, ...]:
    """Return the values of a key as text."""
    return tuple(None if value is None else str(value) for value in key)


def text(value: Any) -> str | None:
    """Return a label as text."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
