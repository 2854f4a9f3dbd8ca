"""Tests of keys within a table and across two; each finds a table of what fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir

from marketing_ibis.model import DataTest
from marketing_ibis.model.validation import tuple_of

ROWS_WITH_IT = "rows_with_it"
"""The column that counts how often a key appears in the table, in addition to the key's own columns."""


def unique(**options: Any) -> DataTest:
    """No value appears in two rows; NULLs may. A failure is a value, however many rows contain it."""
    return DataTest(
        "unique", lambda table, column: _repeated(table.filter(table[column].notnull()), [column]), **options
    )


def unique_combination_of_columns(columns: Sequence[str], **options: Any) -> DataTest:
    """No two rows are the same in ``columns``; NULL is the same as NULL. A failure is a combination.

    Raises:
        CompileError: ``columns`` are no tuple of names.
    """
    names = list(tuple_of(str, "columns", columns, '"column_name"'))
    return DataTest(
        "unique_combination_of_columns",
        lambda table, column: _repeated(table, names),
        arguments=tuple(names),
        **options,
    )


def relationships(to: str, field: str, **options: Any) -> DataTest:
    """Every value that is not NULL exists in column ``field`` of the model or source ``to``."""

    def orphans(table: ir.Table, column: str, **arguments: ir.Table) -> ir.Table:
        parent = arguments[to].select(key_of_parent=arguments[to][field])
        with_key = table.filter(table[column].notnull())
        return with_key.anti_join(parent, with_key[column] == parent.key_of_parent)

    return DataTest(
        "relationships", orphans, arguments=(to, field), depends_on=(to,), parent_columns=(field,), **options
    )


def matches_parent(to: str, field: str, *, by: str, key: str, **options: Any) -> DataTest:
    """The value equals column ``field`` of the row of ``to`` whose ``key`` is ``by``; NULL equals NULL.

    Rows without such a parent are the affair of ``relationships``.
    """

    def unlike(table: ir.Table, column: str, **arguments: ir.Table) -> ir.Table:
        parent = arguments[to].select(key_of_parent=arguments[to][key], value_of_parent=arguments[to][field])
        pairs = table.inner_join(parent, table[by] == parent.key_of_parent)
        unlike = pairs.filter(~pairs[column].identical_to(pairs.value_of_parent))
        return unlike.drop("key_of_parent")

    return DataTest(
        "matches_parent",
        unlike,
        arguments=(to, field, by, key),
        depends_on=(to,),
        parent_columns=(field, key),
        **options,
    )


def _repeated(table: ir.Table, columns: list[str]) -> ir.Table:
    groups = table.group_by(columns).agg(**{ROWS_WITH_IT: table.count()})
    return groups.filter(groups[ROWS_WITH_IT] > 1)
