"""Copy published tables to another schema, or make views of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from marketing_ibis.build.hash_key import key_statements
from marketing_ibis.build.masked_records import record_statements
from marketing_ibis.build.masked_views import create_masked, drop_masked
from marketing_ibis.build.metrics import append_statements, has_history, published_days
from marketing_ibis.build.plan import Plan, Step
from marketing_ibis.build.publish import execute_all
from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.build.statements import drop
from marketing_ibis.engines.dialect import NO_WIDTHS, Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError, UsageError
from marketing_ibis.model.dataflow import Dataflow


@dataclass(frozen=True, slots=True)
class Clone:
    """The steps of ``plan`` whose relations are cloned from ``schema``; as views only, if ``as_views``."""

    plan: Plan
    schema: str
    as_views: bool = False

    def origin(self, step: Step) -> Relation:
        """Return the relation that is cloned."""
        return Relation(self.schema, step.name)


def carry_out_clone(
    clone: Clone, dataflow: Dataflow, target: Target, *, replaces: bool, key: str = ""
) -> tuple[str, ...]:
    """Clone what exists, in one transaction; return the names. ``key`` is that of the hashes in masked views.

    Raises:
        SourceError: nothing is published in the schema, or not with the declared columns.
        UsageError: something exists under a name, and is not to be replaced.
        RunFailed: the engine refused a statement; nothing was cloned.
    """
    plan, schema = clone.plan, clone.plan.schemas.models
    target.attempt("history", lambda: has_history(target, schema))
    origins = target.attempt("schemas", lambda: target.relations(clone.schema))
    steps = tuple(step for step in plan.steps() if step.name in origins)
    if not steps:
        raise SourceError(
            f"Schema {clone.schema} contains none of the selected models.",
            hint="Correct --from, or build them there first.",
        )
    _check_columns(clone, steps, target)
    days = target.attempt("days", lambda: published_days(target, clone.schema))
    for name in plan.schemas_written:
        target.create_schema(name)
    with target.exclusive(*plan.schemas_written, read=(clone.schema,)):
        existing = target.relations(schema)
        names = [step.name for step in steps if step.name in existing]
        if names and not replaces:
            raise UsageError(
                f"Schema {schema} already contains {', '.join(names)}, so nothing was cloned.",
                hint="Replace what exists there with --replace, or clone fewer models with --select.",
            )
        masked_views = [step.masked for step in steps if step.masked is not None]
        statements = (
            *drop_masked(plan.dialect, masked_views),
            *_drops(plan, steps, existing),
            *_creations(clone, steps, origins, dataflow),
            *create_masked(plan.dialect, masked_views),
            *key_statements(masked_views, target, key),
            *record_statements(target, schema, masked_views),
            *reader_statements(target, plan.schemas, new=[step.relation for step in steps]),
        )
        records = _records(plan, steps, days)
        approved = plan.dialect.approve((*statements, *records), "The tables cannot be cloned")
        replaced = [step.relation for step in steps if existing.get(step.name) == "table"]
        try:
            with target.transaction(replaced):
                execute_all(target, approved)
        except RunFailed as error:
            raise RunFailed(
                f"Nothing was cloned: {error.message}",
                hint=error.hint or "A view outside of the selection may depend on a table that is replaced.",
                is_temporary=error.is_temporary,
            ) from error
    return tuple(step.name for step in steps)


def _check_columns(clone: Clone, steps: Collection[Step], target: Target) -> None:
    """Stop at a relation of other columns than the project declares: a copy of it could not have its layout."""
    for step in steps:
        columns = as_declared(target.columns(clone.origin(step)), step.columns)
        if list(columns) != list(step.columns):
            raise SourceError(
                f"{clone.origin(step)} has other columns than model {step.name} declares now.",
                hint=f"Build it there again, or exclude it: --exclude {step.name}",
            )


def _drops(plan: Plan, steps: Collection[Step], existing: Mapping[str, str]) -> Iterator[str]:
    # Views first: one may depend on any table.
    for kind in ("view", "table"):
        for step in reversed(tuple(steps)):
            if existing.get(step.name) == kind:
                yield from drop(plan.dialect, step.relation, "view" if kind == "view" else "table")


def _creations(clone: Clone, steps: Collection[Step], origins: Mapping[str, str], dataflow: Dataflow) -> Iterator[str]:
    plan = clone.plan
    dialect = plan.dialect
    for step in steps:
        model, columns = dataflow.models[step.name], ", ".join(map(dialect.identifier, step.columns))
        select = f"SELECT {columns}\nFROM {dialect.relation(clone.origin(step))}"
        if clone.as_views or origins[step.name] == "view":
            yield dialect.create_view(step.relation, select)
        else:
            widths = plan.text_widths.get(step.name, NO_WIDTHS)
            yield from dialect.create_table(step.relation, select, model, widths)
        yield from dialect.grant(step.relation, plan.schemas.readers)


def _records(plan: Plan, steps: Collection[Step], days: Mapping[str, date]) -> Iterator[str]:
    """Yield the statements that note as of which day each clone is."""
    for day in sorted({days[step.name] for step in steps if step.name in days}):
        waves = (tuple(step for step in steps if days.get(step.name) == day),)
        yield from append_statements(replace(plan, waves=waves), (), day)
