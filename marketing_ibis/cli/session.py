"""What a command works on: its project, its selection and its destination; what follows from them is computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.call import Call, current_call
from marketing_ibis.cli.days import RELATIVE_DAYS
from marketing_ibis.cli.options import AsOfOption, Selection, TargetOptions
from marketing_ibis.cli.output.log import Log, current_log
from marketing_ibis.errors import NothingChanged, SelectionError

# A project is imported where it is needed, and so is an engine: help does without, and so does what is recalled.
if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan, Schemas
    from marketing_ibis.cli.destination import Destination
    from marketing_ibis.engines.base import Engine
    from marketing_ibis.engines.dialect import Dialect
    from marketing_ibis.graph import Graph
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.outputs.artifacts import Invocation
    from marketing_ibis.project.selection import Changes
    from marketing_ibis.project.settings import ProjectSettings
    from marketing_ibis.project.static_parsing import Node
    from marketing_ibis.testing.collect import DataTests


@dataclass(frozen=True, kw_only=True)
class ProjectSession:
    """A project and what is selected of it, for a command that needs no database.

    It has no slots, so that what is computed on first use is kept: a command that runs over midnight keeps its day.
    """

    project: ProjectSettings
    selection: Selection = field(default_factory=Selection)
    as_of_option: AsOfOption = None
    log: Log = field(default_factory=current_log)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The sources, models and exposures, as their files declare them."""
        return self.project.nodes()

    @cached_property
    def graph(self) -> Graph:
        """Which nodes read which."""
        from marketing_ibis.project.static_parsing import graph_of

        return graph_of(self.nodes)

    @cached_property
    def as_of(self) -> date:
        """The day that --as-of names, or today; words mean a day in the business time zone."""
        return self.resolve_day(self.as_of_option or "today")

    def resolve_day(self, day: date | str) -> date:
        """Return a day, or what a word means in the business time zone."""
        return day if isinstance(day, date) else self.project.today() - timedelta(RELATIVE_DAYS[day])

    @cached_property
    def dataflow(self) -> Dataflow:
        """All models, compiled."""
        return self.project.compile(self.as_of)

    @cached_property
    def declarations(self) -> Dataflow:
        """All models as they are declared, without their expressions where nothing has compiled them."""
        compiled: Dataflow | None = vars(self).get("dataflow")
        return compiled or self.project.compile_declarations(self.as_of)

    @cached_property
    def changes(self) -> Changes | None:
        """The state of each node since the manifest of --state, or else what is published, where a selector needs it.

        Raises:
            ConfigurationError: there is no such manifest.
            UsageError: the state of what is published cannot be read.
        """
        if not self.selection.asks_for_state:
            return None
        if self.selection.state is None:
            return self.published_changes()
        from marketing_ibis.outputs.artifacts.state import compare, read_state
        from marketing_ibis.testing.collect import declared_data_tests

        earlier = read_state(self.selection.state)
        dataflow = self.project.compile(earlier.as_of)
        return compare(earlier, dataflow, declared_data_tests(dataflow, self.project.tests))

    def published_changes(self) -> Changes | None:
        """Return the state of each node next to what is published; None without a place where it could be."""
        return None

    @cached_property
    def selected_names(self) -> tuple[str, ...]:
        """The names that --select and --exclude leave, in building order."""
        return self.select_names(self.selection.exclude)

    def select_names(self, exclude: Sequence[str]) -> tuple[str, ...]:
        """Return the names that --select and ``exclude`` leave, in building order."""
        from marketing_ibis.project.selection import select_models

        select = self.selection.select
        return select_models(self.nodes, self.graph, select=select, exclude=exclude, changes=self.changes)

    def select_tests(self, dataflow: Dataflow, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> DataTests:
        """Return the data tests of a compiled project that selectors leave.

        Raises:
            SelectionError: no test is selected.
        """
        from marketing_ibis.testing.collect import declared_data_tests, select_data_tests

        data_tests = declared_data_tests(dataflow, self.project.tests)
        return select_data_tests(
            data_tests, self.nodes, self.graph, select=select, exclude=exclude, changes=self.changes
        )


@dataclass(frozen=True, kw_only=True)
class Session(ProjectSession):
    """A project with where it builds, and the ``folder`` of the files that it writes.

    ``deferred`` are models that are read in other schemas.
    """

    destination: Destination
    folder: Path
    deferred: Mapping[str, str] = field(default_factory=dict)
    call: Call = field(default_factory=current_call)

    @cached_property
    def schemas(self) -> Schemas:
        """Where the project reads and writes."""
        from marketing_ibis.build.plan import Schemas

        project = self.project
        schemas = project.source_schema, project.model_schema
        return Schemas(*schemas, project.grants, project.zones, self.deferred, project.package)

    def published_changes(self) -> Changes | None:
        """Return the state of each node next to what is published; None without a connection."""
        from marketing_ibis.cli.model_changes import compare_project, published_states

        if not self.destination.is_configured:
            return None
        if self.destination.is_missing:
            return compare_project(self.project, self.nodes, self.dataflow, self.as_of, {})
        with self.destination.open_to_read() as target:
            states = published_states(target, self.project.model_schema)
        return compare_project(self.project, self.nodes, self.dataflow, self.as_of, states)

    @cached_property
    def invocation(self) -> Invocation:
        """The call, as artifacts tell it."""
        from marketing_ibis.outputs.artifacts import Invocation

        call, engine, package = self.call, self.destination.engine.name, self.project.package
        return Invocation(call.command, engine, self.as_of, call.arguments, package, started_at=call.started_at)

    @cached_property
    def selected_dataflow(self) -> Dataflow:
        """The selected models and what these depend on, compiled; without a selection all of them.

        A comparison with an earlier state compiles all of them anyway.
        """
        from marketing_ibis.project.selection import asks_for_state, names_tests, select_models

        select, exclude = self.selection.select, self.selection.excluded_models
        if not (select or exclude) or any(map(names_tests, select)) or asks_for_state((*select, *exclude)):
            return self.dataflow
        names = select_models(self.nodes, self.graph, select=select, exclude=exclude)
        dataflow = self.project.compile(self.as_of, [name for name in names if self.nodes[name].kind != "exposure"])
        for skipped in dataflow.skipped:
            self.log.warn(f"Skipped, as it is not needed: {skipped}")
        return dataflow

    @cached_property
    def plan(self) -> Plan:
        """What builds the selected models, without data tests.

        Raises:
            SelectionError: no model is selected.
        """
        if not any(self.nodes[name].kind == "model" for name in self.selected_names):
            raise self.nothing_to_build(self.selected_names)
        from marketing_ibis.build.planning import build_plan

        dataflow = self.selected_dataflow
        with self.dialect() as dialect:
            return build_plan(dataflow, self.selected_names, dialect, self.schemas)

    def nothing_to_build(self, names: Sequence[str]) -> SelectionError:
        """Return what is wrong with a selection of sources and exposures alone."""
        if self.selection.asks_for_state:
            return NothingChanged(f"Nothing to do: no model is selected, only {', '.join(names)}.")
        first = names[0]
        kind = self.nodes[first].kind
        rejected = ", ".join(name for name in names if self.nodes[name].kind == kind)
        if kind == "source":
            hint = f"Build the models that depend on it: --select source:{first}+"
            return SelectionError(f"{rejected}: a source is not built.", hint=hint)
        return SelectionError(
            f"{rejected}: an exposure is not built.", hint=f"Build what it reads: --select +exposure:{first}"
        )

    @cached_property
    def tests_to_build(self) -> DataTests:
        """The data tests of the selected models, without those that --exclude names.

        Raises:
            SelectionError: no test is left.
        """
        from marketing_ibis.testing.collect import declared_data_tests

        dataflow, excluded = self.selected_dataflow, self.selection.excluded_tests
        if excluded:
            return self.select_tests(dataflow, exclude=excluded)
        return declared_data_tests(dataflow, self.project.tests)

    @contextmanager
    def dialect(self, engine: Engine | None = None) -> Iterator[Dialect]:
        """Lend the dialect of an engine, or else of the destination's, with a cache of the SQL that it wrote before.

        The SQL that it writes now is added. There is no cache for an engine whose statements are inspected every time.
        """
        from marketing_ibis.engines.sql_cache import SqlCache, cache_name
        from marketing_ibis.private_files import CACHE, SQL, private_files

        engine = engine or self.destination.engine
        dialect = engine.dialect()
        if not engine.caches_sql:
            yield dialect
            return
        cache = SqlCache.open(private_files(SQL), cache_name(self.project.root, engine.name))
        yield replace(dialect, cache=cache)
        cache.save()
        if cache.refusal:
            self.log.warn(f"The SQL cache is not used: {cache.refusal}. Remove it, or set {CACHE} to another folder.")


def open_session(
    options: TargetOptions, selection: Selection | None = None, as_of_option: AsOfOption = None
) -> Session:
    """Load the project with what the target's profile settles, and find where it builds."""
    from marketing_ibis.cli.alerts import open_alerts
    from marketing_ibis.cli.destination import find_destination
    from marketing_ibis.project.settings import load_project

    project = load_project(options.project_dir)
    open_alerts(project, options.target or "")
    destination = find_destination(project, options)
    for sentence in destination.warnings:
        current_log().warn(sentence)
    project = _with_variables(destination.configure(project), options)
    open_alerts(project, destination.name)
    destination.engine.allow_functions(project.allowed_functions)
    return Session(
        project=project,
        selection=selection or Selection(),
        as_of_option=as_of_option,
        destination=destination,
        folder=options.target_path,
    )


def open_project(options: TargetOptions, selection: Selection, as_of_option: AsOfOption = None) -> ProjectSession:
    """Load the project with the settings of its target, for a command that needs no connection."""
    from marketing_ibis.project.settings import load_project

    project = load_project(options.project_dir)
    if options.target or project.targets or (selection.asks_for_state and selection.state is None):
        return open_session(options, selection, as_of_option)
    return ProjectSession(project=_with_variables(project, options), selection=selection, as_of_option=as_of_option)


def _with_variables(project: ProjectSettings, options: TargetOptions) -> ProjectSettings:
    """Return the project with the thresholds of --vars.

    Raises:
        UsageError: they cannot be read.
    """
    if options.vars is None:
        return project
    from marketing_ibis.project.variables import parse_variables

    return replace(project, command_vars=parse_variables(options.vars))
