"""Tables and late-binding views of the stand-in: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest

from tests.engines.redshift.standin import StandIn, Untranslatable, install, translate
from tests.engines.redshift.standin.data_types import Digits, division_scale
from tests.postgres_server import fresh_database

STORED = """
CREATE TABLE shop.orders (
    id INTEGER IDENTITY(1, 1) ENCODE az64 DISTKEY SORTKEY,
    "Status" VARCHAR NOT NULL DEFAULT 'it\\'s new' ENCODE lzo, -- a comment; with a semicolon
    note VARCHAR(MAX),
    price DECIMAL,
    made TIMESTAMP DEFAULT sysdate,
    customer INT REFERENCES shop.customers (id),
    PRIMARY KEY (id), UNIQUE (price), FOREIGN KEY (customer) REFERENCES shop.customers (id)
) BACKUP NO DISTSTYLE KEY COMPOUND SORTKEY (id, made)
"""

MERGE = (
    "MERGE INTO shop.paid USING shop.paid AS p ON shop.paid.id = p.id WHEN MATCHED THEN UPDATE SET cents = 1 "
    "WHEN NOT MATCHED THEN INSERT (id) VALUES (p.id)"
)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with fresh_database() as uri, StandIn.open(uri) as opened:
        opened.execute("CREATE SCHEMA shop")
        yield opened


@pytest.fixture
def view(standin: StandIn) -> StandIn:
    standin.execute("""
        CREATE TABLE shop.paid (id INT, cents INT);
        INSERT INTO shop.paid VALUES (1, 100), (2, 250);
        CREATE VIEW shop.total AS SELECT sum(cents) AS cents FROM shop.paid WITH NO SCHEMA BINDING;
    """)
    return standin


def test_table_has_the_types_that_redshift_gives(standin: StandIn) -> None:
    standin.execute(STORED)
    assert standin.columns("shop", "orders") == {
        "id": "integer",
        "status": "character varying(256)",
        "note": "character varying(65535)",
        "price": "numeric(18,0)",
        "made": "timestamp without time zone",
        "customer": "integer",
    }


def test_keys_are_not_enforced_and_defaults_are(standin: StandIn) -> None:
    standin.execute(STORED)
    standin.execute("INSERT INTO shop.orders (price) VALUES (2.5); INSERT INTO shop.orders (price) VALUES (2.5)")
    rows = standin.query("SELECT id, status, price, made <= sysdate FROM shop.orders ORDER BY id")
    assert rows == [(1, "it's new", Decimal(3), True), (2, "it's new", Decimal(3), True)]


@pytest.mark.parametrize(("width", "text"), [("VARCHAR(3)", "äö"), ("VARCHAR", "x" * 257), ("TEXT", "x" * 257)])
def test_a_longer_value_than_the_column_is_an_error(standin: StandIn, width: str, text: str) -> None:
    standin.execute(f"CREATE TABLE shop.names (name {width})")
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.StringDataRightTruncation)):
        standin.execute(f"INSERT INTO shop.names VALUES ('{text}')")


def test_an_added_column_is_measured_in_bytes(standin: StandIn) -> None:
    standin.execute("CREATE TABLE shop.names (id INT); ALTER TABLE shop.names ADD COLUMN name VARCHAR(3) ENCODE zstd")
    standin.execute("INSERT INTO shop.names VALUES (1, 'äb')")
    with pytest.raises(psycopg.errors.CheckViolation):
        standin.execute("INSERT INTO shop.names VALUES (2, 'äöü')")


def test_create_table_as_with_storage(standin: StandIn) -> None:
    standin.execute(
        "CREATE TABLE shop.copy DISTSTYLE KEY DISTKEY (id) SORTKEY (id) AS SELECT 7 / 2 AS id, 1.5::decimal AS d"
    )
    assert standin.query("SELECT id, d FROM shop.copy") == [(3, Decimal(2))]


def test_a_default_is_an_expression_of_redshift(standin: StandIn) -> None:
    standin.execute("CREATE TABLE shop.rates (id INT, rate DECIMAL(38, 20) DEFAULT 7.0 / 4)")
    standin.execute("ALTER TABLE shop.rates ADD COLUMN part INT DEFAULT nvl(null, 7 / 2)")
    standin.execute("INSERT INTO shop.rates (id) VALUES (1)")
    assert standin.query("SELECT rate, part FROM shop.rates") == [(Decimal("1.75"), 3)]


def test_a_default_keeps_its_blanks_and_brackets(standin: StandIn) -> None:
    standin.execute("CREATE TABLE shop.strings (id INT, text VARCHAR(20) DEFAULT 'a ( b , c ) . d') SORTKEY AUTO")
    standin.execute("INSERT INTO shop.strings (id) VALUES (1)")
    assert standin.query("SELECT text FROM shop.strings") == [("a ( b , c ) . d",)]


@pytest.mark.parametrize(
    ("redshift", "postgres"),
    [
        *(("INT2", "smallint"), ("INT8", "bigint"), ("FLOAT4", "real"), ("FLOAT", "double precision")),
        *(("BOOL", "boolean"), ("NUMERIC(8)", "numeric(8,0)"), ("CHARACTER VARYING(5)", "character varying(5)")),
        *(
            ("NVARCHAR(5)", "character varying(5)"),
            ("CHAR", "character(1)"),
            ("TIMESTAMPTZ", "timestamp with time zone"),
        ),
        *(("TIMESTAMP WITHOUT TIME ZONE", "timestamp without time zone"), ("TIME", "time without time zone")),
    ],
)
def test_types_by_their_other_names(standin: StandIn, redshift: str, postgres: str) -> None:
    standin.execute(f"CREATE TABLE shop.one (x {redshift})")
    assert standin.columns("shop", "one") == {"x": postgres}


def test_columns_may_be_called_like_storage(standin: StandIn) -> None:
    standin.execute('CREATE TABLE shop.odd ("distkey" INT, "encode" INT, backup INT) DISTSTYLE EVEN')
    assert list(standin.columns("shop", "odd")) == ["distkey", "encode", "backup"]


@pytest.mark.parametrize(
    "statement",
    [
        *("SET query_group TO 'x'", "RESET query_group", "ANALYZE shop.paid", "TRUNCATE shop.paid", "VACUUM shop.paid"),
        *(
            "GRANT SELECT ON shop.paid TO PUBLIC",
            "GRANT SELECT ON shop.paid TO ROLE pg_monitor",
            "COMMENT ON TABLE shop.paid IS 'it\\'s'",
            "BEGIN",
            "COMMIT",
        ),
        *(
            "UPDATE shop.paid SET cents = 7 / 2 WHERE id = 1",
            "DELETE FROM shop.paid USING shop.total WHERE id = total.cents",
        ),
        *("ALTER TABLE shop.paid RENAME COLUMN cents TO amount", "EXPLAIN SELECT getdate()"),
        MERGE,
    ],
)
def test_statement_runs(view: StandIn, statement: str) -> None:
    assert_runs(view, statement)


def assert_runs(standin: StandIn, statement: str) -> None:
    """Fail with the error that the statement raises."""
    standin.execute(statement)


@pytest.mark.parametrize("type_", ["GEOMETRY", "UUID", "JSONB", "DECIMAL(39, 2)", "INT[]"])
def test_types_without_a_counterpart_are_refused(type_: str) -> None:
    with pytest.raises(Untranslatable):
        translate(f"CREATE TABLE shop.t (x {type_})")


@pytest.mark.parametrize(
    ("left", "right", "scale"),
    [
        ((8, 2), (8, 2), 9),
        ((10, 0), (2, 1), 4),
        ((38, 2), (2, 1), 4),
        ((38, 4), (19, 0), 4),
        ((18, 2), (19, 0), 22),
        ((19, 2), (19, 0), 21),
    ],
)
def test_scale_of_a_division(left: tuple[int, int], right: tuple[int, int], scale: int) -> None:
    # r_numeric_computations201: max(4, s1 + p2 - s2 + 1), cut when more than 38 digits would be needed.
    assert division_scale(Digits(*left), Digits(*right)) == scale


def test_load_takes_arrow_and_rows(standin: StandIn) -> None:
    data = pa.table({"id": [1, 2], "day": [date(2024, 5, 1), None], "price": [Decimal("1.50"), Decimal("2.25")]})
    types = {"id": "integer", "day": "date", "price": "decimal(8,2)"}
    standin.load("lake", "arrow", data, types)
    standin.load("lake", "rows", [tuple(row.values()) for row in data.to_pylist()], types)
    fetched = standin.fetch("SELECT * FROM lake.arrow ORDER BY id")
    assert fetched.names == ("id", "day", "price")
    assert fetched.types == ("int4", "date", "numeric(8,2)")
    assert fetched.rows == standin.query("SELECT * FROM lake.rows ORDER BY id")


def test_installing_twice_changes_nothing(view: StandIn) -> None:
    install(view.connection)
    assert view.query("SELECT cents FROM shop.total") == [(350,)]


def test_late_view_survives_its_table_and_finds_the_next_one(view: StandIn) -> None:
    view.execute("DROP TABLE shop.paid")
    with pytest.raises(psycopg.errors.UndefinedTable, match="late-binding view"):
        view.query("SELECT * FROM shop.total")
    view.execute("CREATE TABLE shop.paid AS SELECT 1 AS id, 7 AS cents")
    assert view.query("SELECT * FROM shop.total") == [(7,)]


def test_late_view_reads_by_name_after_a_swap(view: StandIn) -> None:
    view.execute("""
        CREATE TABLE shop.paid__candidate AS SELECT 1 AS id, 9 AS cents;
        BEGIN;
        DROP TABLE shop.paid;
        ALTER TABLE shop.paid__candidate RENAME TO paid;
        COMMIT;
    """)
    assert view.query("SELECT cents FROM shop.total") == [(9,)]


def test_late_view_is_as_before_after_a_rollback(view: StandIn) -> None:
    view.execute("BEGIN; DROP TABLE shop.paid; DROP VIEW shop.total; ROLLBACK")
    assert view.query("SELECT cents FROM shop.total") == [(350,)]


def test_late_view_may_precede_its_table(standin: StandIn) -> None:
    standin.execute("CREATE VIEW shop.early AS SELECT * FROM shop.later WITH NO SCHEMA BINDING")
    standin.execute("CREATE TABLE shop.later AS SELECT 1 AS x")
    assert standin.query("SELECT x FROM shop.early") == [(1,)]


def test_late_view_of_a_late_view_keeps_its_comment_and_readers(view: StandIn) -> None:
    view.execute("""
        CREATE VIEW shop.above AS SELECT cents + 1 AS more FROM shop.total WITH NO SCHEMA BINDING;
        COMMENT ON VIEW shop.above IS 'one more';
        GRANT SELECT ON shop.above TO PUBLIC;
        ALTER TABLE shop.paid ADD COLUMN tax INT;
    """)
    assert view.query("SELECT more FROM shop.above") == [(351,)]
    may_read = "SELECT has_table_privilege('pg_monitor', 'shop.above', 'SELECT')"
    assert view.connection.execute(may_read).fetchone() == (True,)
    remark = view.connection.execute("SELECT obj_description('shop.above'::regclass)").fetchone()
    assert remark == ("one more",)


def test_late_view_is_replaced_and_dropped(view: StandIn) -> None:
    with pytest.raises(psycopg.errors.DuplicateTable):
        view.execute("CREATE VIEW shop.total AS SELECT 1 AS one FROM shop.paid WITH NO SCHEMA BINDING")
    view.execute(
        "CREATE OR REPLACE VIEW shop.total AS SELECT 'new'::CHAR(3) AS text FROM shop.paid WITH NO SCHEMA BINDING"
    )
    assert view.query("SELECT text FROM shop.total LIMIT 1") == [("new",)]
    view.execute("DROP TABLE shop.paid; DROP VIEW IF EXISTS shop.total; CREATE TABLE shop.paid (id INT)")
    with pytest.raises(psycopg.errors.UndefinedTable, match="does not exist"):
        view.query("SELECT * FROM shop.total")


def test_bound_view_keeps_its_table(view: StandIn) -> None:
    view.execute("CREATE VIEW shop.bound AS SELECT id FROM shop.paid")
    with pytest.raises(psycopg.errors.DependentObjectsStillExist):
        view.execute("DROP TABLE shop.paid")
    assert view.query("SELECT cents FROM shop.total") == [(350,)]


def test_late_view_names_its_schemas(standin: StandIn) -> None:
    with pytest.raises(Untranslatable, match="without its schema"):
        standin.execute("CREATE VIEW shop.v AS SELECT * FROM paid WITH NO SCHEMA BINDING")


def test_a_statement_means_what_its_tables_make_of_it_each_time(standin: StandIn) -> None:
    standin.load("shop", "halves", [(1, 2)], {"part": "INTEGER", "whole": "INTEGER"})
    asked = "SELECT part / whole AS share FROM shop.halves"
    assert (standin.query(asked), standin.query(asked)) == ([(0,)], [(0,)])
    standin.execute("DROP TABLE shop.halves")
    standin.load("shop", "halves", [(1, 2)], {"part": "DECIMAL(4, 2)", "whole": "DECIMAL(4, 2)"})
    assert standin.query(asked) == [(Decimal("0.5"),)]
    scale = standin.query(asked)[0][0].as_tuple().exponent
    assert scale == -division_scale(Digits(4, 2), Digits(4, 2))
