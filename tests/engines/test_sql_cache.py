"""The cache returns only SQL that would be compiled again identically."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.sql_cache import MOST_ENTRIES, MOST_FILES, SqlCache, key_of
from marketing_ibis.private_files import CACHE, PrivateFiles
from tests.invocation import Run
from tests.remembering import forget_texts
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

T = ibis.table({"a": "int64", "b": "string"}, name="t")


def files(folder: Path) -> PrivateFiles:
    return PrivateFiles(folder / "cache" / "sql", folder / "state")


def opened(folder: Path) -> SqlCache:
    return SqlCache.open(files(folder), "m.sql")


def refuse() -> str:
    raise AssertionError("it was written again")


def test_an_expression_is_written_once(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    assert memory.recall("x", T.filter(T.a > 1), lambda: "one") == "one"
    memory.save()
    again = opened(tmp_path)
    assert again.recall("x", ibis.table(T.schema(), name="t").filter(lambda t: t.a > 1), refuse) == "one"


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("x", T.filter(T.a > 2)),
        ("x", T.filter(T.a >= 1)),
        ("x", ibis.table({"a": "int32", "b": "string"}, name="t").filter(lambda t: t.a > 1)),
        ("x", ibis.table(T.schema(), name="u").filter(lambda u: u.a > 1)),
        ("y", T.filter(T.a > 1)),
    ],
    ids=["number", "operator", "type", "table", "part"],
)
def test_anything_else_has_another_key(part: str, other: ibis.Table) -> None:
    assert key_of("x", T.filter(T.a > 1)) == key_of("x", T.filter(T.a > 1))
    assert key_of(part, other) != key_of("x", T.filter(T.a > 1))


def test_another_day_is_another_text() -> None:
    days = (GOLDEN_AS_OF, date(2024, 5, 14))
    one, other = (key_of("x", compiled_dataflow(day).models["customer_segmentation"].expression) for day in days)
    assert one != other


def test_what_holds_a_function_is_not_remembered(tmp_path: Path) -> None:
    @ibis.udf.scalar.python
    def doubled(x: int) -> int:
        return x * 2

    memory = opened(tmp_path)
    expression = T.select(x=doubled(T.a))
    if key_of("x", expression) is None:
        assert memory.recall("x", expression, lambda: "written") == "written"
        assert not memory.texts


@pytest.mark.parametrize("content", ["", "{", "[]", '{"k": 1}', "\x00"])
def test_a_damaged_file_is_an_empty_memory(tmp_path: Path, content: str) -> None:
    files(tmp_path).write("m.sql", content.encode())
    memory = opened(tmp_path)
    assert (memory.texts, memory.refusal) == ({}, "")


def remembering(folder: Path) -> Path:
    """Return the file of a cache that contains a string."""
    memory = opened(folder)
    memory.recall("x", T, lambda: "SELECT 1")
    memory.save()
    assert opened(folder).texts
    return folder / "cache" / "sql" / "m.sql"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_place_of_the_file_is_refused_at_once(tmp_path: Path) -> None:
    file = remembering(tmp_path)
    file.unlink()
    os.mkfifo(file, 0o600)
    memory = opened(tmp_path)
    assert memory.texts == {}
    assert str(file) in memory.refusal


@pytest.mark.parametrize("where", [0, 20, 40, -1])
def test_a_changed_file_is_an_empty_memory(tmp_path: Path, where: int) -> None:
    file = remembering(tmp_path)
    content = bytearray(file.read_bytes())
    content[where] ^= 1
    file.write_bytes(content)
    assert opened(tmp_path).texts == {}


def test_a_file_of_another_name_machine_or_user_is_an_empty_memory(tmp_path: Path) -> None:
    file = remembering(tmp_path)
    (file.parent / "other.sql").write_bytes(file.read_bytes())
    assert SqlCache.open(files(tmp_path), "other.sql").texts == {}
    remembering(tmp_path / "other")
    (tmp_path / "other" / "cache" / "sql" / "m.sql").write_bytes(file.read_bytes())
    assert opened(tmp_path / "other").texts == {}
    (tmp_path / "state" / "seal.key").unlink()
    assert opened(tmp_path).texts == {}


def planted_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("place", ["cache/sql", "cache/sql/m.sql", "state", "state/seal.key"])
@pytest.mark.parametrize("how", ["link", "group", "others", "owner"])
def test_what_others_can_write_is_neither_read_nor_written(
    tmp_path: Path, place: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = remembering(tmp_path)
    before = file.read_bytes()
    if how == "link":
        planted_link(tmp_path / place)
    elif how == "owner":
        mine = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    else:
        path = tmp_path / place
        path.chmod(path.stat().st_mode | (0o020 if how == "group" else 0o002))
    memory = opened(tmp_path)
    assert memory.texts == {}
    assert str(tmp_path) in memory.refusal
    memory.recall("y", T, lambda: "SELECT 2")
    memory.save()
    assert file.read_bytes() == before


def test_the_cache_is_readable_and_writable_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        file = remembering(tmp_path)
    finally:
        os.umask(before)
    modes = [
        path.stat().st_mode & 0o777 for path in (file.parent, file, tmp_path / "state", tmp_path / "state/seal.key")
    ]
    assert modes == [0o700, 0o600, 0o700, 0o600]


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    texts = {str(n): "text" for n in range(MOST_ENTRIES)}
    memory = SqlCache(files(tmp_path), "m.sql", texts=texts, is_changed=True)
    memory.recall("x", T, lambda: "new")
    memory.save()
    kept = opened(tmp_path).texts
    assert len(kept) == MOST_ENTRIES
    assert "0" not in kept
    assert "new" in kept.values()


def test_the_oldest_projects_are_forgotten(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 3):
        memory = SqlCache.open(files(tmp_path), f"{number}.sql")
        memory.recall("x", T, lambda: "text")
        memory.save()
        os.utime(tmp_path / "cache" / "sql" / f"{number}.sql", (number, number))
    kept = {path.name for path in (tmp_path / "cache" / "sql").iterdir()}
    assert len(kept) == MOST_FILES
    assert "0.sql" not in kept


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    memory = opened(tmp_path)
    assert memory.recall("x", T, lambda: "new") == "new"
    memory.save()


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_every_model_is_remembered_as_it_is_written(tmp_path: Path, engine: str) -> None:
    models = compiled_dataflow(GOLDEN_AS_OF).models
    plain = ENGINES[engine].dialect()
    remembering = replace(plain, cache=opened(tmp_path))
    first = {name: remembering.select(model.query) for name, model in models.items()}
    recalled = {name: remembering.select(model.query) for name, model in models.items()}
    forget_texts()
    assert first == recalled == {name: plain.select(model.query) for name, model in models.items()}
    assert len(remembering.cache.texts) == len(models)  # type: ignore[union-attr]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_commands_write_the_same_files_with_and_without_memory(run: Run, tmp_path: Path, cache: Path) -> None:
    def compiled() -> dict[str, str]:
        run("build", "--dry-run", "--as-of", "2024-05-15")
        files = (tmp_path / "target" / "duckdb").rglob("*.sql")
        return {path.as_posix(): path.read_text("utf-8") for path in files}

    cold = compiled()
    assert [path.suffix for path in (cache / "sql").iterdir()] == [".sql"]
    assert compiled() == cold
    assert len(cold) > 300


def test_nothing_of_the_target_folder_is_executed(run: Run, tmp_path: Path, cache: Path) -> None:
    run("build", "--demo", "--orders", "20", "--as-of", "2024-05-15", "-q")
    assert not list((tmp_path / "target").rglob("*sql_memory*"))
    assert remembered_texts(cache)


def remembered_texts(cache: Path) -> int:
    return sum(path.stat().st_size for path in (cache / "sql").iterdir())


def test_a_cache_that_others_can_write_is_reported_in_one_line(run: Run, cache: Path) -> None:
    run("compile", "-s", "customers")
    (cache / "sql").chmod(0o777)
    output = run("compile", "-s", "customers").stderr
    assert output.count("The SQL cache is not used: others can write") == 1


def test_the_memory_can_be_turned_off(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert "Remembered" not in run("compile", "-s", "customers").stderr
    assert not (tmp_path / "home").exists()


def test_redshift_remembers_nothing(run: Run, cache: Path) -> None:
    run("compile", "-t", "redshift", "-s", "customers")
    assert not cache.exists()
