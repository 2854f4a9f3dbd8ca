"""Digests, which identify what a part of an expression means."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Digest = str | None
"""An identity; None equals no other."""

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The identity of a table's rows, and of each of its columns by name; None if it cannot be known."""

    rows: Digest
    columns: Mapping[str, Digest]


def digest(*parts: Digest) -> Digest:
    """Return the identity of parts in order."""
    if None in parts:
        return None
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=DIGEST_BYTES).hexdigest()  # type: ignore[arg-type]


def unordered(parts: Iterable[Digest]) -> Digest:
    """Return the identity of parts whose order and number do not matter."""
    distinct = set(parts)
    return None if None in distinct else digest("unordered", *sorted(distinct))  # type: ignore[type-var]
