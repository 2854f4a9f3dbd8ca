"""Write names, labels and the SQL of measures."""

from __future__ import annotations

import re

from marketing_ibis.outputs.semantics.records import Dimension, Entity, Measure

PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
ABBREVIATIONS = frozenset({"abc", "aov", "clv", "id", "ltv", "rfm", "roas"})


def label(name: str) -> str:
    """Return a name as words: the first letter and abbreviations in capitals."""
    words = [word.upper() if word in ABBREVIATIONS else word for word in name.strip("_").split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def described(field: Dimension | Measure) -> str:
    """Return a description with the unit, and with what a measure must be limited to."""
    unit = f" Unit: {field.unit}." if field.unit else ""
    per = f" NULL over several values of {' or '.join(field.per)}." if isinstance(field, Measure) and field.per else ""
    return f"{field.description}{unit}{per}"


def quoted(name: str) -> str:
    """Return a name as SQL needs it: in quotation marks if it has capital letters or signs."""
    return name if PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def table_of(entity: Entity) -> str:
    """Return where the table of an entity is published."""
    return f"{quoted(entity.schema)}.{quoted(entity.name)}"


def scaled(sql: str, divisor: int) -> str:
    """Return an expression divided by a number."""
    return sql if divisor == 1 else f"{sql} / {divisor}.0"


def measure_sql(entity: Entity, measure: Measure, table: str) -> str:
    """Return the SQL of a measure over ``table``.

    A sum that is per other columns is NULL where the rows have several values of one of them.
    """
    if measure.function == "count":
        return "COUNT(*)"
    if measure.function == "ratio":
        numerator, denominator = (
            measure_sql(entity, entity.measure(part), table) for part in (measure.numerator, measure.denominator)
        )
        return ratio_sql(measure, numerator, denominator)
    column = f"{table}.{quoted(measure.name)}"
    function = "AVG" if measure.function == "average" else "SUM"
    return guarded(scaled(f"{function}({column})", measure.divisor), per_counts(measure, table))


def ratio_sql(measure: Measure, numerator: str, denominator: str) -> str:
    """Return the SQL of a ratio, which is NULL over 0."""
    factor = "" if measure.times == 1 else f"{measure.times} * "
    return f"{factor}CAST({numerator} AS DOUBLE PRECISION) / NULLIF({denominator}, 0)"


def per_counts(measure: Measure, table: str) -> list[str]:
    """Return the SQL of the number of values of each column that a measure is per."""
    return [f"COUNT(DISTINCT {table}.{quoted(name)})" for name in measure.per]


def guarded(sql: str, counts: list[str]) -> str:
    """Return an expression that is NULL unless each count is 1."""
    if not counts:
        return sql
    return f"CASE WHEN {' AND '.join(f'{count} = 1' for count in counts)} THEN {sql} END"
