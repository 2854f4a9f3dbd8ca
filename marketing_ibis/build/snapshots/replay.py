"""Compute a model as of earlier days, without publishing anything, and keep its rows in its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_records import refresh_masked
from marketing_ibis.build.masked_views import MaskedView
from marketing_ibis.build.model_history import ModelHistory, history_of
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.preflight import check_inputs
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.build.row_query import RowQuery, query_expression
from marketing_ibis.build.snapshots import checks, expressions
from marketing_ibis.build.snapshots.definition import define_snapshot
from marketing_ibis.build.snapshots.statements import SnapshotWriter
from marketing_ibis.build.stored_widths import with_stored_widths
from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from marketing_ibis.graph import ancestors
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.snapshots import snapshot_name


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """The rows of a model as of a day. ``snapshots`` are the sources that were read as they were on that day."""

    model: str
    relation: Relation
    as_of: date
    rows: int
    snapshots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay reads and writes: ``compile`` returns the dataflow as of a day, ``find_key`` the key of hashes."""

    compile: Callable[[date], Dataflow]
    target: Target
    dialect: Dialect
    schemas: Schemas
    place: str = ""
    filling: str = ""
    find_key: Callable[[Sequence[MaskedView]], str] = lambda views: ""

    def record(
        self, model: str, days: Sequence[date], on_recorded: Callable[[ReplayResult], None] = lambda result: None
    ) -> tuple[ReplayResult, ...]:
        """Keep the rows of ``model`` as of each of the ``days``; each day is a transaction.

        The order of the days does not matter, and a second replay changes nothing.

        Raises:
            SelectionError: the model does not declare a history.
            SourceError: a source is missing, or the table of the history is another one.
            TargetUnavailable: another command is writing, or the connection is lost.
        """
        results = []
        with self.target.exclusive(self.schemas.models, read=(self.schemas.sources,)):
            self.target.attempt("schema", lambda: self.target.create_schema(self.schemas.models))
            for day in days:
                result = self._record_day(self.compile(day), model, day)
                on_recorded(result)
                results.append(result)
        return tuple(results)

    def _record_day(self, dataflow: Dataflow, model: str, day: date) -> ReplayResult:
        history = history_of(dataflow.models[model], self.schemas.models, self.schemas.readers)
        query = self._query(dataflow, history, day)
        self.target.attempt("inputs", lambda: check_inputs(query.plan, self.target, self.place, self.filling))
        plan = self.target.attempt("inputs", lambda: with_stored_widths(query.plan, self.target))
        snapshots = self.target.attempt("snapshots", lambda: self._snapshot_selects(dataflow, query, day))
        select = _reading(query, self.dialect, snapshots)
        widths = plan.text_widths.get(model, NO_WIDTHS)
        rows = self.target.attempt(f"{model} as of {day}", lambda: self._write(history, day, select, widths))
        return ReplayResult(model, history.table, day, rows or 0, tuple(snapshots))

    def _query(self, dataflow: Dataflow, history: ModelHistory, day: date) -> RowQuery:
        """Return the query of the model's rows with everything that it depends on: nothing published is read."""
        name = history.model.name
        needed = ({name} | ancestors(dataflow.graph(), {name})) & dataflow.models.keys()
        return query_expression(dataflow, history.rows(day), (name,), self.dialect, self.schemas, needed)

    def _write(self, history: ModelHistory, day: date, select: str, widths: Mapping[str, int]) -> int | None:
        existing, schema = self.target.relations(history.table.schema), history.table.schema
        masked_views = history.masked_views(self.dialect)
        key = self.find_key(masked_views)
        for name in {view.relation.schema for view in masked_views}:
            self.target.create_schema(name)
        with self.target.transaction():
            if history.table.name in existing:
                step = history.step(self.dialect, day, select)
                rows = execute_all(self.target, step.statements(self.target, widths))
            else:
                rows = execute_all(self.target, history.create(self.dialect, select, widths))
            execute_all(self.target, history.create_views(self.dialect, existing))
            execute_all(self.target, refresh_masked(self.target, schema, masked_views))
            tables = [history.table, *(Relation(schema, view.name) for view in history.views)]
            execute_all(self.target, reader_statements(self.target, self.schemas, old=tables))
            execute_all(self.target, key_statements(masked_views, self.target, key))
        return rows

    def _snapshot_selects(self, dataflow: Dataflow, query: RowQuery, day: date) -> dict[str, str]:
        """Return the SELECT of each source's rows as of ``day``, of the sources whose snapshots go back that far."""
        existing = self.target.relations(self.schemas.models)
        selects = {}
        for name, source in dataflow.sources.items():
            relation = query.plan.published[name]
            table = Relation(self.schemas.models, snapshot_name(name))
            if relation in query.plan.sources and source.declaration.snapshot and table.name in existing:
                writer = SnapshotWriter(define_snapshot(source, self.schemas.zones), self.dialect, relation, table)
                missing = checks.missing_columns(writer, self.target, existing[table.name])
                if missing:
                    raise SourceError(
                        f"The snapshot {table} has no column {missing[0]}.", hint=f"Record it first: snapshot {name}."
                    )
                ((first, *_),) = self.target.query(writer.select(expressions.first_day))
                if isinstance(first, date) and first <= day:
                    selects[name] = writer.resolve(expressions.versions_of(writer.definition, day))
        return selects


def _reading(query: RowQuery, dialect: Dialect, selects: Mapping[str, str]) -> str:
    """Return the query reading the rows of ``selects`` in place of the tables of those sources."""
    text = query.select
    for name, select in selects.items():
        # Every table of a query has an alias.
        text = text.replace(dialect.relation(query.plan.published[name]), f"(\n{select}\n)")
    return dialect.approve((text,), "The rows cannot be read")[0] if selects else text
