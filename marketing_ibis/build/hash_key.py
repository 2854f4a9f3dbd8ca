"""Keep the key of masked values in the warehouse, where the masked views read it."""

from __future__ import annotations

from collections.abc import Iterable

from marketing_ibis.build.masked_views import KEY_COLUMN, MaskedView, create_key_table
from marketing_ibis.engines.target import Target


def key_statements(views: Iterable[MaskedView], target: Target, key: str) -> tuple[str, ...]:
    """Return the statements after which the ``views`` hash with ``key``; none where they do already.

    No script and no plan file contains them. They belong in the transaction that publishes the views.
    """
    dialect, statements = target.dialect, list[str]()
    for table in dict.fromkeys(view.key_table for view in views if view.is_keyed):
        name, column = dialect.relation(table), dialect.identifier(KEY_COLUMN)
        exists = table.name in target.relations(table.schema)
        if exists and target.query(f"SELECT {column} FROM {name}") == [(key,)]:
            continue
        statements += (
            create_key_table(dialect, table),
            f"DELETE FROM {name}",
            f"INSERT INTO {name} ({column}) VALUES ({dialect.literal(key)})",
        )
    return tuple(statements)
