"""Every example in the documentation is run."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import duckdb
import pytest
import yaml

from marketing_ibis.cli import main
from marketing_ibis.project.settings import ProjectSettings, load_project
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import invoke
from tests.paths import ROOT
from tests.postgres_server import fresh_database
from tests.remembering import compiled_once

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]
SET_UP = ("pip ", "pytest", "python -m venv", "pre-commit", "nox", "python -m benchmarks.")
"""Commands that make or check an environment: the project's own check and nox run them."""
OURS = "python -m marketing_ibis "
TODAY = date(2024, 5, 15)
"""The day of examples that have no --as-of; most of the others pass this one."""


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def commands(page: Path) -> list[str]:
    return [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """Yield a reader's steps in order: a file's name with its content, or the text of a console."""
    named = r"(?:Write|Add to) `(?P<file>[\w/.]+)`:\n\n```(?:python|toml|csv)\n(?P<text>.*?)^```"
    for match in re.finditer(rf"{named}|^```console\n(?P<console>.*?)^```", page.read_text("utf-8"), re.M | re.S):
        yield match["file"] or "", match["text"] or match["console"]


@pytest.fixture
def server(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write a page's profile next to its files, and point its variables to a server."""
    profiles = blocks(page, "yaml")
    if not profiles:
        yield
        return
    (tmp_path / "profiles.yml").write_text(profiles[0])
    with fresh_database() as uri:
        settings = settings_of(uri)
        for variable, key in {"HOST": "host", "USER": "user", "DATABASE": "dbname"}.items():
            monkeypatch.setenv(f"SHOP_{variable}", str(settings[key]))
        monkeypatch.setenv("SHOP_PASSWORD", "any")
        yield


@pytest.fixture(scope="module")
def shared_starts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    """Return a new folder for each list of commands that more than one page starts with."""
    starts = Counter(start for page in PAGES for start in starts_of(page))
    shared = [start for start, count in starts.items() if count > 1]
    return {start: tmp_path_factory.mktemp("start") / "folder" for start in shared}


def starts_of(page: Path) -> list[tuple[str, ...]]:
    """Return the commands of a page up to each one that comes before its first file, as of the day that is today."""
    texts = [text for file, text in itertools.takewhile(lambda step: not step[0], steps(page))]
    ours = [line[2:] for text in texts for line in text.splitlines() if line.startswith(f"$ {OURS}")]
    usual = [command.replace(f" --as-of {TODAY}", "") for command in ours]
    return [] if blocks(page, "yaml") else [tuple(usual[:number]) for number in range(1, len(usual) + 1)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
@pytest.mark.usefixtures("server", "own_modules")
def test_console_examples_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_starts: dict[tuple[str, ...], Path]
) -> None:
    shutil.copytree(ROOT / "tests" / "data" / "jaffle_shop", tmp_path / "exports")
    monkeypatch.setattr(ProjectSettings, "today", lambda project: TODAY)
    monkeypatch.chdir(tmp_path)
    starts = starts_of(page)
    # What another page started with is continued in a copy of the folder that it left.
    done = max((start for start in starts if start in shared_starts and shared_starts[start].exists()), default=())
    if done:
        shutil.copytree(shared_starts[done], tmp_path, dirs_exist_ok=True)
    ours = 0
    for file, text in steps(page):
        if file:
            (tmp_path / file).write_text(text, "utf-8")
        for command in [line[2:] for line in text.splitlines() if line.startswith("$ ") and not file]:
            ours += command.startswith(OURS)
            if ours > len(done) or not command.startswith(OURS):
                assert_runs(command)
            kept = shared_starts.get(starts[ours - 1]) if 0 < ours <= len(starts) else None
            if kept and not kept.exists():
                shutil.copytree(tmp_path, kept)


def assert_runs(command: str) -> None:
    if command.startswith(OURS):
        invoke(*shlex.split(command.removeprefix(OURS)))
    else:
        assert command.startswith(SET_UP), f"{command} is not run by any test"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_settings_examples_are_accepted(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        (tmp_path / "pyproject.toml").write_text(block)
        project = load_project(tmp_path)
        with compiled_once():
            assert project.compile(project.today()).nodes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.usefixtures("own_modules")
def test_the_adapters_over_a_flat_table_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert_runs(f"{OURS}init flat_shop --adapter")
    project = tmp_path / "flat_shop"
    monkeypatch.chdir(project)
    for file in (*project.glob("flat_shop/raw_*.py"), *project.glob("data/*")):
        file.unlink()
    page = ROOT / "docs" / "how-to" / "adapters.md"
    (project / "flat_shop" / "lines.py").write_text(blocks(page, "python")[0], "utf-8")
    header = "Bestellnr;Kunde;Datum;Artikel;Menge;Preis gesamt;Zahlart;Status\n"
    rows = "B1;K1;31.03.2024;Tee;2;9,00;card;sent\nB1;K1;31.03.2024;Öl;1;12,40;card;sent\n"
    (project / "data" / "bestellungen.csv").write_text(header + rows, "utf-8")
    general, rules = (project / "pyproject.toml").read_text("utf-8").split("[tool.marketing_ibis.vars", 1)
    rules = rules.split("# The payments")[0]
    files = 'delimiter = "semicolon"\ndecimal = "comma"\ndate_format = "%d.%m.%Y"\n'
    settings = f'{general}id_type = "string"\n[tool.marketing_ibis.vars{rules}[tool.marketing_ibis.files]\n{files}'
    (project / "pyproject.toml").write_text(settings, "utf-8")
    assert_runs(f"{OURS}seed --from data")
    assert_runs(f"{OURS}build --as-of 2024-04-01")
    with duckdb.connect("target/warehouse.duckdb", read_only=True) as connection:
        query = "SELECT product_name, total_revenue::VARCHAR FROM analytics.product_performance ORDER BY 1"
        assert connection.sql(query).fetchall() == [("Tee", "9.00"), ("Öl", "12.40")]


@pytest.mark.usefixtures("own_modules")
def test_the_tests_of_the_how_to_pass_and_are_formatted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pages = {"shop_models": "add-a-model.md", "shop_tested": "add-a-test.md"}
    for name, page in pages.items():
        project = tmp_path / name
        assert_runs(f"{OURS}init {name}")
        for file, text in steps(ROOT / "docs" / "how-to" / page):
            if file:
                (project / file).write_text(text, "utf-8")
        for tool in (("ruff", "check", "--no-cache", "."), ("ruff", "format", "--no-cache", "--check", ".")):
            done = subprocess.run([sys.executable, "-m", *tool], cwd=project, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout
    command = [sys.executable, "-m", "pytest", "-W", "error", "tests"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert "7 passed" in done.stdout


SCHEDULERS = ("airflow", "container", "cron", "dagster", "github-actions")
CALL = re.compile(r"python -m marketing_ibis ([^|>&#\n]*)")


@pytest.mark.parametrize("name", [*SCHEDULERS, "upgrade"])
def test_examples_of_operation_can_be_read(name: str) -> None:
    page = ROOT / "docs" / "how-to" / f"{name}.md"
    for text in blocks(page, "python"):
        compile(text, page.name, "exec")
    for text in blocks(page, "yml"):
        assert yaml.safe_load(text)
    for text in blocks(page, "sh"):
        read = subprocess.run(["/bin/sh", "-n"], input=text, capture_output=True, text=True)
        assert read.returncode == 0, read.stderr


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_page_of_operation_has_freshness_retries_and_an_alert(name: str) -> None:
    text = (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    assert "--require-fresh" in text
    assert all(f"- **{subject}**" in text for subject in ("Freshness", "Retries", "Alert"))
    assert "75" in text
    for index in ("docs/index.md", "docs/how-to/README.md", "docs/how-to/run-nightly.md"):
        assert f"{name}.md)" in (ROOT / index).read_text("utf-8")


def calls_in(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of the command line in a shell, a Python list or a Dockerfile."""
    for match in CALL.finditer(text):
        line = match[1].strip()
        # The quote that ends a YAML string does not belong to the call.
        yield shlex.split(line if line.count('"') % 2 == 0 else line.removesuffix('"'))
    for match in re.finditer(r"^(?:CMD|BUILD =) \[(.*)\]", text, re.M):
        words = re.findall(r'"([^"]*)"', match[1])
        yield words[words.index("marketing_ibis") + 1 :] if "marketing_ibis" in words else words


@pytest.mark.parametrize("name", [*SCHEDULERS, "upgrade"])
def test_the_calls_of_operation_are_understood(name: str) -> None:
    text = "\n".join(blocks(ROOT / "docs" / "how-to" / f"{name}.md", r"(?:python|yml|sh|dockerfile|text)"))
    found = [call for call in calls_in(text) if call]
    assert found or name == "upgrade"
    for command, *arguments in found:
        called = main.get_command(click.Context(main), command)
        assert called, command
        called.make_context(command, [word.replace("$DAY", "2026-03-01") for word in arguments])


def test_readme_opens_with_the_two_commands() -> None:
    assert commands(ROOT / "README.md")[:2] == [
        "pip install . && python -m marketing_ibis build --demo",
        "pip install '.[test]' && pytest",
    ]


def test_every_mart_has_a_page() -> None:
    marts = {path.stem for path in (ROOT / "dataflows" / "marts").glob("*.py")} - {"__init__"}
    listed = (ROOT / "docs" / "metrics" / "README.md").read_text("utf-8")
    assert {mart for mart in marts if not re.search(rf"\b{mart}\b", listed)} == set()


def test_every_model_leads_to_a_page_that_defines_it() -> None:
    models = load_project(ROOT).compile(date(2024, 5, 15)).models
    assert len(models) > 20
    for model in models.values():
        _, _, source = model.description.partition("Source: ")
        cited = re.findall(r"docs/metrics/\w+\.md", source)
        assert cited, f"{model.name} does not say where it is defined"
        for page in cited:
            assert (ROOT / page).is_file(), f"{model.name} cites {page}"
        output = "".join((ROOT / page).read_text("utf-8") for page in cited)
        assert model.name in output, f"no page that {model.name} cites names it"


def test_every_rules_parameter_is_in_the_configuration_page() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    inputs = {name for node in load_project(ROOT).nodes().values() for name in node.inputs} - {
        "as_of",
        "passed_columns",
    }
    assert all(f"`{name}`" in text for name in inputs)
