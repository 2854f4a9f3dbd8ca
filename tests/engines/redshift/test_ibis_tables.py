"""What the Ibis backend adds to tables: upserts, keys, widths, streams, files on S3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import pyarrow as pa
import pytest

from marketing_ibis.engines.redshift.ibis_backend import Backend
from marketing_ibis.engines.redshift.ibis_backend.columns import with_widths
from marketing_ibis.engines.redshift.values import described_schema
from marketing_ibis.errors import RunFailed
from tests.engines.redshift.ibis_connection import connect, in_an_empty_schema, rows
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, query, to_postgres

# Ibis 12 asks pandas 3 for an option that has had its day.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
SCHEMA = {"id": "int64", "word": "string"}
ROLE = "arn:aws:iam::123456789012:role/copy"


def with_copies(sql: str) -> str:
    """Return the statement as PostgreSQL takes it; a COPY inserts one row."""
    copied = re.match(r'COPY ("\w+") FROM', sql)
    return f"INSERT INTO {copied[1]} VALUES (7, 'copied')" if copied else to_postgres(sql)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster(with_copies) as proxy:
        yield proxy


@pytest.fixture
def con(proxy: Proxy) -> Iterator[Backend]:
    with in_an_empty_schema(proxy) as backend:
        yield backend


def type_in_catalog(proxy: Proxy, table: str, column: str) -> str:
    asked = f"SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{table}'::regclass"
    return str(query(proxy, f"{asked} AND attname = '{column}'")[0][0])


# Upserts


def test_rows_are_replaced_by_key_and_added(con: Backend) -> None:
    con.create_table("t", {"id": [1, 2], "word": ["a", "b"]})
    con.upsert("t", {"id": [2, 3], "word": ["B", "c"]}, on="id")
    assert rows(con.table("t")) == [(1, "a"), (2, "B"), (3, "c")]
    con.upsert("t", con.table("t").filter(ibis._.id == 1).mutate(word=ibis._.word.upper()), on="id")
    assert rows(con.table("t")) == [(1, "A"), (2, "B"), (3, "c")]


def test_columns_that_are_not_given_keep_their_values(con: Backend) -> None:
    con.create_table("t", {"id": [1, 2], "word": ["a", "b"], "n": [10, 20]})
    con.upsert("t", {"id": [2, 3], "n": [21, 30]}, on=["id"])
    assert rows(con.table("t")) == [(1, "a", 10), (2, "b", 21), (3, None, 30)]


def test_an_upsert_that_fails_changes_nothing(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": [1], "word": ["a"]})
    with pytest.raises(com.IbisInputError, match="have id = 1 more than once"):
        con.upsert("t", {"id": [1, 1], "word": ["x", "y"]}, on="id")
    with pytest.raises(com.IbisInputError, match="no column id"):
        con.upsert("t", {"other": ["x"]}, on="id")
    with pytest.raises(com.IbisInputError, match="no column other"):
        con.upsert("t", {"id": [1], "word": ["x"]}, on="other")
    proxy.inject('^INSERT INTO "t"', "error", sqlstate="22003", message="overflow", detail="")
    with pytest.raises(RunFailed, match="overflow"):
        con.upsert("t", {"id": [1], "word": ["x"]}, on="id")
    proxy.faults.clear()
    assert rows(con.table("t")) == [(1, "a")]
    assert con.list_tables() == ["t"]


# Tables


def test_keys_and_encodings_are_declared(con: Backend, proxy: Proxy) -> None:
    proxy.translate = lambda sql: re.sub(r" ENCODE \w+", "", with_copies(sql))
    con.create_table("t", schema=SCHEMA, dist_key="id", sort_keys=["id", "word"], encode={"word": "zstd", "id": "az64"})
    con.create_table("u", schema=SCHEMA, diststyle="all", sort_keys="id", encode="raw")
    proxy.translate = with_copies
    made = [sql for sql in proxy.statements if sql.startswith("CREATE TABLE")]
    assert made[0] == (
        'CREATE TABLE "t" ("id" BIGINT ENCODE AZ64, "word" VARCHAR(65535) ENCODE ZSTD)'
        ' DISTSTYLE KEY DISTKEY ("id") SORTKEY ("id", "word")'
    )
    assert made[1].endswith('"word" VARCHAR(65535) ENCODE RAW) DISTSTYLE ALL SORTKEY ("id")')


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dist_key": "x"}, "no column x"),
        ({"sort_keys": ["x"]}, "no column x"),
        ({"encode": {"x": "raw"}}, "no column x"),
        ({"diststyle": "sideways"}, "SIDEWAYS is not one of"),
        ({"diststyle": "key"}, "need each other"),
        ({"diststyle": "even", "dist_key": "id"}, "need each other"),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(con: Backend, options: dict[str, Any], words: str) -> None:
    with pytest.raises(com.IbisInputError, match=words):
        con.create_table("t", schema=SCHEMA, **options)


def test_widths_of_strings_are_measured(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": [1], "short": ["ä"], "long": ["ä" * 200], "no": pa.array([None], pa.string())})
    assert type_in_catalog(proxy, "t", "short") == "character varying(256)"
    assert type_in_catalog(proxy, "t", "long") == "character varying(512)"
    con.create_table("declared", [{"id": 1, "word": "abc"}], schema={"id": "int64", "word": dt.String(length=3)})
    assert type_in_catalog(proxy, "declared", "word") == "character varying(3)"
    table = con.table("t")
    con.create_table("same", table.filter(table.id > 0).select("id", "long"))
    assert type_in_catalog(proxy, "same", "long") == "character varying(512)"
    assert proxy.count("CREATE TEMP") == 0
    con.create_table("computed", table.select("id", word=table.long + "x" * 200))
    assert type_in_catalog(proxy, "computed", "word") == "character varying(1024)"
    assert rows(con.table("computed")) == [(1, "ä" * 200 + "x" * 200)]


def test_a_string_that_fits_no_column_is_refused(con: Backend) -> None:
    with pytest.raises(com.IbisInputError, match="70,000 bytes"):
        con.create_table("t", {"word": ["x" * 70_000]})
    assert with_widths(ibis.schema({"word": "!string"}), {"word": 40_000})["word"] == dt.String(
        length=65_535, nullable=False
    )


def test_a_table_gets_another_name(con: Backend) -> None:
    con.create_table("t", {"id": [1]})
    con.rename_table("t", "u")
    con.create_table("fleeting", {"id": [1]}, temp=True)
    con.rename_table("fleeting", "passing")
    assert con.list_tables() == ["passing", "u"]


def test_not_null_is_read_back(con: Backend) -> None:
    schema = ibis.schema({"id": "!int64", "n": "int64"})
    assert con.create_table("t", schema=schema).schema() == schema
    assert con.table("sales", database="dbt_production").schema() == ibis.schema({"id": "int64", "cents": "int64"})


def test_tables_in_s3_are_listed(con: Backend) -> None:
    assert "spectrum" in con.list_databases()
    assert con.list_tables(database="spectrum") == ["clicks"]


def test_columns_with_capitals_are_refused_or_kept(con: Backend, proxy: Proxy) -> None:
    with pytest.raises(com.IbisInputError, match="store the column Name as name"):
        con.create_table("t", {"Name": ["x"]})
    with pytest.raises(com.IbisInputError, match="case_sensitive=True"):
        con.create_view("v", con.sql("SELECT 1 AS a").rename(A="a"))
    other = connect(proxy, case_sensitive=True)
    assert other.create_table("t", {"Name": ["x"]}).columns == ("Name",)
    assert proxy.count("SET enable_case_sensitive_identifier TO true") == 1
    other.disconnect()


def test_a_cached_expression_may_have_capitals(con: Backend) -> None:
    con.create_table("t", {"id": [1]})
    cached = con.table("t").rename(Id="id").cache()
    assert cached.Id.sum().execute() == 1
    cached.release()
    assert con.list_tables() == ["t"]


# Rows in memory


def test_many_rows_in_memory_become_a_temporary_table(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": [1, 5]})
    large = ibis.memtable({"id": list(range(5_000)), "Word": ["x"] * 5_000})
    joined = con.table("t").join(large, "id")
    assert joined.count().execute() == 2
    assert con.execute(large.id.sum()) == sum(range(5_000))
    assert con.to_pyarrow(large.count()).as_py() == 5_000
    assert sum(batch.num_rows for batch in con.to_pyarrow_batches(large, chunk_size=999)) == 5_000
    con.create_table("copied", large.filter(large.id < 10).drop("Word"))
    con.insert("copied", large.filter(large.id >= 4_990).select("id"))
    assert con.table("copied").count().execute() == 20
    assert proxy.count("CREATE TEMP TABLE") == proxy.count("DROP TABLE IF EXISTS") > 0
    assert query(proxy, "SELECT COUNT(*) FROM pg_class WHERE relname LIKE '%memtable%'") == [(0,)]


def test_aggregates_that_need_a_table_get_one(con: Backend, proxy: Proxy) -> None:
    few = ibis.memtable({"x": [1.0, 2.0, 4.0], "word": ["a", "b", "c"]})
    # PostgreSQL lacks the function itself.
    with pytest.raises(RunFailed, match="median"):
        con.execute(few.x.median())
    assert proxy.count("CREATE TEMP TABLE") == 1


def test_arrays_arrive_as_json(con: Backend) -> None:
    expected = ibis.schema({"a": "array<int64>"})
    table = con.sql("SELECT '[1,2]' AS a", schema=expected)
    assert con.to_pyarrow(table).to_pylist() == [{"a": [1, 2]}]
    assert list(con.execute(table).a[0]) == [1, 2]


def test_elements_of_an_array_have_its_type(con: Backend) -> None:
    table = con.sql("SELECT '[1,2.5]' AS a", schema=ibis.schema({"a": "array<float64>"}))
    assert [type(element) for element in con.to_pyarrow(table).to_pylist()[0]["a"]] == [float, float]
    assert [type(element) for element in con.execute(table).a[0]] == [float, float]


def test_embedded_sql_may_use_a_name_of_the_sql_below_it(con: Backend) -> None:
    inner = con.sql("WITH w AS (SELECT * FROM (SELECT 'abc' AS ts) AS x) SELECT * FROM w").alias("one")
    outer = inner.sql("WITH x AS (SELECT * FROM one), w AS (SELECT ts || '!' AS ts FROM x) SELECT * FROM w")
    assert rows(outer) == [("abc!",)]


def test_a_string_without_a_length_is_read_back_without_one(con: Backend) -> None:
    assert con.create_table("t", schema=SCHEMA).schema() == ibis.schema(SCHEMA)


def test_rows_without_names_are_inserted_by_position(con: Backend) -> None:
    con.create_table("t", schema=SCHEMA)
    con.insert("t", [(1, "a"), (2, "b")])
    assert rows(con.table("t")) == [(1, "a"), (2, "b")]


def test_few_rows_in_memory_stay_in_the_statement(con: Backend, proxy: Proxy) -> None:
    few = ibis.memtable({"id": list(range(200))})
    assert con.execute(few.count()) == 200
    assert proxy.count("CREATE") == 0


def test_a_query_over_memory_that_fails_leaves_no_table(con: Backend, proxy: Proxy) -> None:
    large = ibis.memtable({"id": list(range(300))})
    with pytest.raises(RunFailed, match="division by zero"):
        con.execute(con.sql("SELECT 1 AS one").cross_join(large).select(x=ibis._.one / (ibis._.id - ibis._.id)))
    assert proxy.count("DROP TABLE IF EXISTS") == 1
    assert con.execute(large.count()) == 300


# Streams


def test_batches_are_fetched_while_they_are_read(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": list(range(2_500))})
    proxy.statements.clear()
    reader = con.table("t").order_by("id").to_pyarrow_batches(chunk_size=1_000)
    first = next(iter(reader))
    assert first.num_rows == 1_000
    assert proxy.count("FETCH FORWARD") <= 2
    con.insert("t", {"id": [9_999]})
    assert [batch.num_rows for batch in reader] == [1_000, 500]
    assert proxy.count("^COMMIT") >= 1


def test_a_stream_that_is_given_up_ends_its_session(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": list(range(50))})
    batches = con._row_batches(con.table("t"), None, None, 10)
    assert [len(batch) for batch in islice(batches, 2)] == [10, 10]
    batches.close()  # type: ignore[attr-defined]
    con.drop_table("t")


def test_a_cluster_of_one_node_is_asked_for_less_at_a_time(con: Backend, proxy: Proxy) -> None:
    con.create_table("t", {"id": list(range(2_500))})
    message = "Fetch size 2000 exceeds the limit of 1000 for a single node configuration."
    proxy.inject("FETCH FORWARD 2000", "error", sqlstate="XX000", message=message, detail="", times=9)
    assert [batch.num_rows for batch in con.table("t").to_pyarrow_batches(chunk_size=2_000)] == [2_000, 500]


def test_temporary_tables_are_read_by_the_session_that_has_them(con: Backend) -> None:
    made = con.create_table("fleeting", {"id": [1, 2]}, temp=True)
    assert [batch.num_rows for batch in made.to_pyarrow_batches(chunk_size=1)] == [1, 1]


# Files


def test_files_on_s3_are_copied(con: Backend, proxy: Proxy) -> None:
    con.read_csv("s3://bucket/rows.csv", table_name="t", schema=SCHEMA, iam_role=ROLE, region="eu-west-1")
    read = con.read_parquet("s3://bucket/rows/", schema=SCHEMA)
    assert rows(read) == rows(con.table("t")) == [(7, "copied")]
    copies = [sql for sql in proxy.statements if sql.startswith("COPY")]
    assert copies[0] == (
        f"COPY \"t\" FROM 's3://bucket/rows.csv' IAM_ROLE '{ROLE}' FORMAT AS CSV IGNOREHEADER AS 1"
        " REGION AS 'eu-west-1'"
    )
    assert re.fullmatch(r"COPY \"\w+\" FROM 's3://bucket/rows/' IAM_ROLE DEFAULT FORMAT AS PARQUET", copies[1])
    con.read_csv("s3://bucket/x.gz", table_name="u", schema=SCHEMA, delimiter="\t", header=False, gzip=True)


def test_files_that_cannot_be_copied_are_refused(con: Backend) -> None:
    with pytest.raises(com.IbisInputError, match=r"Put the file there .* pass it to create_table"):
        con.read_csv("rows.csv", schema=SCHEMA)
    with pytest.raises(com.IbisInputError, match="name its columns"):
        con.read_parquet("s3://bucket/rows.parquet")
    with pytest.raises(com.IbisInputError, match="not an ARN"):
        con.read_csv("s3://bucket/rows.csv", schema=SCHEMA, iam_role="me")


# Types


@pytest.mark.parametrize(
    ("number", "dtype"),
    [
        (1266, dt.Unknown(raw_type="TIMETZ")),
        (1188, dt.Interval("M")),
        (1190, dt.Interval("us")),
        (3000, dt.Unknown(raw_type="GEOMETRY")),
        (3001, dt.Unknown(raw_type="GEOGRAPHY")),
        (4000, dt.json),
        (6551, dt.binary),
        (99_999, dt.Unknown(raw_type="type 99999")),
    ],
)
def test_types_are_named(number: int, dtype: dt.DataType) -> None:
    described = {"label": b"x", "type_oid": number, "type_modifier": -1}
    assert described_schema([described]) == ibis.schema({"x": dtype})


def test_types_that_ibis_lacks_are_read_as_text(con: Backend) -> None:
    table = con.sql("SELECT CAST('12:30:00+02' AS TIMETZ) AS t")
    assert table.schema()["t"] == dt.Unknown(raw_type="TIMETZ")
    assert table.to_pyarrow().to_pylist()[0]["t"] == "10:30:00+00:00"
    assert len(table.execute()) == 1


@pytest.mark.parametrize("bounds", [(2, 0), (2, 1), (0, 2)], ids=repr)
def test_frames_are_compiled_whichever_side_they_are_on(bounds: tuple[int, int]) -> None:
    table = ibis.table({"g": "string", "x": "int64"}, name="t")
    window = ibis.window(preceding=bounds[0], following=bounds[1], group_by="g", order_by="x")
    trailing = ibis.trailing_window(2, group_by="g", order_by="x")
    for frame in (window, trailing):
        assert "ROWS BETWEEN" in ibis.to_sql(table.mutate(total=table.x.sum().over(frame)), dialect="redshift")
