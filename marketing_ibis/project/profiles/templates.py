"""Fill in the environment variables of a profile's value, as dbt does."""

from __future__ import annotations

import os
import re
from typing import Any

from marketing_ibis.errors import ConfigurationError

MARKS = ("{{", "{%", "{#")
PRINTABLE_NAME = re.compile("[A-Z_][A-Z0-9_]*")
"""A name that is shown; anything else may be the value that belongs in the variable."""
UNPRINTABLE = "an environment variable whose name has characters other than capitals, digits and _"


def render(value: object, place: str) -> object:
    """Return ``value`` with its environment variables filled in; what has no mark of a template comes back as it is.

    Raises:
        ConfigurationError: an environment variable is not set, or the template is wrong or reads no variable; the
            message shows names only.
    """
    if not isinstance(value, str) or not any(mark in value for mark in MARKS):
        return value
    from jinja2 import StrictUndefined, nodes
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined)
    environment.globals = {"env_var": _env_var}
    environment.filters |= {"as_number": _as_number, "as_bool": _as_bool, "as_text": str, "as_native": _same}
    try:
        names = environment.parse(value).find_all(nodes.Name)
        if "{#" not in value and any(name.name == "env_var" for name in names):
            return environment.from_string(value).render()
        reason = "it contains a comment" if "{#" in value else "it does not read an environment variable"
    except _NotSet as error:
        name = str(error) if PRINTABLE_NAME.fullmatch(str(error)) else ""
        raise ConfigurationError(
            f"{place}: the environment variable {name} is not set." if name else f"{place}: {UNPRINTABLE} is not set.",
            hint=f"Set it, or write a default: env_var('{name or 'NAME'}', '...').",
        ) from None
    # A template calls what it likes with any value: the message must not repeat one, it may be a password.
    except Exception as error:
        reason = type(error).__name__
    raise ConfigurationError(
        f"{place} cannot be filled in: {reason}.",
        hint="Put a value with {{, {% or {# into an environment variable, and write \"{{ env_var('NAME') }}\" here.",
    )


class _NotSet(Exception):  # it is the name of what happened
    """Names an environment variable that is not set."""


def _env_var(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise _NotSet(name)
    return value


def _as_number(text: Any) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _as_bool(text: Any) -> bool:
    words = {"true": True, "false": False}
    return words[str(text).strip().lower()]


def _same(value: Any) -> Any:
    return value
