"""Load files of one table, sales, next to a table of an earlier seed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pytest

from marketing_ibis.build.seed import seed_files
from marketing_ibis.build.seed_marks import mark
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import ReadOptions, Target
from marketing_ibis.errors import SourceError

SALES = ibis.schema({"id": "int64", "day": "date", "name": "string"})
GOOD = "id,day,name\n1,2024-02-29,Ada\n2,,\n"
GOOD_ROWS = [(1, date(2024, 2, 29), "Ada"), (2, None, None)]
OLD_ROWS = [(7, date(2020, 1, 1), "old")]


def open_target() -> Target:
    """Return a database in memory with one row of sales that was seeded before."""
    target = ENGINES["duckdb"].open({"path": ":memory:"})
    target.execute("CREATE SCHEMA raw")
    target.execute("CREATE TABLE raw.sales AS SELECT 7 AS id, DATE '2020-01-01' AS day, 'old' AS name")
    sales = target.occupants("raw", ["sales"])["sales"]
    target.execute(mark(target, sales, "table", rows=1))
    return target


def load(target: Target, folder: Path, *, link: bool = False, **options: Any) -> list[tuple[object, ...]]:
    seed_files(target, folder, {"sales": SALES}, "raw", link=link, options={"sales": ReadOptions(**options)})
    return rows(target)


def rows(target: Target) -> list[tuple[object, ...]]:
    return target.query("SELECT * FROM raw.sales ORDER BY 1")


def refuse(target: Target, folder: Path, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        load(target, folder, **options)
    assert rows(target) == OLD_ROWS
    assert set(target.relations("raw")) == {"sales"}
    return caught.value


def csv_folder(folder: Path, content: str | bytes, name: str = "sales.csv") -> Path:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
