"""Look at the published tables of incremental models, to see which rows of them a build can keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.cli.model_changes import compare_identities, published_states
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from marketing_ibis.build.changes import ModelChange
    from marketing_ibis.build.incremental import PublishedTable, Refresh
    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.project.settings import ProjectSettings


def plan_refreshes(
    session: Session, dataflow: Dataflow, names: Sequence[str], options: RunOptions
) -> Mapping[str, Refresh]:
    """Return how each incremental model among ``names`` is built.

    Raises:
        ContractBroken: the columns of a model changed, and it declares that this is a failure.
        UsageError: the state of what is published cannot be read.
    """
    from marketing_ibis.build.incremental import FullRefresh

    models = incremental_models(dataflow, names)
    if not models:
        return {}
    if options.full_refresh:
        return dict.fromkeys(models, FullRefresh("--full-refresh"))
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return dict.fromkeys(models, FullRefresh("there is no database yet"))
    with destination.open_to_read() as target:
        arguments = (session.project, session.schemas, dataflow, session.as_of, models, target)
        return find_refreshes(*arguments, repair=options.repair)


def incremental_models(dataflow: Dataflow, names: Sequence[str]) -> tuple[str, ...]:
    """Return the incremental models among ``names``."""
    models = dataflow.models
    return tuple(name for name in names if name in models and models[name].declaration.is_incremental)


def find_refreshes(
    project: ProjectSettings,
    schemas: Schemas,
    dataflow: Dataflow,
    as_of: date,
    models: Collection[str],
    target: Target,
    *,
    repair: bool = False,
) -> Mapping[str, Refresh]:
    """Look at what is published of the incremental ``models``, and return how each is built.

    Raises:
        ContractBroken: the columns of a model changed, and it declares that this is a failure.
        UsageError: the state of what is published cannot be read.
    """
    from marketing_ibis.build.identities import model_identities
    from marketing_ibis.build.incremental import decide_refresh

    states = published_states(target, schemas.models)
    identities = model_identities(dataflow)
    is_whole = len(identities) == len(dataflow.models)
    changes = compare_identities(project, as_of, identities, states, is_whole=is_whole)
    earlier = {
        states[n].as_of for n in models if n in states and (changes[n].moving or changes[n].moving_rows != "same")
    }
    moving = {day: _moving(project, dataflow, day) for day in earlier}
    views = _current_views(dataflow, changes)
    published = target.attempt("tables", lambda: _published_tables(schemas, states, models, moving, views, target))
    return {
        name: decide_refresh(dataflow.models[name], changes.get(name), published[name], as_of, is_repair=repair)
        for name in models
    }


def _current_views(dataflow: Dataflow, changes: Mapping[str, ModelChange]) -> frozenset[str]:
    """Return the views whose published definition means what the project says."""
    views = [name for name, model in dataflow.models.items() if model.declaration.materialized == "view"]
    return frozenset(
        name
        for name in views
        if name in changes
        and changes[name].kind == "unchanged"
        and changes[name].moving_rows == "same"
        and not changes[name].moving
    )


def _published_tables(
    schemas: Schemas,
    states: Mapping[str, ModelState],
    models: Collection[str],
    moving: Mapping[date, Collection[str]],
    views: frozenset[str],
    target: Target,
) -> Mapping[str, PublishedTable]:
    from marketing_ibis.build.incremental import PublishedTable
    from marketing_ibis.build.sample import is_sample_since, newest_sample
    from marketing_ibis.engines.dialect import Relation

    kinds = target.relations(schemas.models)
    has_sample = bool(newest_sample(target, schemas.models))
    tables = {}
    for name in models:
        state = states.get(name)
        columns = target.columns(Relation(schemas.models, name)) if kinds.get(name) == "table" else {}
        is_sample = has_sample or (state is not None and is_sample_since(target, schemas.models, state.built_at))
        moves = state is not None and name in moving.get(state.as_of, ())
        tables[name] = PublishedTable(kinds.get(name), columns, state, is_sample, moves, views)
    return tables


def _moving(project: ProjectSettings, dataflow: Dataflow, day: date) -> frozenset[str]:
    """Return the models of which the present as_of changes rows that they had as of ``day``."""
    from marketing_ibis.build.as_of_bounds import unbounded_identities

    current = unbounded_identities(dataflow)
    evaluated = tuple(current) if len(current) < len(dataflow.models) else None
    earlier = unbounded_identities(project.compile(day, evaluated))
    return frozenset(name for name in current if not current[name].means_the_same(earlier[name]))
