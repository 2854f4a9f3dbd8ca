"""Write the statements that replace a part of an incremental table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.build.incremental import Increment, IncrementalStep
from marketing_ibis.build.increments import IncrementQueries
from marketing_ibis.build.statements import build_candidate, drop
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.model import Model
from marketing_ibis.model.incremental import Incremental


@dataclass(frozen=True, slots=True)
class IncrementalStatements:
    """What a step of an incremental model does: the statements that build its candidate, and those that publish it.

    ``publish`` is empty where the candidate is a table that replaces the published one.
    """

    step: IncrementalStep
    build: tuple[str, ...]
    publish: tuple[str, ...] = ()


def incremental_statements(
    model: Model,
    incremental: Incremental,
    dialect: Dialect,
    increment: Increment,
    relation: Relation,
    relations: Mapping[str, Relation],
    views: Mapping[str, ops.Relation],
    text_widths: Mapping[str, int | str],
) -> IncrementalStatements:
    """Return how a step replaces a part of the published ``relation``.

    ``relations`` are those that are read during the build, ``views`` those whose expressions are read through.
    """
    work = WorkTables.of(relation)
    queries = IncrementQueries(model, incremental, increment, work, views)
    candidate = relation.candidate
    tables = {each.name: each for each in (work.keys, work.old, work.new, candidate)}

    def select(expression: ir.Table) -> str:
        return dialect.resolve(dialect.select(expression), {**relations, model.name: relation, **tables})

    names = ", ".join(map(dialect.identifier, model.schema))
    new_rows, obstacles = queries.new_rows()
    built_at = increment.built_at.isoformat()
    keys = dialect.create_table(work.keys, select(queries.keys()))
    unchanged = select(queries.unchanged_rows())
    if increment.added:
        keep = f"INSERT INTO {dialect.relation(candidate)} ({names})\n{unchanged}"
        step = IncrementalStep(built_at=built_at, keep=keep, obstacles=obstacles)
        return IncrementalStatements(
            step, (*keys, *build_candidate(dialect, relation, "table", select(new_rows), model, text_widths))
        )
    every_row = f"{unchanged}\nUNION ALL\nSELECT {names} FROM {dialect.relation(work.new)}"
    build = (
        *keys,
        dialect.create_view(work.old, select(queries.old_rows())),
        *dialect.create_table(work.new, select(new_rows), model, text_widths),
        dialect.create_view(candidate, every_row),
    )
    drift = _drift(dialect, queries.amounts(), [(sign, select(days)) for sign, days in queries.day_differences()])
    step = IncrementalStep("", built_at, "", drift, queries.amounts(), increment.is_repair, obstacles)
    replaced = _replace_rows(dialect, relation, work, incremental.unique_key, queries.nullable_keys())
    insert = f"INSERT INTO {dialect.relation(relation)} ({names})\nSELECT {names} FROM {dialect.relation(work.new)}"
    return IncrementalStatements(step, build, (*replaced, insert, *drop_work_tables(dialect, relation)))


def _replace_rows(
    dialect: Dialect, relation: Relation, work: WorkTables, unique_key: Sequence[str], nullable: Sequence[str]
) -> Iterator[str]:
    """Yield the statements that delete the old rows from the published table."""
    table, owner = dialect.relation(relation), dialect.identifier(relation.name)
    columns = map(dialect.identifier, unique_key)
    matches = " AND ".join(f"{owner}.{column} = replaced_keys.{column}" for column in columns)
    yield f"DELETE FROM {table} USING {dialect.relation(work.keys)} AS replaced_keys WHERE {matches}"
    if nullable:
        without_key = " OR ".join(f"{dialect.identifier(name)} IS NULL" for name in nullable)
        yield f"DELETE FROM {table} WHERE {without_key}"


def drop_work_tables(dialect: Dialect, relation: Relation) -> tuple[str, ...]:
    """Return the statements that remove what an incremental build of ``relation`` makes besides published rows."""
    relations = ((relation.candidate, "view"), *WorkTables.of(relation).kinds())
    return tuple(statement for each, kind in relations for statement in drop(dialect, each, kind))


def _drift(dialect: Dialect, amounts: tuple[str, ...], parts: Iterable[tuple[str, str]]) -> str:
    """Return the SELECT of the days that differ, from parts with their signs that add up to the differences."""
    day, *numbers = (dialect.identifier(name) for name in ("day", "rows", *amounts))
    selects = [
        f"SELECT {day}, {', '.join(f'{sign}{number} AS {number}' for number in numbers)} FROM (\n{part}\n) AS part"
        for sign, part in parts
    ]
    union = "\nUNION ALL\n".join(selects)
    sums = ", ".join(f"SUM({number}) AS {number}" for number in numbers)
    differs = " OR ".join(f"SUM({number}) <> 0" for number in numbers)
    return f"SELECT {day}, {sums} FROM (\n{union}\n) AS days\nGROUP BY {day} HAVING {differs} ORDER BY {day}"
