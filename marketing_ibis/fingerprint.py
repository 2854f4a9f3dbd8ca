"""Tell whether a model would be built in the same way again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from marketing_ibis.model import Model, Source

DIGITS = 12


def fingerprint(model: Model, select: str) -> str:
    """Return the identity of a model on an engine: of its SELECT, how it is stored, laid out and described.

    ``select`` is the text that the engine gets, so as_of, settings and versions of the compiler are in it as far as
    they change anything.
    """
    declaration = model.declaration
    parts = (
        select,
        declaration.materialized,
        declaration.dist_key,
        *declaration.sort_keys,
        model.description,
        *(repr(column) for column in declaration.contract.columns),
    )
    return _digest(parts)


def source_fingerprint(source: Source) -> str:
    """Return the identity of a source: its table, its columns and how it is described."""
    declaration = source.declaration
    columns = (repr(column) for column in declaration.contract.columns)
    return _digest((declaration.table, source.description, repr(source.schema), *columns))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:DIGITS]
