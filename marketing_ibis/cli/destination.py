"""Which engine a command works on, and the settings to open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.options import TargetOptions
from marketing_ibis.engines import DEFAULT, ENGINES
from marketing_ibis.engines.base import ATTACH, IN_MEMORY, Engine, Settings, attachments_of
from marketing_ibis.errors import ConfigurationError, SourceError, UsageError, nearest
from marketing_ibis.guide import guide_page
from marketing_ibis.project.demo_data import has_demo
from marketing_ibis.project.folders import default_folder
from marketing_ibis.project.observing import note_unseen
from marketing_ibis.project.profiles import FILE, Profile, find_profiles, load_profile
from marketing_ibis.project.settings import ProjectSettings

if TYPE_CHECKING:
    from marketing_ibis.engines.target import Target

LOCAL_FILES = " or ".join(engine.title for engine in ENGINES.values() if engine.is_local_file)


@dataclass(frozen=True)
class Destination:
    """An engine with the output of a profile that says where it is, if there is one.

    ``folder`` is the one that the paths in the output start from.
    """

    engine: Engine
    database: Path
    file: Path | None = None
    profile: Profile | None = None
    output: str | None = None
    project: ProjectSettings | None = None
    folder: Path = Path()

    @property
    def name(self) -> str:
        """The output of the profile, or the engine where there is none."""
        return self.output or self.engine.name

    def configure(self, project: ProjectSettings) -> ProjectSettings:
        """Return ``project`` with its settings for this target, writing its models where the output says.

        A schema in the settings wins over that of the output.

        Raises:
            ConfigurationError: there are settings for an output that does not exist.
        """
        if self.profile:
            target_names = (*ENGINES, *self.profile.outputs)
            for name in project.targets:
                if name not in target_names:
                    raise ConfigurationError(
                        f"[tool.marketing_ibis.targets.{name}]: profile {self.profile.name} has no output {name}.",
                        hint=nearest(name, target_names),
                    )
        project = project.for_target(self.name)
        schema = self.profile.schema(self.output) if self.profile and self.output else None
        return replace(project, model_schema=schema) if schema and "model_schema" not in project.chosen else project

    @cached_property
    def settings(self) -> Settings:
        """What the engine's target is opened with.

        Raises:
            ConfigurationError: no profile says where the server is.
        """
        if self.engine.is_local_file:
            return {"path": self.database, **self._attached, **self._mappings}
        if self.profile and self.output:
            return self.profile.settings(self.output)
        if self.profile:
            raise ConfigurationError(
                f"{self.file}: profile {self.profile.name} has no output of type {self.engine.name}.",
                hint=f"Add one: {guide_page(self.engine.guide)} shows it.",
            )
        if self.file:
            raise ConfigurationError(
                f"{self.file} holds several profiles.", hint='Name one: profile = "..." in [tool.marketing_ibis].'
            )
        raise ConfigurationError(
            f"The target {self.engine.name} needs a connection, and there is no {FILE}.",
            hint=f"Write one next to pyproject.toml or in ~/.dbt, or name its folder with --profiles-dir; `compile -t"
            f" {self.engine.name}` needs none.",
        )

    @property
    def _attached(self) -> dict[str, object]:
        """The database files that the output of the profile attaches."""
        if self.profile is None or self.output is None or ATTACH not in self.engine.keys:
            return {}
        attachments = attachments_of({ATTACH: self.profile.setting(self.output, ATTACH)})
        return {ATTACH: tuple(replace(each, path=str(self.folder / each.path)) for each in attachments)}

    @property
    def _mappings(self) -> dict[str, object]:
        """The settings that the output of the profile has for connections, with absolute paths."""
        mappings: dict[str, object] = {}
        for name, key in self.engine.keys.items():
            if self.profile and self.output and key.kind == "mapping":
                mapping = self.profile.setting(self.output, name)
                values = dict(mapping) if isinstance(mapping, Mapping) else {}
                for each in (each for each in values if key.keys[each].kind == "path"):
                    values[each] = str((self.folder / Path(str(values[each])).expanduser()).absolute())
                mappings[name] = values
        return mappings

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about keys of the profile's output that are not read."""
        return tuple(self.profile.unknown_key_warnings(self.output)) if self.profile and self.output else ()

    @property
    def threads(self) -> int:
        """How many models the output builds at a time, 1 unless it says otherwise."""
        return self.profile.threads(self.output) if self.profile and self.output else 1

    @property
    def is_configured(self) -> bool:
        """Whether something says where the engine is."""
        return self.engine.is_local_file or self.file is not None

    def open(self) -> Target:
        """Connect.

        Raises:
            ConfigurationError: a setting is missing or wrong.
            TargetUnavailable: the database cannot be opened or reached.
        """
        return self._open()

    def open_existing(self) -> Target:
        """Connect to an existing database: none is created for a mistyped name.

        Raises:
            SourceError: there is no database.
            ConfigurationError: a setting is missing or wrong.
            TargetUnavailable: the database cannot be opened or reached.
        """
        self._check_exists()
        return self.open()

    def open_to_read(self) -> Target:
        """Connect to an existing database next to other readers: a local file is opened read-only.

        Raises:
            SourceError: there is no database.
            ConfigurationError: a setting is missing or wrong.
            TargetUnavailable: the database cannot be opened or reached.
        """
        self._check_exists()
        return self._open(read_only=True)

    def _open(self, **options: bool) -> Target:
        note_unseen("a database was opened")
        return self.engine.open(self.settings, **options)

    @property
    def is_missing(self) -> bool:
        """Whether the database is a local file that does not exist yet."""
        return self.engine.is_local_file and not self.database.exists()

    def _check_exists(self) -> None:
        if str(self.database) != IN_MEMORY and self.is_missing:
            raise SourceError(
                f"There is no database {self.database}.",
                hint=f"Fill one with {self.seed_commands} and build it, or choose another: --database.",
            )

    @property
    def seed_commands(self) -> str:
        """How source tables are filled; generated data belongs in a file of one's own, and not on a server."""
        return "`seed --demo` or `seed --from DIR`" if self._can_generate else "`seed --from DIR`"

    @property
    def filling(self) -> str:
        """How a missing source table is filled, as the beginning of a hint."""
        return f"Fill it with {self.seed_commands}" if self._can_generate else self.engine.filling

    @property
    def _can_generate(self) -> bool:
        return self.engine.is_local_file and self.project is not None and has_demo(self.project)

    def __str__(self) -> str:
        return self.engine.describe(self.settings)


def find_destination(project: ProjectSettings, options: TargetOptions) -> Destination:
    """Return what --target, --profiles-dir and --database name.

    A profile is read when the project names it, when its folder is named, or when the target is not the default engine.

    Raises:
        UsageError: there is no such target, or it is a server and --database names a file.
        ConfigurationError: the profile is wrong, or the project names one and nothing else says where to build.
    """
    target_name = options.target
    file = profile = None
    if project.profile or options.profiles_dir or target_name not in (None, DEFAULT.name):
        file = find_profiles(project.root, options.profiles_dir)
        profile = load_profile(file, project.profile) if file else None
    if target_name is None and project.profile and not file:
        raise ConfigurationError(
            f"[tool.marketing_ibis] names profile {project.profile}, and there is no {FILE}.",
            hint="Write one next to pyproject.toml or in ~/.dbt, or name its folder with --profiles-dir;"
            f" `-t {DEFAULT.name}` needs none.",
        )
    is_default = target_name is None
    if target_name is None:
        target_name = profile.target if profile and project.profile else DEFAULT.name
    engine, output = _engine(target_name, profile, is_default=is_default)
    if not engine.is_local_file and options.database:
        raise UsageError(
            f"--database names a {LOCAL_FILES} file, and the target is {engine.name}.",
            hint="Leave it out: profiles.yml says which database of a server is meant.",
        )
    database = _database(options, engine, profile, output)
    return Destination(engine, database, file, profile, output, project, default_folder(options.project_dir))


def _engine(target_name: str, profile: Profile | None, *, is_default: bool) -> tuple[Engine, str | None]:
    if target_name in ENGINES:
        return ENGINES[target_name], profile.first(target_name) if profile else None
    if profile and target_name in profile.outputs:
        return ENGINES[profile.known_engine(target_name)], target_name
    target_names = (*ENGINES, *(profile.outputs if profile else ()))
    if is_default and profile:
        raise ConfigurationError(
            f"{profile.file}: the target of profile {profile.name} is not one of its outputs.",
            hint=nearest("", target_names),
        )
    hint = nearest(target_name, target_names)
    if not profile:
        hint += " Further targets are the outputs of a profile in profiles.yml, and there is none."
    raise UsageError(f"The target {target_name} does not exist.", hint=hint)


def _database(options: TargetOptions, engine: Engine, profile: Profile | None, output: str | None) -> Path:
    if options.database is None and engine.is_local_file and profile and output:
        return default_folder(options.project_dir) / str(profile.settings(output)["path"])
    return options.database or options.target_path / (engine.database_file or DEFAULT.database_file)
