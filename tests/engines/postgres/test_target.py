"""The PostgreSQL target: failed connections, missing rights, files, locks and lost servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketing_ibis.build.python_rows import query_rows
from marketing_ibis.build.python_step import PythonStep
from marketing_ibis.build.seed import seed_files
from marketing_ibis.build.seed_marks import mark
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.postgres.connection import Server, unavailable
from marketing_ibis.engines.secret import Secret
from marketing_ibis.engines.target import Contents, Target
from marketing_ibis.errors import RunFailed, SourceError, TargetUnavailable, UsageError
from tests.engines.postgres.warehouse import settings_of
from tests.postgres_server import fresh_database

PASSWORD = "correct horse 'battery' \\ staple"
SALES = ibis.schema({"id": "int64", "day": "date", "name": "string"})


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    with fresh_database() as address:
        yield address


@pytest.fixture
def target(uri: str) -> Iterator[Target]:
    with ENGINES["postgres"].open(settings_of(uri)) as opened:
        opened.execute("DROP SCHEMA IF EXISTS raw CASCADE")
        yield opened
        opened.execute("DROP SCHEMA IF EXISTS raw CASCADE")


@pytest.fixture
def guest(uri: str) -> Iterator[dict[str, object]]:
    """Return the settings of a user who needs a password and has no rights."""
    with psycopg.connect(uri, autocommit=True) as admin:
        (path,) = admin.execute("SHOW hba_file").fetchone() or ("",)
        rules = Path(path).read_text()
        Path(path).write_text(f"local all guest scram-sha-256\n{rules}")
        admin.execute("CREATE ROLE guest LOGIN PASSWORD '" + PASSWORD.replace("'", "''") + "'")
        admin.execute("SELECT pg_reload_conf()")
        try:
            yield settings_of(uri, user="guest", password=Secret(PASSWORD))
        finally:
            Path(path).write_text(rules)
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("DROP OWNED BY guest; DROP ROLE guest")


def execute_together(target: Target, *statements: str) -> None:
    with target.transaction():
        for statement in statements:
            target.execute(statement)


def process_of(target: Target) -> object:
    return target.query("SELECT pg_backend_pid()")[0][0]


def load(target: Target, folder: Path) -> list[tuple[object, ...]]:
    seed_files(target, folder, {"sales": SALES}, "raw")
    return target.query("SELECT * FROM raw.sales ORDER BY 1")


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        pytest.param({"host": "nowhere.invalid"}, "there is no such host", "host", id="host"),
        pytest.param({"host": "127.0.0.1", "port": 1}, "no server is listening there", "Start the server", id="port"),
        pytest.param({"host": "/nowhere"}, "no server is listening there", "host and port", id="socket"),
        pytest.param({"dbname": "nothing"}, "there is no such database", "dbname", id="database"),
        pytest.param({"user": "nobody"}, "there is no such user", "user", id="user"),
        pytest.param({"sslrootcert": "/nowhere"}, "", "", id="unused certificate"),
        pytest.param({"role": "nobody"}, "rejects the settings", "role", id="role"),
    ],
)
def test_a_connection_that_fails_is_explained(uri: str, changes: dict[str, object], message: str, hint: str) -> None:
    settings = settings_of(uri, password=Secret(PASSWORD), **changes)
    if not message:
        ENGINES["postgres"].open(settings).close()
        return
    with pytest.raises(TargetUnavailable) as caught:
        ENGINES["postgres"].open(settings)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert PASSWORD not in repr(settings) + str(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param("server does not support SSL, but SSL was required", "does not support this sslmode", id="no SSL"),
        pytest.param(
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "u", database "d", SSL encryption',
            "does not accept this user from this machine",
            id="rule",
        ),
        pytest.param("connection timeout expired", "the server does not respond", id="timeout"),
        pytest.param('to "database.example.com" failed: FATAL: role "u" does not exist', "no such user", id="role"),
        pytest.param("FATAL:  sorry, too many clients already", "the server has no free connections", id="full"),
        pytest.param("FATAL:  the moon is full", "the moon is full", id="anything else"),
        pytest.param("fallo:\nFATAL:  la autentificación falló", "la autentificación falló", id="another language"),
        pytest.param("", "no reason was given", id="nothing"),
    ],
)
def test_the_message_of_the_server_is_reported(said: str, message: str) -> None:
    error = unavailable(Server.of({"host": "h", "dbname": "d", "user": "u"}), said)
    assert error.message.startswith("Cannot connect to database d on h:5432 as u: ")
    assert message in error.message
    assert error.hint


def test_a_wrong_password_is_explained_and_never_shown(guest: dict[str, object]) -> None:
    ENGINES["postgres"].open(guest).close()
    for wrong in (Secret("wrong-one"), None):
        with pytest.raises(TargetUnavailable, match="the password was rejected") as caught:
            ENGINES["postgres"].open(guest | {"password": wrong})
        assert "wrong-one" not in str(caught.value) + repr(caught.value.__cause__)


def test_a_target_never_shows_its_password(guest: dict[str, object]) -> None:
    with ENGINES["postgres"].open(guest) as target:
        shown = f"{target!r} {vars(target)!r} {target.server} {target.server!r} {target.connection!r}"  # type: ignore[attr-defined]
    assert PASSWORD not in shown
    assert "guest" in shown


def test_rights_that_lack_are_explained(uri: str, guest: dict[str, object], target: Target) -> None:
    target.execute("CREATE SCHEMA raw")
    target.execute("CREATE TABLE raw.sales AS SELECT 1 AS id")
    with ENGINES["postgres"].open(guest) as visitor:
        for statement in ("SELECT * FROM raw.sales", "CREATE TABLE raw.mine (id int)", "CREATE SCHEMA mine"):
            with pytest.raises(TargetUnavailable, match=r"User guest may not .*permission denied") as caught:
                visitor.execute(statement)
            assert "grant" in caught.value.hint


def test_a_schema_that_stands_needs_no_right_to_create_one(guest: dict[str, object], target: Target) -> None:
    target.execute("CREATE SCHEMA raw")
    with ENGINES["postgres"].open(guest) as visitor:
        visitor.create_schema("raw")
        with pytest.raises(TargetUnavailable):
            visitor.create_schema("other")


def test_a_role_and_a_search_path_are_set(uri: str) -> None:
    with ENGINES["postgres"].open(settings_of(uri, role="pg_monitor", search_path='"Odd, name", public')) as target:
        assert target.query("SELECT current_user, current_setting('search_path')") == [
            ("pg_monitor", '"Odd, name", public')
        ]


def test_a_refused_statement_fails_without_losing_the_connection(target: Target) -> None:
    with pytest.raises(RunFailed, match="division by zero"):
        target.query("SELECT 1 / 0")
    assert target.query("SELECT '100%', '%s'") == [("100%", "%s")]


@pytest.mark.parametrize("way", ["execute", "query"])
def test_of_two_statements_none_is_run(target: Target, way: str) -> None:
    ask = target.execute if way == "execute" else target.query
    with pytest.raises(RunFailed, match="cannot insert multiple commands"):
        ask("CREATE SCHEMA planted; SELECT 1")
    assert target.query("SELECT 1 FROM pg_namespace WHERE nspname = 'planted'") == []
    assert target.query("SELECT ';' -- ; DROP SCHEMA public") == [(";",)]


def test_a_transaction_is_all_or_nothing(target: Target) -> None:
    target.create_schema("raw")
    with pytest.raises(RunFailed):
        execute_together(target, "CREATE TABLE raw.sales (id int)", "SELECT nonsense")
    assert target.relations("raw") == {}
    execute_together(target, "CREATE TABLE raw.sales (id int)", "CREATE VIEW raw.ids AS SELECT id FROM raw.sales")
    assert target.relations("raw") == {"sales": "table", "ids": "view"}


def test_only_what_fills_a_new_table_is_planned_without_nested_loops(target: Target) -> None:
    setting = "SELECT current_setting('enable_nestloop') AS nested_loops"
    for fill in (target.execute, lambda sql: execute_together(target, sql)):
        target.create_schema("raw")
        fill(f'CREATE TABLE "raw"."odd name" AS\n{setting}')
        target.execute(f'INSERT INTO "raw"."odd name" {setting}')
        assert target.query('SELECT nested_loops FROM raw."odd name" ORDER BY 1') == [("off",), ("on",)]
        with pytest.raises(RunFailed, match="division by zero"):
            fill("CREATE TABLE raw.failed AS\nSELECT 1 / 0")
        assert target.query(setting) == [("on",)]
        target.execute('DROP TABLE raw."odd name"')


SWAPPED_DAYS = "day = CASE day WHEN DATE '2024-05-15' THEN DATE '2024-05-16' ELSE DATE '2024-05-15' END"


def contents(target: Target) -> Contents:
    relation = Relation("raw", "sales")
    return target.contents({relation: ("id", "day", "name")})[relation]


def test_contents_say_which_row_has_which_value_and_not_the_order_of_rows(target: Target) -> None:
    target.create_schema("raw")
    rows = "VALUES (1, DATE '2024-05-15', 'a'), (2, DATE '2024-05-16', 'b')"
    target.execute(f"CREATE TABLE raw.sales AS SELECT * FROM ({rows}) AS t (id, day, name)")
    before = contents(target)
    target.execute("UPDATE raw.sales SET name = name WHERE id = 1")
    assert target.query("SELECT id FROM raw.sales") == [(2,), (1,)]
    assert contents(target) == before
    for swap in ("name = CASE name WHEN 'a' THEN 'b' ELSE 'a' END", SWAPPED_DAYS):
        target.execute(f"UPDATE raw.sales SET {swap}")
        assert contents(target).rows == before.rows
        assert contents(target).digest != before.digest
        target.execute(f"UPDATE raw.sales SET {swap}")
        assert contents(target) == before


def test_values_without_a_hash_are_told_apart_too(target: Target) -> None:
    target.create_schema("raw")
    target.execute("""CREATE TABLE raw.sales AS SELECT 1 AS id, '{"a": 1}'::json AS day, '1'::money AS name""")
    before = contents(target)
    target.execute("""UPDATE raw.sales SET day = '{"a": 2}'""")
    assert contents(target).digest != before.digest


def test_whole_numbers_that_differ_beyond_32_bits_have_other_contents(target: Target) -> None:
    target.create_schema("raw")
    target.execute("CREATE TABLE raw.sales AS SELECT 1::bigint AS id, DATE '2024-05-15' AS day, 'a' AS name")
    before = contents(target)
    target.execute("UPDATE raw.sales SET id = 4294967296")
    assert contents(target).digest != before.digest


def test_rows_of_a_python_function_are_read_with_joins_by_hash(target: Target) -> None:
    python = PythonStep("module:function", "", {}, {"nested": "string", "merged": "string"})
    select = "SELECT current_setting('enable_nestloop') AS nested, current_setting('enable_mergejoin') AS merged"
    received = query_rows(target, select, python)
    assert received.as_records() == [{"nested": "off", "merged": "off"}]
    assert received.as_table().to_pylist() == [{"nested": "off", "merged": "off"}]
    assert target.query(select) == [("on", "on")]


def test_a_file_is_loaded_with_every_kind_of_text(target: Target, tmp_path: Path) -> None:
    texts = [
        "plain",
        'quo"te',
        "a,b",
        "two\nlines",
        "\r\n",
        "\\.",
        "a\n\\.\nb",
        "\\N",
        "NULL",
        "",
        " ",
        "\t",
        "é☃😀",
        None,
    ]
    table = {"id": range(len(texts)), "day": [date(1, 1, 1)] * len(texts), "name": texts}
    pq.write_table(pa.table(table), tmp_path / "sales.parquet")
    assert load(target, tmp_path) == [(number, date(1, 1, 1), text) for number, text in enumerate(texts)]
    assert dict(target.columns(Relation("raw", "sales"))) == {name: str(dtype) for name, dtype in SALES.items()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("id,day,name\n1,,a\nx,,b\n", "sales.csv, line 3, column id: 'x' is not a whole number", id="cell"),
        pytest.param("id,name\n1,a\n", "sales.csv has no column day", id="column"),
        pytest.param("id,day,name\n1,,a\n2,\n", "line 3: 2 fields where the header has 3", id="short row"),
        pytest.param("id,day,name\n1,,a\0b\n", "sales.csv cannot be loaded: .*0x00", id="a character it cannot keep"),
    ],
)
def test_a_bad_file_leaves_what_stood(target: Target, tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "sales.csv").write_text("id,day,name\n7,,old\n")
    assert load(target, tmp_path) == [(7, None, "old")]
    (tmp_path / "sales.csv").write_text(content)
    with pytest.raises(SourceError) as caught:
        load(target, tmp_path)
    assert re.search(message, caught.value.message)
    assert target.query("SELECT * FROM raw.sales") == [(7, None, "old")]
    assert set(target.relations("raw")) == {"sales"}


def test_a_link_is_refused(target: Target, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("id,day,name\n")
    with pytest.raises(UsageError, match="--link works on DuckDB"):
        seed_files(target, tmp_path, {"sales": SALES}, "raw", link=True)


def test_sources_are_filled_again_under_the_views_that_read_them(target: Target, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("id,day,name\n1,,a\n")
    load(target, tmp_path)
    target.execute("CREATE VIEW raw.report AS SELECT count(*) AS n FROM raw.sales")
    (tmp_path / "sales.csv").write_text("id,day,name\n1,,a\n2,,b\n")
    assert len(load(target, tmp_path)) == 2
    assert target.query("SELECT n FROM raw.report") == [(2,)]
    assert target.relations("raw") == {"sales": "table", "report": "view"}


def test_sources_of_other_columns_are_refused_under_a_view(target: Target, tmp_path: Path) -> None:
    target.create_schema("raw")
    target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id")
    sales = target.occupants("raw", ["sales"])["sales"]
    target.execute(mark(target, sales, "table", rows=1))
    target.execute("CREATE VIEW raw.report AS SELECT id FROM raw.sales")
    (tmp_path / "sales.csv").write_text("id,day,name\n1,,a\n")
    with pytest.raises(SourceError, match=r"of raw\.sales would change, and the view raw\.report depends on it"):
        load(target, tmp_path)
    assert target.relations("raw") == {"sales": "table", "report": "view"}
    assert target.query("SELECT id FROM raw.report") == [(7,)]


def test_a_second_build_learns_who_is_building(uri: str, target: Target) -> None:
    with ENGINES["postgres"].open(settings_of(uri)) as other, target.exclusive("marts"):
        with pytest.raises(TargetUnavailable, match=r"Another command is using schema marts .*PID \d+"):
            other.exclusive("marts").__enter__()
        with other.exclusive("another schema"):
            pass
    with ENGINES["postgres"].open(settings_of(uri)) as other, other.exclusive("marts"):
        pass


def test_a_lost_connection_is_reported_and_frees_the_lock(uri: str, target: Target) -> None:
    def build(other: Target) -> None:
        with other.exclusive("marts"):
            target.query(f"SELECT pg_terminate_backend({process_of(other)}, 5000)")
            other.execute("SELECT 1")

    with ENGINES["postgres"].open(settings_of(uri)) as other:
        with pytest.raises(TargetUnavailable, match=r"The connection to database .* was lost") as caught:
            build(other)
        assert "Run again" in caught.value.hint
        assert caught.value.is_temporary
    with target.exclusive("marts"):
        pass


def test_a_connection_lost_inside_a_transaction_leaves_what_stood(uri: str, target: Target) -> None:
    target.create_schema("raw")
    target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id")
    with ENGINES["postgres"].open(settings_of(uri)) as other:
        end = f"SELECT pg_terminate_backend({process_of(other)})"
        with pytest.raises(TargetUnavailable, match="was lost"):
            execute_together(other, "DROP TABLE raw.sales", end, "SELECT 1")
    assert target.query("SELECT id FROM raw.sales") == [(7,)]


def test_a_connection_lost_while_publishing_says_that_it_is_all_or_nothing(uri: str, target: Target) -> None:
    def publish(other: Target) -> None:
        with other.transaction():
            other.execute("SELECT 1")
            target.query(f"SELECT pg_terminate_backend({process_of(other)}, 5000)")

    with (
        ENGINES["postgres"].open(settings_of(uri)) as other,
        pytest.raises(TargetUnavailable, match="either everything was published or nothing"),
    ):
        publish(other)


def test_a_second_seed_is_refused_and_leaves_what_stood(uri: str, target: Target, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("id,day,name\n1,,a\n")
    load(target, tmp_path)
    with ENGINES["postgres"].open(settings_of(uri)) as other, other.exclusive("raw"):
        with pytest.raises(TargetUnavailable, match="Another command is using schema raw"):
            load(target, tmp_path)
        assert other.query("SELECT id FROM raw.sales") == [(1,)]


def test_rows_are_appended_and_repeated_keys_refused(target: Target, tmp_path: Path) -> None:
    from marketing_ibis.build.seed import append_files

    def append(content: str) -> dict[str, int]:
        (tmp_path / "sales.csv").write_text(f"id,day,name\n{content}")
        return append_files(target, tmp_path, {"sales": SALES}, "raw", {"sales": ("id",)})

    (tmp_path / "sales.csv").write_text("id,day,name\n1,2024-01-01,a\n")
    seed_files(target, tmp_path, {"sales": SALES}, "raw")
    assert append("2,,b\n") == {"sales": 1}
    assert append("3,,c\n") == {"sales": 1}
    with pytest.raises(SourceError, match=r"raw\.sales already has 2 rows with a key of the new ones: id 1, 2\."):
        append("2,,x\n4,,y\n1,,z\n")
    with pytest.raises(SourceError, match=r"raw\.sales have several rows with the same key: id 5\."):
        append("5,,x\n5,,y\n")
    assert target.query("SELECT id, name FROM raw.sales ORDER BY 1") == [(1, "a"), (2, "b"), (3, "c")]
    (tmp_path / "sales.csv").write_text("id,day,name\n9,,n\n")
    assert seed_files(target, tmp_path, {"sales": SALES}, "raw") == {"sales": 1}


def test_the_tables_of_a_schema_are_inspected(target: Target) -> None:
    from marketing_ibis.build.inspection.inspecting import inspect_schema, schemas_of
    from tests.build.test_inspection import expected

    target.execute("CREATE SCHEMA raw")
    target.execute(
        "CREATE TABLE raw.orders AS SELECT gen_random_uuid() AS id, n AS customer_id, '{}'::json AS note,"
        " now() AS created_at, 'paid' AS status, n + 0.5 AS total FROM generate_series(1, 3) AS n"
    )
    target.execute("CREATE VIEW raw.customers AS SELECT 1 AS customer_id, 'Ada'::text AS first_name, 'L' AS last_name")
    assert "raw" in schemas_of(target)
    inspection = inspect_schema(target, ["raw"], expected(), lambda text: None)
    assert [proposal.source for proposal in inspection.proposals] == ["raw_customers", "raw_orders"]
    orders = inspection.proposals[1]
    assert {match.column: match.origin for match in orders.matches} == {
        "id": "id",
        "user_id": "customer_id",
        "order_date": "created_at",
        "status": "status",
    }
    assert orders.settings == {"types": {"created_at": "timestamptz"}}
    assert inspection.id_type == "string"
    assert inspection.orphans == ("raw.orders.customer_id: 2 rows of 3 have no match in raw.customers.customer_id.",)
