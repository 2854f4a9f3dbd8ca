"""Read the columns by which rows are ordered, as a user writes them, into SQL that can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketing_ibis.errors import UsageError, nearest

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt

    from marketing_ibis.engines.dialect import Dialect

TERM = re.compile(r'\s*(?P<name>"(?:[^"]|"")+"|[^\s",]+)(?:\s+(?P<direction>asc|desc))?\s*', re.IGNORECASE)
"""A column, quoted or not, and which end comes first."""


def read_order(text: str, columns: Mapping[str, dt.DataType], dialect: Dialect) -> tuple[str, ...]:
    """Return the terms of an ORDER BY in the SQL of ``dialect``: columns with ASC or DESC, missing values last.

    Raises:
        UsageError: a term is not a column with ASC or DESC.
    """
    names = {name.lower(): name for name in columns}
    terms, place = [], 0
    while place <= len(text):
        term = TERM.match(text, place)
        if not term or text[term.end() : term.end() + 1] not in ("", ","):
            *_, last = columns
            raise UsageError(
                f"--order-by '{text}' is not a list of columns.", hint=f'Write one such as --order-by "{last} desc".'
            )
        label = term["name"]
        name = label[1:-1].replace('""', '"') if label.startswith('"') else label
        if name.lower() not in names:
            raise UsageError(f"--order-by names {name}, which is not a column.", hint=nearest(name, columns))
        column = names[name.lower()]
        direction = (term["direction"] or "asc").upper()
        terms.append(f"{dialect.sort_key(column, columns[column])} {direction} NULLS LAST")
        place = term.end() + 1
    return tuple(terms)
