"""Fill the source tables: build candidates, then put all of them in place in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.dialects import Relation
from marketing_ibis.errors import MarketingIbisError, SourceError, UsageError
from marketing_ibis.layers import Materialized
from marketing_ibis.materializations import build_candidate, drop, publish
from marketing_ibis.targets.base import Target

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

ENDINGS = (".csv", ".csv.gz", ".parquet")


def seed_expressions(target: Target, tables: Mapping[str, ir.Table], schema: str) -> dict[str, int]:
    """Replace the tables of ``schema`` by what the expressions give; return their rows.

    Raises:
        RunFailed: the engine refused; what stood before still stands.
    """
    dialect = target.dialect
    selects = {name: dialect.select(table) for name, table in tables.items()}
    return _replace(target, selects, schema, "table")


def seed_files(
    target: Target,
    directory: Path,
    contracts: Mapping[str, ibis.Schema],
    schema: str,
    *,
    link: bool = False,
    time_zone: str = "UTC",
) -> dict[str, int]:
    """Replace the tables of ``schema`` by the files of ``directory``, or with ``link`` by views over them.

    Raises:
        UsageError: there is no such folder.
        SourceError: a file is missing or malformed; what stood before still stands.
    """
    if not directory.is_dir():
        raise UsageError(f"The folder {directory} does not exist.", hint="Name the folder of the files with --from.")
    files = {name: _find(directory, name) for name in contracts}
    selects = {name: target.read_file(path, contracts[name], time_zone) for name, path in files.items()}
    try:
        return _replace(target, selects, schema, "view" if link else "table")
    except MarketingIbisError as error:
        for name, path in files.items():
            target.check_file(path, contracts[name], time_zone)
        raise SourceError(f"The files of {directory} cannot be loaded: {error.message}") from error


def _find(directory: Path, table: str) -> Path:
    paths = [directory / f"{table}{ending}" for ending in ENDINGS]
    present = [path for path in paths if path.is_file()]
    if not present:
        raise _missing(directory, table, {path.name for path in paths})
    if len(present) > 1:
        raise SourceError(
            f"{directory} holds both {present[0].name} and {present[1].name}.", hint="Move one of them away."
        )
    return present[0]


def _missing(directory: Path, table: str, wanted: set[str]) -> SourceError:
    names = sorted(path.name for path in directory.iterdir())
    for name in names:
        if name in wanted:
            return SourceError(f"{directory / name} is not a file.", hint="Put a csv or parquet file in its place.")
    held = f"It holds {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}." if names else "It is empty."
    return SourceError(f"{directory} holds no {table}{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.", hint=held)


def _replace(target: Target, selects: Mapping[str, str], schema: str, kind: Materialized) -> dict[str, int]:
    dialect = target.dialect
    relations = {name: Relation(schema, name) for name in selects}
    target.create_schema(schema)
    _drop_candidates(target, relations)
    try:
        rows = {name: _build(target, relations[name], select, kind) for name, select in selects.items()}
        standing = target.relations(schema)
        with target.transaction():
            for name, select in selects.items():
                for statement in publish(dialect, relations[name], kind, select, standing=standing.get(name)):
                    target.execute(statement)
    except MarketingIbisError:
        _drop_candidates(target, relations)
        raise
    return rows


def _build(target: Target, relation: Relation, select: str, kind: Materialized) -> int:
    written = None
    for statement in build_candidate(target.dialect, relation, kind, select):
        written = target.execute(statement)
    if kind == "table" and written is not None:
        return written
    # Reading every column of a view finds a wrong cell now, and not when a model reads it.
    columns = ", ".join(f"count({target.dialect.identifier(name)})" for name in target.columns(relation.candidate))
    ((rows, *_),) = target.query(f"SELECT count(*), {columns} FROM {target.dialect.relation(relation.candidate)}")
    return int(str(rows))


def _drop_candidates(target: Target, relations: Mapping[str, Relation]) -> None:
    for relation in relations.values():
        standing = target.relations(relation.schema).get(relation.candidate.name)
        for statement in drop(target.dialect, relation.candidate, standing) if standing else ():
            target.execute(statement)
