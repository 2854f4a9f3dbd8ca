"""Complete what a user types in a shell, from the files of the project alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from marketing_ibis.errors import MarketingIbisError

# Only what the Tab key asks for imports how a project is read; every command has the options.
if TYPE_CHECKING:
    from marketing_ibis.project.static_parsing import Node

_BEFORE = r".*[ ,]|[0-9]*\+|@"
"""What may precede the name that is being typed: other terms, or how far up to reach."""


def complete_selector(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the selectors that go on as ``incomplete`` does."""
    start = _start(incomplete)
    typed = incomplete[len(start) :]
    return [f"{start}{value}" for value in dict.fromkeys(_values(_nodes(context))) if value.startswith(typed)]


def complete_model(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of models that begin as ``incomplete`` does."""
    models = (name for name, node in _nodes(context).items() if node.kind == "model")
    return sorted(name for name in models if name.startswith(incomplete))


def complete_export(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of models and audiences that begin as ``incomplete`` does."""
    from marketing_ibis.project.settings import load_project

    try:
        audiences = load_project(context.params.get("project_dir")).audiences()
    except MarketingIbisError:
        audiences = {}
    names = [*complete_model(context, parameter, incomplete), *audiences]
    return sorted(name for name in names if name.startswith(incomplete))


def _start(incomplete: str) -> str:
    start, before = "", re.compile(_BEFORE)
    while match := before.match(incomplete, len(start)):
        start += match[0]
    return start


def _values(nodes: Mapping[str, Node]) -> Iterator[str]:
    from marketing_ibis.project.selection import STATE, STATES

    yield from sorted(nodes)
    yield from sorted({node.layer for node in nodes.values()})
    yield from sorted({f"tag:{tag}" for node in nodes.values() for tag in node.tags})
    yield from sorted({f"selector:{name}" for node in nodes.values() for name in node.selectors})
    yield from (f"{STATE}:{state}" for state in STATES)


def _nodes(context: click.Context) -> Mapping[str, Node]:
    from marketing_ibis.project.settings import load_project

    try:
        return load_project(context.params.get("project_dir")).nodes()
    except MarketingIbisError:
        # On an error the Tab key offers no names; the command itself reports the error.
        return {}
