"""Seeding on PostgreSQL does not touch relations that it did not create: tables with keys, views, and others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import ibis
import pytest

from marketing_ibis.build.seed import seed_files
from marketing_ibis.build.seed_marks import ForeignObject, SchemaState
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import RunFailed, TargetUnavailable, UsageError
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database

SALES = ibis.schema({"id": "int64", "name": "string"})


@pytest.fixture
def uri() -> Iterator[str]:
    with fresh_database() as address:
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(uri)) as opened:
        opened.create_schema("raw")
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("id,name\n1,Ada\n2,Bob\n")
    return tmp_path


def seed(target: Target, folder: Path, **options: object) -> None:
    seed_files(target, folder, {"sales": SALES}, "raw", **options)  # type: ignore[arg-type]


def allow(foreign: Sequence[ForeignObject]) -> None:
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


SUBSCRIBED = (
    "CREATE SUBSCRIPTION elsewhere CONNECTION 'host=127.0.0.1 port=1' PUBLICATION other"
    " WITH (connect = false, slot_name = NONE)"
)
ATTACHED = {
    "ALTER TABLE raw.sales ADD UNIQUE (id)": "the constraint sales_id_key",
    "ALTER TABLE raw.sales ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)": "the constraint apart",
    "CREATE TABLE raw.p (id bigint PRIMARY KEY); ALTER TABLE raw.sales ADD CONSTRAINT of_p FOREIGN KEY (id)"
    " REFERENCES raw.p NOT VALID": "the foreign key of_p",
    "CREATE UNIQUE INDEX low ON raw.sales (id) WHERE id < 100": "the index raw.low",
    "CREATE FUNCTION raw.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW\\; END'; CREATE TRIGGER audit"
    " BEFORE UPDATE ON raw.sales FOR EACH ROW EXECUTE FUNCTION raw.f()": "the trigger audit",
    "CREATE RULE kept AS ON DELETE TO raw.sales DO INSTEAD NOTHING": "the rule kept",
    "CREATE POLICY mine ON raw.sales USING (id < 100)": "the policy mine",
    "ALTER TABLE raw.sales ENABLE ROW LEVEL SECURITY": "row level security",
    "ALTER TABLE raw.sales FORCE ROW LEVEL SECURITY": "forced row level security",
    "CREATE TABLE raw.child () INHERITS (raw.sales)": "the child table raw.child",
    "CREATE TABLE raw.every (LIKE raw.sales); ALTER TABLE raw.sales INHERIT raw.every": "the parent table raw.every",
    "CREATE TABLE raw.parts (LIKE raw.sales) PARTITION BY RANGE (id); ALTER TABLE raw.parts ATTACH PARTITION"
    " raw.sales DEFAULT": "the parent table raw.parts",
    "CREATE STATISTICS raw.pair ON id, name FROM raw.sales": "the statistics object raw.pair",
    "CREATE PUBLICATION copies FOR TABLE raw.sales": "the publication of table raw.sales in publication copies",
    f"{SUBSCRIBED}; INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) SELECT oid,"
    " 'raw.sales'::regclass, 'r' FROM pg_subscription WHERE subname = 'elsewhere'": "the subscription elsewhere",
    "CREATE SEQUENCE raw.numbers OWNED BY raw.sales.id": "the sequence raw.numbers",
    "INSERT INTO pg_seclabel VALUES ('raw.sales'::regclass, 'pg_class'::regclass, 0, 'selinux', 'secret')": (
        "the security label of selinux"
    ),
    "INSERT INTO pg_seclabel VALUES ('raw.sales'::regclass, 'pg_class'::regclass, 1, 'selinux', 'secret')": (
        "the security label of selinux"
    ),
    "ALTER TABLE raw.sales ALTER id SET NOT NULL": "NOT NULL of column id",
    "ALTER TABLE raw.sales ALTER name SET DEFAULT 'x'": "the default of column name",
    "ALTER TABLE raw.sales ALTER id SET NOT NULL, ALTER id ADD GENERATED ALWAYS AS IDENTITY": (
        "the identity of column id"
    ),
    'ALTER TABLE raw.sales ALTER name TYPE varchar COLLATE "POSIX"': "the collation of column name",
    "ALTER TABLE raw.sales ALTER name SET STORAGE EXTERNAL": "the storage of column name",
    "ALTER TABLE raw.sales ALTER name SET COMPRESSION pglz": "the compression of column name",
    "ALTER TABLE raw.sales ALTER name SET STATISTICS 1000": "the statistics target of column name",
    "ALTER TABLE raw.sales ALTER name SET STATISTICS 0": "the statistics target of column name",
    "ALTER TABLE raw.sales ALTER id SET (n_distinct = -0.5)": "the options of column id",
    "COMMENT ON COLUMN raw.sales.name IS 'as signed'": "the comment on column name",
    "CREATE ROLE a_loader; GRANT ALL ON SCHEMA raw TO a_loader; ALTER TABLE raw.sales OWNER TO a_loader": (
        "the owner a_loader"
    ),
    "ALTER TABLE raw.sales REPLICA IDENTITY FULL": "its replica identity",
    "ALTER TABLE raw.sales SET UNLOGGED": "UNLOGGED",
    "CREATE TYPE raw.sale AS (id bigint, name varchar); ALTER TABLE raw.sales OF raw.sale": "its type raw.sale",
    "ALTER TABLE raw.sales SET (fillfactor = 70, autovacuum_enabled = false)": (
        "the storage parameters fillfactor=70, autovacuum_enabled=false"
    ),
    "ALTER TABLE raw.sales SET (toast.autovacuum_enabled = false)": "storage parameters of its TOAST table",
    "CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler; ALTER TABLE raw.sales SET ACCESS METHOD"
    " heap_too": "its access method",
}
COLUMNS_CHANGED = (
    "ALTER TABLE raw.sales ADD vat text",
    "ALTER TABLE raw.sales ADD twice bigint GENERATED ALWAYS AS (id * 2) STORED",
    "ALTER TABLE raw.sales ALTER id TYPE numeric",
    "ALTER TABLE raw.sales ALTER name TYPE varchar(10)",
    "ALTER TABLE raw.sales RENAME name TO label",
    "ALTER TABLE raw.sales DROP name",
)
ROWS_CHANGED = (
    "UPDATE raw.sales SET name = 'real' WHERE id = 1",
    "UPDATE raw.sales SET id = 3 - id",
    "DELETE FROM raw.sales WHERE id = 1; INSERT INTO raw.sales VALUES (1, 'Eve')",
    "TRUNCATE raw.sales; INSERT INTO raw.sales VALUES (1, 'Ada'), (2, 'Eve')",
)
UNCHANGED = ("ANALYZE raw.sales", "VACUUM FULL raw.sales", "VACUUM FREEZE raw.sales")


def test_whatever_is_added_to_or_changed_in_a_seeded_table_is_noticed(target: Target, folder: Path) -> None:
    seed(target, folder)
    reasons = {
        **{statement: ("extended after it was seeded", word) for statement, word in ATTACHED.items()},
        **dict.fromkeys(COLUMNS_CHANGED, ("its columns were changed after it was seeded", "")),
        **dict.fromkeys(ROWS_CHANGED, ("its rows were changed after it was seeded", "")),
    }
    target.execute("SET allow_system_table_mods = on")
    target.execute("SET client_min_messages = error")
    for statements, (reason, word) in reasons.items():
        target.execute("BEGIN")
        for statement in re.split(r"(?<!\\); ", statements):
            target.execute(statement.replace("\\;", ";"))
        (foreign,) = SchemaState.of(target, "raw", {"sales": list(SALES)}).foreign
        target.execute("ROLLBACK")
        assert foreign.reason == reason, statements
        assert not word or word in foreign.losses, statements
    for statement in UNCHANGED:
        target.execute(statement)
    assert not SchemaState.of(target, "raw", {"sales": list(SALES)}).foreign
    seed(target, folder)


@pytest.mark.parametrize("statement", ROWS_CHANGED)
def test_changed_values_are_replaced_only_if_that_is_asked_for(target: Target, folder: Path, statement: str) -> None:
    seed(target, folder)
    for one in statement.split("; "):
        target.execute(one)
    before = target.query("SELECT * FROM raw.sales ORDER BY 1, 2")
    with pytest.raises(UsageError, match="its rows were changed after it was seeded; 2 rows") as caught:
        seed(target, folder)
    assert "--replace" in caught.value.hint
    assert target.query("SELECT * FROM raw.sales ORDER BY 1, 2") == before
    seed(target, folder, permit=allow)
    seed(target, folder)


def test_rows_that_are_filled_again_under_a_view_are_recognised(target: Target, folder: Path) -> None:
    seed(target, folder)
    target.execute("CREATE VIEW raw.report AS SELECT count(*) AS n FROM raw.sales")
    for _ in range(2):
        seed(target, folder)
    target.execute("UPDATE raw.sales SET name = 'real' WHERE id = 1")
    with pytest.raises(UsageError, match="its rows were changed"):
        seed(target, folder)


def test_a_mark_of_an_earlier_version_is_accepted(target: Target, folder: Path) -> None:
    seed(target, folder)
    comment = target.occupants("raw", ["sales"])["sales"].comment
    target.execute(f"COMMENT ON TABLE raw.sales IS '{re.sub(', content .*', '.', comment)}'")
    seed(target, folder)
    assert target.occupants("raw", ["sales"])["sales"].comment != comment


def test_what_the_server_adds_to_every_table_is_not_taken_for_a_change(target: Target, folder: Path) -> None:
    target.execute(
        "CREATE FUNCTION public.secure() RETURNS event_trigger LANGUAGE plpgsql AS $$ DECLARE made record; BEGIN"
        " FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP"
        " EXECUTE 'ALTER TABLE ' || made.object_identity || ' ENABLE ROW LEVEL SECURITY'; END LOOP; END $$"
    )
    target.execute(
        "CREATE EVENT TRIGGER secure ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.secure()"
    )
    for _ in range(3):
        seed(target, folder)
    assert target.occupants("raw", ["sales"])["sales"].attachments == ("row level security",)
    target.execute("CREATE INDEX by_name ON raw.sales (name)")
    with pytest.raises(UsageError, match=r"row level security, the index raw\.by_name"):
        seed(target, folder)


def test_rights_on_columns_and_withdrawn_rights_stay_as_they_are(target: Target, folder: Path) -> None:
    target.execute("CREATE ROLE a_reader")
    target.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA raw GRANT SELECT ON TABLES TO PUBLIC")
    target.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA raw GRANT SELECT ON TABLES TO a_reader")
    seed(target, folder)
    target.execute("REVOKE SELECT ON raw.sales FROM PUBLIC, a_reader")
    target.execute("GRANT SELECT (id, name), UPDATE (name) ON raw.sales TO a_reader")
    before = target.occupants("raw", ["sales"])["sales"].grants
    assert {grant.column for grant in before} == {"id", "name"}
    seed(target, folder)
    assert target.occupants("raw", ["sales"])["sales"].grants == before
    (folder / "sales.csv").write_text("id\n1\n")
    seed_files(target, folder, {"sales": ibis.schema({"id": "int64"})}, "raw")
    assert [str(grant.column) for grant in target.occupants("raw", ["sales"])["sales"].grants] == ["id"]
    target.execute("DROP OWNED BY a_reader")
    target.execute("DROP ROLE a_reader")


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
    """Another user owns one of two tables, which has an effect only when the candidates are renamed."""
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
    with ENGINES["postgres"].open(settings_of(uri, user="loader")) as loader:
        with pytest.raises(UsageError, match=r"raw\.tills \(extended after it was seeded; 1 row, the owner "):
            seed_files(loader, folder, contracts, "raw")
        with pytest.raises(TargetUnavailable, match=r"(must be owner of|permission denied for) table tills"):
            seed_files(loader, folder, contracts, "raw", permit=allow)
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

    monkeypatch.setattr("marketing_ibis.build.seed_tables.mark", lose)
    with ENGINES["postgres"].open(settings_of(uri)) as lost, pytest.raises(TargetUnavailable) as caught:
        seed(lost, folder)
    assert caught.value.is_temporary
    assert set(target.relations("raw")) == {"sales", "sales__candidate"}
    monkeypatch.undo()
    seed(target, folder)
    assert set(target.relations("raw")) == {"sales"}
