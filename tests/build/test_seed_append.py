"""`--append` adds the rows of files to tables as seeding left them: all of them or none, and no key twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.build.seed import append_files, seed_files
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError, UsageError
from tests.build.sales_files import GOOD, GOOD_ROWS, OLD_ROWS, SALES, csv_folder, load, rows

KEYS = {"sales": ("id",), "more": ("id",)}
CONTRACTS = {"sales": SALES, "more": SALES}


@pytest.fixture
def target(tmp_path: Path) -> Target:
    target = ENGINES["duckdb"].open({"path": ":memory:"})
    folder = tmp_path / "old"
    folder.mkdir()
    seed_files(target, csv_folder(folder, "id,day,name\n7,2020-01-01,old\n"), {"sales": SALES}, "raw")
    return target


def append(target: Target, folder: Path, contracts: dict[str, ibis.Schema] = CONTRACTS) -> dict[str, int]:
    return append_files(target, folder, contracts, "raw", KEYS)


def test_rows_are_added_and_the_table_is_still_ours(target: Target, tmp_path: Path) -> None:
    assert append(target, csv_folder(tmp_path, GOOD, "sales-1.csv")) == {"sales": 2}
    assert rows(target) == [*GOOD_ROWS, *OLD_ROWS]
    assert append(target, csv_folder(tmp_path, "id,day,name\n3,,c\n", "sales-1.csv")) == {"sales": 1}
    assert set(target.relations("raw")) == {"sales"}
    # Were its mark not that of its rows, replacing it would be refused.
    assert load(target, csv_folder(tmp_path, GOOD)) == GOOD_ROWS


def test_keys_that_are_there_are_reported_and_nothing_is_added(target: Target, tmp_path: Path) -> None:
    seed_files(target, csv_folder(tmp_path, GOOD, "more.csv"), {"more": SALES}, "raw")
    csv_folder(tmp_path, "id,day,name\n3,,c\n", "more.csv")
    csv_folder(tmp_path, "id,day,name\n8,,x\n7,,y\n7,,z\n", "sales.csv")
    with pytest.raises(SourceError, match=r"raw.sales already has 1 row with a key of the new ones: id 7\."):
        append(target, tmp_path)
    assert rows(target) == OLD_ROWS
    assert target.query("SELECT count(*) FROM raw.more") == [(2,)]
    assert set(target.relations("raw")) == {"sales", "more"}


def test_a_key_that_two_new_files_have_adds_nothing(target: Target, tmp_path: Path) -> None:
    for number in (1, 2):
        csv_folder(tmp_path, f"id,day,name\n3,,c\n4{number},,d\n,,e\n", f"sales-{number}.csv")
    with pytest.raises(SourceError, match=r"raw\.sales have several rows with the same key: id 3\."):
        append(target, tmp_path)
    assert rows(target) == OLD_ROWS
    assert set(target.relations("raw")) == {"sales"}


def test_rows_without_a_key_are_added(target: Target, tmp_path: Path) -> None:
    append(target, csv_folder(tmp_path, "id,day,name\n,,a\n"))
    append(target, csv_folder(tmp_path, "id,day,name\n,,b\n"))
    assert target.query("SELECT count(*) FROM raw.sales WHERE id IS NULL") == [(2,)]


def test_a_row_without_a_key_is_not_added_twice(target: Target, tmp_path: Path) -> None:
    append(target, csv_folder(tmp_path, "id,day,name\n,,a\n,,\n"))
    for row, problem in ((",,", "raw.sales already has"), (",,b\n,,b", "the new files of raw.sales repeat")):
        with pytest.raises(SourceError, match=rf"{problem} 1 row without a key \(id\)\."):
            append(target, csv_folder(tmp_path, f"id,day,name\n{row}\n8,,c\n"))
    assert target.query("SELECT count(*) FROM raw.sales") == [(3,)]


def test_a_wrong_cell_adds_nothing(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, GOOD, "sales-1.csv")
    with pytest.raises(SourceError, match=r"sales-2\.csv, line 2, column id"):
        append(target, csv_folder(tmp_path, "id,day,name\nx,,a\n", "sales-2.csv"))
    assert rows(target) == OLD_ROWS


def test_there_must_be_a_file_and_its_table(target: Target, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"contains no sales\.csv"):
        append(target, tmp_path)
    with pytest.raises(UsageError, match=r"existing tables, and raw\.more does not exist") as caught:
        append(target, csv_folder(tmp_path, GOOD, "more.csv"))
    assert caught.value.hint == "Load the first rows without --append."


def test_tables_that_others_changed_and_views_are_left_alone(target: Target, tmp_path: Path) -> None:
    csv_folder(tmp_path, GOOD)
    target.execute("INSERT INTO raw.sales VALUES (9, NULL, 'theirs')")
    with pytest.raises(UsageError, match="changed after it was seeded with 1 rows"):
        append(target, tmp_path)
    seed_files(target, tmp_path, {"sales": SALES}, "raw", link=True, permit=lambda foreign: None)
    with pytest.raises(UsageError, match=r"raw\.sales is a view, and --append adds rows to tables"):
        append(target, tmp_path)


def test_a_column_that_the_table_lacks_is_refused(target: Target, tmp_path: Path) -> None:
    wider = ibis.schema({**dict(SALES.items()), "shop": "string"})
    csv_folder(tmp_path, "id,day,name,shop\n1,,a,b\n")
    with pytest.raises(SourceError, match=r"raw\.sales has other columns than its source declares now"):
        append(target, tmp_path, {"sales": wider})
    assert rows(target) == OLD_ROWS


BATCHES = st.lists(st.lists(st.integers(1, 6), max_size=3, unique=True), max_size=4)


@settings(max_examples=settings().max_examples // 4)
@given(BATCHES)
def test_batches_add_up_and_a_repeated_key_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("sales")
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        seed_files(target, csv_folder(folder, "id,day,name\n0,2024-01-01,a\n"), {"sales": SALES}, "raw")
        expected = {0}
        for batch in batches:
            csv_folder(folder, "id,day,name\n" + "".join(f"{key},2024-01-01,a\n" for key in batch))
            if expected & {*batch}:
                with pytest.raises(SourceError, match="already has"):
                    append(target, folder)
            else:
                assert append(target, folder) == {"sales": len(batch)}
                expected |= {*batch}
            assert rows(target) == [(key, date(2024, 1, 1), "a") for key in sorted(expected)]
