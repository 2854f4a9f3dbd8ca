"""Files appear whole or not at all, contain no spreadsheet formulas, and values keep their types."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.errors import UsageError
from marketing_ibis.outputs import formats
from marketing_ibis.outputs.formats import WRITERS, check_path, write_file, write_rows

SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "name": pa.string(),
        "money": pa.decimal128(18, 2),
        "share": pa.float64(),
        "day": pa.date32(),
        "moment": pa.timestamp("us"),
        "is_new": pa.bool_(),
    }
)
ROWS = [
    (1, "Ada", Decimal("-12.30"), -0.5, date(2024, 2, 29), datetime(2024, 5, 15), True),
    (-2, None, None, None, None, None, None),
    (3, "", Decimal("9999999999999999.99"), 1e-300, date(1, 1, 1), datetime(9999, 12, 31), False),
]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201")
HOSTILE = (
    'O"Neil; DROP TABLE x; --',
    "line\none\r\ntwo",
    "☃️🛒👩‍👩‍👧",
    "\u202e\u05e9\u05dc\u05d5\u05dd \u0639\u0644\u064a",
    "x" * 10_000,
    "a,b;c\td|e",
    "'quoted'",
    "\\",
    " =1",
    "1-1",
    "NULL",
    "\ufeff",
)


def batches(rows: list[tuple[object, ...]], schema: pa.Schema = SCHEMA) -> Iterator[pa.RecordBatch]:
    for row in rows:
        yield pa.record_batch([pa.array([value], f.type) for value, f in zip(row, schema, strict=True)], schema=schema)


def names(path: Path, *texts: str | None) -> Path:
    schema = pa.schema({"name": pa.string()})
    assert write_file(path, schema, batches([(text,) for text in texts], schema)) == len(texts)
    return path


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[0] for row in csv.reader(file)][1:]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_a_text(text: str, tmp_path: Path) -> None:
    assert cells(names(tmp_path / "x.csv", text)) == [f"'{text}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_other_text_stays_as_it_is(text: str, tmp_path: Path) -> None:
    assert cells(names(tmp_path / "x.csv", text)) == [text]


@pytest.mark.parametrize("ending", [".parquet", ".json", ".jsonl"])
def test_formats_without_formulas_change_no_text(ending: str, tmp_path: Path) -> None:
    texts = [*FORMULAS, *HOSTILE]
    path = names(tmp_path / f"x{ending}", *texts)
    if ending == ".parquet":
        assert pq.read_table(path)["name"].to_pylist() == texts
    else:
        lines = path.read_text("utf-8")
        rows = json.loads(lines) if ending == ".json" else [json.loads(line) for line in lines.split("\n")[:-1]]
        assert [row["name"] for row in rows] == texts


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_harmless_and_comes_back(text: str) -> None:
    schema = pa.schema({"name": pa.string()})
    file = io.BytesIO()
    WRITERS[".csv"](file, schema, batches([(text,)], schema))
    ((_, *rows),) = [list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))]
    (cell,) = rows[0]
    assert cell[:1] not in tuple(formats.FORMULA_STARTS)
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_numbers_keep_their_sign_and_all_digits(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert write_file(path, SCHEMA, batches(ROWS)) == 3
    head, first, second, third = path.read_text("utf-8").splitlines()
    assert head == '"id","name","money","share","day","moment","is_new"'
    assert first.startswith('1,"Ada",-12.30,-0.5,2024-02-29,2024-05-15 00:00:00')
    assert second == "-2,,,,,,"
    assert third.startswith('3,"",9999999999999999.99,1e-300,0001-01-01,')


def test_parquet_keeps_types(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_file(path, SCHEMA, batches(ROWS))
    table = pq.read_table(path)
    assert table.schema.equals(SCHEMA)
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS


def test_json_writes_money_and_days_as_text(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_file(path, SCHEMA, batches(ROWS))
    first, second, third = json.loads(path.read_text("utf-8"))
    assert first == {
        "id": 1, "name": "Ada", "money": "-12.30", "share": -0.5, "day": "2024-02-29",
        "moment": "2024-05-15T00:00:00", "is_new": True,
    }  # fmt: skip
    assert set(second.values()) == {-2, None}
    assert third["money"] == "9999999999999999.99"


def test_what_json_has_no_number_for_is_null(tmp_path: Path) -> None:
    schema = pa.schema({"share": pa.float64()})
    write_file(tmp_path / "x.jsonl", schema, batches([(float("nan"),), (float("-inf"),), (0.5,)], schema))
    assert (tmp_path / "x.jsonl").read_text().splitlines() == ['{"share": null}', '{"share": null}', '{"share": 0.5}']


@pytest.mark.parametrize(("ending", "text"), [(".csv", '"name"\n'), (".json", "[]\n"), (".jsonl", "")])
def test_no_rows_make_a_file_of_no_rows(ending: str, text: str, tmp_path: Path) -> None:
    assert names(tmp_path / f"x{ending}").read_text() == text


@pytest.mark.parametrize("ending", list(WRITERS))
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=repr)
def test_a_failure_half_way_leaves_what_stood(ending: str, failure: BaseException, tmp_path: Path) -> None:
    path = tmp_path / f"x{ending}"
    path.write_text("before")

    def failing() -> Iterator[pa.RecordBatch]:
        yield from batches(ROWS[:1])
        raise failure

    wanted = UsageError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(wanted, match="No space left" if wanted is UsageError else None):
        write_file(path, SCHEMA, failing())
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(path.name, "before")]


def test_nothing_stands_under_the_name_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"

    def watched() -> Iterator[pa.RecordBatch]:
        yield from batches(ROWS[:1])
        assert not path.exists()
        assert [file.suffix for file in tmp_path.iterdir()] == [".partial"]

    write_file(path, SCHEMA, watched())
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "x.csv").symlink_to(tmp_path / "lists" / "real.csv")
    names(tmp_path / "x.csv", "Ada")
    assert (tmp_path / "x.csv").is_symlink()
    assert cells(tmp_path / "lists" / "real.csv") == ["Ada"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("file/lists/x.csv", "file is a file, not a folder"),
        ("folder.csv", "is a folder"),
        ("x.xls", "ends in .xls, which is not a known format"),
        ("x", "has no ending"),
    ],
)
def test_a_place_that_takes_no_file_is_refused(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as caught:
        check_path(tmp_path / name)
    assert message in caught.value.message
    assert caught.value.hint


def test_a_name_that_the_disk_refuses_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        names(tmp_path / f"{'x' * 300}.csv", "Ada")


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("format_name", ["csv", "jsonl", "xlsx"])
def test_a_full_disk_is_one_error(format_name: str) -> None:
    class FullDisk(io.BytesIO):
        def write(self, content: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    batch = pa.record_batch({"n": pa.array(range(10))})
    file = FullDisk()
    with pytest.raises(OSError, match="No space left"), file:
        write_rows(format_name, file, batch.schema, [batch])
    gc.collect()
