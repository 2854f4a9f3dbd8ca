"""Select what differs from the published models, for --changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.cli.model_changes import compare_identities, published_states
from marketing_ibis.cli.run_options import RunOptions
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.readers import update_readers
from marketing_ibis.errors import NothingChanged
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from marketing_ibis.build.compared_models import ComparedModels
    from marketing_ibis.build.reuse import Decision, Published, Reuse
    from marketing_ibis.build.state import ModelState
    from marketing_ibis.engines.target import Target
    from marketing_ibis.project.settings import ProjectSettings


def select_changed(session: Session, models: ComparedModels, run: RunOptions) -> tuple[str, ...]:
    """Return those of the selected models that differ from what is published, and the sources with new rows.

    Where there is none, readers still get the rights that the settings give them.

    Raises:
        SelectionError: no model is selected.
        NothingChanged: no model differs.
        UsageError: the state of what is published cannot be read.
    """
    names, selected = models.names, models.selected
    if not selected:
        raise session.nothing_to_build(names)
    destination = session.destination
    if not destination.is_configured or destination.is_missing:
        return names
    with destination.open_to_read() as target:
        reuse = find_reuse(session.project, models, session.as_of, target)
    decisions = [decision for decision in reuse.decide() if decision.name in selected]
    if run.explain:
        _explain(session, decisions)
    built = {decision.name for decision in decisions if decision.is_built}
    if not built:
        rights = update_readers(session, selected, is_dry=run.dry_run)
        raise NothingChanged(f"Nothing to build: {plural('model', len(selected))} unchanged. {rights}".rstrip())
    changed = reuse.changed_sources()
    return tuple(name for name in names if name in built or name in changed)


def find_reuse(project: ProjectSettings, models: ComparedModels, as_of: date, target: Target) -> Reuse:
    """Look at what is published of ``models``, and at the sources.

    The project is compiled only if what a model means depends on as_of, and it was published as of a different date.
    """
    from marketing_ibis import __version__
    from marketing_ibis.build.reuse import Reuse

    identities, schema = models.identities, project.model_schema
    states = published_states(target, schema)
    changes = compare_identities(project, as_of, identities, states, is_whole=models.is_whole)
    # The rows of a table count only if nothing else is a reason to build it.
    same_models = {
        name: states[name]
        for name, identity in identities.items()
        if name in states and identity.means_the_same(states[name].identity)
    }
    published = target.attempt("tables", lambda: _published(schema, models, same_models, target))
    return Reuse(models, as_of, states, changes, published, __version__)


def _published(schema: str, models: ComparedModels, states: Mapping[str, ModelState], target: Target) -> Published:
    from marketing_ibis.build.reuse import Published
    from marketing_ibis.engines.target import existing_kinds

    kinds = target.relations(schema)
    tables = [name for name, state in states.items() if state.content is not None and kinds.get(name) == "table"]
    read = {models.relations[name]: name for name in (*models.sources, *tables)}
    existing = existing_kinds(target, read)
    # Without the columns of its declaration, no relation has the rows that a build left or read.
    columns = {
        relation: models.columns[name]
        for relation, name in read.items()
        if relation in existing
        and _has_columns(target.columns(relation), models.columns[name], allows_more=name in models.sources)
    }
    contents = target.contents(columns)
    return Published(
        {name: kinds[name] for name in models.identities if name in kinds},
        {name: contents[relation] for name, relation in models.relations.items() if relation in contents},
    )


def _has_columns(actual: Mapping[str, str], declared: Sequence[str], *, allows_more: bool) -> bool:
    return all(name in actual for name in declared) and (allows_more or len(actual) == len(declared))


def _explain(session: Session, decisions: Sequence[Decision]) -> None:
    width = max((len(decision.name) for decision in decisions), default=0)
    for decision in decisions:
        word = "build" if decision.is_built else "keep "
        text = f"{word} {decision.name:<{width}}  {decision.reason}"
        session.log.emit("model_decision", text, model=decision.name, built=decision.is_built, reason=decision.reason)
