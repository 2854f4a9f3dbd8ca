"""What is remembered is what would be written again, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pytest

from marketing_ibis.cli.loading import MEMORY
from marketing_ibis.dialects import DIALECTS
from marketing_ibis.errors import UsageError
from marketing_ibis.sql_memory import MOST_ENTRIES, SqlMemory, key_of
from tests.invocation import Run
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

T = ibis.table({"a": "int64", "b": "string"}, name="t")


def refuse() -> str:
    raise AssertionError("it was written again")


def test_an_expression_is_written_once(tmp_path: Path) -> None:
    memory = SqlMemory.open(tmp_path / "m.json")
    assert memory.recall("x", T.filter(T.a > 1), lambda: "one") == "one"
    memory.save()
    again = SqlMemory.open(tmp_path / "m.json")
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

    memory = SqlMemory.open(tmp_path / "m.json")
    expression = T.select(x=doubled(T.a))
    if key_of("x", expression) is None:
        assert memory.recall("x", expression, lambda: "written") == "written"
        assert not memory.texts


@pytest.mark.parametrize("content", ["", "{", "[]", '{"k": 1}', "\x00"])
def test_a_damaged_file_is_an_empty_memory(tmp_path: Path, content: str) -> None:
    (tmp_path / "m.json").write_text(content)
    assert SqlMemory.open(tmp_path / "m.json").texts == {}


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    memory = SqlMemory(tmp_path / "m.json", {str(n): "text" for n in range(MOST_ENTRIES)}, is_changed=True)
    memory.recall("x", T, lambda: "new")
    memory.save()
    kept = json.loads((tmp_path / "m.json").read_text("utf-8"))
    assert len(kept) == MOST_ENTRIES
    assert "0" not in kept
    assert "new" in kept.values()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    memory = SqlMemory(tmp_path / "taken" / "m.json", is_changed=True)
    with pytest.raises(UsageError, match="Cannot write"):
        memory.save()


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_every_model_is_remembered_as_it_is_written(tmp_path: Path, engine: str) -> None:
    models = compiled_dataflow(GOLDEN_AS_OF).models
    plain = DIALECTS[engine]()
    remembering = replace(plain, memory=SqlMemory.open(tmp_path / "m.json"))
    first = {name: remembering.select(model.expression) for name, model in models.items()}
    recalled = {name: remembering.select(model.expression) for name, model in models.items()}
    assert first == recalled == {name: plain.select(model.expression) for name, model in models.items()}
    assert len(remembering.memory.texts) == len(models)  # type: ignore[union-attr]


def test_commands_write_the_same_files_with_and_without_memory(run: Run, tmp_path: Path) -> None:
    def compiled() -> dict[str, str]:
        run("build", "--dry-run", "--as-of", "2024-05-15")
        files = (tmp_path / "target" / "duckdb").rglob("*.sql")
        return {path.as_posix(): path.read_text("utf-8") for path in files}

    cold = compiled()
    assert (tmp_path / "target" / "duckdb" / MEMORY).exists()
    assert compiled() == cold
    assert len(cold) > 300


def test_redshift_remembers_nothing(run: Run, tmp_path: Path) -> None:
    run("compile", "-t", "redshift", "-s", "customers")
    assert not (tmp_path / "target" / "redshift" / MEMORY).exists()
