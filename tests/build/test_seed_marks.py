"""Seeding replaces the tables that it created, and no others unless it is asked to."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import click
import ibis
import pytest

from marketing_ibis.build.seed import seed_expressions, seed_files
from marketing_ibis.build.seed_marks import ForeignObject, SchemaState
from marketing_ibis.cli.steps.seeding import confirm
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, SourceError, UsageError

SALES = ibis.schema({"id": "int64", "name": "string"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("id,name\n1,Ada\n2,Bob\n")
    return tmp_path


@pytest.fixture
def target() -> Target:
    opened = open_duckdb()
    opened.execute("CREATE SCHEMA raw")
    return opened


def seed(target: Target, folder: Path, **options: object) -> None:
    seed_files(target, folder, {"sales": SALES}, "raw", **options)  # type: ignore[arg-type]


def allow(foreign: Sequence[ForeignObject]) -> None:
    assert foreign


def names(target: Target) -> list[object]:
    return [row[0] for row in target.query("SELECT name FROM raw.sales ORDER BY 1")]


FOREIGN = {
    "a table": (
        "CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name",
        "table raw.sales (not created by seed; 1 row)",
    ),
    "more columns": (
        "CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name, 'DE' AS vat, 1 AS score",
        "1 row, other columns vat, score",
    ),
    "a key": (
        "CREATE TABLE raw.sales (id BIGINT PRIMARY KEY, name VARCHAR); INSERT INTO raw.sales VALUES (7, 'real')",
        "a primary key",
    ),
    "capitals": (
        "CREATE TABLE raw.\"Sales\" AS SELECT 7 AS id, 'real' AS name",
        "table raw.Sales (not created by seed",
    ),
    "a view": ("CREATE VIEW raw.sales AS SELECT 7 AS id, 'real' AS name", "view raw.sales (not created by seed)"),
    "a comment": (
        "CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name; COMMENT ON TABLE raw.sales IS 'Seeded by hand'",
        "not created by seed",
    ),
    "no rows": ("CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name LIMIT 0", "0 rows"),
}


@pytest.mark.parametrize("link", [False, True], ids=["load", "link"])
@pytest.mark.parametrize("what", FOREIGN)
def test_what_seeding_did_not_make_stays(target: Target, folder: Path, what: str, link: bool) -> None:
    statements, message = FOREIGN[what]
    for statement in statements.split("; "):
        target.execute(statement)
    before = names(target)
    with pytest.raises(UsageError) as caught:
        seed(target, folder, link=link)
    assert message in caught.value.message
    assert "--replace" in caught.value.hint
    assert caught.value.exit_code == 2
    assert names(target) == before
    seed(target, folder, link=link, permit=allow)
    assert names(target) == ["Ada", "Bob"]
    assert list(target.relations("raw")) == ["sales"]
    seed(target, folder, link=link)


@pytest.mark.parametrize("first", [False, True], ids=["loaded", "linked"])
@pytest.mark.parametrize("second", [False, True], ids=["load", "link"])
def test_what_seeding_made_is_replaced(target: Target, folder: Path, first: bool, second: bool) -> None:
    seed(target, folder, link=first)
    (folder / "sales.csv").write_text("id,name\n3,Eve\n")
    seed(target, folder, link=second)
    assert names(target) == ["Eve"]


CHANGES = {
    "rows added": ("INSERT INTO raw.sales VALUES (3, 'real')", "changed after it was seeded with 2 rows; 3 rows"),
    "rows deleted": ("DELETE FROM raw.sales WHERE id = 1", "changed after it was seeded with 2 rows; 1 row"),
    "a column added": ("ALTER TABLE raw.sales ADD COLUMN vat VARCHAR", "columns were changed"),
    "a column of another type": ("ALTER TABLE raw.sales ALTER id TYPE VARCHAR", "columns were changed"),
    "an index added": (
        "CREATE UNIQUE INDEX by_id ON raw.sales (id)",
        "extended after it was seeded; 2 rows, the index by_id",
    ),
    "created again": ("CREATE OR REPLACE TABLE raw.sales AS SELECT 1 AS id, 'real' AS name", "not created by seed"),
    "a value": ("UPDATE raw.sales SET name = 'real' WHERE id = 1", "its rows were changed after it was seeded; 2 rows"),
    "a value that is missing": ("UPDATE raw.sales SET name = NULL WHERE id = 1", "its rows were changed"),
    "values of two rows": ("UPDATE raw.sales SET id = 3 - id", "its rows were changed"),
    "a row for another": (
        "DELETE FROM raw.sales WHERE id = 1; INSERT INTO raw.sales VALUES (3, 'real')",
        "its rows were changed",
    ),
    "not null": (
        "ALTER TABLE raw.sales ALTER id SET NOT NULL",
        "extended after it was seeded; 2 rows, NOT NULL of column id",
    ),
    "a default": ("ALTER TABLE raw.sales ALTER name SET DEFAULT 'x'", "2 rows, the default of column name"),
    "a key": ("ALTER TABLE raw.sales ADD PRIMARY KEY (id)", "2 rows, a primary key)"),
    "a unique constraint": ("ALTER TABLE raw.sales ADD UNIQUE (id)", "2 rows, the constraint sales_id_key"),
    "a comment on a column": ("COMMENT ON COLUMN raw.sales.name IS 'as signed'", "2 rows, the comment on column name"),
    "a collation": ("ALTER TABLE raw.sales ALTER name TYPE VARCHAR COLLATE nocase", "2 rows, a collation"),
    "a trigger": (
        "CREATE TABLE raw.log (n INT); CREATE TRIGGER noted AFTER INSERT ON raw.sales INSERT INTO raw.log VALUES (1)",
        "2 rows, the trigger noted",
    ),
    "a comment": ("COMMENT ON TABLE raw.sales IS 'corrected by hand'", "not created by seed"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_somebody_has_changed_since_stays(target: Target, folder: Path, what: str) -> None:
    seed(target, folder)
    statements, message = CHANGES[what]
    for statement in statements.split("; "):
        target.execute(statement)
    before = target.query("SELECT * FROM raw.sales ORDER BY 1")
    with pytest.raises(UsageError) as caught:
        seed(target, folder)
    assert message in caught.value.message
    assert target.query("SELECT * FROM raw.sales ORDER BY 1") == before


def marked(target: Target, old: str, new: str) -> None:
    """Rewrite the mark of the table as another version or release would have written it."""
    comment = target.occupants("raw", ["sales"])["sales"].comment
    rewritten = re.sub(old, new, comment)
    assert rewritten != comment
    target.execute(f"COMMENT ON TABLE raw.sales IS '{rewritten}'")


@pytest.mark.parametrize(
    "change", ["", "UPDATE raw.sales SET name = 'real' WHERE id = 1"], ids=["as it was", "changed"]
)
def test_marks_without_a_digest_of_the_rows_are_accepted(target: Target, folder: Path, change: str) -> None:
    seed(target, folder)
    marked(target, ", content .*", ".")
    for statement in filter(None, [change]):
        target.execute(statement)
    seed(target, folder)
    target.execute("UPDATE raw.sales SET name = 'real' WHERE id = 1")
    with pytest.raises(UsageError, match="its rows were changed"):
        seed(target, folder)


def test_hashes_of_another_release_are_not_compared(target: Target, folder: Path) -> None:
    seed(target, folder)
    marked(target, r"content [0-9a-f]{12} \(.*\)", "content 0123456789ab (1.0.0)")
    seed(target, folder)
    marked(target, r"content [0-9a-f]{12} ", "content 0123456789ab ")
    with pytest.raises(UsageError, match="its rows were changed"):
        seed(target, folder)


def test_rows_of_every_type_are_recognised(target: Target, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("a,b,c,d,e,f\n1,1.5,true,2024-02-29,2024-02-29 12:00:00,x\n2,,,,,\n")
    types = ("int64", "decimal(9, 2)", "boolean", "date", "timestamp", "string")
    contract = ibis.schema(dict(zip("abcdef", types, strict=True)))
    for _ in range(3):
        seed_files(target, tmp_path, {"sales": contract}, "raw")
    for column in contract:
        target.execute("BEGIN")
        target.execute(f"UPDATE raw.sales SET {column} = NULL WHERE a = 1")
        (foreign,) = SchemaState.of(target, "raw", {"sales": list(contract)}).foreign
        assert foreign.reason == "its rows were changed after it was seeded"
        target.execute("ROLLBACK")


def test_a_comment_on_a_column_of_a_linked_view_stays(target: Target, folder: Path) -> None:
    seed(target, folder, link=True)
    target.execute("COMMENT ON COLUMN raw.sales.name IS 'as signed'")
    with pytest.raises(UsageError, match="the comment on column name"):
        seed(target, folder, link=True)


def test_many_additions_are_counted(target: Target, folder: Path) -> None:
    seed(target, folder)
    for number in range(11):
        target.execute(f"CREATE INDEX i{number:02} ON raw.sales (id)")
    with pytest.raises(UsageError, match=r"the index i07, 3 more\)"):
        seed(target, folder)


def test_one_table_of_somebody_else_keeps_all_of_them(target: Target) -> None:
    tables = {"a": ibis.range(3).unnest().name("id").as_table(), "b": ibis.range(3).unnest().name("id").as_table()}
    target.execute("CREATE TABLE raw.b AS SELECT 7 AS id")
    with pytest.raises(UsageError, match=r"the table raw\.b"):
        seed_expressions(target, tables, "raw")
    assert list(target.relations("raw")) == ["b"]


def test_what_appears_while_the_data_is_read_stays(
    target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_files = target.load_files

    def slow(*arguments: object) -> int:
        target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name")
        return load_files(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(target, "load_files", slow)
    with pytest.raises(SourceError, match="Another program changed the tables of schema raw"):
        seed(target, folder)
    assert names(target) == ["real"]
    assert list(target.relations("raw")) == ["sales"]


@pytest.mark.parametrize("what", ["a value", "not null", "a trigger"])
def test_what_is_changed_while_the_data_is_read_stays(
    target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    seed(target, folder)
    load_files = target.load_files

    def slow(*arguments: object) -> int:
        for statement in CHANGES[what][0].split("; "):
            target.execute(statement)
        return load_files(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(target, "load_files", slow)
    with pytest.raises(SourceError, match="Another program changed the tables of schema raw"):
        seed(target, folder)
    assert "sales__candidate" not in target.relations("raw")


def test_the_mark_comes_and_goes_with_the_data(target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id, 'real' AS name")
    execute = target.execute

    def broken(sql: str) -> int | None:
        if sql.startswith("COMMENT"):
            raise RunFailed("the disk is full")
        return execute(sql)

    monkeypatch.setattr(target, "execute", broken)
    with pytest.raises(RunFailed):
        seed(target, folder, permit=allow)
    assert names(target) == ["real"]


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def foreign(target: Target, folder: Path) -> list[ForeignObject]:
    results: list[ForeignObject] = []

    def keep(several: Sequence[ForeignObject]) -> None:
        results.extend(several)
        raise UsageError("enough")

    target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id")
    with pytest.raises(UsageError):
        seed(target, folder, permit=keep)
    return results


def test_on_a_terminal_the_schema_is_typed(
    target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign_objects = foreign(target, folder)
    monkeypatch.setattr("sys.stdin", Keyboard())
    for typed, is_right in (("raw", True), (" raw ", True), ("", False), ("y", False), ("RAW", False)):
        monkeypatch.setattr(click, "prompt", lambda *_, typed=typed, **__: typed)
        if is_right:
            confirm(foreign_objects)
        else:
            with pytest.raises(UsageError, match="Nothing was loaded"):
                confirm(foreign_objects)
    assert "seed will replace the table raw.sales (not created by seed; 1 row)." in capsys.readouterr().err


def test_without_a_terminal_nobody_is_asked(target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign_objects = foreign(target, folder)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    prompts: list[object] = []
    monkeypatch.setattr(click, "prompt", lambda *texts, **_: prompts.append(texts))
    confirm(foreign_objects)
    assert not prompts
