"""Lay out which statements build and publish the selected models, in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.exceptions import IbisError

from marketing_ibis.build.measures import Measure, compile_measures
from marketing_ibis.build.reserved_names import check_names
from marketing_ibis.build.statements import build_candidate, drop, publish, refill
from marketing_ibis.build.text_widths import declared_widths
from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.errors import CompileError, RefusedByRedshift
from marketing_ibis.graph import ancestors, descendants, reached, subgraph, waves
from marketing_ibis.model import Model
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.model.vocabulary import Materialized
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.collect import DataTests, build_batches


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where sources are read and models are written; ``readers`` may read what is published.

    ``zones`` decide to which day a timestamp of a source belongs.
    """

    sources: str = "dbt_production"
    models: str = "dbt_marketing"
    readers: tuple[str, ...] = ()
    zones: TimeZones = TimeZones()


@dataclass(frozen=True, slots=True)
class Step:
    """One model to build: where it goes, the SELECT of the candidate and of the published relation."""

    model: Model
    relation: Relation
    candidate_select: str
    select: str

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def kind(self) -> Materialized:
        """How the model is stored."""
        return self.model.declaration.materialized

    @property
    def parents(self) -> tuple[str, ...]:
        """What the model reads."""
        return self.model.parents

    @property
    def schema(self) -> ibis.Schema:
        """The columns and types that the engine must have built."""
        return self.model.schema


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run does, decided before anything is touched.

    ``waves`` are steps that do not need each other. ``sources`` and ``published_parents``, with the models that depend
    on them, must exist before. ``tables_read`` are the tables whose rows are read, those behind published views too.
    ``published`` says where each model and source is afterwards; ``batches`` are the data tests, ``measures`` the
    metrics of the build. ``optional`` are the columns of sources that only the settings require. ``text_widths`` are
    the bytes of the string columns of models and sources, on an engine whose tables are created with widths.
    """

    dialect: Dialect
    schemas: Schemas
    waves: tuple[tuple[Step, ...], ...]
    sources: Mapping[Relation, ibis.Schema]
    published_parents: Mapping[Relation, tuple[str, ...]]
    published: Mapping[str, Relation] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    measures: tuple[Measure, ...] = ()
    tables_read: Mapping[Relation, ibis.Schema] = field(default_factory=dict)
    optional: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    text_widths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def relations(self) -> Mapping[str, Relation]:
        """Where each model and source is read during the build."""
        return reading_relations(self.published, {step.name for step in self.steps()})

    def steps(self) -> Iterator[Step]:
        """Yield the steps in an order in which they can run one after another."""
        for wave in self.waves:
            yield from wave


def build_plan(
    dataflow: Dataflow,
    selected: Collection[str],
    dialect: Dialect,
    schemas: Schemas,
    data_tests: DataTests | None = None,
) -> Plan:
    """Return the plan that builds the ``selected`` models, and only these.

    Of ``data_tests`` it takes the tests of these models, and of the sources that are selected or that they read.

    Raises:
        CompileError: a model cannot become SQL, or bears a name that cannot be a table's.
    """
    dialect = dialect.reading(dataflow.sources)
    graph = dataflow.graph()
    chosen = _with_views_between({name for name in selected if name in dataflow.models}, dataflow)
    published = published_relations(dataflow, schemas)
    check_names(dataflow, published, dialect.name)
    build_relations = reading_relations(published, chosen)

    def step(name: str) -> Step:
        model = dataflow.models[name]
        select = _compile(dialect, model)

        def resolve(relations: Mapping[str, Relation]) -> str:
            return dialect.resolve(select, {parent: relations[parent] for parent in model.parents})

        return Step(model, published[name], resolve(build_relations), resolve(published))

    ordered = waves(subgraph(graph, chosen))
    steps = tuple(tuple(step(name) for name in wave) for wave in ordered)
    outside = {parent for name in chosen for parent in graph[name] if parent not in chosen}
    # A source that is selected alone is there to be tested.
    needed_sources = set(dataflow.sources) & (outside if chosen else set(selected))
    sources = {published[name]: dataflow.sources[name].schema for name in sorted(needed_sources)}
    published_parents = {
        published[name]: tuple(sorted(child for child in chosen if name in graph[child]))
        for name in sorted(outside & set(dataflow.models))
    }
    stages = {name: number for number, wave in enumerate(ordered, 1) for name in wave}
    tested = chosen | (set(dataflow.sources) & {*selected, *outside})
    selected_tests = {name: tests for name, tests in (data_tests or {}).items() if name in tested}
    batches = build_batches(dataflow, selected_tests, dialect, stages)
    measures = compile_measures(dataflow, dialect) if data_tests is not None else ()
    tables_read = {published[name]: dataflow.nodes[name].schema for name in sorted(_tables_read(chosen, dataflow))}
    contracts = {name: dataflow.sources[name].declaration.contract for name in needed_sources}
    optional = {
        published[name]: tuple(c.name for c in contract.columns if c.optional) for name, contract in contracts.items()
    }
    inputs = (sources, published_parents, published)
    widths = declared_widths(dataflow) if dialect.declares_not_null else {}
    return Plan(dialect, schemas, steps, *inputs, batches, measures, tables_read, optional, widths)


def _tables_read(chosen: Collection[str], dataflow: Dataflow) -> set[str]:
    """Return the sources and published tables whose rows the ``chosen`` models read, through views not chosen too."""
    graph, views = dataflow.graph(), _views(dataflow)
    read_through = {*chosen, *views}
    return set(reached(chosen, lambda name: graph[name] if name in read_through else ()) - read_through)


def _views(dataflow: Dataflow) -> set[str]:
    return {name for name, model in dataflow.models.items() if model.declaration.materialized == "view"}


def reading_relations(published: Mapping[str, Relation], built: Collection[str]) -> dict[str, Relation]:
    """Return where each name is read while those in ``built`` are candidates."""
    return {name: relation.candidate if name in built else relation for name, relation in published.items()}


def published_relations(dataflow: Dataflow, schemas: Schemas) -> dict[str, Relation]:
    """Return the published relation of each model and source."""
    return {name: Relation(schemas.models, name) for name in dataflow.models} | {
        name: Relation(schemas.sources, source.declaration.table) for name, source in dataflow.sources.items()
    }


def _compile(dialect: Dialect, model: Model) -> str:
    try:
        return dialect.select(model.expression)
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
    for name in model.expression.columns:
        try:
            dialect.select(_alone(model.expression, name))
        except (IbisError, CompileError):
            failing.append(name)
    return failing[0] if 0 < len(failing) < len(model.expression.columns) else ""


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


def build_statements(plan: Plan, step: Step) -> tuple[str, ...]:
    """Return the statements that build the step's candidate."""
    statements = build_candidate(
        plan.dialect,
        step.relation,
        step.kind,
        step.candidate_select,
        step.model,
        plan.text_widths.get(step.name, NO_WIDTHS),
    )
    return plan.dialect.approve(statements, f"Model {step.name} cannot be built on {plan.dialect.name}")


def publish_statements(
    plan: Plan, kinds: Mapping[str, Materialized], relations_in_use: Collection[Relation] = ()
) -> tuple[str, ...]:
    """Return the statements that publish every step.

    ``kinds`` maps names of existing relations to their kinds. ``relations_in_use``, on which a view from outside the
    plan depends, are refilled, not replaced.
    """
    existing_kinds = {
        step.relation.name: kinds[step.relation.name] for step in plan.steps() if step.relation.name in kinds
    }
    statements = list(_drop_views(plan, existing_kinds, relations_in_use)) if plan.dialect.binds_views else []
    for step in plan.steps():
        if step.relation in relations_in_use:
            statements += refill(plan.dialect, step.relation, step.kind, step.select)
        else:
            existing_kind = existing_kinds.get(step.relation.name)
            statements += publish(
                plan.dialect,
                step.relation,
                step.kind,
                step.select,
                existing_kind=existing_kind,
                model=step.model,
                readers=plan.schemas.readers,
            )
    return plan.dialect.approve(statements, "The models cannot be published")


def _drop_views(
    plan: Plan, existing_kinds: dict[str, Materialized], relations_in_use: Collection[Relation]
) -> Iterator[str]:
    """Drop the plan's views, dependent views first, and remove them from ``existing_kinds``.

    The tables that they depend on could not be dropped before them.
    """
    for step in reversed(tuple(plan.steps())):
        if existing_kinds.get(step.relation.name) == "view" and step.relation not in relations_in_use:
            del existing_kinds[step.relation.name]
            yield from drop(plan.dialect, step.relation, "view")
        if step.kind == "view":
            yield from drop(plan.dialect, step.relation.candidate, "view")


def find_dependent_views(plan: Plan, views_by_table: Mapping[str, Collection[Relation]]) -> dict[Relation, Relation]:
    """Return the plan's relations that must not be dropped, each with a view that depends on it.

    A view of the plan counts only if another view depends on it.
    """
    plan_relations = {relation for step in plan.steps() for relation in (step.relation, step.relation.candidate)}
    dependent_views: dict[Relation, Relation] = {}
    while True:
        newly_found = {
            step.relation: view
            for step in plan.steps()
            for view in views_by_table.get(step.relation.name, ())
            if step.relation not in dependent_views and (view not in plan_relations or view in dependent_views)
        }
        if not newly_found:
            return dependent_views
        dependent_views |= newly_found


def passing_part(plan: Plan, failed: Collection[str], *, warn_error: bool = False) -> Plan:
    """Return the plan without the steps that are in ``failed``, models and sources, or depend on one of them.

    A step depends on its parents, and on the models that its tests compared it with: their results apply next to the
    candidates that they read, not next to the tables that stay published. With ``warn_error`` so do those that only
    warn.
    """
    dependencies = {step.name: set(step.parents) for step in plan.steps()}
    for batch in plan.batches:
        blocking_tests = [p.data_test for p in batch.queries if warn_error or p.data_test.severity == "error"]
        if batch.node in dependencies:
            dependencies[batch.node].update(
                name for data_test in blocking_tests for name in data_test.depends_on if name in dependencies
            )
    # A test may compare a model with one that is built after it, so the steps' order does not do.
    excluded = {
        *failed,
        *reached(failed, lambda dependency: [name for name, needed in dependencies.items() if dependency in needed]),
    }
    waves_left = (tuple(step for step in wave if step.name not in excluded) for wave in plan.waves)
    return replace(plan, waves=tuple(wave for wave in waves_left if wave))


def reading_published(plan: Plan, published_models: Collection[str], select: str) -> str:
    """Return a SELECT of candidates as it reads once the candidates of ``published_models`` have their names."""
    for step in plan.steps():
        if step.name in published_models:
            candidate = plan.dialect.relation(step.relation.candidate)
            select = select.replace(candidate, plan.dialect.relation(step.relation))
    return select


def leftover_statements(
    plan: Plan, published_plan: Plan, built: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the statements before and after publishing only ``published_plan``.

    Candidates that are views read what it renames. They are dropped, and those that were ``built`` are created again
    afterwards, reading what was published.
    """
    dialect, published = plan.dialect, {step.name for step in published_plan.steps()}
    views = [s for s in plan.steps() if s.kind == "view" and s.name in built and s.name not in published]
    before = [statement for step in reversed(views) for statement in drop(dialect, step.relation.candidate, step.kind)]
    after: list[str] = []
    for step in views:
        select = reading_published(plan, published, step.candidate_select)
        after += build_candidate(dialect, step.relation, step.kind, select)
    failure = "The models that passed cannot be published"
    return dialect.approve(before, failure), dialect.approve(after, failure)


def maintenance_statements(plan: Plan) -> tuple[str, ...]:
    """Return the statements that published tables want afterwards."""
    tables = [step.relation for step in plan.steps() if step.kind == "table"]
    statements = [statement for relation in tables for statement in plan.dialect.maintain(relation)]
    return plan.dialect.approve(statements, "The published tables cannot be maintained")


def script(plan: Plan) -> tuple[str, ...]:
    """Return the statements of the whole run, for a client of the engine.

    They can be executed again and again. A table is filled in the transaction that creates it: in a client that goes on
    after an error, no empty table is published.
    """
    dialect, schema = plan.dialect, plan.schemas.models
    steps = tuple(plan.steps())
    statements = [
        *dialect.open_session("marketing_ibis"),
        f"CREATE SCHEMA IF NOT EXISTS {dialect.identifier(schema)}",
        *dialect.begin_script(schema),
        *(dialect.drop_existing(step.relation.candidate, step.kind) for step in reversed(steps)),
    ]
    for step in steps:
        build = build_statements(plan, step)
        statements += ("BEGIN", *build, "COMMIT") if len(build) > 1 else build
    # Views first: one may depend on any table of the plan.
    drops = [
        dialect.drop_existing(step.relation, kind)
        for kind in ("view", "table")
        for step in reversed(steps)
        if step.kind == kind
    ]
    statements += ("BEGIN", *drops, *publish_statements(plan, {}), "COMMIT", *maintenance_statements(plan))
    statements += dialect.end_script(schema)
    return dialect.approve(statements, "The script cannot be written")
