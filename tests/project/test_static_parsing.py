"""Static parsing of a dataflow, and the messages when it fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from marketing_ibis.errors import CompileError, ConfigurationError
from marketing_ibis.project.static_parsing import Node, discover, graph_of
from tests.paths import ROOT

HEAVY = ("ibis", "hamilton", "pandas", "sqlglot", "duckdb", "numpy")

STG_ORDERS = '''
"""Orders."""
raise RuntimeError("this file must never run")

from marketing_ibis.model import model

@model(layer="staging", grain=("order_id",), columns=anything(at="all"), tags=("daily", "finance"))
def stg_orders(raw_orders, as_of, *, rules=None):
    """Orders that count,
    with their day.

    Grain: one row per ``order_id``.
    """

def helper(raw_orders): ...

@other.decorator(layer="marts")
def decorated(raw_orders): ...
'''
SOURCES = """
import marketing_ibis.model as m

@m.source(table="orders", grain=("id",), columns=())
def raw_orders(): ...
"""

Write = Callable[..., Path]


@pytest.fixture
def flows(tmp_path: Path) -> Write:
    """Return a function that writes files, passed as path=content with __ for a slash, and returns their folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            file = tmp_path / "flows" / f"{name.replace('__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "flows"

    return write


def one(layer: str = "'marts'", head: str = "", **keywords: str) -> str:
    """Return the content of a file with one model called ``sales``."""
    written = ", ".join(f"{name}={value}" for name, value in {"layer": layer, **keywords}.items())
    return f"{head}\n@model({written})\ndef sales(): ...\n"


def test_a_model_is_read_without_running_its_file(flows: Write, tmp_path: Path) -> None:
    nodes = discover([flows(sources=SOURCES, staging__stg_orders=STG_ORDERS)], tmp_path)
    assert nodes["stg_orders"] == Node(
        name="stg_orders",
        kind="model",
        layer="staging",
        materialized="view",
        path="flows/staging/stg_orders.py",
        tags=("daily", "finance"),
        parents=("raw_orders",),
        inputs=("as_of", "rules"),
        description="Orders that count, with their day.",
    )


def test_a_source_is_read(flows: Write, tmp_path: Path) -> None:
    nodes = discover([flows(sources=SOURCES)], tmp_path)
    assert nodes == {
        "raw_orders": Node("raw_orders", "source", "sources", "table", "flows/sources.py", table="orders"),
    }


def test_a_source_of_another_database_is_read(flows: Write, tmp_path: Path) -> None:
    place = 'table="orders", schema="shopify", database="raw"'
    nodes = discover([flows(sources=SOURCES.replace('table="orders"', place))], tmp_path)
    node = nodes["raw_orders"]
    assert (node.database, node.schema, node.table) == ("raw", "shopify", "orders")


def test_only_decorated_functions_are_nodes(flows: Write) -> None:
    assert set(discover([flows(sources=SOURCES, staging__stg_orders=STG_ORDERS)])) == {"raw_orders", "stg_orders"}


def test_parents_may_stand_in_a_later_file_or_package(flows: Write) -> None:
    folder = flows(
        a__late="@model(layer='marts')\ndef late(early): ...", b__early="@model(layer='core')\ndef early(): ..."
    )
    assert graph_of(discover([folder / "a", folder / "b"])) == {"late": ("early",), "early": ()}


def test_a_package_inside_another_is_read_once(flows: Write) -> None:
    folder = flows(staging__stg_orders=STG_ORDERS)
    assert set(discover([folder, folder / "staging", folder / "staging" / "stg_orders.py"])) == {"stg_orders"}


def test_hidden_copies_are_not_read(flows: Write) -> None:
    folder = flows(**{"sales": one(), ".ipynb_checkpoints__sales-checkpoint": one()})
    assert set(discover([folder])) == {"sales"}


def test_a_path_outside_the_root_stays_whole(flows: Write, tmp_path: Path) -> None:
    folder = flows(sales=one())
    assert discover([folder], tmp_path / "elsewhere")["sales"].path == (folder / "sales.py").as_posix()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(one("'staging'"), "view", id="staging_is_a_view"),
        pytest.param(one("'marts'"), "table", id="others_are_tables"),
        pytest.param(one("'staging'", materialized="'table'"), "table", id="said"),
        pytest.param(one("'marts'", materialized="None"), "table", id="none_is_the_default"),
        pytest.param(one("'staging'", materialized="None"), "view", id="none_is_the_default_of_the_layer"),
    ],
)
def test_materialized(flows: Write, text: str, expected: str) -> None:
    assert discover([flows(sales=text)])["sales"].materialized == expected


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("TAGS = ('daily',)", id="constant"),
        pytest.param("TAGS: tuple[str, ...] = ['daily']", id="annotated_list"),
        pytest.param("TAGS = compute()\nTAGS = ('daily',)", id="last_assignment_before_it"),
    ],
)
def test_a_constant_of_the_same_file_is_resolved(flows: Write, head: str) -> None:
    assert discover([flows(sales=one(head=head, tags="TAGS"))])["sales"].tags == ("daily",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(one("LAYER"), "sales.py:2: layer=LAYER cannot be read", id="unknown_name"),
        pytest.param(one("pick('marts')"), r"sales.py:2: layer=pick\('marts'\) cannot be read", id="call"),
        pytest.param(one("f'{x}'"), "sales.py:2: layer=f'{x}' cannot be read", id="f_string"),
        pytest.param(one("A", head="A = pick()"), "sales.py:2: layer=A cannot be read", id="constant_from_a_call"),
        pytest.param(one("A") + "A = 'marts'", "layer=A cannot be read", id="constant_assigned_below"),
        pytest.param("@model(**SHARED)\ndef sales(): ...", r"sales.py:1: \*\*SHARED cannot be read", id="double_star"),
        pytest.param(one(tags="'daily'"), "tags= is 'daily'; it must be a tuple of strings", id="tags_as_text"),
        pytest.param(one(tags="('daily', 1)"), r"tags= is \('daily', 1\)", id="tag_is_a_number"),
        pytest.param(one("3"), "layer= is 3; it must be a string", id="layer_is_a_number"),
        pytest.param(one("''"), "layer= is ''; it must be a string", id="layer_is_empty"),
        pytest.param(one(materialized="'cube'"), "materialized= is 'cube'; it must be one of view, table", id="stored"),
        pytest.param("@model()\ndef sales(): ...", r"sales.py:2: sales needs layer= in its @model", id="no_layer"),
        pytest.param("@source()\ndef raw(): ...", r"sales.py:2: raw needs table= in its @source", id="no_table"),
    ],
)
def test_a_keyword_that_cannot_be_read(flows: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        discover([flows(sales=text)])


EXPOSURE = """
from marketing_ibis.model import exposure
OWNER = "crm"
board = exposure(
    type="dashboard", owner=OWNER, description="Who  sells what.",
    depends_on=("sales",), url="https://bi/1", maturity="high",
)
"""


def test_an_exposure_is_read_without_running_its_file(flows: Write, tmp_path: Path) -> None:
    nodes = discover([flows(sales=one(), readers=EXPOSURE + "raise RuntimeError")], tmp_path)
    assert nodes["board"] == Node(
        name="board",
        kind="exposure",
        layer="exposures",
        materialized="view",
        path="flows/readers.py",
        parents=("sales",),
        description="Who sells what.",
        exposure_type="dashboard",
        owner="crm",
        url="https://bi/1",
        maturity="high",
    )
    assert nodes["sales"].parents == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"dashboard"', '"poster"', "type= is 'poster'; it must be one of dashboard, campaign"),
        ('"high"', '"ripe"', "maturity= is 'ripe'"),
        ('("sales",)', "()", r"depends_on= is \(\); it must be a tuple of names"),
        ('("sales",)', '"sales"', "depends_on= is 'sales'; it must be a tuple of names"),
        ('("sales",)', "of(sales)", r"depends_on=of\(sales\) cannot be read"),
        ("owner=OWNER,", "", "board needs owner= in its exposure"),
    ],
)
def test_an_exposure_that_cannot_be_read(flows: Write, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        discover([flows(sales=one(), readers=EXPOSURE.replace(old, new))])


@pytest.mark.parametrize("name", ["sale", "board"])
def test_an_exposure_of_no_model(flows: Write, name: str) -> None:
    with pytest.raises(CompileError, match=f"board depends on {name}, which is not a model or source") as caught:
        discover([flows(sales=one(), readers=EXPOSURE.replace('"sales"', f'"{name}"'))])
    assert "sales" in caught.value.hint


def test_an_exposure_named_like_a_model(flows: Write) -> None:
    with pytest.raises(CompileError, match="'sales' is declared"):
        discover([flows(sales=one(), readers=EXPOSURE.replace("board =", "sales ="))])


def test_one_name_in_two_files(flows: Write, tmp_path: Path) -> None:
    folder = flows(core__sales=one(), marts__sales=one())
    with pytest.raises(CompileError, match=r"'sales' .* flows/core/sales.py and in flows/marts/sales.py"):
        discover([folder], tmp_path)


def test_one_name_twice_in_a_file(flows: Write, tmp_path: Path) -> None:
    with pytest.raises(CompileError, match=r"'sales' is declared twice in flows/sales.py"):
        discover([flows(sales=one() + one())], tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"x = 1\ndef sales(:\n", r"flows/bad.py:2: not valid Python", id="syntax"),
        pytest.param(b"x = '\xff'\n", r"flows/bad.py:\d+: not valid Python", id="not_utf_8"),
        pytest.param(b"x = 1\0\n", r"flows/bad.py:1: ", id="null_byte"),
    ],
)
def test_a_file_that_is_not_python(flows: Write, tmp_path: Path, content: bytes, message: str) -> None:
    folder = flows(good=one())
    (folder / "bad.py").write_bytes(content)
    with pytest.raises(CompileError, match=message):
        discover([folder], tmp_path)


def test_a_missing_package(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"The dataflow '.*nowhere' does not exist") as caught:
        discover([tmp_path / "nowhere"], tmp_path)
    assert "pyproject.toml" in caught.value.hint


def test_every_file_of_the_dataflow_holds_the_one_model_it_is_named_after() -> None:
    nodes = discover([ROOT / "dataflows"], ROOT)
    models = sorted((node.path, node.name) for node in nodes.values() if node.kind == "model")
    folders = ("staging", "intermediate", "marts", "core", "campaigns")
    files = [file for folder in folders for file in (ROOT / "dataflows" / folder).glob("[!_]*.py")]
    assert models == sorted((file.relative_to(ROOT).as_posix(), file.stem) for file in files)
    assert all(node.layer == Path(node.path).parent.name for node in nodes.values() if node.kind == "model")


TABLES = ("customers", "orders", "payments", "order_lines", "touches", "spend")


def test_the_sources_of_the_dataflow_stand_in_one_file() -> None:
    nodes = discover([ROOT / "dataflows"], ROOT)
    sources = {node.name: (node.path, node.table) for node in nodes.values() if node.kind == "source"}
    assert sources == {f"raw_{table}": ("dataflows/sources.py", table) for table in (*TABLES, "touches", "spend")}


def test_discovery_and_selection_import_nothing_heavy() -> None:
    program = (
        "import sys, marketing_ibis.project.static_parsing, marketing_ibis.project.selection\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
