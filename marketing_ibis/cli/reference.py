"""Write the reference of the command line and of the settings from the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import click

from marketing_ibis.project import SETTINGS, Project

FENCE = "```"


def command_line_page(main: click.Group) -> str:
    """Return a page with the help of every command."""
    context = click.Context(main, info_name="marketing-ibis", max_content_width=100)
    lines = ["# Command line", "", "`python -m marketing_ibis COMMAND` does the same as `marketing-ibis COMMAND`.", ""]
    for name, command in _commands(main, context):
        help_ = command.get_help(click.Context(command, parent=context, info_name=name, max_content_width=100))
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


def settings_page(rules: Mapping[str, Any]) -> str:
    """Return a page with every setting and threshold; ``rules`` are those of the models, by parameter."""
    lines = ["# Settings", "", f"Every key of `{SETTINGS}` in pyproject.toml, with its default.", ""]
    lines += ["| key | default |", "|---|---|"]
    for setting in fields(Project):
        if setting.name not in ("root", "chosen"):
            default = setting.default if setting.default is not MISSING else {}
            lines.append(f"| `{setting.name}` | `{_written(default)}` |")
    for name, rule in sorted(rules.items()):
        if is_dataclass(rule):
            lines += ["", f"## vars.{name}", "", (type(rule).__doc__ or "").strip(), ""]
            lines += ["| key | in force |", "|---|---|"]
            lines += [f"| `{key.name}` | `{_written(getattr(rule, key.name))}` |" for key in fields(rule)]
    return "\n".join([*lines, ""])


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)
