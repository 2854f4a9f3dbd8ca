"""Hints for commands and options of dbt that do not exist here: what to use instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click

COMMANDS: Mapping[str, str] = {
    "deps": "Packages are Python packages: install them with pip.",
    "generate": "Use `docs generate`.",
    "parse": "`ls` reads the project's files, and `compile` checks columns and types.",
    "run-operation": "There are no macros: write a Python function, and run it with Python.",
    "serve": "Use `docs serve`.",
    "source": "Use `freshness`: it reports the age of the sources.",
}
"""Commands of dbt, and what to do instead."""

SELECT = "Use --select, or -s."
OPTIONS: Mapping[str, str] = {
    "--models": SELECT,
    "--model": SELECT,
    "-m": SELECT,
    "--selector": "Use --select selector:NAME; names are in [tool.marketing_ibis.selectors].",
    "-f": "Use --full-refresh.",
    "--empty": "`build --dry-run` writes the SQL and executes nothing; `compile` checks columns and types.",
    "--inline-direct": "Write an Ibis expression over model names: --inline EXPRESSION.",
    "--log-level": "Use --quiet, or --log-format json for every event.",
    "--no-use-colors": "Set NO_COLOR=1.",
    "--no-partial-parse": "Leave it out: every command reads all files.",
    "--indirect-selection": "Choose tests with --select test_name:NAME.",
    "--resource-types": "`ls` has --resource-type.",
}
"""Options of dbt, and what to write instead."""

SEED = "`seed --from DIR` fills every source table from DIR/TABLE.csv or .parquet."
PROFILE = 'Name it in pyproject.toml: profile = "..." in [tool.marketing_ibis].'
COMMAND_OPTIONS: Mapping[tuple[str, str], str] = {
    ("seed", "--select"): SEED,
    ("seed", "-s"): SEED,
    ("seed", "--show"): SEED,
    ("seed", "--full-refresh"): SEED,
    ("show", "--select"): "Name the model: `show MODEL`.",
    ("show", "-s"): "Name the model: `show MODEL`.",
    **dict.fromkeys((("run", "--profile"), ("test", "--profile"), ("compile", "--profile")), PROFILE),
    ("debug", "--config-dir"): "Name the folder of profiles.yml with --profiles-dir.",
}
"""What is particular to one command."""


def command_hint(name: str) -> str:
    """Return what to do in place of a command of dbt's, "" for any other word."""
    return COMMANDS.get(name, "")


def option_hint(error: click.NoSuchOption, known_options: Collection[str]) -> str:
    """Return what to write in place of an option; ``known_options`` are those that commands have."""
    name = error.option_name
    command = error.ctx.command if error.ctx else None
    if isinstance(command, click.Group) and command.name == "main" and name in known_options:
        return f"Write it after the command, as in `marketing-ibis run {name} ...`."
    command_options = {option for parameter in command.params for option in parameter.opts} if command else set()
    hint = COMMAND_OPTIONS.get(((command and command.name) or "", name)) or OPTIONS.get(name, "")
    # Not every command that dbt gives the option has the one that replaces it.
    return "" if hint == SELECT and "--select" not in command_options else hint
