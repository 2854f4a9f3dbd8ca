"""Only changed pages are built again, and the site equals one that is built from scratch."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from marketing_ibis.docs_site.pages.earlier import sync_folder, warned_pages
from marketing_ibis.private_files import private_files
from tests.invocation import Run

HEAD = """
import ibis.expr.types as ir
from marketing_ibis.model import column, model, source

@source(table="t", grain=("id",), columns=(column("id", "int64", "Key."),))
def raw_t() -> ir.Table:
    '''Numbers.'''
"""
MODEL = """
@model(layer="marts", grain=("id",), columns=(column("id", "int64", "{text}"),))
def {name}(raw_t: ir.Table) -> ir.Table:
    '''{text}'''
    return raw_t.select("id")
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MARKETING_IBIS_STATE_DIR", str(tmp_path / "state"))


def write(folder: Path, **models: str) -> Path:
    """Write a project of these models with their descriptions, and return the folder of its site."""
    flows = folder / "changing_flows"
    flows.mkdir(exist_ok=True)
    text = HEAD + "".join(MODEL.format(name=name, text=said) for name, said in models.items())
    (flows / "__init__.py").write_text(text, "utf-8")
    (folder / "pyproject.toml").write_text('[tool.marketing_ibis]\ndataflows = ["changing_flows"]\n')
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "index.md").write_text("# Guide\n\nSee `first_model`.\n")
    return folder / "target" / "site"


def generate(run: Run, own_modules: None, *options: str) -> str:
    """Generate the site as a separate command does: with the models imported again."""
    for name in [name for name in sys.modules if name.startswith("changing_flows")]:
        del sys.modules[name]
    return run("docs", "generate", *options).output


def times(site: Path) -> dict[str, int]:
    return {path.relative_to(site).as_posix(): path.stat().st_mtime_ns for path in site.rglob("*.html")}


def contents(site: Path) -> dict[str, object]:
    files = [*site.rglob("*.html"), site / "_static" / "excerpts.js"]
    index = json.loads((site / "searchindex.js").read_text("utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    # Words that are on no page any more stay in the index, without a page.
    index["terms"] = {word: found for word, found in index["terms"].items() if found != []}
    index["titleterms"] = {word: found for word, found in index["titleterms"].items() if found != []}
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in files} | {"index": index}


def rebuilt(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name, time in after.items() if before.get(name) != time}


ALWAYS = {"index.html", "search.html"}


def test_pages_that_did_not_change_stay(run: Run, own_modules: None, tmp_path: Path) -> None:
    site = write(tmp_path, first_model="One.", second_model="Two.")
    generate(run, own_modules)
    before, was = times(site), contents(site)
    generate(run, own_modules)
    assert rebuilt(before, times(site)) <= ALWAYS
    assert contents(site) == was
    write(tmp_path, first_model="One.", second_model="Something else.")
    generate(run, own_modules)
    changed = rebuilt(before, times(site))
    assert "models/second_model.html" in changed
    assert not {"models/first_model.html", "docs/index.html", "command-line.html"} & changed
    generate(run, own_modules, "--output", "all")
    assert contents(site) == contents(tmp_path / "all")
    assert "Something else." in (site / "_static" / "excerpts.js").read_text()


def test_new_tables_are_linked_and_dropped_ones_go(run: Run, own_modules: None, tmp_path: Path) -> None:
    site = write(tmp_path, second_model="Two.")
    generate(run, own_modules)
    assert "models/first_model.html" not in (site / "docs" / "index.html").read_text()
    write(tmp_path, first_model="One.")
    generate(run, own_modules)
    assert "models/first_model.html" in (site / "docs" / "index.html").read_text()
    assert not (site / "models" / "second_model.html").exists()
    assert not [name for name, text in contents(site).items() if "second_model" in str(text)]
    generate(run, own_modules, "--output", "all")
    assert contents(site) == contents(tmp_path / "all")


@pytest.mark.parametrize("planted", ["models/first_model.html", "searchindex.js", "_static/excerpts.js", ".buildinfo"])
def test_what_others_changed_is_not_taken_over(run: Run, own_modules: None, tmp_path: Path, planted: str) -> None:
    site = write(tmp_path, first_model="One.")
    generate(run, own_modules)
    was = contents(site)
    (site / planted).write_text("planted")
    (site / "models" / "planted.html").write_text("planted")
    (site.parent / "site.work" / "source" / "planted.md").write_text("# planted")
    generate(run, own_modules)
    assert contents(site) == was


def test_what_was_not_sealed_here_is_not_read(run: Run, own_modules: None, tmp_path: Path) -> None:
    site = write(tmp_path, first_model="One.")
    generate(run, own_modules)
    (kept,) = (tmp_path / "cache" / "site").iterdir()
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as planted:
        planted.writestr("environment.pickle", b"cos\nsystem\n(S'touch planted'\ntR.")
        planted.writestr("record.json", "{}")
    kept.write_bytes(kept.read_bytes()[:32] + archive.getvalue())
    before = times(site)
    generate(run, own_modules)
    assert not (tmp_path / "planted").exists()
    assert "models/first_model.html" in rebuilt(before, times(site))


def test_a_warning_is_heard_again(run: Run, own_modules: None, tmp_path: Path) -> None:
    write(tmp_path, first_model="One.")
    (tmp_path / "docs" / "notes.md").write_text("# Notes\n\n[away](gone.md)\n")
    for _ in range(2):
        assert re.search(r"Warning: .*notes.md:3: .*gone.md", generate(run, own_modules))


def test_without_a_folder_of_the_user_all_is_built(
    run: Run, own_modules: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETING_IBIS_CACHE_DIR", "")
    assert private_files("site") is None
    site = write(tmp_path, first_model="One.")
    generate(run, own_modules)
    before = times(site)
    generate(run, own_modules)
    assert "models/first_model.html" in rebuilt(before, times(site))


def test_pages_of_warnings_are_found(tmp_path: Path) -> None:
    message = f"{tmp_path}/docs/a.md:3: WARNING: gone [myst.xref_missing]\n{tmp_path}/b.md: WARNING: odd\n"
    assert warned_pages(message, tmp_path) == ("b", "docs/a")
    assert warned_pages("", tmp_path) == ()
    assert warned_pages("WARNING: of no page\n", tmp_path) is None


def test_a_folder_becomes_the_same_as_the_new_one(tmp_path: Path) -> None:
    new, kept = tmp_path / "new", tmp_path / "kept"
    old = {"same": "1", "a/changed": "0", "x": ""}
    for folder, files in ((new, {"same": "1", "a/changed": "2", "a/new": "3"}), (kept, old)):
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    (kept / "link").symlink_to(tmp_path / "elsewhere")
    time = (kept / "same").stat().st_mtime_ns
    sync_folder(new, kept)
    found = {path.relative_to(kept).as_posix(): path.read_text() for path in kept.rglob("*") if path.is_file()}
    assert found == {"same": "1", "a/changed": "2", "a/new": "3"}
    assert (kept / "same").stat().st_mtime_ns == time
    assert not new.exists()
