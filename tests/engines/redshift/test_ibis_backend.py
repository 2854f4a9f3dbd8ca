"""The Ibis backend by itself: everything that a user calls, through Amazon's own driver."""

from __future__ import annotations

import datetime as time_of
import importlib.metadata
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import pandas as pd
import pyarrow as pa
import pytest

from marketing_ibis.engines.redshift.ibis_backend import Backend
from marketing_ibis.errors import RefusedByRedshift, RunFailed, TargetUnavailable
from tests.engines.redshift.proxy import Proxy, refused
from tests.engines.redshift.warehouse import PASSWORD, cluster, query
from tests.paths import ROOT

# Ibis 12 asks pandas 3 for an option that has had its day.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
SCHEMA = ibis.schema(
    {
        "n": "int64",
        "small": "int16",
        "price": "decimal(20, 2)",
        "ratio": "float64",
        "word": "string",
        "day": "date",
        "at": "timestamp",
        "zoned": "timestamp('UTC')",
        "clock": "time",
        "is_good": "boolean",
    }
)
ROWS = [
    {
        "n": 2**53 + 1,
        "small": -7,
        "price": Decimal("123456789012345678.91"),
        "ratio": 0.1,
        "word": 'it\'s 100% \\ of "é"\nthere',
        "day": time_of.date(2024, 2, 29),
        "at": time_of.datetime(2024, 2, 29, 23, 59, 59, 123456),
        "zoned": time_of.datetime(2024, 2, 29, 23, 59, tzinfo=time_of.UTC),
        "clock": time_of.time(12, 30, 1),
        "is_good": True,
    },
    dict.fromkeys(SCHEMA),
]


@pytest.fixture(scope="module", autouse=True)
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Register the backend as installing the project does."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    site = tmp_path_factory.mktemp("site")
    folder = site / "marketing_ibis-0.1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: marketing-ibis\nVersion: 0.1.0\n")
    lines = [f"[{group}]\n{name} = {value}\n" for group, found in declared.items() for name, value in found.items()]
    (folder / "entry_points.txt").write_text("".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        ibis.util.backend_entry_points.cache_clear()
        yield site
    ibis.util.backend_entry_points.cache_clear()
    vars(ibis).pop("redshift", None)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster() as proxy:
        yield proxy


@pytest.fixture
def con(proxy: Proxy) -> Iterator[Backend]:
    proxy.faults.clear()
    proxy.statements.clear()
    backend = ibis.redshift.connect(
        host=proxy.host, port=proxy.port, user=proxy.user, password=PASSWORD, database=proxy.database, ssl=False
    )
    yield backend
    for name in backend.list_tables():
        kind = query(proxy, f"SELECT relkind FROM pg_class WHERE relname = '{name}'")[0][0]
        query(proxy, f'DROP {"VIEW" if kind in ("v", b"v") else "TABLE"} IF EXISTS "{name}" CASCADE')
    backend.disconnect()


@pytest.fixture
def all_types(con: Backend) -> ibis.Table:
    return con.create_table("all_types", ROWS, schema=SCHEMA)


def test_it_is_found_by_its_entry_point() -> None:
    (found,) = [p for p in importlib.metadata.entry_points(group="ibis.backends") if p.name == "redshift"]
    assert found.load().Backend is Backend
    assert ibis.redshift.name == "redshift"


def test_it_needs_neither_hamilton_nor_duckdb(registered: Path) -> None:
    program = f"""
import sys
sys.path[:0] = [{str(registered)!r}, {str(ROOT)!r}]
import ibis
ibis.redshift.compile(ibis.table({{"a": "int64"}}, name="t").a.sum())
import redshift_connector
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {{"hamilton", "duckdb", "psycopg", "dataflows"}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_it_compiles_without_a_connection() -> None:
    table = ibis.table({"a": "int64"}, name="t")
    assert ibis.redshift.compile(table.a.median()).startswith("SELECT")
    assert ibis.redshift.has_operation(ibis.expr.operations.Median)


def test_a_url_connects(proxy: Proxy) -> None:
    url = f"redshift://{proxy.user}:{quote(PASSWORD, safe='')}@{proxy.host}:{proxy.port}/{proxy.database}"
    con = ibis.connect(f"{url}?ssl=false&timeout=5")
    assert con.current_catalog == proxy.database
    con.disconnect()
    con = ibis.connect(f"{url}/late?ssl=0")
    assert con.current_database == "late"
    con.disconnect()


def test_a_login_that_fails_shows_no_secret(proxy: Proxy) -> None:
    with refused(TargetUnavailable, "refused user") as caught:
        ibis.redshift.connect(host=proxy.host, port=proxy.port, user="u", password="hush-hush", database="d", ssl=False)
    assert "hush" not in str(caught.value)


def test_two_connections_differ_and_show_no_secret(con: Backend, proxy: Proxy) -> None:
    assert PASSWORD not in f"{con.db_identity} {con!r} {vars(con._session)}"
    other = ibis.redshift.connect(
        host=proxy.host, port=proxy.port, user=proxy.user, password=PASSWORD, database="postgres", ssl=False
    )
    assert con != other
    other.disconnect()


def test_what_is_there(con: Backend, proxy: Proxy) -> None:
    assert con.version == "1.0.54321"
    assert con.current_catalog == proxy.database
    assert con.current_database == "public"
    assert {"public", "late", "dbt_production"} <= set(con.list_databases())
    assert not [name for name in con.list_databases() if name.startswith("pg_t")]
    assert con.list_databases(like="dbt_.*") == ["dbt_production"]
    assert proxy.database in con.list_catalogs()
    assert con.list_tables(database="dbt_production") == ["sales"]
    assert con.list_tables(database=(proxy.database, "dbt_production"), like="x") == []
    with pytest.raises(com.UnsupportedOperationError, match="connect to elsewhere"):
        con.list_tables(database=("elsewhere", "public"))


def test_a_table_is_read_with_its_schema(con: Backend) -> None:
    sales = con.table("sales", database="dbt_production")
    assert sales.schema() == ibis.schema({"id": "int64", "cents": "int64"})
    assert sales.filter(sales.cents > 0).cents.sum().execute() == 350
    assert sorted(sales.id.to_pyarrow().to_pylist()) == [1, 2, 3]


def test_a_missing_table_is_named(con: Backend) -> None:
    with pytest.raises(com.TableNotFound, match="absent"):
        con.table("absent")
    with pytest.raises(com.TableNotFound, match="absent"):
        con.table("absent", database="dbt_production")


def test_values_keep_their_types_in_pandas(all_types: ibis.Table) -> None:
    frame = all_types.order_by(all_types.n).execute()
    first = frame.iloc[0].to_dict()
    assert first["price"] == Decimal("123456789012345678.91")
    assert isinstance(first["price"], Decimal)
    assert first["word"] == ROWS[0]["word"]
    assert pd.Timestamp(first["day"]).date() == ROWS[0]["day"]
    assert first["at"].to_pydatetime() == ROWS[0]["at"]
    assert first["zoned"].to_pydatetime() == ROWS[0]["zoned"]
    assert first["clock"] == ROWS[0]["clock"]
    assert first["is_good"] is True
    assert frame.iloc[1].isna().all()
    assert str(frame["small"].dtype) in ("Int16", "float64", "int16")


def test_values_keep_their_types_in_arrow(all_types: ibis.Table) -> None:
    table = all_types.order_by(all_types.n).to_pyarrow()
    assert table.schema == all_types.schema().to_pyarrow()
    assert table.to_pylist() == ROWS


def test_the_schema_of_a_made_table_is_that_asked_for(all_types: ibis.Table) -> None:
    found = {name: dt.string if kind.is_string() else kind for name, kind in all_types.schema().items()}
    assert ibis.schema(found) == SCHEMA


def test_batches_are_as_long_as_asked(con: Backend) -> None:
    con.create_table("numbers", pd.DataFrame({"n": range(25)}))
    batches = list(con.table("numbers").to_pyarrow_batches(chunk_size=10))
    assert [batch.num_rows for batch in batches] == [10, 10, 5]


def test_an_empty_result_has_columns(all_types: ibis.Table) -> None:
    empty = all_types.filter(all_types.n == 0)
    assert list(empty.execute().columns) == list(SCHEMA)
    assert empty.to_pyarrow().schema == all_types.schema().to_pyarrow()


def test_scalars_and_limits(con: Backend) -> None:
    assert con.execute(ibis.literal(Decimal("1.50"), "decimal(5, 2)")) == Decimal("1.50")
    assert con.execute(ibis.null("int64")) is None or pd.isna(con.execute(ibis.null("int64")))
    assert len(con.table("sales", database="dbt_production").execute(limit=2)) == 2
    parameter = ibis.param("int64")
    sales = con.table("sales", database="dbt_production")
    assert sales.filter(sales.id == parameter).count().execute(params={parameter: 2}) == 1


def test_rows_in_memory_join_tables_without_a_table_of_their_own(con: Backend, proxy: Proxy) -> None:
    names = ibis.memtable({"id": [1, 2], "name": ["a", None]})
    sales = con.table("sales", database="dbt_production")
    joined = sales.join(names, "id").order_by("id").select("id", "name")
    assert joined.to_pyarrow().to_pylist() == [{"id": 1, "name": "a"}, {"id": 2, "name": None}]
    assert not proxy.count("CREATE")


def test_sql_is_an_expression(con: Backend) -> None:
    found = con.sql("SELECT id, cents::numeric(8,2) / 100 AS price FROM dbt_production.sales WHERE id < 3;")
    assert list(found.schema()) == ["id", "price"]
    assert found.schema()["price"].is_decimal()
    assert found.id.max().execute() == 2
    assert con.sql("SELECT 'x'::varchar(3) AS w").schema() == ibis.schema({"w": dt.String(length=3)})


def test_raw_sql_gives_the_cursor(con: Backend) -> None:
    assert con.raw_sql("SELECT 1, 'a%b'").fetchall() == ([1, "a%b"],)
    with pytest.raises(RunFailed, match="does not exist"):
        con.raw_sql("SELECT a FROM nowhere")


def test_raw_sql_sends_nothing_that_aws_does_not_document(con: Backend) -> None:
    with pytest.raises(RefusedByRedshift, match=r"function STRING_AGG: .* write LISTAGG"):
        con.raw_sql("SELECT STRING_AGG(a, ',') FROM nowhere")
    with pytest.raises(RefusedByRedshift, match="statement SELEC"):
        con.raw_sql("SELEC")


def test_a_table_is_made_of_a_schema(con: Backend) -> None:
    made = con.create_table("made", schema={"a": "!int64", "b": "string"})
    assert made.count().execute() == 0
    with pytest.raises(RunFailed, match="null value"):
        con.insert("made", [{"a": None, "b": "x"}])
    with pytest.raises(com.IbisInputError):
        con.create_table("nothing")


def test_a_table_is_made_of_an_expression(con: Backend) -> None:
    sales = con.table("sales", database="dbt_production")
    made = con.create_table("made", sales.filter(sales.cents > 0), database="late")
    assert made.count().execute() == 2
    con.drop_table("made", database="late")
    con.drop_table("made", database="late", force=True)
    with pytest.raises(RunFailed, match="does not exist"):
        con.drop_table("made", database="late")


@pytest.mark.parametrize("kind", ["pandas", "arrow", "rows", "columns"])
def test_a_table_is_made_of_rows(con: Backend, kind: str) -> None:
    columns = {"n": [1, None, 3], "word": ["a", "b'c", None]}
    table = pa.table(columns)
    source = {"pandas": table.to_pandas(), "arrow": table, "rows": table.to_pylist(), "columns": columns}[kind]
    made = con.create_table("made", source)
    found = made.select(n=made.n.cast("int64"), word=made.word).order_by("n").to_pyarrow()
    assert found.to_pydict() == {"n": [1, 3, None], "word": ["a", None, "b'c"]}


def test_many_rows_are_sent_in_several_statements(con: Backend, proxy: Proxy) -> None:
    con.create_table("many", pa.table({"n": range(5000), "word": ["x" * 10] * 5000}))
    assert con.table("many").n.sum().execute() == sum(range(5000))
    assert proxy.count("^INSERT") == 3


def test_odd_floats_are_kept(con: Backend) -> None:
    con.create_table("floats", pa.table({"x": [1.5, float("inf"), float("-inf"), 1e-300, None]}))
    assert con.table("floats").x.to_pyarrow().to_pylist() == [1.5, float("inf"), float("-inf"), 1e-300, None]


def test_a_table_that_cannot_be_filled_is_not_left(con: Backend) -> None:
    with pytest.raises(RunFailed, match="division by zero"):
        con.create_table("made", con.sql("SELECT 1 / (1 - 1) AS x"), schema={"x": "int32"})
    assert "made" not in con.list_tables()


def test_a_table_is_overwritten(con: Backend) -> None:
    con.create_table("made", {"a": [1]})
    with pytest.raises(RunFailed, match="already exists"):
        con.create_table("made", {"a": [2]})
    made = con.create_table("made", {"b": ["x"]}, overwrite=True)
    assert made.to_pyarrow().to_pydict() == {"b": ["x"]}
    assert con.list_tables() == ["made"]


def test_a_temporary_table_is_seen_here_only(con: Backend, proxy: Proxy) -> None:
    made = con.create_table("fleeting", {"a": [1, 2]}, temp=True)
    assert made.count().execute() == 2
    assert con.list_tables() == ["fleeting"]
    assert con.list_tables(database="public") == []
    con.drop_table("fleeting")
    assert con.list_tables() == []
    assert not proxy.count("pg_my_temp_schema")


def test_a_cached_expression_is_a_temporary_table(con: Backend) -> None:
    cached = con.table("sales", database="dbt_production").cache()
    assert cached.count().execute() == 3
    cached.release()
    assert con.list_tables() == []


def test_views(con: Backend) -> None:
    sales = con.table("sales", database="dbt_production")
    view = con.create_view("seen", sales.select("id"))
    assert view.count().execute() == 3
    assert con.create_view("seen", sales.select("cents"), overwrite=True).columns == ("cents",)
    con.drop_view("seen")
    con.drop_view("seen", force=True)
    with pytest.raises(RunFailed, match="does not exist"):
        con.drop_view("seen")


def test_rows_are_inserted_replaced_and_removed(con: Backend, proxy: Proxy) -> None:
    con.create_table("made", schema={"a": "int64", "b": "string"})
    con.insert("made", [{"a": 1, "b": "x"}])
    con.insert("made", pd.DataFrame({"b": ["y"], "a": [2]}))
    con.insert("made", con.table("sales", database="dbt_production").select(a="id").filter(ibis._.a == 3))
    made = con.table("made")
    assert made.order_by("a").to_pyarrow().to_pydict() == {"a": [1, 2, 3], "b": ["x", "y", None]}
    con.insert("made", {"a": [9], "b": ["z"]}, overwrite=True)
    assert made.a.to_pyarrow().to_pylist() == [9]
    with pytest.raises(RunFailed):
        con.insert("made", con.sql("SELECT 1 / (1 - 1) AS a"), overwrite=True)
    assert made.a.to_pyarrow().to_pylist() == [9]
    assert proxy.count("^TRUNCATE") == 0
    con.truncate_table("made")
    assert made.count().execute() == 0


def test_schemas_are_made_and_dropped(con: Backend) -> None:
    con.create_database("fresh")
    con.create_database("fresh", force=True)
    con.create_table("t", {"a": [1]}, database="fresh")
    with pytest.raises(RunFailed, match="depend"):
        con.drop_database("fresh")
    con.drop_database("fresh", cascade=True)
    con.drop_database("fresh", force=True)
    assert "fresh" not in con.list_databases()


def test_names_are_quoted(con: Backend) -> None:
    made = con.create_table('odd "name"', {'odd "column"': [1]})
    assert made.to_pyarrow().to_pydict() == {'odd "column"': [1]}
    con.drop_table('odd "name"')


def test_a_lost_connection_is_opened_anew(con: Backend, proxy: Proxy) -> None:
    proxy.kill()
    with pytest.raises(RunFailed, match="connection to Redshift was lost"):
        con.list_tables()
    assert con.list_tables() == []
    assert con.raw_sql("SHOW timezone").fetchall() == (["UTC"],)


def test_without_the_driver_it_compiles_and_says_what_to_install(registered: Path) -> None:
    program = f"""
import sys
sys.path[:0] = [{str(registered)!r}, {str(ROOT)!r}]
sys.modules["redshift_connector"] = None
import ibis
print(ibis.redshift.compile(ibis.table({{"a": "int64"}}, name="t").a.sum()))
try:
    ibis.redshift.connect(host="h", user="u", password="hush-hush", database="d")
except Exception as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'SUM("t0"."a")' in done.stdout
    assert "pip install 'marketing-ibis[redshift]'" in done.stdout
    assert "hush" not in done.stdout + done.stderr
