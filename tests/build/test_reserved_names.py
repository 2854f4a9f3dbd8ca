"""A name that a table cannot have is refused before anything is built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import CompileError
from tests.shop import AS_OF, SHOP, make_shop

LONGEST = 63 - len("__candidate")


def compiled(folder: Path, engine: str, schemas: Schemas = Schemas(), **changes: str) -> Plan:
    dataflow = make_shop(folder, **changes).project.compile(AS_OF)
    return build_plan(dataflow, tuple(dataflow.models), ENGINES[engine].dialect(), schemas)


def renamed(name: str) -> str:
    return SHOP["totals"].replace("def totals", f"def {name}")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("totals__candidate", "names ending in __candidate", id="candidate"),
        pytest.param("Sums__Candidate", "names ending in __candidate", id="candidate in capitals"),
        pytest.param("build_history", "builds record their metrics", id="history"),
        pytest.param("build_state", "builds keep their state", id="state"),
        pytest.param("Build_History", "builds record their metrics", id="history in capitals"),
    ],
)
def test_a_reserved_name_is_refused(tmp_path: Path, engine: str, name: str, reason: str) -> None:
    with pytest.raises(CompileError, match=f"cannot be called {name}: {reason}") as e:
        compiled(tmp_path, engine, more=renamed(name))
    assert e.value.hint == "Give its function another name."


@pytest.mark.parametrize("engine", ENGINES)
def test_names_that_differ_by_case_are_refused(tmp_path: Path, engine: str) -> None:
    with pytest.raises(CompileError, match="The model Totals and the model totals would be the same table"):
        compiled(tmp_path, engine, more=renamed("Totals"))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_never_takes_the_place_of_a_source(tmp_path: Path, engine: str) -> None:
    both = Schemas("shop", "shop")
    with pytest.raises(
        CompileError, match=r"The source raw_sales and the model sales would be the same table, shop\.sales"
    ):
        compiled(tmp_path, engine, both, more=renamed("sales"))
    assert compiled(tmp_path / "apart", engine, replace(both, models="marts"), more=renamed("sales")).waves


def test_a_name_that_postgres_would_cut_is_refused(tmp_path: Path) -> None:
    longest = "ä" + "t" * (LONGEST - 2)
    assert compiled(tmp_path / "a", "postgres", more=renamed(longest)).waves
    with pytest.raises(CompileError, match=r"model ä?t+ cannot exist on postgres: .* has 64 bytes, and .* 63") as e:
        compiled(tmp_path / "b", "postgres", more=renamed(f"{longest}t"))
    assert e.value.hint == "Shorten it to 63 bytes; __candidate, which is appended while it is built, counts."
    assert compiled(tmp_path / "c", "duckdb", more=renamed(f"{longest}t")).waves


def test_a_column_that_postgres_would_cut_is_refused(tmp_path: Path) -> None:
    long = SHOP["totals"].replace("cents=", f"{'c' * 64}=").replace('column("cents"', f'column("{"c" * 64}"')
    report = SHOP["report"]
    assert compiled(tmp_path / "a", "duckdb", totals=long, report=report).waves
    with pytest.raises(CompileError, match=r"model totals cannot exist on postgres: the name of its column c+ has 64"):
        compiled(tmp_path / "b", "postgres", totals=long, report=report)


def test_the_length_of_a_source_counts_without_a_suffix_that_only_models_have(tmp_path: Path) -> None:
    long = SHOP["raw_sales"].replace('table="sales"', f'table="{"s" * 64}"')
    with pytest.raises(
        CompileError, match=r"source raw_sales cannot exist on postgres: the name of its table s+ has"
    ) as e:
        compiled(tmp_path, "postgres", raw_sales=long)
    assert e.value.hint == "Shorten it to 63 bytes."
