"""Select what differs from the published models, for --changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.cli.model_changes import compare_models, published_states
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.readers import update_readers
from marketing_ibis.errors import NothingChanged
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.build.reuse import Decision, Published, Reuse
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.engines.target import Target
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.project.settings import ProjectSettings
    from marketing_ibis.project.static_parsing import Node
    from marketing_ibis.testing.collect import DataTests


def select_changed(
    session: Session, dataflow: Dataflow, names: Sequence[str], data_tests: DataTests | None, run: RunOptions
) -> tuple[str, ...]:
    """Return the models of ``names`` that differ from what is published, and the sources with new rows.

    Where there is none, readers still get the rights that the settings give them.

    Raises:
        SelectionError: no model is selected.
        NothingChanged: no model differs.
        UsageError: the state of what is published cannot be read.
    """
    selected = [name for name in names if name in dataflow.models]
    if not selected:
        raise session.nothing_to_build(names)
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return tuple(names)
    with destination.open_to_read() as target:
        reuse = find_reuse(session.project, session.nodes, session.schemas, dataflow, session.as_of, data_tests, target)
    decisions = [decision for decision in reuse.decide() if decision.name in selected]
    if run.explain:
        _explain(session, decisions)
    built = {decision.name for decision in decisions if decision.is_built}
    if not built:
        rights = update_readers(session, selected, is_dry=run.dry_run)
        raise NothingChanged(f"Nothing to build: {plural('model', len(selected))} unchanged. {rights}".rstrip())
    changed = reuse.changed_sources()
    return tuple(name for name in names if name in built or name in changed)


def find_reuse(
    project: ProjectSettings,
    nodes: Mapping[str, Node],
    schemas: Schemas,
    dataflow: Dataflow,
    as_of: date,
    data_tests: DataTests | None,
    target: Target,
) -> Reuse:
    """Look at what is published, next to the models of ``dataflow`` that were evaluated."""
    from marketing_ibis import __version__
    from marketing_ibis.build.identities import model_identities
    from marketing_ibis.build.reuse import Reuse
    from marketing_ibis.graph import topological

    identities = model_identities(dataflow, data_tests)
    models = tuple(name for name in topological(dataflow.graph()) if name in identities)
    states = published_states(target, schemas.models)
    changes = compare_models(project, nodes, dataflow, as_of, identities, states).by_name()
    # The rows of a table count only if nothing else is a reason to build it.
    same_models = {n: states[n] for n in models if n in states and identities[n].means_the_same(states[n].identity)}
    return Reuse(
        models,
        identities,
        states,
        changes,
        target.attempt("tables", lambda: _published(schemas, dataflow, same_models, target)),
        __version__,
        None if data_tests is None else _tests_read(data_tests),
        [name for name in models if dataflow.models[name].declaration.history is not None],
        lambda state: state.as_of != as_of,
    )


def _published(schemas: Schemas, dataflow: Dataflow, states: Mapping[str, ModelState], target: Target) -> Published:
    from marketing_ibis.build.planning import published_relations
    from marketing_ibis.build.reuse import Published

    relations = published_relations(dataflow, schemas)
    kinds = target.relations(schemas.models)
    tables = [name for name, state in states.items() if state.content is not None]
    columns = {relations[name]: tuple(dataflow.nodes[name].schema) for name in (*dataflow.sources, *tables)}
    contents = target.contents(columns)
    return Published(
        {name: kinds[name] for name in dataflow.models if name in kinds},
        {name: contents[relations[name]] for name in dataflow.nodes if relations[name] in contents},
    )


def _tests_read(data_tests: DataTests) -> Mapping[str, Collection[str]]:
    return {
        node: {name for data_test in tests for name in data_test.depends_on if name != node}
        for node, tests in data_tests.items()
    }


def _explain(session: Session, decisions: Sequence[Decision]) -> None:
    width = max((len(decision.name) for decision in decisions), default=0)
    for decision in decisions:
        word = "build" if decision.is_built else "keep "
        text = f"{word} {decision.name:<{width}}  {decision.reason}"
        session.log.emit("model_decision", text, model=decision.name, built=decision.is_built, reason=decision.reason)
