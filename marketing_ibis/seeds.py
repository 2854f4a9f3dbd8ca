"""Fill the source tables: build candidates, then put all of them in place in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.dialects import Relation
from marketing_ibis.errors import MarketingIbisError, SourceError, TargetUnavailable, UsageError
from marketing_ibis.layers import Materialized
from marketing_ibis.materializations import build_candidate, drop, publish, refill
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
    return _replace(target, schema, "table", partial(_build, target, "table", selects), selects)


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
    files = find_files(directory, contracts)
    if link:
        views = {name: target.file_view(path, contracts[name], time_zone) for name, path in files.items()}
        return _replace(target, schema, "view", partial(_build, target, "view", views), views)

    def load(relation: Relation) -> int:
        return target.load_file(files[relation.name], contracts[relation.name], time_zone, relation.candidate)

    return _replace(target, schema, "table", load, dict.fromkeys(files, ""))


def find_files(directory: Path, tables: Iterable[str]) -> dict[str, Path]:
    """Return the file of each table.

    Raises:
        UsageError: there is no such folder.
        SourceError: a file is missing, or there is more than one.
    """
    if directory.is_file():
        names = ", ".join(f"{table}{ENDINGS[0]}" for table in tables)
        raise UsageError(
            f"{directory} is a file: --from takes the folder that it is in.",
            hint=f"Write --from {directory.parent}, where each source table has a file, csv or parquet: {names}.",
        )
    if not directory.is_dir():
        raise UsageError(f"The folder {directory} does not exist.", hint="Name the folder of the files with --from.")
    return {name: _find(directory, name) for name in tables}


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


def _replace(
    target: Target, schema: str, kind: Materialized, build: Callable[[Relation], int], selects: Mapping[str, str]
) -> dict[str, int]:
    """Have ``build`` make each candidate, put all of them in place in one transaction and return their rows."""
    relations = {name: Relation(schema, name) for name in selects}
    with target.exclusive(schema):
        target.create_schema(schema)
        _drop_candidates(target, relations)
        try:
            rows = {name: build(relation) for name, relation in relations.items()}
            statements = [
                statement
                for name, relation in relations.items()
                for statement in _publish(target, relation, kind, selects[name])
            ]
            standing = target.relations(schema)
            replaced = [relation for relation in relations.values() if standing.get(relation.name) == "table"]
            target.attempt("publish", lambda: _execute_together(target, replaced, statements))
        except TargetUnavailable:
            # Whoever connects next drops the candidates.
            raise
        except MarketingIbisError:
            _drop_candidates(target, relations)
            raise
    return rows


def _execute_together(target: Target, replaced: Sequence[Relation], statements: Iterable[str]) -> None:
    with target.transaction(replaced):
        for statement in statements:
            target.execute(statement)


def _publish(target: Target, relation: Relation, kind: Materialized, select: str) -> tuple[str, ...]:
    standing = target.relations(relation.schema).get(relation.name)
    readers = target.readers(relation.schema).get(relation.name)
    if not readers:
        return publish(target.dialect, relation, kind, select, standing=standing)
    if list(target.columns(relation).items()) != list(target.columns(relation.candidate).items()):
        raise SourceError(
            f"{relation} gets other columns, and the view {readers[0]} reads it.",
            hint=f"Drop the view {readers[0]} first; a run makes the models' views anew. Nothing was loaded.",
        )
    return refill(target.dialect, relation, kind, select)


def _build(target: Target, kind: Materialized, selects: Mapping[str, str], relation: Relation) -> int:
    written = None
    for statement in build_candidate(target.dialect, relation, kind, selects[relation.name]):
        rows_written = target.execute(statement)
        written = written if rows_written is None else rows_written
    if kind == "table" and written is not None:
        return written
    ((rows,),) = target.query(f"SELECT count(*) FROM {target.dialect.relation(relation.candidate)}")
    return int(str(rows))


def _drop_candidates(target: Target, relations: Mapping[str, Relation]) -> None:
    for relation in relations.values():
        standing = target.relations(relation.schema).get(relation.candidate.name)
        for statement in drop(target.dialect, relation.candidate, standing) if standing else ():
            target.execute(statement)
