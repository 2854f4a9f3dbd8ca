"""Describe the columns of tables in a database: kinds, keys, ranges, frequent values and a few samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from marketing_ibis.build.inspection.records import ColumnProfile, TableProfile
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.secret import without_addresses
from marketing_ibis.engines.target import Target
from marketing_ibis.model import type_names

SAMPLES = 3
LONGEST_SAMPLE = 24
MOST_FREQUENT = 12
"""Different values of which a column shows each, with its rows."""


def profile_table(target: Target, relation: Relation, place: str, schema: str) -> TableProfile:
    """Look at every row of a table."""
    types = target.columns(relation)
    kinds = {name: kind_of_type(dtype) for name, dtype in types.items()}
    rows, numbers = _numbers(target, relation, kinds)
    profiles = [
        ColumnProfile(
            name,
            types[name],
            kind,
            rows,
            *numbers[name],
            samples=_samples(target, relation, name) if kind != "other" else (),
            frequent=_frequent(target, relation, name) if 0 < numbers[name][1] <= MOST_FREQUENT else (),
        )
        for name, kind in kinds.items()
    ]
    return TableProfile(schema, relation.name, place, rows, tuple(profiles))


def kind_of_type(dtype: str) -> str:
    """Return what the values of a type are."""
    name = type_names.nullable(dtype)
    checks: Mapping[str, bool] = {
        "integer": type_names.is_integer(name),
        "decimal": name.startswith("decimal"),
        "float": name in ("float32", "float64"),
        "boolean": name == "boolean",
        "day": type_names.is_date(name),
        "instant": bool(type_names.time_zone(name)),
        "timestamp": type_names.is_timestamp(name),
        "text": type_names.is_string(name) or name == "uuid",
    }
    return next((kind for kind, is_kind in checks.items() if is_kind), "other")


def _numbers(
    target: Target, relation: Relation, kinds: Mapping[str, str]
) -> tuple[int, dict[str, tuple[int, int, str, str]]]:
    """Return the rows of a table, and of each column how many are filled and distinct, the least and the greatest."""
    dialect = target.dialect
    parts = ["count(*)"]
    for name, kind in kinds.items():
        column = dialect.identifier(name)
        parts.append(f"count({column})")
        parts.append(f"count(DISTINCT {column})" if kind != "other" else "0")
        has_range = kind in ("integer", "decimal", "float", "day", "timestamp", "instant")
        parts += [f"min({column})", f"max({column})"] if has_range else ["NULL", "NULL"]
    ((rows, *values),) = target.query(f"SELECT {', '.join(parts)} FROM {dialect.relation(relation)}")
    numbers = {}
    for position, name in enumerate(kinds):
        filled, distinct, least, greatest = values[4 * position : 4 * position + 4]
        numbers[name] = (int(str(filled)), int(str(distinct)), _text(least), _text(greatest))
    return int(str(rows)), numbers


def _samples(target: Target, relation: Relation, name: str) -> tuple[str, ...]:
    column = target.dialect.identifier(name)
    few = f"SELECT {column} FROM {target.dialect.relation(relation)} WHERE {column} IS NOT NULL LIMIT 200"
    return shorten_all(value for (value,) in target.query(few))


def _frequent(target: Target, relation: Relation, name: str) -> tuple[tuple[str, int], ...]:
    column = target.dialect.identifier(name)
    rows = target.query(
        f"SELECT {column}, count(*) FROM {target.dialect.relation(relation)} WHERE {column} IS NOT NULL"
        f" GROUP BY {column} ORDER BY 2 DESC, 1"
    )
    return tuple((_shorten(value), int(str(count))) for value, count in rows)


def shorten_all(values: Iterable[object]) -> tuple[str, ...]:
    """Return the first few different values as people may see them: without e-mail addresses."""
    samples: dict[str, None] = {}
    for value in values:
        samples[_shorten(value)] = None
        if len(samples) == SAMPLES:
            break
    return tuple(samples)


def count_orphans(target: Target, child: tuple[Relation, str], parent: tuple[Relation, str]) -> int:
    """Return the rows of a child whose key is not among the parent's; both are a table and a column."""
    dialect = target.dialect
    (table, column), (parent_table, parent_column) = child, parent
    name, key = dialect.identifier(column), dialect.identifier(parent_column)
    ((count,),) = target.query(
        f"SELECT count(*) FROM {dialect.relation(table)} AS child WHERE child.{name} IS NOT NULL AND NOT EXISTS"
        f" (SELECT 1 FROM {dialect.relation(parent_table)} AS parent WHERE parent.{key} = child.{name})"
    )
    return int(str(count))


def _shorten(value: object) -> str:
    text = str(without_addresses(_text(value)))
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}..."


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value)}"
    return "" if value is None else str(value)
