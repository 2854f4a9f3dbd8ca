"""Seeding on PostgreSQL leaves alone what it did not make: tables with keys, views, and whatever else has the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import ibis
import pytest

from marketing_ibis.errors import RunFailed, TargetUnavailable, UsageError
from marketing_ibis.seed_marks import Foreign
from marketing_ibis.seeds import seed_files
from marketing_ibis.targets import TARGETS, Target
from tests.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database

SALES = ibis.schema({"id": "int64", "name": "string"})


@pytest.fixture
def uri() -> Iterator[str]:
    with fresh_database() as address:
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    with TARGETS["postgres"](settings_of(uri)) as opened:
        opened.create_schema("raw")
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("id,name\n1,Ada\n2,Bob\n")
    return tmp_path


def seed(target: Target, folder: Path, **options: object) -> None:
    seed_files(target, folder, {"sales": SALES}, "raw", **options)  # type: ignore[arg-type]


def allow(foreign: Sequence[Foreign]) -> None:
    assert foreign


REAL = "CREATE TABLE raw.sales (id bigint CONSTRAINT by_id PRIMARY KEY, name text, vat text)"


def test_a_table_with_a_key_and_more_columns_stays(target: Target, folder: Path) -> None:
    target.execute(REAL)
    target.execute("INSERT INTO raw.sales VALUES (7, 'real', 'DE1'), (8, 'too', 'DE2')")
    with pytest.raises(UsageError) as caught:
        seed(target, folder)
    assert "the table raw.sales (not created by seed; 2 rows, other columns vat, the primary key by_id)" in str(
        caught.value
    )
    assert target.query("SELECT vat FROM raw.sales ORDER BY 1") == [("DE1",), ("DE2",)]
    seed(target, folder, permit=allow)
    assert target.query("SELECT * FROM raw.sales ORDER BY 1") == [(1, "Ada"), (2, "Bob")]
    seed(target, folder)


ADDED = {
    "ALTER TABLE raw.sales ADD PRIMARY KEY (id)": "the primary key sales_pkey",
    "ALTER TABLE raw.sales ADD CONSTRAINT low CHECK (id < 100)": "the constraint low",
    "CREATE INDEX by_name ON raw.sales (name)": "the index raw.by_name",
    "ALTER TABLE raw.sales ADD COLUMN vat text": "were changed after it was seeded; 2 rows, other columns vat",
    "INSERT INTO raw.sales VALUES (3, 'Eve')": "changed after it was seeded with 2 rows; 3 rows",
    "CREATE POLICY mine ON raw.sales": "the policy mine",
    "CREATE TABLE raw.more () INHERITS (raw.sales)": "the child table raw.more",
    "COMMENT ON TABLE raw.sales IS NULL": "not created by seed; 2 rows",
}


@pytest.mark.parametrize("statement", ADDED)
def test_what_was_added_to_a_seeded_table_is_named_and_stays(target: Target, folder: Path, statement: str) -> None:
    seed(target, folder)
    target.execute(statement)
    ((before,),) = target.query("SELECT 'raw.sales'::regclass::oid")
    with pytest.raises(UsageError) as caught:
        seed(target, folder)
    assert ADDED[statement] in caught.value.message
    assert target.query("SELECT 'raw.sales'::regclass::oid") == [(before,)]


def test_a_key_of_another_table_is_named(target: Target, folder: Path) -> None:
    target.execute(REAL)
    target.execute("CREATE TABLE raw.lines (sale bigint CONSTRAINT of_sale REFERENCES raw.sales)")
    with pytest.raises(UsageError, match=r"the foreign key of_sale of raw\.lines"):
        seed(target, folder)
    with pytest.raises(RunFailed, match="of_sale"):
        seed(target, folder, permit=allow)
    assert target.query("SELECT count(*) FROM pg_constraint WHERE conname = 'of_sale'") == [(1,)]


OTHERS = {
    "CREATE MATERIALIZED VIEW raw.sales AS SELECT 7 AS id": "materialized view",
    "CREATE SEQUENCE raw.sales": "sequence",
    "CREATE TABLE raw.other (id int); CREATE INDEX sales ON raw.other (id)": "index",
    "CREATE TYPE raw.sales AS (id int)": "type",
    "CREATE TABLE raw.sales (id int) PARTITION BY RANGE (id)": "partitioned table",
}


@pytest.mark.parametrize("statement", OTHERS)
def test_what_is_no_plain_table_is_not_replaced_even_if_that_is_asked_for(
    target: Target, folder: Path, statement: str
) -> None:
    for one in statement.split("; "):
        target.execute(one)
    with pytest.raises(UsageError, match=rf"the {OTHERS[statement]} raw\.sales has the name of a source"):
        seed(target, folder, permit=allow)
    assert "sales__candidate" not in target.relations("raw")


def test_a_name_in_capitals_is_another_table(target: Target, folder: Path) -> None:
    target.execute('CREATE TABLE raw."Sales" AS SELECT 7 AS id')
    seed(target, folder)
    assert target.query('SELECT id FROM raw."Sales"') == [(7,)]


def test_who_may_read_a_source_may_read_what_takes_its_place(target: Target, folder: Path) -> None:
    rights = "SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) WHERE c.oid = 'raw.sales'::regclass"
    seed(target, folder)
    target.execute('CREATE ROLE "An Analyst"')
    target.execute('GRANT SELECT, UPDATE ON raw.sales TO "An Analyst" WITH GRANT OPTION')
    target.execute("GRANT SELECT ON raw.sales TO PUBLIC")
    before = target.query(rights)
    seed(target, folder)
    assert target.query(rights) == before
    assert target.query("SELECT has_table_privilege('An Analyst', 'raw.sales', 'UPDATE WITH GRANT OPTION')") == [
        (True,)
    ]
    target.execute('DROP OWNED BY "An Analyst"')
    target.execute('DROP ROLE "An Analyst"')


def test_a_seed_that_may_not_replace_a_table_leaves_no_candidates(uri: str, target: Target, folder: Path) -> None:
    """Another user owns one of two tables: that shows only when the candidates are to be put in place."""
    (folder / "tills.csv").write_text("id,name\n1,Front\n")
    contracts = {"sales": SALES, "tills": SALES}
    seed_files(target, folder, contracts, "raw")
    for statement in (
        "CREATE ROLE loader LOGIN",
        "GRANT ALL ON SCHEMA raw TO loader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA raw TO loader",
        "ALTER TABLE raw.sales OWNER TO loader",
    ):
        target.execute(statement)
    with TARGETS["postgres"](settings_of(uri, user="loader")) as loader:
        with pytest.raises(TargetUnavailable, match=r"(must be owner of|permission denied for) table tills"):
            seed_files(loader, folder, contracts, "raw")
        assert set(loader.relations("raw")) == {"sales", "tills"}
    target.execute("DROP OWNED BY loader CASCADE")
    target.execute("DROP ROLE loader")


def test_a_seed_whose_connection_is_lost_leaves_its_candidates_to_the_next(
    uri: str, target: Target, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(target, folder)

    def lose(*arguments: object) -> str:
        ((process,),) = lost.query("SELECT pg_backend_pid()")
        target.query(f"SELECT pg_terminate_backend({process}, 5000)")
        return "SELECT 1"

    monkeypatch.setattr("marketing_ibis.seeds.mark", lose)
    with TARGETS["postgres"](settings_of(uri)) as lost, pytest.raises(TargetUnavailable) as caught:
        seed(lost, folder)
    assert caught.value.is_temporary
    assert set(target.relations("raw")) == {"sales", "sales__candidate"}
    monkeypatch.undo()
    seed(target, folder)
    assert set(target.relations("raw")) == {"sales"}
