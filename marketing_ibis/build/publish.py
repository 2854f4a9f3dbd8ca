"""Publish candidates: all of them in one transaction, or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from marketing_ibis.build.masked_records import record_statements, stale_views
from marketing_ibis.build.plan import Plan, find_dependent_views, publish_statements
from marketing_ibis.build.reader_rights import reader_statements
from marketing_ibis.build.statements import drop
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError, RunFailed


def execute_all(target: Target, statements: Iterable[str]) -> int | None:
    """Execute statements in order; return the rows of the last that wrote any."""
    rows = None
    for statement in statements:
        row_count = target.execute(statement)
        rows = rows if row_count is None else row_count
    return rows


def is_published(relations: Iterable[Relation], existing: Collection[str]) -> bool:
    """Return whether every candidate has taken the place of its relation, by the names that ``existing`` has."""
    return all(r.name in existing and r.candidate.name not in existing for r in relations)


def changes_columns(target: Target, relation: Relation) -> bool:
    """Return whether the candidate of ``relation`` has other columns than its published table."""
    return list(target.columns(relation).items()) != list(target.columns(relation.candidate).items())


def publish_plan(plan: Plan, target: Target, before: tuple[str, ...], after: tuple[str, ...]) -> Collection[Relation]:
    """Publish every step of ``plan`` in one transaction, between the statements ``before`` and ``after``.

    Return the relations that were filled again, since a view depends on them, instead of being replaced.

    Raises:
        RunFailed: publishing failed, or it is unknown whether it did.
    """
    schema, views = plan.schemas.models, plan.masked_views
    stale = stale_views(target, schema, views)
    dependent_views = find_dependent_views(plan, _views_by_table(plan, target, stale))
    before = (*(statement for view in stale for statement in drop(plan.dialect, view, "view")), *before)
    old = {step.relation for step in plan.steps() if step.is_in_place or step.relation in dependent_views}
    new = [relation for relation in _relations(plan) if relation not in old]
    after = (
        *after,
        *record_statements(target, schema, views, stale, dependent_views, is_complete=True),
        *reader_statements(target, plan.schemas, new=new, old=old),
    )
    _check_columns_unchanged(target, dependent_views)
    try:
        target.attempt("publish", lambda: _publish_once(plan, target, dependent_views, before, after))
    except MarketingIbisError as error:
        if not _confirm_published(plan, target, error):
            raise RunFailed(
                f"Nothing was published: {error.message}",
                hint=f"The published tables are unchanged. {error.hint or _next_step(error)}",
                is_temporary=error.is_temporary,
            ) from error
    return dependent_views


def _views_by_table(plan: Plan, target: Target, dropped: Collection[Relation]) -> Mapping[str, Collection[Relation]]:
    """Return the views that depend on each relation of the plan, or on its masked view, which has the same name.

    Without those that are ``dropped``.
    """
    views: dict[str, tuple[Relation, ...]] = {}
    for schema in plan.schemas_written:
        for name, dependents in target.dependent_views(schema).items():
            views[name] = (*views.get(name, ()), *(view for view in dependents if view not in dropped))
    return views


def _next_step(error: MarketingIbisError) -> str:
    return "Run again." if error.is_temporary else "Remove the cause, then run again."


def _publish_once(
    plan: Plan,
    target: Target,
    dependent_views: Mapping[Relation, Relation],
    before: tuple[str, ...],
    after: tuple[str, ...],
) -> None:
    existing = target.relations(plan.schemas.models)
    # When the answer to COMMIT was lost, the attempt before may have done it.
    if not is_published(_relations(plan), existing):
        replaced = [step.relation for step in plan.steps() if existing.get(step.relation.name) == "table"]
        with target.transaction(replaced):
            execute_all(target, (*before, *publish_statements(plan, existing, dependent_views), *after))


def _relations(plan: Plan) -> list[Relation]:
    return [step.relation for step in plan.steps()]


def _confirm_published(plan: Plan, target: Target, cause: MarketingIbisError) -> bool:
    try:
        return is_published(_relations(plan), target.relations(plan.schemas.models))
    except MarketingIbisError as error:
        raise RunFailed(
            f"Could not confirm whether the tables were published: {cause.message}",
            hint="Either all of them were published or none. Run again: a build replaces them all.",
            is_temporary=error.is_temporary,
        ) from error


def _check_columns_unchanged(target: Target, dependent_views: Mapping[Relation, Relation]) -> None:
    for relation, view in dependent_views.items():
        if changes_columns(target, relation):
            raise RunFailed(
                f"Nothing was published: the view {view} depends on {relation}, whose columns change.",
                hint="Drop that view, run again and recreate it; if it is a model, select it too.",
            )
