"""Say how and when a command was called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

CALL_KEY = "marketing_ibis.call"
"""Where a command that repeats another one puts how that was called."""
UNRECORDED = frozenset({"demo", "directory", "link", "output", "replace", "strict"})
"""Parameters that artifacts do not list among a command's arguments."""


@dataclass(frozen=True, slots=True)
class Call:
    """How and when a command was called: its name, the ``arguments`` that artifacts list, the parameters ``typed``."""

    command: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def current_call() -> Call:
    """Return how the command that runs was called, or the one that it repeats."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Call()
    if repeated_call := context.meta.get(CALL_KEY):
        return repeated_call  # type: ignore[no-any-return]
    parameters = {name: _plain(value) for name, value in sorted(context.params.items()) if name not in UNRECORDED}
    typed = (name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE)
    arguments = {name: value for name, value in parameters.items() if value not in (None, [], False)}
    return Call(context.info_name or "", arguments, frozenset(typed))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date | Path) else value


def unused_option_warnings(call: Call, names: Iterable[str], reason: str) -> list[str]:
    """Return a warning of each option that was given and has no effect in this call."""
    return [f"--{name.replace('_', '-')} has no effect: {reason}." for name in names if name in call.typed]
