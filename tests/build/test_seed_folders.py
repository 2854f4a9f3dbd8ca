"""The files of a folder replace all tables or none, by rows or by links to the files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketing_ibis.build.seed import seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError, TargetUnavailable, UsageError
from tests.build.sales_files import GOOD, GOOD_ROWS, OLD_ROWS, SALES, csv_folder, load, open_target, refuse, rows


@pytest.fixture
def target() -> Target:
    return open_target()


def test_a_missing_folder_is_a_usage_error(target: Target, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"The folder .*nowhere does not exist"):
        load(target, tmp_path / "nowhere")


def test_a_missing_file_is_named_with_what_is_there(target: Target, tmp_path: Path) -> None:
    error = refuse(target, csv_folder(tmp_path, GOOD, "sale.csv"))
    assert (
        "contains no sales.csv, .csv.gz, .parquet, .xlsx, .jsonl or .ndjson, and no parts such as sales-1.csv."
        in error.message
    )
    assert error.hint == "It contains sale.csv."
    (tmp_path / "sales.XLS").touch()
    assert refuse(target, tmp_path).hint == "It contains sale.csv, sales.XLS. Save spreadsheets as xlsx or csv."


@pytest.mark.parametrize(("number", "ending"), [(8, "."), (9, ", ....")])
def test_a_missing_file_is_named_with_the_first_eight(target: Target, tmp_path: Path, number: int, ending: str) -> None:
    for letter in "abcdefghi"[:number]:
        csv_folder(tmp_path, GOOD, f"{letter}.csv")
    names = ", ".join(f"{letter}.csv" for letter in "abcdefgh")
    assert refuse(target, tmp_path).hint == f"It contains {names}{ending}"


def test_a_file_in_place_of_the_folder_is_refused_with_the_folder(target: Target, tmp_path: Path) -> None:
    file = csv_folder(tmp_path, GOOD) / "sales.csv"
    with pytest.raises(UsageError, match="is a file: --from takes a folder") as caught:
        load(target, file)
    assert caught.value.hint == (f"Write --from {tmp_path}, with one CSV or Parquet file per source table: sales.csv.")


def test_a_folder_in_place_of_a_file_is_refused(target: Target, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").mkdir()
    assert "sales.csv is not a file" in refuse(target, tmp_path).message


def test_two_files_for_a_table_are_refused(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, GOOD)
    assert (
        "contains both sales.csv and sales.parquet"
        in refuse(target, csv_folder(tmp_path, GOOD, "sales.parquet")).message
    )


def test_one_bad_file_leaves_every_table_as_it_was(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, GOOD)
    csv_folder(tmp_path, "id,day,name\nx,,\n", "more.csv")
    with pytest.raises(SourceError, match=r"more\.csv, line 2"):
        seed_files(target, tmp_path, {"sales": SALES, "more": SALES}, "raw")
    assert rows(target) == OLD_ROWS
    assert set(target.relations("raw")) == {"sales"}


def test_the_missing_columns_of_one_file_are_reported_before_another_file_that_cannot_be_read(
    target: Target, tmp_path: Path
) -> None:
    csv_folder(tmp_path, "id,name\n1,Ada\n")
    csv_folder(tmp_path, b"no parquet", "more.parquet")
    with pytest.raises(SourceError, match=r"sales\.csv has no column day") as caught:
        seed_files(target, tmp_path, {"sales": SALES, "more": SALES}, "raw")
    assert "more" not in caught.value.message


def test_loading_replaces_a_link_and_a_link_a_table(target: Target, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path, GOOD)
    for link, kind in ((True, "view"), (False, "table"), (True, "view")):
        assert load(target, folder, link=link) == GOOD_ROWS
        assert target.relations("raw") == {"sales": kind}


def test_a_link_shows_the_file_as_it_is_now(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv_folder(tmp_path, GOOD))
    load(target, Path(), link=True)
    monkeypatch.chdir("/")
    csv_folder(tmp_path, GOOD + "3,,new\n")
    assert rows(target) == [*GOOD_ROWS, (3, None, "new")]


def test_a_link_to_a_file_that_is_gone_can_be_replaced(target: Target, tmp_path: Path) -> None:
    load(target, csv_folder(tmp_path, GOOD), link=True)
    (tmp_path / "sales.csv").unlink()
    assert load(target, csv_folder(tmp_path, GOOD, "sales.csv")) == GOOD_ROWS


def test_a_file_in_place_of_a_folder_is_reported(target: Target, tmp_path: Path) -> None:
    file = csv_folder(tmp_path, GOOD) / "sales.csv"
    with pytest.raises(UsageError, match=r"sales\.csv is a file: --from takes a folder") as e:
        load(target, file)
    assert f"Write --from {tmp_path}, with one CSV" in e.value.hint
    assert "sales.csv." in e.value.hint


@pytest.mark.parametrize(
    "failure", [TargetUnavailable("permission denied"), OSError("no space"), KeyboardInterrupt(), SystemExit(3)]
)
@pytest.mark.parametrize("link", [False, True])
def test_whatever_stops_a_seed_leaves_no_candidates(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, link: bool
) -> None:
    csv_folder(tmp_path, GOOD)

    def fail(*arguments: object) -> str:
        raise failure

    monkeypatch.setattr("marketing_ibis.build.seed_tables.mark", fail)
    with pytest.raises(type(failure)):
        load(target, tmp_path, link=link)
    assert set(target.relations("raw")) == {"sales"}
    assert rows(target) == OLD_ROWS
    monkeypatch.undo()
    assert load(target, tmp_path, link=link) == GOOD_ROWS


def test_the_bad_cells_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    for name, cell in {"sales": "x", "tills": "y", "whole": "3"}.items():
        csv_folder(tmp_path, f"id,day,name\n{cell},2024-02-29,a\n", f"{name}.csv")
    with ENGINES["duckdb"].open({"path": ":memory:"}) as opened:
        for link in (False, True):
            with pytest.raises(SourceError) as caught:
                seed_files(opened, tmp_path, dict.fromkeys(("sales", "tills", "whole"), SALES), "raw", link=link)
            first, *lines = caught.value.message.splitlines()
            assert first == "2 cells cannot be read:"
            names = [line.strip().removeprefix(f"{tmp_path}/").partition(" is ")[0] for line in lines]
            assert names == ["sales.csv, line 2, column id: 'x'", "tills.csv, line 2, column id: 'y'"]


@pytest.mark.parametrize("engine", ["duckdb", "parquet"])
def test_the_missing_columns_of_all_files_are_reported_at_once(tmp_path: Path, engine: str) -> None:
    contracts = {"sales": SALES, "tills": SALES, "whole": SALES}
    for name, header in {"sales": "id,date,name", "tills": "ident,day,Name", "whole": "id,day,name"}.items():
        if engine == "parquet":
            pq.write_table(pa.table({column: ["1"] for column in header.split(",")}), tmp_path / f"{name}.parquet")
        else:
            csv_folder(tmp_path, f"{header}\n1,2024-02-29,a\n", f"{name}.csv")
    with ENGINES["duckdb"].open({"path": ":memory:"}) as opened:
        for link in (False, True):
            with pytest.raises(SourceError) as caught:
                seed_files(opened, tmp_path, contracts, "raw", link=link)
            first, *lines = caught.value.message.splitlines()
            assert first == "3 columns are missing:"
            names = [line.strip().removeprefix(f"{tmp_path}/") for line in lines]
            ending = "parquet" if engine == "parquet" else "csv"
            assert names == [
                f"sales.{ending} has no column day. Rename its column date to day if that is meant.",
                f"tills.{ending} has no column id. Rename its column ident to id if that is meant.",
                f"tills.{ending} has no column name. Rename its column Name to name if that is meant.",
            ]
            assert opened.relations("raw") == {}
