"""Write the reference of the command line and of the settings from the code."""

from __future__ import annotations

import inspect
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.project.field_sentences import field_sentences
from marketing_ibis.project.settings import ProjectSettings
from marketing_ibis.project.static_parsing import Node

if TYPE_CHECKING:
    from marketing_ibis.docs_site.pages import Setting, SettingsTable

FENCE = "```"
INTERNAL = ("root", "chosen", "command_vars", "settings_file")
"""Fields of a project that no setting fills."""
TYPES = {str: "text", bool: "true or false", int: "whole number", float: "number", tuple: "list"}


def command_line_page(main: click.Group) -> str:
    """Return a page with the help of every command, as text that fits any width: an option is a term of a list."""
    context = click.Context(main, info_name="marketing-ibis")
    lines = ["# Command line", "", "`python -m marketing_ibis COMMAND` does the same as `marketing-ibis COMMAND`.", ""]
    for name, command in _commands(main, context):
        command_context = click.Context(command, parent=context, info_name=name)
        lines += [f"## {name}", "", f"{FENCE}{{raw}} html", *_help_lines(command, command_context), FENCE, ""]
    return "\n".join(lines)


def _help_lines(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield a command's help as lines of HTML; an empty line would end the HTML of the page."""
    from marketing_ibis.docs_site.pages.markup import mark_code

    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    yield f'<pre class="usage">{escape(usage)}</pre>'
    for paragraph in inspect.cleandoc((command.help or "").partition("\f")[0]).split("\n\n"):
        yield f"<p>{mark_code(' '.join(paragraph.split()))}</p>"
    options = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    yield '<dl class="options">'
    for names, meaning in options:
        terms = ", ".join(f"<code>{escape(name)}</code>" for name in names.split(", "))
        yield f"<dt>{terms}</dt> <dd>{mark_code(' '.join(meaning.split()))}</dd>"
    yield "</dl>"
    if command.epilog:
        examples = inspect.cleandoc(command.epilog.replace("\b", "")).splitlines()
        yield "\n".join(('<pre class="examples">', *(escape(line) for line in examples if line.strip()), "</pre>"))


def _commands(group: click.Group, context: click.Context, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _commands(command, context, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def settings_tables(
    rules: Mapping[str, Any], nodes: Mapping[str, Node], project: ProjectSettings
) -> tuple[SettingsTable, ...]:
    """Return every setting and threshold; ``rules`` are those of the models, by the parameter that they are read by."""
    from marketing_ibis.docs_site.pages import SettingsTable

    project_table = SettingsTable(
        "Project", _description(ProjectSettings).split("\n\n")[1], tuple(_settings(project, INTERNAL))
    )
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
    return (project_table, *tables)


def _settings(record: Any, hidden: Collection[str] = ()) -> Iterator[Setting]:
    from marketing_ibis.docs_site.pages import Setting

    sentences = field_sentences(type(record))
    for key in fields(record):
        if key.name not in hidden:
            default = key.default if key.default_factory is MISSING else key.default_factory()
            value = getattr(record, key.name)
            kind = TYPES.get(type(default), "table")
            yield Setting(key.name, kind, _toml_value(default), _toml_value(value), sentences.get(key.name, ""))


def _description(record: type) -> str:
    return inspect.getdoc(record) or ""


def _toml_value(value: object) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_toml_value(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
