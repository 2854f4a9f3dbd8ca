"""Lay out which statements build and publish the selected models, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.exceptions import IbisError

from marketing_ibis.build.amounts import FLOATS, AmountQuery
from marketing_ibis.build.history_step import HistoryStep
from marketing_ibis.build.incremental import UNKNOWN, FullRefresh, IncrementalStep, Refresh
from marketing_ibis.build.incremental_step import incremental_statements
from marketing_ibis.build.masked_views import masked_view
from marketing_ibis.build.measures import compile_measures
from marketing_ibis.build.model_history import history_of
from marketing_ibis.build.numeric_texts import NumericTextQuery
from marketing_ibis.build.plan import Plan, Schemas, Step, reading_relations
from marketing_ibis.build.python_step import PythonStep, python_step
from marketing_ibis.build.reserved_names import check_names
from marketing_ibis.build.statements import build_candidate, publish
from marketing_ibis.build.text_widths import declared_rules, declared_widths
from marketing_ibis.build.width_marks import width_marks
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.errors import CompileError, RefusedByRedshift
from marketing_ibis.graph import ancestors, descendants, reached, subgraph, waves
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.type_names import is_string, is_temporal
from marketing_ibis.project.fingerprint import fingerprint
from marketing_ibis.testing.collect import DataTests, build_batches


def build_plan(
    dataflow: Dataflow,
    selected: Collection[str],
    dialect: Dialect,
    schemas: Schemas,
    data_tests: DataTests | None = None,
    refreshes: Mapping[str, Refresh] = MappingProxyType({}),
) -> Plan:
    """Return the plan that builds the ``selected`` models, and only these.

    Of ``data_tests`` it takes the tests of these models, and of the sources that are selected or that they read.
    ``refreshes`` says how incremental models are built; the others are built whole.

    Raises:
        CompileError: a model cannot become SQL, or bears a name that cannot be a table's.
    """
    dialect = dialect.reading(dataflow.plain_tables)
    graph = dataflow.graph()
    chosen = _with_views_between({name for name in selected if name in dataflow.models}, dataflow)
    schemas = schemas.building(chosen)
    published = published_relations(dataflow, schemas)
    check_names(dataflow, published, dialect.name)
    build_relations = reading_relations(published, chosen)
    as_of = dataflow.inputs.get("as_of")
    ordered = waves(subgraph(graph, chosen))
    context = _Context(dialect, schemas, published, build_relations, as_of, refreshes, _view_queries(dataflow, schemas))
    steps = tuple(tuple(context.step(dataflow.models[name]) for name in wave) for wave in ordered)
    outside = {parent for name in chosen for parent in graph[name] if parent not in chosen}
    # A source that is selected alone is there to be tested.
    needed_sources = sorted(set(dataflow.sources) & (outside if chosen else set(selected)))
    sources = {published[name]: column_types(dataflow.sources[name].schema) for name in needed_sources}
    published_parents = {
        published[name]: tuple(sorted(child for child in chosen if name in graph[child]))
        for name in sorted(outside & set(dataflow.models))
    }
    stages = {name: number for number, wave in enumerate(ordered, 1) for name in wave}
    tested = chosen | (set(dataflow.sources) & {*selected, *outside})
    selected_tests = {name: tests for name, tests in (data_tests or {}).items() if name in tested}
    batches = build_batches(dataflow, selected_tests, dialect, stages)
    measures = compile_measures(dataflow, dialect) if data_tests is not None else ()
    return Plan(
        dialect,
        schemas,
        steps,
        sources,
        published_parents,
        published,
        batches,
        measures,
        _columns_read(chosen, dataflow, published),
        _optional_columns(needed_sources, dataflow, published),
        settings={published[name]: dataflow.sources[name].declaration.settings for name in needed_sources},
        amounts=tuple(_amounts([dataflow.sources[name] for name in needed_sources], dialect, published)),
        numeric_texts=tuple(_numeric_texts([dataflow.sources[name] for name in needed_sources], dialect, published)),
        text_widths=declared_widths(dataflow) if dialect.declares_not_null else {},
        as_of=as_of if isinstance(as_of, date) else date.min,
        is_tested=data_tests is not None,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """What steps are made of besides their models. ``views`` are the queries of views that are not deferred."""

    dialect: Dialect
    schemas: Schemas
    published: Mapping[str, Relation]
    build_relations: Mapping[str, Relation]
    as_of: object
    refreshes: Mapping[str, Refresh]
    views: Mapping[str, ops.Relation]

    def step(self, model: Model) -> Step:
        dialect, published = self.dialect, self.published
        marked, declaration = _compile(dialect, model), model.declaration

        def resolve(relations: Mapping[str, Relation]) -> str:
            return dialect.resolve(marked, {parent: relations[parent] for parent in model.parents})

        relation, kind = published[model.name], declaration.materialized
        candidate_select, select = resolve(self.build_relations), resolve(published)
        columns, contract = column_types(model.schema), declaration.contract.columns
        is_wide = dialect.declares_not_null and kind == "table"
        is_analyzed = dialect.analyzes_new_tables and model.row_function is None
        marks = width_marks(columns) if is_wide else {}
        step = Step(
            model.name,
            relation,
            kind,
            model.parents,
            columns,
            candidate_select,
            select,
            build=build_candidate(dialect, relation, kind, candidate_select, model, marks),
            python=_python(model, dialect, relation, marks),
            publish=publish(
                dialect, relation, kind, select, existing_kind=None, model=model, readers=self.schemas.readers
            ),
            maintain=dialect.maintain(relation) if kind == "table" and not is_analyzed else (),
            required=tuple(column.name for column in contract if not column.nullable),
            limits={c.name: c.width for c in contract if c.width and is_string(columns[c.name])},
            widths=declared_rules(model) if dialect.declares_not_null else {},
            period=next((name for name in declaration.grain if is_temporal(columns[name])), ""),
            fingerprint=fingerprint(model, select),
            history=_history(model, dialect, self.schemas, relation, self.as_of),
            masked=masked_view(dialect, model, relation),
        )
        return self._incremental(model, step, marks) if declaration.is_incremental else step

    def _incremental(self, model: Model, step: Step, marks: Mapping[str, str]) -> Step:
        """Return the step of an incremental model, which replaces a part of the published table where it can."""
        refresh, incremental = self.refreshes.get(model.name, UNKNOWN), model.declaration.incremental
        if isinstance(refresh, FullRefresh) or incremental is None:
            reason = refresh.reason if isinstance(refresh, FullRefresh) else ""
            return replace(step, incremental=IncrementalStep(reason))
        # The definition of any other view may be an old one.
        built = {name for name, relation in self.build_relations.items() if relation != self.published[name]}
        views = {name: view for name, view in self.views.items() if name in built | refresh.views}
        statements = incremental_statements(
            model, incremental, self.dialect, refresh, step.relation, self.build_relations, views, marks
        )
        publish = statements.publish or step.publish
        maintain = self.dialect.maintain(step.relation)
        return replace(step, build=statements.build, publish=publish, maintain=maintain, incremental=statements.step)


def _python(model: Model, dialect: Dialect, relation: Relation, marks: Mapping[str, str]) -> PythonStep | None:
    """Return what computes the rows of a model in Python, if anything does."""
    if model.row_function is None:
        return None
    names = ", ".join(map(dialect.identifier, model.schema))
    keep = f"INSERT INTO {dialect.relation(relation.candidate)} ({names})\n"
    keep += f"SELECT {names} FROM {dialect.relation(relation)}"
    create, *_ = dialect.create_empty_table(relation, model, marks, if_missing=True)
    return python_step(model.name, model.row_function, (create, keep))


def _view_queries(dataflow: Dataflow, schemas: Schemas) -> dict[str, ops.Relation]:
    models = dataflow.models
    names = [name for name in _views(dataflow) if models[name].evaluated and name not in schemas.deferred]
    return {name: models[name].expression.op() for name in names}


def _history(model: Model, dialect: Dialect, schemas: Schemas, relation: Relation, as_of: object) -> HistoryStep | None:
    """Return what keeps the published rows of a model that declares a history."""
    if model.declaration.history is None or not isinstance(as_of, date):
        return None
    history = history_of(model, schemas.models, schemas.readers)
    return history.step(dialect, as_of, dialect.resolve(dialect.select(history.rows(as_of)), {model.name: relation}))


def _amounts(sources: Iterable[Source], dialect: Dialect, published: Mapping[str, Relation]) -> Iterator[AmountQuery]:
    """Yield the query of each column of money that is converted to cents."""
    declared_amounts = ((source, amount) for source in sources for amount in source.declaration.amounts)
    for source, amount in declared_amounts:
        selects = {}
        for dtype in (str(source.schema[amount.column]), *FLOATS):
            table = ibis.table({**dict(source.schema.items()), amount.column: dtype}, name=source.name)
            select = dialect.select(amount.summarize(table))
            selects[dtype] = dialect.resolve(select, {source.name: published[source.name]})
        exact, approximate = selects[str(source.schema[amount.column])], {dtype: selects[dtype] for dtype in FLOATS}
        yield AmountQuery(published[source.name], amount.column, amount.setting, exact, approximate)


def _numeric_texts(
    sources: Iterable[Source], dialect: Dialect, published: Mapping[str, Relation]
) -> Iterator[NumericTextQuery]:
    """Yield the query of each column of strings that is converted to numbers."""
    for source in sources:
        for text in source.declaration.numeric_texts:
            marked = dialect.select(text.summarize(ibis.table(source.schema, name=source.name)))
            select = dialect.resolve(marked, {source.name: published[source.name]})
            relation = published[source.name]
            yield NumericTextQuery(relation, text.column, text.setting, text.expected, text.is_key, select)


def column_types(schema: Mapping[str, object]) -> dict[str, str]:
    """Return the columns of a schema with Ibis' names of their types."""
    return {name: str(dtype) for name, dtype in schema.items()}


def _columns_read(
    chosen: Collection[str], dataflow: Dataflow, published: Mapping[str, Relation]
) -> dict[Relation, tuple[str, ...]]:
    return {published[name]: tuple(dataflow.nodes[name].schema) for name in sorted(_tables_read(chosen, dataflow))}


def _optional_columns(
    sources: Iterable[str], dataflow: Dataflow, published: Mapping[str, Relation]
) -> dict[Relation, tuple[str, ...]]:
    contracts = {name: dataflow.sources[name].declaration.contract for name in sources}
    return {
        published[name]: tuple(c.name for c in contract.columns if c.optional) for name, contract in contracts.items()
    }


def _tables_read(chosen: Collection[str], dataflow: Dataflow) -> set[str]:
    """Return the sources and published tables whose rows the ``chosen`` models read, through views not chosen too."""
    graph, views = dataflow.graph(), _views(dataflow)
    read_through = {*chosen, *views}
    return set(reached(chosen, lambda name: graph[name] if name in read_through else ()) - read_through)


def _views(dataflow: Dataflow) -> set[str]:
    return {name for name, model in dataflow.models.items() if model.declaration.materialized == "view"}


def published_relations(dataflow: Dataflow, schemas: Schemas) -> dict[str, Relation]:
    """Return the published relation of each model and source."""
    return {name: Relation(schemas.deferred.get(name, schemas.models), name) for name in dataflow.models} | {
        name: schemas.source(source.declaration) for name, source in dataflow.sources.items()
    }


def _compile(dialect: Dialect, model: Model) -> str:
    try:
        return dialect.select(model.query)
    except RefusedByRedshift as error:
        # The gate names the column by itself.
        raise RefusedByRedshift(f"Model {model.name} cannot be compiled for {dialect.name}: {error.message}") from error
    except (IbisError, CompileError) as error:
        message = error.message if isinstance(error, CompileError) else str(error)
        column = _column_at_fault(dialect, model)
        place = f"column {column}: " if column else ""
        raise CompileError(
            f"Model {model.name} cannot be compiled for {dialect.name}: {place}{message}",
            hint=getattr(error, "hint", "") or "Change the expression; other targets may support it as it is.",
        ) from error


def _column_at_fault(dialect: Dialect, model: Model) -> str:
    """Return the first column that cannot be compiled by itself, when some can."""
    failing = []
    for name in model.query.columns:
        try:
            dialect.select(_alone(model.query, name))
        except (IbisError, CompileError):
            failing.append(name)
    return failing[0] if 0 < len(failing) < len(model.query.columns) else ""


def _alone(expression: ir.Table, column: str) -> ir.Table:
    """Return a column of an expression without those that are computed next to it."""
    op = expression.op()
    if isinstance(op, ops.Project):
        return op.copy(values={column: op.values[column]}).to_expr()
    if isinstance(op, ops.Aggregate):
        return op.copy(metrics={name: value for name, value in op.metrics.items() if name == column}).to_expr()
    return expression.select(column)


def _with_views_between(chosen: set[str], dataflow: Dataflow) -> set[str]:
    """Add the views through which one chosen model reads another: they must read its candidate."""
    graph = dataflow.graph()
    between = descendants(graph, chosen) & ancestors(graph, chosen)
    return chosen | (between & _views(dataflow))
