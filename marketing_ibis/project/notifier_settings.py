"""Read the settings of who is notified when a command fails or warns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.profiles.templates import render
from marketing_ibis.project.setting_types import read_names, read_string, read_tables

NotifierType = Literal["slack", "webhook", "email"]
AlertKind = Literal["failure", "warning", "drift"]
Security = Literal["starttls", "tls", "none"]

KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
COMMON = ("type", "on", "link")
REQUIRED: Mapping[NotifierType, tuple[str, ...]] = {
    "slack": ("url",),
    "webhook": ("url",),
    "email": ("host", "sender", "to"),
}
OPTIONAL: Mapping[NotifierType, tuple[str, ...]] = {
    "slack": (),
    "webhook": (),
    "email": ("port", "user", "password", "security"),
}
DEFAULT_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
SECRETS = ("password",)
"""Settings that must be read from the environment."""
NAME = re.compile(r"[\w. -]+")
"""Any other name may be the address of a webhook, which is a secret."""


@dataclass(frozen=True, slots=True)
class NotifierSettings:
    """A Slack-compatible channel, a webhook or e-mail addresses, as the settings describe it.

    ``on`` are the kinds of alert that are sent. ``link`` is shown in each alert. ``values`` are the settings of the
    type, in which environment variables are not filled in yet: they may be secrets.
    """

    name: str
    type: NotifierType
    on: tuple[AlertKind, ...] = KINDS
    link: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def filled_in(self) -> NotifierSettings:
        """Return the settings with their environment variables.

        Raises:
            ConfigurationError: a variable is not set, or a value is of the wrong kind; the message shows no value.
        """
        place = f"{SETTINGS} notify.{self.name}"
        values = {
            key: tuple(str(render(item, f"{place}.{key}")) for item in value)
            if isinstance(value, tuple)
            else render(value, f"{place}.{key}")
            for key, value in self.values.items()
        }
        if "url" in values:
            _check_url(f"{place}.url", str(values["url"]))
        link = str(render(self.link, f"{place}.link"))
        return NotifierSettings(self.name, self.type, self.on, link, values)


def read_notifiers(key: str, value: object) -> Mapping[str, NotifierSettings]:
    """Return who is notified, by name.

    Raises:
        ConfigurationError: a setting is unknown, missing or of the wrong kind.
    """
    tables = read_tables(key, value)
    if not all(map(NAME.fullmatch, tables)):
        raise ConfigurationError(
            f"{SETTINGS} {key} contains a name that is not valid, and may be secret.",
            hint="Use letters, digits, spaces, dots, _ and - in names; an address belongs in url = ... of a table.",
        )
    return {name: _read_notifier(f"{key}.{name}", name, table) for name, table in tables.items()}


def _read_notifier(key: str, name: str, table: Mapping[str, Any]) -> NotifierSettings:
    place = f"{SETTINGS} {key}"
    kind: Any = table.get("type")
    if kind not in get_args(NotifierType):
        raise ConfigurationError(
            f"{place}.type is {kind!r}, not {_either(get_args(NotifierType))}.",
            hint='Write type = "slack", and url = "{{ env_var(\'SLACK_URL\') }}".',
        )
    known_settings = (*COMMON, *REQUIRED[kind], *OPTIONAL[kind])
    for setting in table:
        if setting not in known_settings:
            description = f".{setting} is unknown" if NAME.fullmatch(setting) else " has an unknown setting"
            raise ConfigurationError(f"{place}{description}.", hint=nearest(setting, known_settings))
    missing = [setting for setting in REQUIRED[kind] if setting not in table]
    if missing:
        raise ConfigurationError(f"{place} has no {missing[0]}.", hint=f"Write {missing[0]} = ... in it.")
    values = {
        setting: _read_value(f"{key}.{setting}", setting, choice)
        for setting, choice in table.items()
        if setting not in COMMON
    }
    link = read_string(f"{key}.link", table["link"]) if "link" in table else ""
    return NotifierSettings(name, kind, _read_kinds(key, table.get("on")), link, values)


def _read_kinds(key: str, value: object) -> tuple[AlertKind, ...]:
    if value is None:
        return KINDS
    for kind in (names := read_names(f"{key}.on", value)):
        if kind not in KINDS:
            raise ConfigurationError(f"{SETTINGS} {key}.on contains {kind!r}, not {_either(KINDS)}.")
    return names  # type: ignore[return-value]


def _read_value(key: str, setting: str, value: object) -> object:
    if setting == "to":
        return read_names(key, value)
    if setting == "port":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65_536:
            raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not a port.")
        return value
    if setting == "security" and value not in get_args(Security):
        raise ConfigurationError(f"{SETTINGS} {key} is {value!r}, not {_either(get_args(Security))}.")
    if setting in SECRETS and not (isinstance(value, str) and "env_var" in value):
        raise ConfigurationError(
            f"{SETTINGS} {key} must come from the environment.",
            hint=f"Write {setting} = \"{{{{ env_var('NAME') }}}}\".",
        )
    if setting == "url" and not isinstance(value, str):
        raise ConfigurationError(f"{SETTINGS} {key} is not a string.")
    if setting == "url" and "env_var" not in str(value):
        _check_url(f"{SETTINGS} {key}", str(value))
    return read_string(key, value)


def _check_url(place: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ConfigurationError(f"{place} is no address of a web server.", hint="It begins with https:// or http://.")


def _either(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
