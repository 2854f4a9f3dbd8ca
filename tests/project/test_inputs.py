"""What a compiled project depends on: each change of it is seen."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_ibis.project import inputs, pure_code
from marketing_ibis.project.inputs import Inputs, NotCacheable
from marketing_ibis.project.pure_code import CodeReport
from tests.project.observed_project import READING, Project, opened_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with opened_project(tmp_path, monkeypatch) as project:
        yield project


@pytest.mark.parametrize("code", READING.values(), ids=READING)
def test_a_change_of_each_file_is_seen(project: Project, code: str) -> None:
    places = ("factor.txt", "linked/factor.txt", "target/factor.txt", f"{project.name}/factor.txt", "more/factor.py")
    for place in places:
        project.write(place, "2")
    project.write("helpers.py", "RESULT = 2")
    (project.root / "link.txt").symlink_to("linked/factor.txt")
    project.write(f"{project.name}/models.py", code)
    dependencies = project.run()[1]
    assert dependencies.are_unchanged(project.scope)
    changed = set()
    for file in (
        *(project.root / place for place in places),
        project.root / "helpers.py",
        project.package / "models.py",
    ):
        old = file.read_text()
        file.write_text(f"{old} ")
        if not dependencies.are_unchanged(project.scope):
            changed.add(file.name)
            file.write_text(old)
            assert dependencies.are_unchanged(project.scope)
            file.unlink()
            assert not dependencies.are_unchanged(project.scope)
        file.write_text(old)
    assert "models.py" in changed
    assert len(changed) == 2 or "modules" in code


def test_bytecode_that_python_writes_is_no_change(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for value in (1, 22):
        # The second time, there is bytecode of another source.
        project.write(f"{project.name}/models.py", f"VALUE = {value}")
        module, kept = project.run()
        assert value == module.VALUE
        assert kept.are_unchanged(project.scope)
    (bytecode,) = project.package.rglob("models*.pyc")
    bytecode.write_bytes(b"")
    assert not kept.are_unchanged(project.scope)
    bytecode.unlink()
    with pytest.raises(NotCacheable, match="has changed"):
        project.run(meanwhile=lambda: bytecode.write_bytes(b""))


def test_a_link_that_leads_elsewhere_is_seen(project: Project) -> None:
    project.write("old/factor.txt", "2")
    project.write("new/factor.txt", "2")
    link = project.root / "current"
    link.symlink_to("old")
    project.write(f"{project.name}/models.py", "with open('current/factor.txt') as file:\n    RESULT = file.read()")
    dependencies = project.run()[1]
    link.unlink()
    link.symlink_to("new")
    assert not dependencies.are_unchanged(project.scope)


def test_a_file_that_appears_is_seen(project: Project) -> None:
    project.write(f"{project.name}/models.py", READING["perhaps"])
    module, dependencies = project.run()
    assert (module.RESULT, dependencies.are_unchanged(project.scope)) == ("", True)
    project.write("factor.txt", "2")
    assert not dependencies.are_unchanged(project.scope)
    assert project.run()[0].RESULT == "2"


def test_a_pipe_in_the_place_of_a_file_does_not_block(project: Project) -> None:
    project.write("factor.txt", "2")
    project.write(f"{project.name}/models.py", READING["open"])
    dependencies = project.run()[1]
    (project.root / "factor.txt").unlink()
    os.mkfifo(project.root / "factor.txt")
    assert not dependencies.are_unchanged(project.scope)


def test_all_variables_count_where_some_are_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(f"{project.name}/models.py", "import os\nRESULT = os.environ.get('COLUMNS')")
    dependencies, key = project.run()[1], project.key()
    monkeypatch.setenv("COLUMNS", "71")
    assert not dependencies.are_unchanged(project.scope)
    assert project.key() == key
    monkeypatch.setenv("ANOTHER", "71")
    assert project.key() != key


def test_files_of_installed_packages_count(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of models may be installed, with data next to its modules."""
    monkeypatch.setattr(inputs, "_library_folders", lambda: (f"{project.root}{os.sep}",))
    project.write(f"{project.name}/factor.txt", "2")
    project.write(f"{project.name}/models.py", READING["near"])
    for file in ("factor.txt", "models.py", "__init__.py"):
        dependencies = project.run()[1]
        (project.package / file).write_text((project.package / file).read_text() + " ")
        assert not dependencies.are_unchanged(project.scope)
    dependencies = project.run()[1]
    project.write(f"{project.name}/more.py", "")
    assert not dependencies.are_unchanged(project.scope)


def test_files_of_libraries_count(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reinstalling the same version of a library changes files, and not the list of versions."""
    file = tmp_path / "site" / "library_of_shop.py"
    file.parent.mkdir()
    file.write_text("FACTOR = 2")
    monkeypatch.syspath_prepend(str(file.parent))
    monkeypatch.setattr(inputs, "_library_folders", lambda: (f"{file.parent}{os.sep}",))
    monkeypatch.setattr(inputs, "_process_start", lambda: time.time_ns())
    monkeypatch.setattr(pure_code, "inspect_code", lambda modules: CodeReport((), reads_environment=False))
    project.write(f"{project.name}/models.py", "import library_of_shop\nRESULT = 1")
    dependencies = project.run()[1]
    assert dependencies.are_unchanged(project.scope)
    file.write_text("FACTOR = 3")
    assert not dependencies.are_unchanged(project.scope)
    monkeypatch.setattr(inputs, "_process_start", lambda: 0)
    with pytest.raises(NotCacheable, match="has changed"):
        project.run()
    del sys.modules["library_of_shop"]


def test_what_python_would_import_counts(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {project.key()}
    project.write("statistics.py", "RESULT = 2")
    keys.add(project.key())
    project.write("json/__init__.py", "")
    keys.add(project.key())
    monkeypatch.chdir(tmp_path)
    keys.add(project.key())
    monkeypatch.syspath_prepend(str(tmp_path / "more"))
    keys.add(project.key())
    monkeypatch.setattr(sys, "version", "4")
    keys.add(project.key())
    monkeypatch.setattr(time, "tzname", ("A", "B"))
    keys.add(project.key())
    assert len(keys) == 7
    # A command's own output, and other files than modules, do not count.
    project.write("target/compiled.sql", "")
    project.write("notes.txt", "")
    assert project.key() in keys


def test_every_file_of_this_package_counts(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(inputs.PACKAGE / "project", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(inputs, "PACKAGE", copy)
    monkeypatch.setattr(inputs, "_package_digest", inputs._package_digest.__wrapped__)
    key = project.key()
    files = [file for file in copy.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} > {".py"}
    for file in files:
        file.write_bytes(file.read_bytes() + b" ")
        key, earlier = project.key(), key
        assert key != earlier, file
    (copy / "more.py").write_text("")
    assert project.key() != key


EDITS = ("models.py", "near.py", "../helpers.py", "../factor.txt", "factor.txt", "more/one.py", "more/two.py")


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 2)), min_size=1, max_size=4))
def test_what_is_unchanged_gives_the_same_again(
    project: Project, edits: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any edits, a result whose inputs are unchanged is the one that is computed again."""
    project.write("helpers.py", "FACTOR = 0")
    project.write(f"{project.name}/near.py", "FACTOR = 0")
    models = """
        import pkgutil
        import helpers
        from .near import FACTOR
        def number(path):
            try:
                with open(path) as file:
                    return file.read()
            except OSError:
                return None
        HERE = __file__.removesuffix("models.py")
        MORE = [module.name for module in pkgutil.iter_modules([HERE + "more"])]
        RESULT = [0, helpers.FACTOR, FACTOR, MORE, number("factor.txt"), number(HERE + "factor.txt")]
        """
    project.write(f"{project.name}/models.py", models)
    results: list[tuple[Inputs, str, object]] = []
    for name, value in [("models.py", 0), *edits]:
        file = project.package / name
        if name == "models.py":
            file.write_text(dedent(models).replace("[0,", f"[{value},"))
        elif value == 2:
            if name not in ("near.py", "../helpers.py"):
                file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"FACTOR = {value}")
        module, dependencies = project.run()
        assert dependencies.are_unchanged(project.scope)
        results.append((dependencies, project.key(), module.RESULT))
        for earlier, key, result in results:
            if key == results[-1][1] and earlier.are_unchanged(project.scope):
                assert result == module.RESULT


def test_a_path_through_a_link_is_the_one_that_was_opened(project: Project) -> None:
    data = project.root.parent / "elsewhere" / "data"
    (data.parent / "linked").mkdir(parents=True)
    data.mkdir()
    (data / "factor.txt").write_text("1")
    (project.root / "link").symlink_to(data.parent / "linked")
    place = project.root / "link" / ".." / "data" / "factor.txt"
    project.write(f"{project.name}/models.py", f"with open({str(place)!r}) as file:\n    RESULT = file.read()")
    module, seen = project.run()
    assert module.RESULT == "1"
    assert seen.are_unchanged(project.scope)
    (data / "factor.txt").write_text("2")
    assert not seen.are_unchanged(project.scope)


def test_a_folder_that_becomes_a_package_counts(project: Project) -> None:
    project.write("rules.py", "RESULT = 1")
    project.write("rules/a.csv", "")
    before = project.key()
    project.write("rules/__init__.py", "RESULT = 2")
    assert project.key() != before


def test_switches_of_python_count(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.key()
    monkeypatch.setattr(sys, "warnoptions", ["error"])
    assert project.key() != before


def test_what_is_run_when_python_starts_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    site = project.root / "site-packages"
    site.mkdir()
    monkeypatch.setattr(inputs, "_is_library", lambda path: path.startswith(str(site)))
    monkeypatch.syspath_prepend(str(site))
    (site / "company.pth").write_text("import a\n")
    before = project.key()
    (site / "company.pth").write_text("import b\n")
    assert project.key() != before
