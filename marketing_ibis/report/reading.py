"""Ask a warehouse the report's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import SourceError
from marketing_ibis.report.queries import COLUMNS, queries
from marketing_ibis.report.rows import (
    AbcClass,
    AgeTotal,
    Built,
    Cell,
    Channel,
    CohortMonth,
    Credit,
    Month,
    Product,
    Segment,
    Shop,
    Total,
)

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target

RECORDS: dict[str, Any] = {
    "built": Built,
    "total": Total,
    "segments": Segment,
    "cells": Cell,
    "cohorts": CohortMonth,
    "retention": AgeTotal,
    "months": Month,
    "products": Product,
    "classes": AbcClass,
    "channels": Channel,
    "credits": Credit,
}
BUILD = "Build them first: marketing-ibis build"


def read_shop(target: Target, schema: str) -> Shop:
    """Return what the report shows of the marts in ``schema``.

    Raises:
        SourceError: a mart or a column of it is missing.
    """
    _check(target, schema)
    marts = {name: Relation(schema, name) for name in COLUMNS}
    answers: dict[str, tuple[Any, ...]] = {}
    for name, expression in queries().items():
        select = target.dialect.resolve(target.dialect.select(expression), marts)
        answers[name] = tuple(RECORDS[name](*row) for row in target.query(select))
    (total,) = answers.pop("total")
    return Shop(total=total, **answers)


def _check(target: Target, schema: str) -> None:
    standing = target.relations(schema)
    missing = [name for name in COLUMNS if name not in standing]
    if missing:
        what = "no mart" if len(missing) == len(COLUMNS) else f"no table {' and no table '.join(missing)}"
        raise SourceError(f"There is nothing to report: schema {schema} holds {what}.", hint=BUILD)
    for name, columns in COLUMNS.items():
        existing = target.columns(Relation(schema, name))
        lacking = sorted(column for column in columns if column not in existing)
        if lacking:
            raise SourceError(
                f"{schema}.{name} has no column {' and no column '.join(lacking)}: another version built it.",
                hint="Build it anew: marketing-ibis build",
            )
