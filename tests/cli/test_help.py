"""The help of every command."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from marketing_ibis.cli import COMMANDS, main
from marketing_ibis.project.settings import load_project
from tests.invocation import invoke
from tests.paths import ROOT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples(name: str) -> None:
    shown = invoke(name, "--help").output
    assert f"  marketing-ibis {name} " in shown


SUBCOMMANDS = (("docs", "generate"), ("docs", "serve"), ("sources", "inspect"))


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS), *SUBCOMMANDS])
def test_no_line_of_help_is_wider_than_a_terminal(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in invoke(*words, "--help").output.splitlines() if len(line) > 80] == []


def test_help_is_true_of_every_project() -> None:
    # The size of generated data is its number of orders.
    own = set(load_project(ROOT).nodes()) - {"orders"}
    for call in (("--help",), ("seed", "--help")):
        assert not own & set(re.findall(r"\w+", invoke(*call).output))


def test_an_unknown_command_gets_the_nearest() -> None:
    assert "No such command 'biuld'. Did you mean build?" in invoke("biuld", code=2).output


def every_command(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)


def test_help_is_neither_cut_nor_shows_marks_of_its_form() -> None:
    for path, command in every_command(main):
        assert not command.get_short_help_str(limit=80 - len("  completion  ")).endswith("..."), path
        text = command.get_help(click.Context(command, info_name=path[-1], terminal_width=80))
        assert "\\b" not in text, path
        assert "\b" not in text, path
        assert max(map(len, text.splitlines())) <= 80, path
