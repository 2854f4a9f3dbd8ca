"""Say what a model means as plain data, which can be stored and compared without its expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketing_ibis.model.vocabulary import Materialized

Digest = str | None
"""The identity of a part of a model; None if it cannot be known, which equals no other."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model means and how it is stored, in digests.

    ``rows`` and ``columns`` are in terms of the sources: they change with every change of meaning upstream, and stay
    the same when a step moves from one model to another. ``definition`` is of the model's own expression over its
    ``parents``. ``layout`` covers how it is stored: kind, keys, types, widths, the order of columns, and which of them
    are masked for whom. ``tests`` covers the data tests that run with a build of it; "" without tests.
    """

    rows: Digest
    columns: Mapping[str, Digest]
    definition: Digest
    layout: str
    kind: Materialized
    parents: tuple[str, ...]
    tests: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the meaning of the rows and of every column is known."""
        return None not in (self.rows, *self.columns.values())

    def means_the_same(self, other: Identity) -> bool:
        """Return whether both have the same rows and columns, whatever the sources contain."""
        return self.is_known and self.rows == other.rows and dict(self.columns) == dict(other.columns)
