"""What a build does, decided before anything is touched: plain data, without Ibis."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from marketing_ibis.build.amounts import AmountQuery
from marketing_ibis.build.facts import Measure, ProjectFacts
from marketing_ibis.build.history_step import HistoryStep
from marketing_ibis.build.incremental import IncrementalStep
from marketing_ibis.build.masked_views import MaskedView, create_masked, drop_masked
from marketing_ibis.build.numeric_texts import NumericTextQuery
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.build.statements import build_candidate, drop, refill
from marketing_ibis.build.width_marks import resolve_widths
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.graph import reached
from marketing_ibis.lineage.width_rules import Width
from marketing_ibis.model import Declaration
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.model.vocabulary import Materialized
from marketing_ibis.testing.batches import Batch


@dataclass(frozen=True, slots=True)
class Schemas:
    """Where sources are read and models are written; ``readers`` may read what is published.

    ``zones`` decide to which day a timestamp of a source belongs. ``deferred`` are models that are read in other
    schemas, unless they are built. ``project`` is whose rights of readers are on record.
    """

    sources: str = "dbt_production"
    models: str = "dbt_marketing"
    readers: tuple[str, ...] = ()
    zones: TimeZones = TimeZones()
    deferred: Mapping[str, str] = field(default_factory=dict)
    project: str = ""

    def source(self, declaration: Declaration) -> Relation:
        """Return the table of a source."""
        return Relation(declaration.schema or self.sources, declaration.table, declaration.database)

    def building(self, names: Collection[str]) -> Schemas:
        """Return the same without deferring ``names``: what is built is written to the schema of the models."""
        return replace(self, deferred={name: s for name, s in self.deferred.items() if name not in names})


@dataclass(frozen=True, slots=True)
class Step:
    """One model to build: where it goes, the SELECT of the candidate and of the published relation.

    ``columns`` are the names of Ibis for the types that the engine must have built. ``build`` makes the candidate, with
    marks in place of the widths of strings; ``publish`` puts it in place of a relation that has been dropped;
    ``maintain`` follows the publish. ``required`` columns allow no NULL, ``limits`` are the declared bytes of strings,
    ``widths`` how wide the strings of its table are made. ``period`` is the date in the grain, if there is one.
    ``history`` keeps the published rows as those of the day. ``incremental`` is that of an incremental model, of which
    ``publish`` may replace rows in place. ``python`` computes the rows from those of the SELECTs, and then
    ``build`` creates an empty table. ``masked`` is the view of the published relation without personal data.
    """

    name: str
    relation: Relation
    kind: Materialized
    parents: tuple[str, ...]
    columns: Mapping[str, str]
    candidate_select: str
    select: str
    build: tuple[str, ...]
    publish: tuple[str, ...]
    maintain: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    widths: Mapping[str, Width] = field(default_factory=dict)
    period: str = ""
    fingerprint: str = ""
    history: HistoryStep | None = None
    incremental: IncrementalStep | None = None
    python: PythonStep | None = None
    masked: MaskedView | None = None

    @property
    def is_in_place(self) -> bool:
        """Whether rows of the published table are replaced, instead of the table."""
        return self.incremental is not None and self.incremental.is_in_place

    @property
    def candidate_kind(self) -> Materialized:
        """The kind of the candidate."""
        return "view" if self.is_in_place else self.kind

    @property
    def work_relations(self) -> tuple[tuple[Relation, Materialized], ...]:
        """What a build makes until it publishes, dependents first, with its kinds."""
        kinds = WorkTables.of(self.relation).kinds() if self.incremental and self.incremental.built_at else ()
        return ((self.relation.candidate, self.candidate_kind), *kinds)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run does, decided before anything is touched.

    ``waves`` are steps that do not need each other. ``sources``, with the types of the columns that are declared, and
    ``published_parents``, with the models that depend on them, must exist before. ``tables_read`` are the tables whose
    rows are read, with their columns, those behind published views too. ``published`` says where each model and source
    is afterwards; ``batches`` are the data tests, ``measures`` the metrics of the build. ``optional`` are the columns
    of sources that only the settings require. ``settings`` name the settings that map each column of a source, and
    ``amounts`` find money that is not whole cents. ``text_widths`` are the bytes of the string columns of models and
    sources, on an engine whose tables are created with widths. ``facts`` are those of the project that a run reports
    with; ``is_tested`` says that data tests are part of the run.
    """

    dialect: Dialect = field(compare=False)
    schemas: Schemas
    waves: tuple[tuple[Step, ...], ...]
    sources: Mapping[Relation, Mapping[str, str]]
    published_parents: Mapping[Relation, tuple[str, ...]]
    published: Mapping[str, Relation] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    measures: tuple[Measure, ...] = ()
    tables_read: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    optional: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[Relation, Mapping[str, str]] = field(default_factory=dict)
    amounts: tuple[AmountQuery, ...] = ()
    numeric_texts: tuple[NumericTextQuery, ...] = ()
    text_widths: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    as_of: date = date.min
    is_tested: bool = False
    facts: ProjectFacts = field(default_factory=ProjectFacts)

    @property
    def engine(self) -> str:
        """The name of the engine that it is for."""
        return self.dialect.name

    @property
    def schemas_read(self) -> tuple[str, ...]:
        """The schemas of sources in the database that is connected to."""
        own_schemas = (relation.schema for relation in self.sources if not relation.database)
        return tuple(sorted({self.schemas.sources, *own_schemas}))

    @property
    def masked_views(self) -> tuple[MaskedView, ...]:
        """The views without personal data over what is published."""
        return tuple(step.masked for step in self.steps() if step.masked is not None)

    @property
    def schemas_written(self) -> tuple[str, ...]:
        """The schema of the models, and that of the masked views where there are any."""
        return tuple(dict.fromkeys((self.schemas.models, *(view.relation.schema for view in self.masked_views))))

    @property
    def relations(self) -> Mapping[str, Relation]:
        """Where each model and source is read during the build."""
        return reading_relations(self.published, {step.name for step in self.steps()})

    @property
    def python_models(self) -> tuple[str, ...]:
        """The models whose rows Python functions compute: no statement fills their tables."""
        return tuple(step.name for step in self.steps() if step.python is not None)

    def steps(self) -> Iterator[Step]:
        """Yield the steps in an order in which they can run one after another."""
        for wave in self.waves:
            yield from wave


def reading_relations(published: Mapping[str, Relation], built: Collection[str]) -> dict[str, Relation]:
    """Return where each name is read while those in ``built`` are candidates."""
    return {name: relation.candidate if name in built else relation for name, relation in published.items()}


def build_statements(plan: Plan, step: Step) -> tuple[str, ...]:
    """Return the statements that build the step's candidate; the last one adds the rows that are kept, if any are."""
    keep = (step.incremental.keep,) if step.incremental and step.incremental.keep else ()
    statements = resolve_widths((*step.build, *keep), plan.text_widths.get(step.name, NO_WIDTHS))
    return plan.dialect.approve(statements, f"Model {step.name} cannot be built on {plan.dialect.name}")


def _published_rows(plan: Plan, step: Step) -> tuple[str, ...]:
    """Return the statements that fill a table whose rows a script cannot compute with its published rows."""
    keep = step.python.keep if step.python else ()
    return resolve_widths(keep, plan.text_widths.get(step.name, NO_WIDTHS))


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
    statements = list(drop_masked(plan.dialect, plan.masked_views, relations_in_use))
    if plan.dialect.binds_views:
        statements += _drop_views(plan, existing_kinds, relations_in_use)
    for step in plan.steps():
        if step.is_in_place:
            statements += step.publish
        elif step.relation in relations_in_use:
            statements += refill(plan.dialect, step.relation, step.kind, step.select)
        else:
            existing_kind = existing_kinds.get(step.relation.name)
            statements += (*(drop(plan.dialect, step.relation, existing_kind) if existing_kind else ()), *step.publish)
    statements += create_masked(plan.dialect, plan.masked_views, relations_in_use)
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
        if step.candidate_kind == "view":
            yield from drop(plan.dialect, step.relation.candidate, "view")


def find_dependent_views(plan: Plan, views_by_table: Mapping[str, Collection[Relation]]) -> dict[Relation, Relation]:
    """Return the plan's relations that must not be dropped, each with a view that depends on it.

    A view of the plan counts only if another view depends on it. A masked view has the name of what it masks, so
    ``views_by_table`` may have what depends on it under that name.
    """
    plan_relations = {each for step in plan.steps() for each in (step.relation, *dict(step.work_relations))}
    plan_relations |= {view.relation for view in plan.masked_views}
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


def maintenance_statements(plan: Plan, refilled: Collection[Relation] = ()) -> tuple[str, ...]:
    """Return the statements that published tables want afterwards; some were ``refilled``, not replaced."""
    statements: list[str] = []
    for step in plan.steps():
        is_refilled = step.kind == "table" and step.relation in refilled
        statements += plan.dialect.maintain(step.relation) if is_refilled else step.maintain
    return plan.dialect.approve(statements, "The published tables cannot be maintained")


def script(plan: Plan) -> tuple[str, ...]:
    """Return the statements of the whole run, for a client of the engine.

    They can be executed again and again. A table is filled in the transaction that creates it: in a client that goes on
    after an error, no empty table is published. A table whose rows a Python function computes keeps its published rows.
    """
    dialect, schema = plan.dialect, plan.schemas.models
    steps = tuple(plan.steps())
    statements = [
        *dialect.open_session("marketing_ibis"),
        *(f"CREATE SCHEMA IF NOT EXISTS {dialect.identifier(name)}" for name in plan.schemas_written),
        *dialect.begin_script(schema),
        *(dialect.drop_existing(*each) for step in reversed(steps) for each in step.work_relations),
    ]
    for step in steps:
        build = (*build_statements(plan, step), *_published_rows(plan, step))
        statements += ("BEGIN", *build, "COMMIT") if len(build) > 1 else build
    # Views first: one may depend on any table of the plan.
    drops = [
        dialect.drop_existing(step.relation, kind)
        for kind in ("view", "table")
        for step in reversed(steps)
        if step.kind == kind and not step.is_in_place
    ]
    published = (*drop_masked(dialect, plan.masked_views), *drops, *publish_statements(plan, {}))
    statements += ("BEGIN", *published, "COMMIT", *maintenance_statements(plan))
    statements += dialect.end_script(schema)
    return dialect.approve(statements, "The script cannot be written")
