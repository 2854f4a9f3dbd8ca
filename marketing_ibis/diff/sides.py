"""Compare the models that two schemas of one database contain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from marketing_ibis.diff.compare import compare_tables
from marketing_ibis.diff.pairs import pair_tables, types_of
from marketing_ibis.diff.records import Difference, TableDifference
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError
from marketing_ibis.model import Model

TOLERANCE = 1e-9
"""How far two doubles may be apart, relatively, and still be the same number."""


@dataclass(frozen=True, slots=True)
class Side:
    """A schema with the tables of one build; ``label`` is how the user wrote it."""

    label: str
    schema: str


def compare_sides(
    before: Side, after: Side, models: Iterable[Model], target: Target, tolerance: float = TOLERANCE
) -> Difference:
    """Return how the tables of ``models`` differ between two schemas of a database.

    Raises:
        SourceError: a schema contains none of the models.
    """
    models = tuple(models)
    names = [model.name for model in models]
    names_before, names_after = (_existing(side, names, target) for side in (before, after))
    tables: list[TableDifference] = []
    failures: list[str] = []
    for model in models:
        if model.name not in names_before or model.name not in names_after:
            continue
        try:
            tables.append(_compare(before, after, model, target, tolerance))
        except RunFailed as failure:
            failures.append(str(failure).replace("\n", " "))
    return Difference(
        before.label,
        after.label,
        tuple(tables),
        removed=_only(names, names_before, names_after),
        added=_only(names, names_after, names_before),
        missing=tuple(name for name in names if name not in names_before and name not in names_after),
        failures=tuple(failures),
    )


def _compare(before: Side, after: Side, model: Model, target: Target, tolerance: float) -> TableDifference:
    table_before, table_after = Relation(before.schema, model.name), Relation(after.schema, model.name)
    columns_before, columns_after = (
        types_of(as_declared(target.columns(table), model.schema)) for table in (table_before, table_after)
    )
    pair = pair_tables(model, table_before, table_after, columns_before, columns_after)
    return compare_tables(pair, target, tolerance)


def _existing(side: Side, names: Collection[str], target: Target) -> Collection[str]:
    existing: Mapping[str, object] = target.relations(side.schema)
    if not any(name in existing for name in names):
        raise SourceError(
            f"{side.label} contains none of the selected models.",
            hint=f"Check the schema {side.schema}, or build the models there first.",
        )
    return existing


def _only(names: Iterable[str], here: Collection[str], there: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in here and name not in there)
