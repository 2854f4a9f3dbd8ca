"""A project as a program works with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

from marketing_ibis.api.binding import BoundTables
from marketing_ibis.api.build import BuildOptions, BuildResult, read_options, run_build
from marketing_ibis.api.lineage import Lineage, Selectors, trace
from marketing_ibis.api.log import RecordedLog
from marketing_ibis.api.sources import SourceTables, TargetTables, check_passed_tables
from marketing_ibis.cli.call import Call
from marketing_ibis.cli.days import parse_day
from marketing_ibis.cli.destination import find_destination
from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.cli.output.log import Log
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import UnknownName, UsageError, nearest
from marketing_ibis.project.folders import default_folder
from marketing_ibis.project.setting_values import read_values
from marketing_ibis.project.settings import ProjectSettings, load_project

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from marketing_ibis.model.dataflow import Dataflow

Vars = Mapping[str, Mapping[str, object]]
"""Thresholds by the name of their rules, as in ``{"campaign_rules": {"win_back_above_days": 120}}``."""
AsOf = date | str | None
"""The date that metrics are as of: a date, "2024-05-15", "today", "yesterday"; today without one."""
Folder = str | PathLike[str] | None


class Project:
    """Sources and models: ``Project(sources={...})`` over own tables, ``Project.from_settings()`` over a target's.

    ``table`` returns a model as an Ibis expression, which runs where the sources are. Nothing is printed or written
    before ``build``.
    """

    _session: Session
    _sources: SourceTables

    def __init__(
        self,
        sources: Mapping[str, ir.Table],
        *,
        as_of: AsOf = None,
        vars: Vars | None = None,
        settings: Mapping[str, object] | None = None,
        database: Folder = None,
        target_path: Folder = None,
    ) -> None:
        """Compute the models over ``sources``: Ibis tables by the name of the source, all on one connection.

        ``settings`` are those of ``[tool.marketing_ibis]``, as ``{"id_type": "string"}``; without ``dataflows`` the
        models are those that come with this package. ``build`` copies the sources into the DuckDB file ``database``,
        and publishes there; without one it is ``warehouse.duckdb`` in ``target_path``, the folder ``target``.

        Raises:
            UsageError: a source is unknown or not an Ibis table, or the sources are on different connections.
            SourceError: a source has other columns than declared.
            ConfigurationError: a setting or a threshold is unknown or of the wrong type.
        """
        project = _with_sources(ProjectSettings(Path.cwd(), **read_values(settings or {})), sources)
        options = TargetOptions(target_path=_path(target_path) or Path("target"), database=_path(database))
        self._session = _open_session(project, options, as_of, vars)
        self._sources = check_passed_tables(sources, self._dataflow.sources, project.zones)

    @classmethod
    def from_settings(
        cls,
        path: Folder = None,
        *,
        target: str | None = None,
        as_of: AsOf = None,
        vars: Vars | None = None,
        sources: Mapping[str, ir.Table] | None = None,
        database: Folder = None,
        profiles_dir: Folder = None,
        target_path: Folder = None,
    ) -> Self:
        """Return the project whose pyproject.toml is in the folder ``path``, or in the nearest one above this folder.

        Its sources are in the database of ``target``, as for every command, or else those of ``sources``. The other
        options are those of the command ``build``.

        Raises:
            UsageError: there is no such target or folder.
            ConfigurationError: a setting, profile or threshold is unknown or of the wrong type.
        """
        folder = _folder(path)
        options = TargetOptions(
            project_dir=folder,
            target=target,
            profiles_dir=_path(profiles_dir),
            target_path=_path(target_path) or default_folder(folder) / "target",
            database=_path(database),
        )
        project = cls.__new__(cls)
        loaded = _with_sources(load_project(folder), sources)
        project._session = session = _open_session(loaded, options, as_of, vars)
        project._sources = TargetTables(session)
        if sources is not None:
            project._sources = check_passed_tables(sources, session.dataflow.sources, session.project.zones)
        return project

    @property
    def as_of(self) -> date:
        """The date that metrics are as of."""
        return self._session.as_of

    @property
    def _dataflow(self) -> Dataflow:
        return self._session.dataflow

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources."""
        return tuple(self._dataflow.sources)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the models, each after those that it depends on."""
        return tuple(self._dataflow.models)

    @cached_property
    def _bound(self) -> BoundTables:
        return BoundTables(self._dataflow, lambda source: self._sources.table(source), self._session.schemas.models)

    def table(self, name: str) -> ir.Table:
        """Return a model or source as an Ibis expression over the sources.

        Raises:
            UnknownName: there is no such model or source.
            SourceError: a source that it needs is missing, or has other columns than declared.
            TargetUnavailable: the target's database cannot be reached or opened.
        """
        if name not in self._dataflow.nodes:
            raise UnknownName(
                f"The model or source {name} does not exist.", hint=nearest(str(name), self._dataflow.nodes)
            )
        return self._bound.table(name)

    def to_pandas(self, name: str) -> pd.DataFrame:
        """Return the rows of a model or source, computed where the sources are.

        Raises:
            UnknownName, SourceError, TargetUnavailable: as ``table``.
        """
        return self.table(name).to_pandas()

    def build(self, *, show: bool = False, **options: Unpack[BuildOptions]) -> BuildResult:
        """Build, test and publish models as the command ``build`` does, with the same options.

        Sources of your own are copied into the database first. With ``show`` the lines of the command are printed.

        Raises:
            UsageError: an option is unknown or of the wrong type, or the settings are wrong.
            MarketingIbisError: nothing could be built, for example because a source is missing. A model or data test
                that fails is no exception: see ``failures`` of the result.
        """
        parameters = read_options(options)
        session = replace(self._session, log=Log() if show else RecordedLog(), as_of_option=self.as_of)
        for sentence in session.destination.warnings:
            session.log.warn(sentence)
        with self._sources.prepare_build(session):
            return run_build(session, parameters, options)

    def lineage(
        self, name: str | None = None, *, columns: bool = False, select: Selectors = (), exclude: Selectors = ()
    ) -> Lineage:
        """Return where the table or the column ``name`` comes from, or the lineage of all that is selected.

        With ``columns`` it shows the origins of every column instead of tables.

        Raises:
            UnknownName: there is no such table or column.
            SelectionError: no table is selected.
            UsageError: the table is not among what is selected.
        """
        return trace(self._session, name, columns=columns, select=select, exclude=exclude)

    def close(self) -> None:
        """Close the connection that this project opened to its target; its expressions can no longer run."""
        self._sources.close()
        self.__dict__.pop("_bound", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Project: {len(self.sources)} sources, {len(self.tables)} models, as of {self.as_of}>"


def _with_sources(project: ProjectSettings, tables: object) -> ProjectSettings:
    """Return the project with those optional sources that a program passes."""
    if not isinstance(tables, Mapping):
        return project
    nodes = project.declared_nodes()
    passed = [name for name in tables if name in nodes and nodes[name].is_optional]
    return replace(project, optional_sources=(*dict.fromkeys((*project.optional_sources, *passed)),))


def _open_session(project: ProjectSettings, options: TargetOptions, as_of: AsOf, vars: Vars | None) -> Session:
    """Find where a project builds.

    Raises:
        UsageError: there is no such target, or ``as_of`` is not a date.
        ConfigurationError: a profile or a threshold is wrong.
    """
    destination = find_destination(project, options)
    configured = _with_vars(destination.configure(project), vars)
    destination.engine.allow_functions(configured.allowed_functions)
    return Session(
        project=configured,
        as_of_option=_read_day(as_of),
        log=RecordedLog(),
        destination=destination,
        folder=options.target_path,
        call=Call("python"),
    )


def _with_vars(project: ProjectSettings, vars: Vars | None) -> ProjectSettings:
    """Return the project with the thresholds ``vars`` in place of its own."""
    if vars is None:
        return project
    overrides: Vars = read_values({"vars": vars})["vars"]
    merged = {name: {**project.vars.get(name, {}), **fields} for name, fields in overrides.items()}
    return replace(project, vars={**project.vars, **merged})


def _read_day(as_of: AsOf) -> date | str | None:
    """Return a day as a command takes it.

    Raises:
        UsageError: it is not a date.
    """
    if as_of is None:
        return None
    if isinstance(as_of, datetime):
        raise UsageError(f"as_of is the instant {as_of}, not a date.", hint="Pass its day: as_of.date().")
    if not isinstance(as_of, date | str):
        raise UsageError(f"as_of is {as_of!r}, not a date.", hint='Write as_of="2024-05-15", or pass a date.')
    try:
        return parse_day(as_of)
    except ValueError as error:
        raise UsageError(f"as_of: {error}", hint='Write as_of="2024-05-15", or pass a date.') from error


def _path(value: Folder) -> Path | None:
    return None if value is None else Path(value)


def _folder(value: Folder) -> Path | None:
    """Return the folder of a project that is named by it or by its pyproject.toml."""
    path = _path(value)
    return path.parent if path is not None and path.name == "pyproject.toml" else path
