"""A command is a tuple of steps, each of which takes the result of the one before it."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints

import click
import pytest
from click.exceptions import Exit

from marketing_ibis.cli import COMMANDS, commands, main
from marketing_ibis.cli.command_list import ALIASES
from marketing_ibis.cli.workflow import Steps, run_steps

COMMON = {"debug", "log_format", "notify", "quiet"}
"""Parameters that logging and error handling read before any step."""
OPTIONAL = {"database", "vars"}
"""Fields of every target, and options of the commands that connect or compile."""


def tuples() -> dict[str, Steps]:
    modules = {name: import_module(f"marketing_ibis.cli.commands.{name}") for name in COMMANDS}
    return {name: module.STEPS for name, module in modules.items()} | {"serve": modules["docs"].SERVE_STEPS}


STEPS = tuples()


def test_each_step_takes_what_the_last_one_returned() -> None:
    calls: list[object] = []
    run_steps((lambda word: word * 2, lambda word: f"{word}!", calls.append), "ab")
    assert calls == ["abab!"]


def test_every_command_is_listed_with_the_sentence_of_its_help() -> None:
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in list_modules()}
    assert {name: command and command.get_short_help_str(1_000) for name, command in commands.items()} == COMMANDS
    assert list(COMMANDS) == sorted(COMMANDS)
    assert set(ALIASES.values()) <= COMMANDS.keys()


def list_modules() -> list[str]:
    return [module.name for module in iter_modules(commands.__path__)]


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_code_stops(code: int) -> None:
    calls: list[object] = []
    steps = (lambda first: code, calls.append)
    if code:
        with pytest.raises(Exit) as stopped:
            run_steps(steps, "first")
        assert stopped.value.exit_code == code
    else:
        run_steps(steps, "first")
    assert not calls


@pytest.mark.parametrize("name", STEPS)
def test_the_steps_of_a_command_fit(name: str) -> None:
    steps = STEPS[name]
    takes = [next(iter(inspect.signature(step).parameters.values())).annotation for step in steps]
    gives = [inspect.signature(step).return_annotation.removesuffix(" | int") for step in steps]
    for given, taken in zip(gives, takes[1:], strict=False):
        assert given.replace("Iterator", "Iterable") == taken


@pytest.mark.parametrize("name", STEPS)
def test_the_first_step_takes_every_parameter_of_the_command(name: str) -> None:
    """A misspelled field would always keep its default."""
    first = STEPS[name][0]
    hint = next(iter(inspect.signature(first).parameters.values())).annotation
    record = getattr(inspect.getmodule(first), hint)
    assert parameters_of(name) ^ leaves(record) <= COMMON | OPTIONAL


def parameters_of(name: str) -> set[str]:
    module = import_module(f"marketing_ibis.cli.commands.{'docs' if name == 'serve' else name}")
    command = {"docs": "generate", "serve": "serve", "sources": "inspect"}.get(name, "command")
    found: click.Command = getattr(module, command)
    return {str(parameter.name) for parameter in found.params}


def leaves(record: type) -> set[str]:
    """Return the fields of a record and of the records in it."""
    hints = get_type_hints(record)
    nested = {name for name in hints if is_dataclass(hints[name])}
    return {one.name for one in fields(record)} - nested | {leaf for name in nested for leaf in leaves(hints[name])}
