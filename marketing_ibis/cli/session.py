"""From a command's options to the project, the selection and the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.destination import Destination, find_destination
from marketing_ibis.cli.options import RELATIVE_DAYS
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.errors import NothingChanged, SelectionError
from marketing_ibis.project.selection import Changes, asks_for_state, names_tests, select_models
from marketing_ibis.project.settings import Project, default_folder, load_project
from marketing_ibis.project.static_parsing import Node, graph_of

# Whatever imports ibis, hamilton or an engine is imported where it is needed: help and ls stay instant.
if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan, Schemas
    from marketing_ibis.engines.base import Engine
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.model.dataflow import Dataflow

Options = Mapping[str, Any]
SQL = "sql"
"""What the user's folder of remembered SQL is called."""
TODAY_KEY = "marketing_ibis.today"


def load(options: Options) -> tuple[Project, Destination]:
    """Return the project with what the target's profile settles, and where it builds."""
    project = load_project(options["project_dir"])
    destination = find_destination(project, options)
    if destination.profile and destination.output:
        for sentence in destination.profile.unknown(destination.output):
            current_log().warn(sentence)
    return destination.settle(project), destination


def settled(options: Options) -> Project:
    """Return the project with the settings of its target, for a command that needs no connection."""
    project = load_project(options["project_dir"])
    return load(options)[0] if options["target"] or project.targets else project


def plan_of(project: Project, destination: Destination, options: Options, dataflow: Dataflow | None = None) -> Plan:
    """Return the plan that builds the selected models, of ``dataflow`` where it is compiled already."""
    nodes = project.nodes()
    chosen = selected(nodes, options)
    if not any(nodes[name].kind == "model" for name in chosen):
        raise not_built(nodes, chosen, options)
    from marketing_ibis.build.plan import build_plan

    dataflow = dataflow or compile_selected(project, options)
    with dialect_of(destination, options) as dialect:
        return build_plan(dataflow, chosen, dialect, schemas_of(project))


def compile_selected(project: Project, options: Options) -> Dataflow:
    """Compile the models that the options select and what these depend on; all of them without a selection.

    A comparison with an earlier state compiles all of them anyway.
    """
    select, exclude = options["select"], [one for one in options["exclude"] if not names_tests(one)]
    as_of = day_of(project, options)
    if not (select or exclude) or any(map(names_tests, select)) or asks_for_state((*select, *exclude)):
        return project.compile(as_of)
    nodes = project.nodes()
    chosen = select_models(nodes, graph_of(nodes), select=select, exclude=exclude)
    dataflow = project.compile(as_of, [name for name in chosen if nodes[name].kind != "exposure"])
    for skipped in dataflow.skipped:
        current_log().warn(f"Skipped, as it is not needed: {skipped}")
    return dataflow


def not_built(nodes: Mapping[str, Node], chosen: Sequence[str], options: Options) -> SelectionError:
    """Return what is wrong with a selection of sources and exposures alone."""
    if asks_for_state((*options["select"], *options["exclude"])):
        return NothingChanged(f"Nothing to do: no model is selected, only {', '.join(chosen)}.")
    first = chosen[0]
    names = ", ".join(name for name in chosen if nodes[name].kind == nodes[first].kind)
    if nodes[first].kind == "source":
        return SelectionError(f"{names}: a source is not built.", hint=f"Build what reads it: --select source:{first}+")
    return SelectionError(
        f"{names}: an exposure is not built.", hint=f"Build what it reads: --select +exposure:{first}"
    )


def dialect_of(destination: Destination, options: Options) -> AbstractContextManager[Dialect]:
    """Lend the dialect of the engine that is built on, as ``remembering`` does."""
    return remembering(destination.engine, options)


@contextmanager
def remembering(engine: Engine, options: Options) -> Iterator[Dialect]:
    """Lend an engine's dialect, with a memory of what it wrote before; keep what it wrote now.

    Nothing is remembered for an engine whose statements are inspected every time.
    """
    from marketing_ibis.engines.sql_cache import SqlMemory, memory_name
    from marketing_ibis.private_files import CACHE, private_files

    dialect = engine.dialect()
    if not engine.caches_sql:
        yield dialect
        return
    root = default_folder(options.get("project_dir"))
    memory = SqlMemory.open(private_files(SQL), memory_name(root, engine.name))
    yield replace(dialect, memory=memory)
    memory.save()
    if memory.refusal:
        current_log().warn(
            f"Remembered SQL is not used: {memory.refusal}. Remove it, or set {CACHE} to another folder."
        )


def schemas_of(project: Project) -> Schemas:
    """Return where the project reads and writes."""
    from marketing_ibis.build.plan import Schemas

    return Schemas(project.source_schema, project.model_schema, project.grants, project.zones)


def selected(nodes: Mapping[str, Node], options: Options) -> tuple[str, ...]:
    """Return the names that --select and --exclude leave, in building order."""
    select, exclude = options["select"], options["exclude"]
    return select_models(nodes, graph_of(nodes), select=select, exclude=exclude, changes=changes_of(options))


def changes_of(options: Options) -> Changes | None:
    """Return what each node is compared with the manifest of --state, where a selector asks for it.

    Raises:
        ConfigurationError: there is no such manifest.
    """
    if not (options.get("state") and asks_for_state((*options["select"], *options["exclude"]))):
        return None
    from marketing_ibis.outputs.artifacts.state import compare, read_state
    from marketing_ibis.testing.collect import declared_data_tests

    earlier = read_state(options["state"])
    project = settled(options)
    dataflow = project.compile(earlier.as_of)
    return compare(earlier, dataflow, declared_data_tests(dataflow, project.tests))


def day_of(project: Project, options: Options) -> date:
    """Return the day that --as-of names, or today; words mean a day in the business time zone.

    A command that runs over midnight keeps the day on which it began.
    """
    asked: date | str = options["as_of"] or "today"
    if isinstance(asked, date):
        return asked
    context = click.get_current_context(silent=True)
    today: date = context.meta.setdefault(TODAY_KEY, project.today()) if context else project.today()
    return today - timedelta(RELATIVE_DAYS[asked])
