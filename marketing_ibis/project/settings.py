"""Find a project, read its settings and load its dataflow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.graph import ancestors
from marketing_ibis.model.masking import Masking, PersonalSettings
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.model.vocabulary import Materialization
from marketing_ibis.project.audiences import DeclaredAudience, check_audiences, discover_audiences
from marketing_ibis.project.consistency import check_consistent
from marketing_ibis.project.file_formats import check_tables
from marketing_ibis.project.folders import (
    DEFAULT_DATAFLOWS,
    DEFAULT_TIME_ZONE,
    PYPROJECT,
    SETTINGS,
    find_settings,
    read_settings,
)
from marketing_ibis.project.health_rules import HealthRules
from marketing_ibis.project.loading import check_example, find_packages, import_needed
from marketing_ibis.project.mapped_nodes import map_nodes
from marketing_ibis.project.masking_settings import resolve_masking
from marketing_ibis.project.named_selectors import add_selectors
from marketing_ibis.project.notifier_settings import NotifierSettings
from marketing_ibis.project.optional_sources import used_settings
from marketing_ibis.project.setting_lines import locate_settings, naming_lines
from marketing_ibis.project.setting_values import NamedSelector, read_values
from marketing_ibis.project.source_settings import SourceSettings
from marketing_ibis.project.static_parsing import Node, discover, graph_of

if TYPE_CHECKING:
    from marketing_ibis.model.dataflow import Dataflow

DEFAULT_NAME = "marketing_ibis"


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """A project's settings, each the default unless ``[tool.marketing_ibis]`` says otherwise.

    ``dataflows`` are importable packages of models. ``vars`` overrides fields of the models' rules, by parameter name;
    ``models`` how single models are stored; ``tests`` the severity and thresholds of single tests. ``pii`` names
    columns that hold personal data, by source or model, ``not_pii`` those that do not, and ``personal_data`` says who
    reads them masked. ``optional_sources`` are those that the shop has. ``id_type`` is the type of every key.
    ``time_zone`` is the zone of the business: it decides what day today is, and to which day
    a timestamp belongs. ``naive_timestamps`` is the zone of timestamps without a zone, of files and of source tables;
    "" means the business's own. ``grants`` may read what is published, on engines that know users.
    ``allowed_functions`` are the user's own functions. ``profile`` names one of profiles.yml. ``name`` is the project's
    in artifacts and lineage events; without it [project] name is. ``targets`` overrides any other setting for one
    output of the profile, or for an engine without one.

    ``root`` is the project's folder, ``chosen`` contains the names of the settings that differ from their defaults.
    ``command_vars`` are the thresholds that one command overrides. ``settings_file`` is the file that they were read
    from, whose lines messages name.
    """

    root: Path
    dataflows: tuple[str, ...] = DEFAULT_DATAFLOWS
    """The importable packages that declare models, sources and exposures."""
    source_schema: str = "dbt_production"
    """The schema that the source tables are read from."""
    model_schema: str = "dbt_marketing"
    """The schema that models are published in."""
    id_type: str = "int64"
    """The type of every key: "int64", or "string" where keys are text."""
    time_zone: str = DEFAULT_TIME_ZONE
    """The time zone of the business, which decides what day today is and to which day a timestamp belongs."""
    naive_timestamps: str = ""
    """The time zone of timestamps without a zone; empty for that of the business."""
    grants: tuple[str, ...] = ()
    """Who may read the published tables, on engines that support grants."""
    allowed_functions: tuple[str, ...] = ()
    """Functions of your own in a Redshift database that models may call, such as f_margin or tools.f_margin."""
    vars: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Thresholds of the metrics: one table for each set of rules."""
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """How single models are stored: materialized = "table", "view" or "incremental"."""
    tests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Severity and thresholds of single data tests: severity, warn_if, error_if."""
    pii: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that hold personal data, by source or model; columns that are computed from one are personal, too."""
    not_pii: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that are not personal data although they are computed from it, by source or model."""
    personal_data: Mapping[str, Any] = field(default_factory=dict)
    """Masked views for those who may not see personal data: masked_schema, masked_roles, hashed."""
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    """Optional columns that a source has, and the table of another shape that it is read from."""
    files: Mapping[str, object] = field(default_factory=dict)
    """How files for `seed --from` are written: encoding, delimiter, decimal, thousands, date_format, sheet."""
    optional_sources: tuple[str, ...] = ()
    """Optional sources that the shop has, such as raw_order_lines; what depends on any other one does not exist."""
    selectors: Mapping[str, NamedSelector] = field(default_factory=dict)
    """Selections by name, for --select selector:NAME: text as --select has it, or select and exclude."""
    health: Mapping[str, float] = field(default_factory=dict)
    """When the rows, totals and NULLs of a table are unusual next to earlier builds, such as least_change = 0.2."""
    notify: Mapping[str, NotifierSettings] = field(default_factory=dict)
    """Who is notified of failures, warnings and drift, by the NAME of `--notify NAME`: a table with its type."""
    profile: str = ""
    """The profile of profiles.yml to connect with."""
    name: str = ""
    """The project's name in artifacts and lineage events; without it, the name under [project]."""
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Settings that differ for one output of the profile, or for one engine."""
    chosen: frozenset[str] = frozenset()
    command_vars: Mapping[str, object] = field(default_factory=dict)
    settings_file: Path | None = field(default=None, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The name that pyproject.toml gives the project, or else that of its folder."""
        return self.name or self._declared_name() or self.root.name

    @property
    def package(self) -> str:
        """The project's name as dbt writes names: that of pyproject.toml, else of its first package of models."""
        declared = self.name or self._declared_name()
        name = declared or (self.dataflows[0].partition(".")[0] if "dataflows" in self.chosen else DEFAULT_NAME)
        return re.sub(r"\W+", "_", name).strip("_") or DEFAULT_NAME

    def _declared_name(self) -> str:
        path = self.root / "pyproject.toml"
        document = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        return str(document.get("project", {}).get("name") or "")

    def for_target(self, target: str) -> ProjectSettings:
        """Return the project with the settings of ``targets.TARGET`` in place of its own; tables are merged by name."""
        settings = self.targets.get(target, {})
        overrides: dict[str, Any] = {key: _merge(getattr(self, key), value) for key, value in settings.items()}
        return replace(self, **overrides, chosen=self.chosen | settings.keys())

    def packages(self) -> tuple[Path, ...]:
        """Return the folders of the dataflow packages, without importing them.

        Raises:
            ConfigurationError: a package cannot be found.
        """
        folders = find_packages(self.root, self.dataflows)
        if "dataflows" not in self.chosen:
            check_example(self.root, folders)
        return tuple(folders)

    def nodes(self) -> dict[str, Node]:
        """Return the sources and models as their files declare them; imports none of them.

        Raises:
            ConfigurationError: the settings name a model or source that does not exist.
        """
        return {name: node for name, node in self.declared_nodes().items() if not node.is_absent}

    def declared_nodes(self) -> dict[str, Node]:
        """Return ``nodes`` with those that are absent because the settings leave an optional source off.

        Raises:
            ConfigurationError: the settings name a model or source that does not exist.
        """
        with naming_lines(self.settings_file):
            return self._find_nodes()

    def _find_nodes(self) -> dict[str, Node]:
        nodes = discover(self.packages(), self.root, self.optional_sources, self.used_settings())
        for name in self.models:
            if name not in nodes or nodes[name].kind != "model":
                raise ConfigurationError(f"{SETTINGS} models.{name} is not a model.", hint=nearest(name, nodes))
        sources = [name for name, node in nodes.items() if node.kind == "source" or node.is_adapter]
        for name in self.sources:
            if name not in sources:
                raise ConfigurationError(f"{SETTINGS} sources.{name} is not a source.", hint=nearest(name, sources))
        nodes = map_nodes(nodes, self.sources)
        check_tables(self.files, [node.table for node in nodes.values() if node.kind == "source"])
        stored = self.materialized()
        stored_nodes = {
            name: replace(
                node,
                materialized=stored.get(name, node.materialized),
                schema=(node.schema or self.source_schema) if node.kind == "source" else "",
            )
            for name, node in nodes.items()
        }
        return add_selectors(stored_nodes, self.selectors)

    def audiences(self) -> dict[str, DeclaredAudience]:
        """Return the audiences of the project, by name.

        Raises:
            ConfigurationError: one is declared wrongly, or depends on a model that does not exist.
        """
        audiences = discover_audiences(self.packages(), self.root)
        if audiences:
            nodes = self.nodes()
            check_audiences(audiences, nodes, [name for name, node in nodes.items() if node.kind == "model"])
        return audiences

    def used_settings(self) -> frozenset[str]:
        """Return the settings that optional parents may depend on and that are in use."""
        return used_settings(self.vars, self.command_vars, sources=self.sources)

    def unused_sources(self) -> dict[str, Node]:
        """Return the optional sources that the settings leave off."""
        return {name: node for name, node in self.declared_nodes().items() if node.is_absent and node.kind == "source"}

    def materialized(self) -> dict[str, Materialization]:
        """Return how single models are stored by the settings."""
        return {name: setting["materialized"] for name, setting in self.models.items()}  # type: ignore[misc]

    def compile(self, as_of: date, needed: Collection[str] | None = None) -> Dataflow:
        """Import the dataflow and compile every model as of ``as_of``, or those ``needed`` and what they depend on.

        A model that is not needed may be broken; a file of such models need not even be importable.

        Raises:
            CompileError: a model cannot be imported or compiled, or is compiled and not listed, or the reverse.
        """
        with naming_lines(self.settings_file):
            return self._compile(as_of, needed)

    def compile_declarations(self, as_of: date) -> Dataflow:
        """Import the dataflow as of ``as_of`` without evaluating its models: they have contracts and no expressions.

        Raises:
            CompileError: a model cannot be imported, or is imported and not listed, or the reverse.
        """
        with naming_lines(self.settings_file):
            return self._compile(as_of, (), imports_all=True)

    def _compile(self, as_of: date, needed: Collection[str] | None, *, imports_all: bool = False) -> Dataflow:
        # It imports ibis and hamilton, which listing does not need.
        from marketing_ibis.project.compile import compile_dataflow

        # What reading the files shows to be wrong is told with its line, so they are read first.
        declared = {name: node for name, node in self.declared_nodes().items() if node.kind != "exposure"}
        nodes = {name: node for name, node in declared.items() if not node.is_absent}
        files = None
        if needed is not None:
            needed = {*needed, *ancestors(graph_of(nodes), needed)}
        if needed is not None and not imports_all:
            files = {self.root / path for name in needed for path in nodes[name].declaring_paths}
        modules, failures = import_needed(self.root, self.dataflows, files)
        unread = {
            name: node
            for name, node in nodes.items()
            if any(self.root / path in failures for path in node.declaring_paths)
        }
        absent = declared.keys() - nodes.keys()
        of_files = {name: node for name, node in declared.items() if node.path != PYPROJECT}
        check_consistent(of_files, modules, {*unread, *absent})
        dataflow = compile_dataflow(
            modules,
            inputs={"as_of": as_of},
            variables=self.vars,
            materialized=self.materialized(),
            id_type=self.id_type,
            needed=needed,
            sources=self.sources,
            zones=self.zones,
            unread=unread,
            command_variables=self.command_vars,
            optional_sources=self.optional_sources,
            personal=PersonalSettings(self.pii, self.not_pii, self.masking),
            all_names=tuple(nodes),
        )
        located_sources = locate_settings(dataflow.sources, self.settings_file)
        return replace(dataflow, sources=located_sources, skipped=tuple(error.message for error in failures.values()))

    @property
    def health_rules(self) -> HealthRules:
        """When a number of a build is unusual."""
        return HealthRules(**self.health)  # type: ignore[arg-type]

    @property
    def masking(self) -> Masking | None:
        """The masked views of the published tables, if the settings ask for them.

        Raises:
            ConfigurationError: the settings contradict one another.
        """
        return resolve_masking(self.personal_data, self.source_schema, self.model_schema, self.grants)

    @property
    def zones(self) -> TimeZones:
        """The zone of the business, and that of timestamps without a zone."""
        return TimeZones(self.time_zone, self.naive_timestamps)

    def today(self) -> date:
        """Return the current day in the business time zone."""
        return datetime.now(ZoneInfo(self.time_zone)).date()


def load_project(directory: Path | None = None) -> ProjectSettings:
    """Return the project in ``directory``, or of the nearest folder above that has one.

    Without any ``[tool.marketing_ibis]`` the project is the installed dataflow with its default settings.

    Raises:
        ConfigurationError: pyproject.toml is not TOML, or a setting is unknown or of the wrong type.
    """
    folder, settings = find_settings(directory)
    return ProjectSettings(folder) if settings is None else _project(folder, settings)


def project_of(folder: Path) -> ProjectSettings | None:
    """Return the project whose pyproject.toml is in ``folder``, if there is one.

    Raises:
        ConfigurationError: pyproject.toml is not TOML, or a setting is unknown or of the wrong type.
    """
    settings = read_settings(folder / PYPROJECT)
    return None if settings is None else _project(folder, settings)


def _project(folder: Path, settings: Mapping[str, Any]) -> ProjectSettings:
    file = folder / PYPROJECT
    with naming_lines(file):
        return ProjectSettings(folder, **read_values(settings), settings_file=file)


def _merge(base: object, override: object) -> object:
    """Return ``override``, or a table of both in which the entries of ``override`` win."""
    if isinstance(base, SourceSettings) and isinstance(override, SourceSettings):
        return base.merge(override)
    if not isinstance(base, Mapping) or not isinstance(override, Mapping):
        return override
    return {**base, **{key: _merge(base.get(key), value) for key, value in override.items()}}
