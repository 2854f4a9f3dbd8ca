"""Files are read strictly: errors name file, line and column, and leave the existing tables unchanged."""

from __future__ import annotations

import gzip
import re
from datetime import date, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from tests.build.sales_files import GOOD, GOOD_ROWS, OLD_ROWS, SALES, csv_folder, load, open_target, refuse, rows


@pytest.fixture
def target() -> Target:
    return open_target()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(GOOD, GOOD_ROWS, id="plain"),
        pytest.param(GOOD.replace("\n", "\r\n"), GOOD_ROWS, id="windows line ends"),
        pytest.param("\ufeff" + GOOD, GOOD_ROWS, id="byte order mark"),
        pytest.param(GOOD.rstrip("\n"), GOOD_ROWS, id="no last line end"),
        pytest.param("name,extra,day,id\nAda,x,2024-02-29,1\n,,,2\n", GOOD_ROWS, id="other order, more columns"),
        pytest.param("id,day,name\n", [], id="header only"),
        pytest.param(
            '"id","day","name"\n"1","2024-02-29","a, ""b""\nc"\n', [(1, date(2024, 2, 29), 'a, "b"\nc')], id="quoted"
        ),
        pytest.param("id,day,name\n 12 , 2024-01-02 , Ada \n", [(12, date(2024, 1, 2), " Ada ")], id="spaces"),
        pytest.param("id,day,name\n-5,2024-01-02,007\n", [(-5, date(2024, 1, 2), "007")], id="text is not sniffed"),
        pytest.param("id,day,name\n1,2024-01-02T23:30:00Z,x\n", [(1, date(2024, 1, 2), "x")], id="instant"),
        pytest.param(',id,day,name,,ID\n0,1,2024-02-29,Ada,,9\n1,2,"","",,9\n', GOOD_ROWS, id="nameless columns"),
        pytest.param("id,day,name\n1,2024-02-29,Ada,,\n2,,\n", GOOD_ROWS, id="empty fields beyond the last"),
        pytest.param("id,day,name\n1,0001-01-01,a\n", [(1, date(1, 1, 1), "a")], id="first day"),
        pytest.param('id,day,name\n1,,"a\rb\r\nc"\n', [(1, None, "a\rb\r\nc")], id="line ends in quotes"),
    ],
)
@pytest.mark.parametrize("link", [False, True], ids=["load", "link"])
def test_a_good_csv_is_read(
    target: Target, tmp_path: Path, content: str, expected: list[tuple[object, ...]], link: bool
) -> None:
    assert load(target, csv_folder(tmp_path, content), link=link) == expected
    assert target.relations("raw") == {"sales": "view" if link else "table"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("id,day,name\n1,,a\nx,,b\n", "sales.csv, line 3, column id: 'x' is not a whole number", id="text"),
        pytest.param("id,day,name\n1.5,,a\n", "line 2, column id: '1.5' is not a whole number", id="fraction"),
        pytest.param("id,day,name\n1e3,,a\n", "line 2, column id: '1e3' is not a whole number", id="exponent"),
        pytest.param("id,day,name\n99999999999999999999,,a\n", "line 2, column id: '9{20}' is not", id="overflow"),
        pytest.param("id,day,name\n9999999999999999999,,a\n", "line 2, column id: '9{19}' is not", id="just over"),
        pytest.param(
            "id,day,name\n1,2018-02-30,a\n", "line 2, column day: '2018-02-30' is not a day", id="impossible day"
        ),
        pytest.param(
            "id,day,name\n1,02/03/2018,a\n", "line 2, column day: '02/03/2018' is not a day", id="other format"
        ),
        pytest.param("id,day,name\n1,infinity,a\n", "line 2, column day: 'infinity' is not a day", id="infinity"),
        pytest.param("id,day,name\n1,0000-01-01,a\n", "line 2, column day: '0000-01-01' is not a day", id="year 0"),
        pytest.param(
            "id,day,name,number_of_row\nx,,a,7\n", "line 2, column id: 'x'", id="column named as we number rows"
        ),
        pytest.param(
            "id,day,name\r\n1,,a\r\n2,,b\n", r"line 3: the line ends in '\\n', the header in", id="mixed line ends"
        ),
        pytest.param(
            f"id,day,name\n1,,{'y' * 2_100_000}\n",
            "sales.csv cannot be read: .*Line: 2 Maximum line size",
            id="endless",
        ),
        pytest.param("\nid,day,name\n1,,a\n", "sales.csv starts with a blank line", id="blank first line"),
        pytest.param(
            'id,day,name\n1,,"a\nb"\n\nx,,c\n', "line 5, column id: 'x'", id="line after quoted lines and a blank"
        ),
        pytest.param(
            "id,day,name\n1,x,a\ny,,b\n",
            "2 cells cannot be read:\n  .*line 2, column day: 'x' is .*\n  .*line 3, column id: 'y' is not a whole",
            id="several",
        ),
        pytest.param("id,day,name\n1," + "x" * 200 + ",a\n", r"column day: 'x{60}\.\.\.'", id="long value"),
        pytest.param("id,day,name\n1,,a\n2,\n", "line 3: 2 fields where the header has 3", id="row too short"),
        pytest.param("id,day,name\n1,,a,b\n", "line 2: 4 fields where the header has 3", id="row too long"),
        pytest.param('id,day,name\n1,,"a\n2,,b\n', "line 2: unexpected end of data", id="quote left open"),
        pytest.param(b"id,day,name\n1,,a\n2,,caf\xe9\n", "line 3: not UTF-8", id="latin-1"),
        pytest.param("id,day,name\n1,,a\n".encode("utf-16"), "not UTF-8", id="utf-16"),
        pytest.param("", "sales.csv is empty", id="empty file"),
        pytest.param("id,name\n1,a\n", "sales.csv has no column day", id="missing column"),
        pytest.param("id;day;name\n1;;a\n", "sales.csv has no column id", id="semicolons"),
        pytest.param("id,day,name,id\n1,,a,2\n", "has the column id twice", id="column twice"),
    ],
)
def test_a_bad_csv_is_refused_by_name(target: Target, tmp_path: Path, content: str | bytes, message: str) -> None:
    error = refuse(target, csv_folder(tmp_path, content))
    assert re.search(message, error.message)
    assert error.hint
    assert len(error.message) < 500


def test_a_misspelt_column_gets_a_hint(target: Target, tmp_path: Path) -> None:
    assert (
        refuse(target, csv_folder(tmp_path, "id,dya,name\n")).hint == "Rename its column dya to day if that is meant."
    )


def test_a_bad_linked_file_is_refused_at_once(target: Target, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 2, column id"):
        load(target, csv_folder(tmp_path, "id,day,name\nx,,a\n"), link=True)
    assert rows(target) == OLD_ROWS


def test_a_zipped_csv_is_read_and_its_lines_counted(target: Target, tmp_path: Path) -> None:
    assert load(target, csv_folder(tmp_path, gzip.compress(GOOD.encode()), "sales.csv.gz")) == GOOD_ROWS


def test_a_bad_zipped_csv_is_refused_by_line(target: Target, tmp_path: Path) -> None:
    bad = gzip.compress(b"id,day,name\n1,,a\nx,,b\n")
    assert "line 3, column id" in refuse(target, csv_folder(tmp_path, bad, "sales.csv.gz")).message


def test_a_file_that_is_no_zip_is_refused(target: Target, tmp_path: Path) -> None:
    assert "sales.csv.gz cannot be read" in refuse(target, csv_folder(tmp_path, GOOD, "sales.csv.gz")).message


ZIPPED = gzip.compress(GOOD.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ZIPPED[:-12], id="cut off"),
        pytest.param(ZIPPED[:-8] + bytes(8), id="wrong checksum"),
        pytest.param(ZIPPED[:10] + b"\xff" * 40, id="not deflated"),
    ],
)
def test_a_damaged_zip_is_refused(target: Target, tmp_path: Path, content: bytes) -> None:
    assert "sales.csv.gz cannot be read" in refuse(target, csv_folder(tmp_path, content, "sales.csv.gz")).message


@pytest.mark.parametrize("kind", ["array<int64>", "time", "json", "decimal"])
def test_a_type_that_files_cannot_give_is_refused(target: Target, tmp_path: Path, kind: str) -> None:
    folder = csv_folder(tmp_path, "id\n1.50\n")
    with pytest.raises(
        SourceError, match=r"Column id of .*sales\.csv is declared .*, but a file can only contain boolean, date"
    ):
        seed_files(target, folder, {"sales": ibis.schema({"id": kind})}, "raw")


def test_text_ids_keep_their_zeros(target: Target, tmp_path: Path) -> None:
    seed_files(target, csv_folder(tmp_path, "id\n001\n1e5\n"), {"sales": ibis.schema({"id": "string"})}, "raw")
    assert rows(target) == [("001",), ("1e5",)]


@pytest.mark.parametrize("format_", ["csv, HEADER", "parquet"])
def test_a_large_table_keeps_the_order_of_its_file(target: Target, tmp_path: Path, format_: str) -> None:
    many = 600_000
    target.execute("SET threads = 4")
    written = f"SELECT i AS id, DATE '2024-02-29' AS day, i::VARCHAR AS name FROM range({many}) t(i)"
    target.execute("SET preserve_insertion_order = true")
    target.execute(f"COPY ({written}) TO '{tmp_path}/sales.{format_.split(',')[0]}' (FORMAT {format_})")
    target.execute("SET preserve_insertion_order = false")
    seed_files(target, tmp_path, {"sales": SALES}, "raw")
    pairs = "SELECT id, lag(id) OVER () AS before FROM raw.sales"
    assert target.query(f"SELECT count(*), count(*) FILTER (id <= before) FROM ({pairs})") == [(many, 0)]
    assert target.query("SELECT current_setting('preserve_insertion_order')") == [(False,)]


@pytest.mark.parametrize("name", ["a*b", "a?b", "a[b]", "it's", 'a "b"', "ü ☃"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_folder_of_any_name_is_read(target: Target, tmp_path: Path, name: str, ending: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    if ending == "csv":
        csv_folder(folder, GOOD)
    else:
        parquet_folder(folder, {"id": [1, 2], "day": [date(2024, 2, 29), None], "name": ["Ada", None]})
    assert load(target, folder) == GOOD_ROWS


def parquet_folder(folder: Path, columns: dict[str, object], **types: pa.DataType) -> Path:
    arrays = {name: pa.array(values, types.get(name)) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), folder / "sales.parquet")
    return folder


@pytest.mark.parametrize(
    ("column", "values", "kind", "expected"),
    [
        pytest.param("id", [1, None], pa.int16(), [1, None], id="small integer"),
        pytest.param("id", [1, None], pa.uint32(), [1, None], id="unsigned"),
        pytest.param("id", [1.0, None], pa.float64(), [1, None], id="whole double"),
        pytest.param("id", ["1", None], pa.string(), [1, None], id="integer as text"),
        pytest.param(
            "day", [datetime(2024, 1, 2, 23, 30), None], pa.timestamp("us"), [date(2024, 1, 2), None], id="timestamp"
        ),
        pytest.param("day", ["2024-01-02", None], pa.string(), [date(2024, 1, 2), None], id="day as text"),
        pytest.param("name", [5, None], pa.int64(), ["5", None], id="number as text"),
        pytest.param("id", [None, None], pa.null(), [None, None], id="untyped integer"),
        pytest.param("day", [None, None], pa.null(), [None, None], id="untyped day"),
        pytest.param("name", [None, None], pa.null(), [None, None], id="untyped text"),
        pytest.param("name", ["a", None], pa.dictionary(pa.int8(), pa.string()), ["a", None], id="dictionary"),
    ],
)
def test_parquet_types_are_read(
    target: Target, tmp_path: Path, column: str, values: list[object], kind: pa.DataType, expected: list[object]
) -> None:
    columns: dict[str, object] = {"id": [1, 2], "day": [None, None], "name": ["a", "b"]} | {column: values}
    folder = parquet_folder(tmp_path, columns, **({"day": pa.date32()} | {column: kind}))
    seed_files(target, folder, {"sales": SALES}, "raw")
    stored = [row[0] for row in target.query(f"SELECT {column} FROM raw.sales ORDER BY 1 NULLS LAST")]
    assert stored == expected


@pytest.mark.parametrize(
    ("column", "values", "kind", "message"),
    [
        pytest.param("id", [1.0, 1.5], pa.float64(), "row 2, column id: '1.5' is not a whole number", id="fraction"),
        pytest.param("id", [2.0**60, 1.0], pa.float64(), "row 1, column id", id="double too large to be exact"),
        pytest.param("id", [2**64 - 1, 1], pa.uint64(), "row 1, column id: '18446744073709551615'", id="overflow"),
        pytest.param(
            "id", [True, False], pa.bool_(), "Column id of .*sales.parquet is BOOLEAN, not a whole number", id="type"
        ),
        pytest.param("day", [1, 2], pa.int64(), "Column day of .* is BIGINT, not a day", id="number as day"),
        pytest.param("day", ["2024-01-02", "2024-13-01"], pa.string(), "row 2, column day: '2024-13-01'", id="bad day"),
        pytest.param("day", [0, 3_000_000], pa.date32(), "row 2, column day: '10183-09-21'", id="day after 9999"),
        pytest.param("name", [[1], [2]], pa.list_(pa.int64()), "Column name of .* not text", id="list"),
    ],
)
def test_a_bad_parquet_is_refused_by_name(
    target: Target, tmp_path: Path, column: str, values: list[object], kind: pa.DataType, message: str
) -> None:
    columns: dict[str, object] = {"id": [1, 2], "day": [None, None], "name": ["a", "b"]} | {column: values}
    folder = parquet_folder(tmp_path, columns, **({"day": pa.date32()} | {column: kind}))
    assert re.search(message, refuse(target, folder).message)


def test_a_file_that_is_no_parquet_is_refused(target: Target, tmp_path: Path) -> None:
    assert "is not a readable parquet file" in refuse(target, csv_folder(tmp_path, GOOD, "sales.parquet")).message


def test_a_damaged_parquet_is_refused(target: Target, tmp_path: Path) -> None:
    size = 20_000
    columns = {"id": range(size), "day": [None] * size, "name": list(map(str, range(size)))}
    path = parquet_folder(tmp_path, columns, day=pa.date32()) / "sales.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\x7f" * 20_000 + content[20_004:])
    assert "sales.parquet cannot be read" in refuse(target, tmp_path).message


@pytest.mark.parametrize(("delimiter", "called"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_another_delimiter_is_named(target: Target, tmp_path: Path, delimiter: str, called: str) -> None:
    error = refuse(target, csv_folder(tmp_path, GOOD.replace(",", delimiter)))
    assert "sales.csv has no column id" in error.message
    assert (
        error.hint
        == f"Its fields are separated by {called}s: add --delimiter {called}, or export it again with commas."
    )


@pytest.mark.parametrize(
    ("written", "cents"), [("12.50", "1250"), ("-0.5", "-50"), (" 3.05", "305"), ("1.0", ""), ("1.2345", ""), ("x", "")]
)
def test_an_amount_with_a_fraction_is_said_to_be_cents(
    target: Target, tmp_path: Path, written: str, cents: str
) -> None:
    error = refuse(target, csv_folder(tmp_path, GOOD.replace("1,2024", f"{written},2024")))
    assert f"column id: {written!r} is not a whole number" in error.message
    message = f"An amount of money is a whole number of cents, {cents} for {written.strip()}. "
    assert error.hint == f"{message if cents else ''}Correct the file and seed again; nothing was loaded."


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("7,anna.berg@example.com,Berg", ""),
        ("root:x:0:0:root:/root:/bin/sh", ""),
        ("a7b2c9d4-1111-2222-3333-444455556666,Berg,Anna", ""),
        ("5,5,Berg", ""),
        ("Order,Order date,Customer", "Its columns: Order, Order date, Customer."),
    ],
)
def test_a_first_line_that_may_be_data_is_not_shown(target: Target, tmp_path: Path, line: str, shown: str) -> None:
    (tmp_path / "elsewhere").write_text(f"{line}\n")
    for name in ("sales.csv", "sales"):
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "sales.csv"
        path.write_text(f"{line}\n") if name == path.name else path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SourceError) as raised:
            load(target, folder)
        message = str(raised.value)
        if shown and name == path.name:
            assert shown in message
        else:
            assert "Its first line must be the names of its columns." in message
            assert not any(field in message for field in line.split(",") if len(field) > 3)
