"""Write the reference of the command line and of the settings from the code."""

from __future__ import annotations

import inspect
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.discovery import Node
from marketing_ibis.project import Project

if TYPE_CHECKING:
    from marketing_ibis.site.pages import Setting, SettingsTable

FENCE = "```"
WIDTH = 100
"""Characters of a line of help, whatever the terminal."""
INTERNAL = ("root", "chosen")
"""Fields of a project that no setting fills."""
TYPES = {str: "text", bool: "true or false", int: "whole number", float: "number", tuple: "list"}


def command_line_page(main: click.Group) -> str:
    """Return a page with the help of every command."""
    context = click.Context(main, info_name="marketing-ibis", terminal_width=WIDTH)
    lines = ["# Command line", "", "`python -m marketing_ibis COMMAND` does the same as `marketing-ibis COMMAND`.", ""]
    for name, command in _commands(main, context):
        help_ = command.get_help(click.Context(command, parent=context, info_name=name, terminal_width=WIDTH))
        lines += [f"## {name}", "", f"{FENCE}text", help_.rstrip(), FENCE, ""]
    return "\n".join(lines)


def _commands(group: click.Group, context: click.Context, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _commands(command, context, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def settings_tables(rules: Mapping[str, Any], nodes: Mapping[str, Node], project: Project) -> tuple[SettingsTable, ...]:
    """Return every setting and threshold; ``rules`` are those of the models, by the parameter that they are read by."""
    from marketing_ibis.site.pages import SettingsTable

    own = SettingsTable("Project", _description(Project).split("\n\n")[1], tuple(_settings(project, INTERNAL)))
    tables = (
        SettingsTable(
            f"vars.{name}",
            _description(type(rule)),
            tuple(_settings(rule)),
            tuple(node.name for node in nodes.values() if name in node.inputs),
        )
        for name, rule in sorted(rules.items())
        if is_dataclass(rule)
    )
    return (own, *tables)


def _settings(record: Any, hidden: Collection[str] = ()) -> Iterator[Setting]:
    from marketing_ibis.site.pages import Setting

    for key in fields(record):
        if key.name not in hidden:
            default = key.default if key.default_factory is MISSING else key.default_factory()
            value = getattr(record, key.name)
            yield Setting(key.name, TYPES.get(type(default), "table"), _written(default), _written(value))


def _description(record: type) -> str:
    return inspect.getdoc(record) or ""


def _written(value: object) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_written(held)}' for key, held in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
