"""Find which models a build reads in another schema, since they are neither built nor published in its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.planning import Build
from marketing_ibis.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target


def defer_models(build: Build) -> Build:
    """Return the build with the models that it reads in the schema of --defer-schema or of --state.

    Raises:
        UsageError: nothing names the schema, or it is the project's own.
        ConfigurationError: the manifest of --state cannot be read, or the schema has no tables.
    """
    options = build.defer
    if not (options.defer or options.defer_schema):
        if options.favor_state:
            raise UsageError("--favor-state needs --defer.", hint="Write both: --defer --favor-state --state DIR.")
        return build
    session = build.session
    schema = options.defer_schema or schema_of_state(session)
    if schema == session.project.model_schema:
        raise UsageError(
            f"--defer reads schema {schema}, which is also the schema that is built.",
            hint="Build in another one: model_schema under [tool.marketing_ibis.targets.NAME], and --target NAME.",
        )
    models = {name for name, node in session.nodes.items() if node.kind == "model"}
    names = models - set(session.select_names(session.selection.excluded_models))
    destination, is_dry = session.destination, build.run.dry_run
    if not is_dry and destination.is_configured and not destination.is_missing:
        with destination.open_to_read() as target:
            names = _readable_there(target, session, schema, names, favor=options.favor_state)
    session.log.emit("note", f"Models that are not published are read in schema {schema}: {len(names)}.", schema=schema)
    return replace(build, session=replace(session, deferred=dict.fromkeys(sorted(names), schema)))


def _readable_there(target: Target, session: Session, schema: str, names: Collection[str], *, favor: bool) -> set[str]:
    there = target.attempt("schemas", lambda: target.relations(schema))
    here = target.attempt("schemas", lambda: target.relations(session.project.model_schema))
    if not there:
        raise ConfigurationError(
            f"Schema {schema}, from which --defer reads, has no tables.", hint="Correct --defer-schema or --state."
        )
    return {name for name in names if name in there and (favor or name not in here)}


def schema_of_state(session: Session) -> str:
    """Return the schema of models that the manifest of --state names.

    Raises:
        UsageError: there is no --state.
        ConfigurationError: the manifest cannot be read, or is of a different engine.
    """
    from marketing_ibis.outputs.artifacts.state import read_state

    if session.selection.state is None:
        raise UsageError(
            "--defer does not say where to read.", hint="Add --state DIR, or name the schema: --defer-schema SCHEMA."
        )
    state, engine = read_state(session.selection.state), session.destination.engine.name
    if state.engine != engine:
        raise ConfigurationError(
            f"The manifest {state.place} is of {state.engine}, and the target is {engine}.",
            hint="Use a manifest of the same engine, or --defer-schema.",
        )
    return state.schemas.models
