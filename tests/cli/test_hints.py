"""Habits from dbt and pandas, and typing errors, are answered with the right command."""

from __future__ import annotations

import inspect
from pathlib import Path
from textwrap import dedent

import ibis
import pytest

import marketing_ibis.model
from marketing_ibis.cli import COMMANDS as OURS
from marketing_ibis.cli.dbt_words import COMMANDS, OPTIONS
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.where import read_condition
from marketing_ibis.project.keywords import KEYWORDS
from tests.invocation import invoke
from tests.shop import SHOP, make_shop

TESTED = "from marketing_ibis.data_tests import not_null\n"


def plain(text: str) -> str:
    """Return what was printed without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(("source", "freshness"), "No such command 'source'. Use `freshness`", id="source freshness"),
        pytest.param(("show", "-s", "orders"), "Name the model: `show MODEL`.", id="show -s"),
        pytest.param(("deps",), "install them with pip", id="deps"),
        pytest.param(("run-operation", "x"), "write a Python function", id="run-operation"),
        pytest.param(("parse",), "`compile` checks columns and types", id="parse"),
        pytest.param(("biuld",), "Did you mean build", id="a slip"),
        pytest.param(("run", "--models", "orders"), "Use --select, or -s.", id="--models"),
        pytest.param(("run", "-m", "orders"), "Use --select, or -s.", id="-m"),
        pytest.param(("run", "-f"), "Use --full-refresh.", id="-f"),
        pytest.param(("build", "--empty"), "`build --dry-run`", id="--empty"),
        pytest.param(("run", "--profile", "x"), 'profile = "..."', id="--profile"),
        pytest.param(("seed", "--select", "orders"), "`seed --from DIR` fills every source table", id="seed --select"),
        pytest.param(("seed", "--full-refresh"), "`seed --from DIR` fills every source table", id="seed full"),
        pytest.param(("--target", "prod", "run"), "Write it after the command", id="an option before the command"),
        pytest.param(("run", "--thread", "2"), "--threads", id="a slip in an option"),
    ],
)
def test_dbts_words_are_answered_with_what_exists(call: tuple[str, ...], message: str) -> None:
    assert message in plain(invoke(*call, code=2).output)


def test_no_hint_is_for_something_that_exists() -> None:
    assert not set(COMMANDS) & set(OURS)
    for name in OURS:
        output = invoke(name, "--help").output
        words = {word.strip(",") for word in output.split() if word.startswith("-")}
        assert not words & (OPTIONS.keys() - {"-f", "-m"}), name


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("stg_sales.to_pandas()", ".to_pandas() cannot run in it", id="to_pandas"),
        pytest.param("stg_sales.execute()", ".execute() cannot run in it", id="execute"),
        pytest.param("stg_sales.to_pyarrow()", ".to_pyarrow() cannot run in it", id="to_pyarrow"),
        pytest.param("stg_sales.to_polars()", ".to_polars() cannot run in it", id="to_polars"),
        pytest.param("stg_sales.limit(stg_sales.count().execute())", ".execute() cannot run in it", id="count"),
        pytest.param("ref('stg_sales')", "by a parameter: def name(stg_orders: ir.Table)", id="ref"),
        pytest.param("dbt.ref('stg_sales')", "by a parameter: def name(stg_orders: ir.Table)", id="dbt.ref"),
        pytest.param("stg_sales.limit(var('rows'))", "[tool.marketing_ibis.vars] changes them", id="var"),
    ],
)
def test_what_cannot_run_in_a_model_is_answered_with_its_line(tmp_path: Path, body: str, message: str) -> None:
    model = SHOP["halves"].replace('stg_sales.select("id", half=stg_sales.cents / 2)', body)
    shop = make_shop(tmp_path, halves=model)
    output = plain(invoke("compile", "--project-dir", str(shop.root), code=1).output)
    assert "Model halves cannot be built" in output
    assert "halves.py:" in output
    assert message in output


@pytest.mark.parametrize(
    ("node", "old", "new", "message"),
    [
        pytest.param("halves", "layer=", "layr=", "model(...) has no keyword layr=. Did you mean layer", id="layr"),
        pytest.param("halves", "columns=", "colums=", "no keyword colums=. Did you mean columns", id="colums"),
        pytest.param("halves", "grain=", "tag='x', grain=", "no keyword tag=. Did you mean tags", id="tag"),
        pytest.param("halves", "grain=", "materialised='view', grain=", "Did you mean materialized", id="materialised"),
        pytest.param("raw_sales", "table=", "tabel=", "source(...) has no keyword tabel=. Did you", id="tabel"),
        pytest.param("halves", '"Key."', '"Key.", nullble=True', "column(...) has no keyword nullble=", id="nullble"),
        pytest.param(
            "halves",
            '"Key."',
            '"Key.", tests=(not_null(sevrity="warn"),)',
            "a data test has no keyword sevrity=. Did you mean severity",
            id="sevrity",
        ),
    ],
)
def test_a_misspelled_keyword_is_named_with_its_line(
    tmp_path: Path, node: str, old: str, new: str, message: str
) -> None:
    shop = make_shop(tmp_path, **{node: TESTED + dedent(SHOP[node]).replace(old, new, 1)})
    # An error in reading the file is a configuration error; an error in importing it is a model that does not compile.
    result = invoke("compile", "--project-dir", str(shop.root), code=1 if '"Key."' in old else 2)
    output = plain(result.output)
    assert message in output
    assert f"{node}.py:" in output


def test_a_misspelled_keyword_of_an_exposure_is_named(tmp_path: Path) -> None:
    board = "from marketing_ibis.model import exposure\nx = exposure(type='ml', owner='a', descripton='b')\n"
    shop = make_shop(tmp_path, board=board)
    output = plain(invoke("ls", "--project-dir", str(shop.root), code=2).output)
    assert "exposure(...) has no keyword descripton=. Did you mean description" in output


@pytest.mark.parametrize("kind", ["model", "source"])
def test_the_keywords_are_those_of_the_decorators(kind: str) -> None:
    declared = getattr(marketing_ibis.model, kind)
    assert set(KEYWORDS[kind]) == set(inspect.signature(declared).parameters)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('status = "completed"', "Put strings in single quotes: 'completed'."),
        ('status = "it\'s"', "Put strings in single quotes: 'it''s'."),
        ("status IN (\"completed\", 'x')", "Put strings in single quotes: 'completed'."),
    ],
)
def test_double_quotes_in_where_are_answered_with_single_ones(text: str, message: str) -> None:
    schema = ibis.schema({"status": "string"})
    with pytest.raises(UsageError, match="is not a column") as caught:
        read_condition(text, schema, ENGINES["duckdb"].dialect())
    assert message in caught.value.hint
    assert read_condition("\"status\" = 'completed'", schema, ENGINES["duckdb"].dialect())
