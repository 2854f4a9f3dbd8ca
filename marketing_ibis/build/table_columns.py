"""Compare the columns of a table that is kept over time with those that it is to have, and add what it lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import RelationKind, Target
from marketing_ibis.errors import UsageError
from marketing_ibis.model import Model, schema_differences
from marketing_ibis.model.vocabulary import DEFAULT_WIDTH


@dataclass(frozen=True, slots=True)
class ColumnComparison:
    """The columns that a table does not have, and how the types of the others differ."""

    missing: tuple[str, ...]
    differences: tuple[str, ...]


def foreign_reason(kind: RelationKind, columns: Collection[str], needed: Iterable[str]) -> str:
    """Return why a relation is not a table with the ``needed`` columns, "" if it is one."""
    if kind != "table":
        return "it is a view"
    missing = [name for name in needed if name not in columns]
    return f"it has no column {missing[0]}" if missing else ""


def is_own_table(target: Target, table: Relation, needed: Iterable[str], purpose: str) -> bool:
    """Return whether a table of this package exists; ``purpose`` begins the sentence that says what it is for.

    Raises:
        UsageError: something else has its name.
    """
    kind = target.relations(table.schema).get(table.name)
    if kind is None:
        return False
    if reason := foreign_reason(kind, target.columns(table) if kind == "table" else (), needed):
        raise UsageError(
            f"{purpose} in table {table}, but another program created it: {reason}.",
            hint="Rename it, or choose another schema for the models in [tool.marketing_ibis].",
        )
    return True


def compare_columns(target: Target, table: Relation, declared: Mapping[str, object]) -> ColumnComparison:
    """Compare ``table`` with the ``declared`` columns and their types; further columns of the table do not matter."""
    columns = as_declared(target.columns(table), declared)
    comparable = {name: dtype for name, dtype in declared.items() if name in columns}
    differences = schema_differences(comparable, {name: columns[name] for name in comparable})
    return ColumnComparison(tuple(name for name in declared if name not in columns), differences)


def add_columns(
    dialect: Dialect,
    table: Relation,
    model: Model,
    names: Iterable[str],
    text_widths: Mapping[str, int | str] = NO_WIDTHS,
) -> dict[str, str]:
    """Return the statement that adds each of the columns ``names`` of ``model`` to ``table``.

    Older rows have NULL in it.
    """
    widths = {column.name: column.width for column in model.declaration.contract.columns}

    def kind(name: str) -> str:
        if model.schema[name].is_string() and dialect.declares_not_null:
            return f"VARCHAR({widths[name] or text_widths.get(name, DEFAULT_WIDTH)})"
        return dialect.column_type(model.schema[name])

    place = dialect.relation(table)
    return {name: f"ALTER TABLE {place} ADD COLUMN {dialect.identifier(name)} {kind(name)}" for name in names}
