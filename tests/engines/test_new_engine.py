"""A new engine is one folder and one line, as docs/how-to/add-an-engine.md says: here SQLite."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

import marketing_ibis.engines
from marketing_ibis import Project
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.base import Engine
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from tests.engines import sqlite
from tests.engines.sqlite.engine import SQLITE
from tests.invocation import invoke
from tests.paths import ROOT
from tests.shop import AS_OF, SHOP, Shop, make_shop

PAGE = ROOT / "docs" / "how-to" / "add-an-engine.md"
SCHEMAS = 'source_schema = "main"\nmodel_schema = "main"\n'
PROFILE = "marketing_ibis: {target: prod, outputs: {prod: {type: sqlite, path: shop.sqlite}}}\n"
UNIQUE = "from marketing_ibis.data_tests import unique\n\n        "
ON_SQLITE = ("--target", "sqlite", "--database", "shop.sqlite")


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter SQLite in the registry, which is the one line."""
    monkeypatch.setitem(marketing_ibis.engines._REGISTRY, SQLITE.name, SQLITE)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    # A view in SQLite has no column types.
    staged = SHOP["stg_sales"].replace('layer="staging"', 'layer="staging", materialized="table"')
    tested = SHOP["totals"].replace('"Sales."', '"Sales.", tests=(unique(),)').replace("COLUMNS", f"{UNIQUE}COLUMNS", 1)
    shop = make_shop(tmp_path, settings=SCHEMAS, stg_sales=staged, totals=tested)
    monkeypatch.chdir(shop.root)
    with closing(sqlite3.connect("shop.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE sales (id BIGINT, cents BIGINT)")
        connection.executemany("INSERT INTO sales VALUES (?, ?)", [(1, 100), (2, 250), (3, -5)])
    return shop


def test_the_page_names_every_method_of_a_connection() -> None:
    methods = [name for name in vars(Target) if not name.startswith("_")]
    assert {"erase_deleted", "release", "execute"} <= set(methods)
    page = PAGE.read_text("utf-8")
    assert [name for name in methods if f"`{name}`" not in page] == []


def rows(query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("shop.sqlite")) as connection:
        return connection.execute(query).fetchall()


def test_a_project_is_built_tested_and_exported_there(shop: Shop) -> None:
    built = invoke("build", *ON_SQLITE, "--as-of", str(AS_OF))
    assert "Published schema main of shop.sqlite" in built.output
    assert rows("SELECT n, cents FROM totals") == [(2, 350)]
    assert rows("SELECT id, half FROM halves ORDER BY id") == [(1, 50.0), (2, 125.0)]
    assert not rows("SELECT name FROM sqlite_master WHERE name LIKE '%candidate'")
    invoke("run", *ON_SQLITE, "--as-of", str(AS_OF))
    assert "PASS 1" in invoke("test", *ON_SQLITE).output
    invoke("export", "halves", "--to", "halves.csv", *ON_SQLITE)
    assert Path("halves.csv").read_text().splitlines() == ['"id","half"', "1,50", "2,125"]


def test_what_is_written_speaks_of_the_engine(shop: Shop) -> None:
    invoke("run", *ON_SQLITE, "--as-of", str(AS_OF))
    manifest = json.loads(Path("target/manifest.json").read_text("utf-8"))
    assert manifest["metadata"]["adapter_type"] == "sqlite"
    assert Path("target/sqlite/compiled/totals.sql").is_file()
    assert "shop.sqlite" in invoke("debug", *ON_SQLITE).output


def test_a_profile_names_it(shop: Shop) -> None:
    Path("profiles.yml").write_text(PROFILE, "utf-8")
    invoke("run", "--target", "prod", "--profiles-dir", ".", "--as-of", str(AS_OF))
    assert rows("SELECT COUNT(*) FROM halves") == [(2,)]
    refused = invoke("run", "--target", "nowhere", "--profiles-dir", ".", code=2)
    assert "sqlite" in refused.output
    missing = PROFILE.replace("path", "paht")
    Path("profiles.yml").write_text(missing, "utf-8")
    result = invoke("run", "--target", "prod", "--profiles-dir", ".", code=2)
    assert "path is missing" in result.output


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
def test_programs_read_it_with_ibis(shop: Shop) -> None:
    with Project.from_settings(target="sqlite", database="shop.sqlite", as_of=AS_OF) as project:
        assert project.table("totals").to_pyarrow().to_pylist() == [{"n": 2, "cents": 350}]


def test_what_it_cannot_do_is_refused_by_its_flags(shop: Shop) -> None:
    result = invoke("export", "halves", "--to", "s3://bucket/halves.csv", *ON_SQLITE, code=2)
    assert "sqlite cannot write to S3." in result.output
    with closing(sqlite3.connect("shop.sqlite")) as connection, connection:
        connection.execute("DROP TABLE sales")
    assert "Load it with sqlite3" in invoke("run", *ON_SQLITE, code=1).output
    result = invoke("run", "--target", "sqlite", "--as-of", str(AS_OF), code=1)
    assert "There is no database target/warehouse.sqlite" in result.output


def test_tables_are_named_as_lineage_tools_name_them() -> None:
    places = ENGINES["sqlite"].places({"path": "/data/shop.sqlite"})
    assert places.of(Relation("main", "totals")) == (
        "sqlite:///data/shop.sqlite",
        "shop.main.totals",
    )


def test_the_page_shows_this_record_and_every_field() -> None:
    record, line = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    ours = Path(sqlite.engine.__file__).read_text("utf-8")
    assert ours.replace("tests.engines.sqlite", "marketing_ibis.engines.sqlite") == record
    assert line.replace(", SQLITE", "") in Path(marketing_ibis.engines.__file__).read_text("utf-8")
    fields_of_record = PAGE.read_text("utf-8").partition("## 2.")[0]
    rows = re.findall(r"^\| (`.*?) \|", fields_of_record, re.M)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(field.name for field in fields(Engine))


def test_the_page_lists_the_files_of_the_folder() -> None:
    headings = re.findall(r"^## .*: `(\w+\.py)`$", PAGE.read_text("utf-8"), re.M)
    folder = Path(sqlite.engine.__file__).parent
    assert sorted(headings) == sorted(path.name for path in folder.glob("*.py") if path.name != "__init__.py")
