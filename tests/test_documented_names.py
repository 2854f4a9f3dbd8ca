"""The modules, files, sessions, settings and options that the documentation names exist."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from marketing_ibis.cli import main
from marketing_ibis.project.settings import ProjectSettings
from tests.paths import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]
FOLDERS = "marketing_ibis|tests|dataflows|docs|benchmarks"
OF_OTHERS = {"--all-files", "--empty", "--full-refresh", "--models", "--selector"}
"""Options of pre-commit and dbt that pages mention."""
OUR_TOOLS = (
    ROOT / "tests" / "conftest.py",
    *(ROOT / "tests" / "mutation").glob("*.py"),
    *(ROOT / "benchmarks").rglob("*.py"),
)
"""Programs for developers, with options of their own."""


def identify(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def spans(page: Path) -> list[str]:
    """Return the inline code of a page; blocks of code are run or parsed by other tests."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", text)


def found(page: Path, pattern: str) -> Iterator[str]:
    for span in spans(page):
        yield from re.findall(pattern, span)


def test_modules_exist() -> None:
    for page in PAGES:
        for name in found(page, r"(?<![\w./\[])marketing_ibis(?:\.\w+)+"):
            assert is_importable(name), f"{identify(page)} mentions {name}"


def is_importable(name: str) -> bool:
    """Return whether a dotted name is a module, or a name in one."""
    module, _, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return bool(module) and is_importable(module) and hasattr(importlib.import_module(module), attribute)
    return True


def test_files_exist() -> None:
    """A part in angle brackets or capitals is a placeholder; files that the page asks its reader to write need not
    exist."""
    for page in PAGES:
        own = set(re.findall(r"Write `([\w/.]+)`:", page.read_text("utf-8")))
        for name in found(page, rf"(?<![\w./-])(?:{FOLDERS})/[\w./<>*-]+"):
            pattern = re.sub(r"<\w+>|\b[A-Z]{3,}\b", "*", name).rstrip("/.")
            assert name in own or any(ROOT.glob(pattern)), f"{identify(page)} mentions {name}"


def test_sessions_exist() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    sessions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
    for page in PAGES:
        assert set(re.findall(r"nox -s (\w+)", page.read_text("utf-8"))) <= sessions, identify(page)


def test_settings_exist() -> None:
    known = {field.name for field in fields(ProjectSettings)} - {"root", "chosen", "command_vars"}
    for page in PAGES:
        named = set(re.findall(r"\[tool\.marketing_ibis\.(\w+)", page.read_text("utf-8")))
        assert named <= known, identify(page)


def test_commands_and_options_exist() -> None:
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    options = {"--help", *OF_OTHERS}
    for tool in OUR_TOOLS:
        options |= set(re.findall(r'"(--[a-z][\w-]+)"', tool.read_text("utf-8")))
    for command in [main, *commands.values()]:
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        for each in [command, *inner]:
            options |= {name for one in each.params for name in (*one.opts, *one.secondary_opts)}
    for page in PAGES:
        assert set(found(page, r"(?<![\w-])--[a-z][\w-]+")) <= options, identify(page)
        named = set(re.findall(r"python -m marketing_ibis ([a-z]+)", page.read_text("utf-8")))
        assert named <= commands.keys(), identify(page)
