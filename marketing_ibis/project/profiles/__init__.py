"""Read connections from a dbt ``profiles.yml``, as dbt users have it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketing_ibis.engines import DEFAULT, ENGINES
from marketing_ibis.engines.base import Engine
from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.guide import guide_page
from marketing_ibis.project.profiles.attachments import unsupported_entries
from marketing_ibis.project.profiles.keys import ALIASES, check_clear, check_setting, check_settings, positive_number
from marketing_ibis.project.profiles.templates import render
from marketing_ibis.project.profiles.unknown import SETTING, unknown_keys, unused_keys

FILE = "profiles.yml"
DEFAULT_NAME = "marketing_ibis"
DEFAULT_OUTPUT = "default"
MOST_MODELS = 64
"""More models at a time are not built, since each needs a connection."""
HIDDEN = "a key that may be part of a value, and so is not shown,"

__all__ = ["FILE", "Profile", "find_profiles", "load_profile"]


@dataclass(frozen=True, slots=True)
class Profile:
    """The outputs of one profile as they are written: only what is asked for is rendered."""

    file: Path
    name: str
    target: str = field(repr=False)
    outputs: Mapping[str, Mapping[str, object]] = field(repr=False)

    def first(self, engine: str) -> str | None:
        """Return the output for an engine: the one of its name, else the first of its type."""
        of_type = [name for name in self.outputs if self.engine(name) == engine]
        return engine if engine in of_type else next(iter(of_type), None)

    def engine(self, output: str) -> str:
        """Return the type of an output.

        Raises:
            ConfigurationError: there is no such output, or it has no type.
        """
        if output not in self.outputs:
            raise ConfigurationError(
                f"{self.file}: profile {self.name} has no output {output}.", hint=nearest(output, self.outputs)
            )
        engine = self._render(output, "type")
        if engine is None:
            raise ConfigurationError(f"{self._place(output)} has no type.", hint=f"Known: {', '.join(ENGINES)}.")
        return str(engine)

    def known_engine(self, output: str) -> str:
        """Return the type of an output.

        Raises:
            ConfigurationError: there is no such output, it has no type, or an unknown one.
        """
        engine = self.engine(output)
        if engine not in ENGINES:
            raise ConfigurationError(
                f"{self._place(output)}: its type is not supported.", hint=f"Supported: {', '.join(ENGINES)}."
            )
        return engine

    def schema(self, output: str) -> str | None:
        """Return the schema that an output names for the models."""
        schema = self._render(output, "schema")
        return None if schema is None else str(schema)

    def threads(self, output: str) -> int:
        """Return how many models an output builds at a time.

        Raises:
            ConfigurationError: it is not a positive whole number.
        """
        value = self._render(output, "threads")
        if value is None:
            return 1
        return min(positive_number(value, f"{self._place(output)}: threads"), MOST_MODELS)

    def settings(self, output: str) -> Mapping[str, object]:
        """Return the keys of an output as its engine takes them, secrets wrapped.

        Raises:
            ConfigurationError: a key is missing or of the wrong type, or an environment variable is not set.
        """
        engine = ENGINES[self.known_engine(output)]
        known_keys = [key for key in self.outputs[output] if key in engine.keys or key in ALIASES]
        rendered = {key: self._render_used(engine, output, key) for key in known_keys}
        try:
            return check_settings(engine, rendered, self._place(output))
        except ConfigurationError as error:
            for name, suggestion in unknown_keys(engine, self.outputs[output]):
                if name and suggestion and error.message.endswith(f": {suggestion} is missing."):
                    raise ConfigurationError(error.message, hint=f"Write {suggestion} instead of {name}.") from error
            raise

    def setting(self, output: str, key: str) -> object:
        """Return one key of an output as its engine takes it, None where the output has none.

        Raises:
            ConfigurationError: it is of the wrong type, or an environment variable is not set.
        """
        engine = ENGINES[self.known_engine(output)]
        return check_setting(engine, key, self._render_used(engine, output, key), self._place(output))

    def unknown_key_warnings(self, output: str) -> tuple[str, ...]:
        """Return a sentence about each key of an output that is not known, without any value.

        Raises:
            ConfigurationError: there is no such output, or it has no known type.
        """
        sentences = []
        for name, suggestion in unknown_keys(ENGINES[self.known_engine(output)], self.outputs[output]):
            label = f"the key {name}" if name else HIDDEN
            hint = f" Did you mean {suggestion}?" if suggestion else ""
            sentences.append(f"{self._place(output)}: {label} is unknown and ignored.{hint}")
        return (*sentences, *self._attachment_warnings(output), *self._mapping_warnings(output))

    def _attachment_warnings(self, output: str) -> Iterator[str]:
        keys = ENGINES[self.known_engine(output)].keys
        for name, value in self.outputs[output].items():
            if name in keys and keys[name].kind == "attachments":
                for number in unsupported_entries(value):
                    place = f"{self._place(output)}: {name}: entry {number}"
                    yield f"{place} is not a {DEFAULT.title} file of this machine, so it is not attached."

    def _mapping_warnings(self, output: str) -> Iterator[str]:
        for name, key in ENGINES[self.known_engine(output)].keys.items():
            mapping = self.outputs[output].get(name)
            for unused, suggestion in unused_keys(key.keys, mapping) if isinstance(mapping, dict) else ():
                hint = f"Did you mean {suggestion}?" if suggestion else f"Supported: {', '.join(sorted(key.keys))}."
                yield f"{self._place(output)}: {name}: {unused or HIDDEN} is not used. {hint}"

    def _render(self, output: str, key: str) -> object:
        return _rendered(self.outputs[output].get(key), f"{self._place(output)}: {key}")

    def _render_used(self, engine: Engine, output: str, key: str) -> object:
        """Render a value, of a mapping only the keys that are used: others may need variables that are not set."""
        value = self.outputs[output].get(key)
        if key in engine.keys and engine.keys[key].kind == "mapping" and isinstance(value, dict):
            value = {name: value[name] for name in engine.keys[key].keys if name in value}
        return _rendered(value, f"{self._place(output)}: {key}")

    def _place(self, output: str) -> str:
        return f"{self.file}: output {output} of profile {self.name}"


def _rendered(value: object, place: str) -> object:
    check_clear(value, place)
    if isinstance(value, list):
        return [_rendered(part, place) for part in value]
    if isinstance(value, dict):
        return {
            name: _rendered(part, f"{place}: {name}" if SETTING.fullmatch(str(name)) else place)
            for name, part in value.items()
        }
    return render(value, place)


def find_profiles(project: Path, directory: Path | None = None) -> Path | None:
    """Return the first ``profiles.yml``: of ``directory``, DBT_PROFILES_DIR, the project's folder, ~/.dbt.

    Raises:
        ConfigurationError: the folder that was named does not contain one.
    """
    chosen = directory or (Path(os.environ["DBT_PROFILES_DIR"]) if os.environ.get("DBT_PROFILES_DIR") else None)
    if chosen is not None:
        if not (chosen / FILE).is_file():
            raise ConfigurationError(
                f"The folder {chosen} contains no {FILE}.", hint="Correct --profiles-dir or DBT_PROFILES_DIR."
            )
        return chosen / FILE
    folders = (project, Path.home() / ".dbt")
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def load_profile(file: Path, name: str = "") -> Profile | None:
    """Return a profile of ``file``: the one called ``name``, else marketing_ibis, else the only one.

    Without a name, and with several to choose from, there is none.

    Raises:
        ConfigurationError: the file is not YAML, or does not contain the profile.
    """
    profiles = {key: value for key, value in _document(file).items() if key != "config"}
    if name and name not in profiles:
        raise ConfigurationError(f"{file} has no profile {name}.", hint=nearest(name, _names(profiles)))
    only = next(iter(profiles)) if len(profiles) == 1 else ""
    chosen = name or (DEFAULT_NAME if DEFAULT_NAME in profiles else only)
    return _profile(file, chosen, profiles[chosen]) if chosen else None


def _names(profiles: Mapping[str, object]) -> list[str]:
    """Return the names of profiles; any other key may be part of a value."""
    return [name for name, content in profiles.items() if isinstance(content, dict)]


def _profile(file: Path, name: str, content: Any) -> Profile:
    place = f"{file}: profile {name}"
    check_clear(content, place)
    outputs = content.get("outputs") if isinstance(content, dict) else None
    check_clear(outputs, f"{place}: outputs")
    if not isinstance(outputs, dict) or not outputs:
        raise ConfigurationError(f"{place} has no outputs.", hint="Write them as dbt does: outputs, name, type.")
    for output, settings in outputs.items():
        check_clear(settings, f"{place}: output {output}")
        if not isinstance(settings, dict):
            raise ConfigurationError(
                f"{place}: output {output} has no keys.", hint="It needs type, host and the other keys of a connection."
            )
    check_clear(content.get("target"), f"{place}: target")
    target = render(content.get("target") or DEFAULT_OUTPUT, f"{place}: target")
    return Profile(file, name, str(target), {str(output): settings for output, settings in outputs.items()})


def _document(file: Path) -> dict[str, Any]:
    from marketing_ibis.project.profiles.reading import read_document  # it takes yaml, which help and ls do without

    document = read_document(file)
    if not isinstance(document, dict) or not document:
        server = next(engine for engine in ENGINES.values() if not engine.is_local_file)
        raise ConfigurationError(f"{file} contains no profile.", hint=f"{guide_page(server.guide)} shows one.")
    return {str(key): value for key, value in document.items()}
