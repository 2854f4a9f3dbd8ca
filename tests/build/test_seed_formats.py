"""Files of other kinds and formats: workbooks, JSON lines, several files per table, named encodings and marks."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import ibis
import openpyxl
import pytest

from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines.target import ReadOptions, Target
from marketing_ibis.errors import ConfigurationError, SourceError, UsageError
from marketing_ibis.model.file_format import FileFormat, read_format
from tests.build.sales_files import GOOD, GOOD_ROWS, SALES, csv_folder, load, open_target, refuse, rows

PRICES = ibis.schema({"id": "int64", "day": "date", "price": "decimal(10, 2)"})


@pytest.fixture
def target() -> Target:
    return open_target()


def file_format(**values: object) -> FileFormat:
    return FileFormat(**read_format(values, lambda name: name))  # type: ignore[arg-type]


def workbook(folder: Path, table: list[list[object]], *sheets: str, name: str = "sales.xlsx") -> Path:
    """Write ``table`` into the last of ``sheets``."""
    book = openpyxl.Workbook()
    book.active.title = sheets[0] if sheets else "Tabelle1"
    for sheet in sheets[1:]:
        book.create_sheet(sheet)
    for row in table:
        book.worksheets[-1].append(row)
    book.save(folder / name)
    return folder


def prices(target: Target, folder: Path, form: FileFormat) -> list[tuple[object, ...]]:
    options = {"prices": ReadOptions(table="prices", file_format=form)}
    seed_files(target, folder, {"prices": PRICES}, "raw", options=options)
    return target.query("SELECT * FROM raw.prices ORDER BY 1")


@pytest.mark.parametrize("ending", ["jsonl", "ndjson", "jsonl.gz"])
def test_json_lines_are_read(target: Target, tmp_path: Path, ending: str) -> None:
    lines = b'{"id": 1, "day": "2024-02-29", "name": "Ada", "more": {"a": [1]}}\n\n{"name": "", "id": "2"}\n'
    (tmp_path / f"sales.{ending}").write_bytes(gzip.compress(lines) if ending.endswith("gz") else lines)
    assert load(target, tmp_path) == [(1, date(2024, 2, 29), "Ada"), (2, None, "")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": 1, "day": null, "name": "x"}\n\n{"id": "x"}\n', "line 3, column id: 'x' is not a whole number"),
        ('{"id": 1, "day": null, "name": "x"}\n\n{"id": 2\n', "sales.jsonl, line 3: "),
        ('{"id": 1}\n', "2 columns are missing"),
        ("1\n2\n", "does not contain an object of JSON on each line"),
        ("", "does not contain an object of JSON on each line"),
    ],
)
def test_bad_json_lines_are_refused_by_line(target: Target, tmp_path: Path, content: str, message: str) -> None:
    assert message in refuse(target, csv_folder(tmp_path, content, "sales.jsonl")).message


def test_a_sheet_is_read_with_its_dates_and_numbers(target: Target, tmp_path: Path) -> None:
    table: list[list[object]] = [
        ["name", None, "day", "id"],
        ["Ada", "x", date(2024, 2, 29), 1],
        [None, None, None, None],
        [None, "y", None, 2.0],
        ["007", None, datetime(2024, 3, 1, 23, 30), "3"],
        [12345678901, None, "2024-03-02", 4],
    ]
    expected = [*GOOD_ROWS, (3, date(2024, 3, 1), "007"), (4, date(2024, 3, 2), "12345678901")]
    assert load(target, workbook(tmp_path, table)) == expected


def test_a_wrong_cell_of_a_sheet_is_named_by_its_row(target: Target, tmp_path: Path) -> None:
    table: list[list[object]] = [[], ["id", "day", "name"], [], [1, "03/04/2024", "a"]]
    error = refuse(target, workbook(tmp_path, table))
    assert "sales.xlsx, row 4, column day: '03/04/2024' is not a day" in error.message


def test_the_sheet_is_never_guessed(target: Target, tmp_path: Path) -> None:
    table: list[list[object]] = [["id", "day", "name"], [1, date(2024, 2, 29), "Ada"], [2, None, None]]
    error = refuse(target, workbook(tmp_path, table, "2023", "2024"))
    assert "sales.xlsx has 2 sheets, and none of them is named" in error.message
    assert "--sheet NAME" in error.hint
    assert load(target, tmp_path, file_format=file_format(sheet="2024")) == GOOD_ROWS
    assert load(target, workbook(tmp_path, table, "2023", "Sales"), table="sales") == GOOD_ROWS
    with pytest.raises(SourceError, match="has no sheet 2025"):
        load(target, tmp_path, file_format=file_format(sheet="2025"))


def test_a_workbook_that_is_none_is_refused(target: Target, tmp_path: Path) -> None:
    assert "is not a readable workbook" in refuse(target, csv_folder(tmp_path, GOOD, "sales.xlsx")).message


def test_a_view_cannot_read_what_is_copied_first(target: Target, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"A view cannot read .*sales\.xlsx in place"):
        load(target, workbook(tmp_path, [["id", "day", "name"]]), link=True)


def test_the_files_of_a_table_are_read_together(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, "id,day,name\n1,2024-02-29,Ada\n", "sales-2023.csv")
    csv_folder(tmp_path, "name,day,id\n,,2\n", "sales_2024.csv")
    (tmp_path / "sales.3.jsonl").write_text('{"id": 3, "day": null, "name": "c", "more": 1}')
    for link in (False, True):
        assert load(target, tmp_path, link=link) == [*GOOD_ROWS, (3, None, "c")]


def test_a_file_with_other_columns_is_named(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, "id,day,name,shop\n1,,Ada,x\n", "sales-1.csv")
    error = refuse(target, csv_folder(tmp_path, "id,day,name,store\n2,,Bo,x\n", "sales-2.csv"))
    assert "sales-2.csv has other columns than" in error.message
    assert error.message.endswith("sales-1.csv: no column shop; more columns: store.")


def test_wrong_cells_of_several_files_are_reported_together(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, "id,day,name\nx,,a\n", "sales-1.csv")
    error = refuse(target, csv_folder(tmp_path, "id,day,name\n1,,a\ny,,b\n", "sales-2.csv"))
    assert "sales-1.csv, line 2, column id: 'x'" in error.message
    assert "sales-2.csv, line 3, column id: 'y'" in error.message


def test_a_file_of_the_tables_own_name_is_the_only_one(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, "id,day,name\n9,,old\n", "sales_old.csv")
    assert load(target, csv_folder(tmp_path, GOOD)) == GOOD_ROWS


def test_a_part_belongs_to_the_table_of_the_longest_name(target: Target, tmp_path: Path) -> None:
    for name in ("sales-1", "sales_lines-1", "sales_lines_2"):
        csv_folder(tmp_path, GOOD, f"{name}.csv")
    assert seed_files(target, tmp_path, {"sales": SALES, "sales_lines": SALES}, "raw") == {"sales": 2, "sales_lines": 4}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_a_named_encoding_is_read(target: Target, tmp_path: Path, encoding: str) -> None:
    content = "id,day,name\r\n1,2024-02-29,Jörg Müßig\r\n".encode(encoding)
    for name, data in (("sales.csv", content), ("sales.csv.gz", gzip.compress(content))):
        csv_folder(tmp_path, data, name)
        assert load(target, tmp_path, file_format=file_format(encoding=encoding)) == [
            (1, date(2024, 2, 29), "Jörg Müßig")
        ]
        (tmp_path / name).unlink()


def test_an_encoding_is_never_guessed(target: Target, tmp_path: Path) -> None:
    error = refuse(target, csv_folder(tmp_path, "id,day,name\n1,,Jörg\n".encode("latin-1")))
    assert error.hint.startswith("Name its encoding, such as --encoding latin-1")
    error = refuse(target, csv_folder(tmp_path, ("\ufeff" + GOOD).encode()), file_format=file_format(encoding="cp1252"))
    assert "is UTF-8 by its byte-order mark" in error.message
    error = refuse(target, csv_folder(tmp_path, GOOD.encode()[:-1]), file_format=file_format(encoding="utf-16"))
    assert "is not encoded as utf-16" in error.message


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ({"decimal": ","}, '"1234,5"', "1234.50"),
        ({"decimal": ",", "thousands": "."}, '"1.234,50"', "1234.50"),
        ({"decimal": "comma", "thousands": "space"}, '"-1\u202f234 567,5"', "-1234567.50"),
        ({"thousands": "'"}, "1'234.50", "1234.50"),
        ({"thousands": ","}, '"12,345,678"', "12345678"),
        ({"delimiter": ";", "decimal": ","}, "0,5", "0.50"),
    ],
)
def test_numbers_are_read_by_their_marks(
    target: Target, tmp_path: Path, form: dict[str, object], text: str, value: str
) -> None:
    line = ",".join(("id", "day", "price")).replace(",", str(form.get("delimiter", ",")))
    mark = form.get("delimiter", ",")
    csv_folder(tmp_path, f"{line}\n1{mark}{mark}{text}\n", "prices.csv")
    assert prices(target, tmp_path, file_format(**form)) == [(1, None, Decimal(value))]


@pytest.mark.parametrize("text", ["12.50", '"1.23,50"', '"1.2345,5"', '"12,505"', '"1,2,3"', '"1..234"'])
def test_numbers_that_do_not_follow_their_marks_are_refused(target: Target, tmp_path: Path, text: str) -> None:
    csv_folder(tmp_path, f"id,day,price\n1,,{text}\n", "prices.csv")
    with pytest.raises(SourceError, match=r"prices.csv, line 2, column price"):
        prices(target, tmp_path, file_format(decimal=",", thousands="."))


def test_numbers_of_json_and_workbooks_need_no_marks(target: Target, tmp_path: Path) -> None:
    form = file_format(decimal=",", thousands=".")
    lines = [{"id": 1, "day": None, "price": 12.5}, {"id": 2, "day": None, "price": "1.234,50"}]
    (tmp_path / "prices-1.jsonl").write_text("\n".join(map(json.dumps, lines)))
    workbook(tmp_path, [["id", "day", "price"], [3, None, 0.1 + 0.2], [4, None, "1.000"]], name="prices-2.xlsx")
    assert [row[2] for row in prices(target, tmp_path, form)] == [
        Decimal("12.50"), Decimal("1234.50"), Decimal("0.30"), Decimal("1000.00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formats", "text", "day"),
    [
        ("%d/%m/%Y", "03/04/2024", date(2024, 4, 3)),
        ("%m/%d/%Y", "03/04/2024", date(2024, 3, 4)),
        ("%d.%m.%y", "3.4.24", date(2024, 4, 3)),
        (["%d/%m/%Y", "%d/%m/%Y %H:%M"], "03/04/2024 23:59", date(2024, 4, 3)),
        ("%m/%d/%Y %I:%M %p", "3/4/2024 1:05 PM", date(2024, 3, 4)),
        ("%d %b %Y", "3 Apr 2024", date(2024, 4, 3)),
        ("%d/%m/%Y %H:%M %z", "31/12/2024 23:30 -0300", date(2025, 1, 1)),
        ("%d/%m/%Y", "2024-04-03", date(2024, 4, 3)),
        ("%Y-%d-%m", "2024-04-03", date(2024, 3, 4)),
        ("excel", "45383", date(2024, 4, 1)),
        ("excel", "45383.999999", date(2024, 4, 1)),
        ("excel", "61", date(1900, 3, 1)),
    ],
)
def test_a_date_format_decides(target: Target, tmp_path: Path, formats: str | list[str], text: str, day: date) -> None:
    csv_folder(tmp_path, f'id,day,name\n1,"{text}",a\n')
    assert load(target, tmp_path, file_format=file_format(date_format=formats)) == [(1, day, "a")]


@pytest.mark.parametrize(
    ("formats", "text"),
    [
        ("%d/%m/%Y", "04/13/2024"),
        ("%d/%m/%Y", "03/04/24"),
        ("%d/%m/%y", "03/04/2024"),
        ("%d/%m/%Y", "03/04/2024 10:00"),
        ("%Y-%d-%m", "2024-04-13"),
        ("excel", "60"),
    ],
)
def test_days_in_other_formats_are_refused(target: Target, tmp_path: Path, formats: str, text: str) -> None:
    csv_folder(tmp_path, f"id,day,name\n1,{text},a\n")
    error = refuse(target, tmp_path, file_format=file_format(date_format=formats))
    assert f"line 2, column day: '{text}' is not a day written" in error.message


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        (
            ["03/04/2024"],
            "--date-format %d/%m/%Y reads 03/04/2024 as 2024-04-03, and %m/%d/%Y reads 03/04/2024 as 2024-03-04.",
        ),
        (["03/04/2024", "25/04/2024"], "Say how days are written: --date-format %d/%m/%Y."),
        (["3/25/24 10:05"], 'Say how days are written: --date-format "%m/%d/%y %H:%M".'),
        (["2024/03/25"], "Say how days are written: --date-format %Y/%m/%d."),
        (["45383"], "Days that Excel wrote as numbers are read with --date-format excel."),
    ],
)
def test_the_option_that_decides_a_date_is_named(target: Target, tmp_path: Path, texts: list[str], hint: str) -> None:
    lines = "".join(f"{number},{text},a\n" for number, text in enumerate(texts))
    error = refuse(target, csv_folder(tmp_path, f"id,day,name\n{lines}"))
    assert hint in error.hint
    assert error.hint.endswith("nothing was loaded.")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('"12,50"', "--decimal comma if cents follow it."),
        ('"12,500"', "--decimal comma if cents follow it, --thousands comma if it separates thousands."),
        ('"1.234,50"', "--thousands point --decimal comma reads 1.234,50."),
        ('"1,234.50"', "--thousands comma reads 1,234.50."),
    ],
)
def test_the_options_that_decide_a_number_are_named(target: Target, tmp_path: Path, text: str, hint: str) -> None:
    csv_folder(tmp_path, f"id,day,price\n1,,{text}\n", "prices.csv")
    with pytest.raises(SourceError) as caught:
        prices(target, tmp_path, FileFormat())
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("encoding", "klingon"),
        ("encoding", "base64"),
        ("delimiter", "ab"),
        ("decimal", "x"),
        ("decimal", "none"),
        ("thousands", "x"),
        ("date_format", "DD/MM/YYYY"),
        ("date_format", "%d/%m"),
        ("date_format", "%d/%m/%Y %I:%M"),
        ("date_format", "%d/%m/%Y %q"),
        ("date_format", "%d/%d/%Y"),
        ("date_format", 5),
        ("sheet", 2),
        ("encodng", "utf-8"),
    ],
)
def test_a_wrong_format_is_refused_with_the_right_ones(key: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=key) as caught:
        file_format(**{key: value})
    assert caught.value.hint or key == "sheet"


def test_the_thousands_separator_is_not_the_decimal_mark() -> None:
    with pytest.raises(ConfigurationError, match="which is the decimal mark, too"):
        file_format(thousands="point")


def test_timestamps_without_a_zone_in_a_date_format_are_counted(target: Target, tmp_path: Path) -> None:
    from marketing_ibis.build.seed import survey_files

    csv_folder(tmp_path, "id,day,name\n1,03/04/2024 10:00,a\n2,45383.5,b\n3,2024-01-01,c\n")
    form = file_format(date_format=["%d/%m/%Y %H:%M", "excel"])
    options = {"sales": ReadOptions(file_format=form)}
    assert survey_files(tmp_path, {"sales": SALES}, options)["sales"].naive == {"day": 2}
    assert rows(target)
