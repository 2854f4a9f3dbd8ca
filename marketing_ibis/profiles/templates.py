"""Fill in the environment variables of a profile's value, as dbt does."""

from __future__ import annotations

import os
from typing import Any

from marketing_ibis.errors import ConfigurationError

MARKS = ("{{", "{%", "{#")


def render(value: object, place: str) -> object:
    """Return ``value`` with its template filled in; what is no text, or has no template, comes back as it is.

    Raises:
        ConfigurationError: an environment variable is not set, or the template is wrong; the message shows names only.
    """
    if not isinstance(value, str) or not any(mark in value for mark in MARKS):
        return value
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment()
    environment.globals = {"env_var": _env_var}
    environment.filters |= {"as_number": _as_number, "as_bool": _as_bool, "as_text": str, "as_native": _same}
    try:
        return environment.from_string(value).render()
    except _NotSet as error:
        raise ConfigurationError(
            f"{place}: the environment variable {error} is not set.",
            hint=f"Set it, or write a default: env_var('{error}', '...').",
        ) from None
    # A template calls what it likes with any value: the message must not repeat one, it may be a password.
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ConfigurationError(
            f"{place}: {value} cannot be filled in: {type(error).__name__}.",
            hint="Known: env_var('NAME', 'default'), and the filters as_number, as_bool, as_text, int.",
        ) from None


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
