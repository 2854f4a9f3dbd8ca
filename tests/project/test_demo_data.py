"""The generated source tables of a project: those that its settings use, some of them without rows."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from marketing_ibis.build.seed import seed_expressions
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import ConfigurationError, UsageError
from marketing_ibis.project.demo_data import demo_note, demo_tables
from marketing_ibis.project.settings import load_project
from tests.invocation import Run
from tests.quick_edits import edits_of_one_second
from tests.shop import make_shop

AS_OF = date(2024, 5, 15)
OPTIONAL = {"order_lines": "raw_order_lines", "touches": "raw_touches", "spend": "raw_spend"}


def test_a_project_without_demo_data_says_so(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    with pytest.raises(ConfigurationError, match="has a demo module"):
        demo_tables(shop.project, orders=1, random_seed=1, as_of=AS_OF)


@pytest.mark.usefixtures("own_modules")
def test_an_edit_of_the_same_second_and_length_is_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    shop = make_shop(tmp_path)
    (package,) = shop.project.packages()
    (package / "demo.py").write_text("from . import NOTE")
    for text in edits_of_one_second(package / "__init__.py", "NOTE = 'a'", "NOTE = 'b'"):
        assert demo_note(shop.project) in text


@pytest.mark.parametrize("used", [used for count in range(4) for used in combinations(OPTIONAL, count)])
@pytest.mark.parametrize("without", [(), ("touches",), ("spend", "touches")])
def test_unused_tables_are_not_generated_and_those_left_out_are_empty(
    used: tuple[str, ...], without: tuple[str, ...]
) -> None:
    project = replace(load_project(), optional_sources=tuple(OPTIONAL[table] for table in used))
    tables = demo_tables(project, orders=20, random_seed=1, as_of=AS_OF, without=without)
    assert tables.keys() == {"customers", "orders", "payments", *used}
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        rows = seed_expressions(target, tables, "raw")
    assert {name for name, count in rows.items() if not count} == {*without} & {*used}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("touch", r"no such table is generated.\nDid you mean touches\?"),
        ("raw_touches", r"no such table is generated.\nDid you mean touches\?"),
        ("orders", "the models need this table"),
    ],
)
def test_only_tables_of_optional_sources_can_be_left_out(table: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"--without {table}: {message}"):
        demo_tables(load_project(), orders=1, random_seed=1, as_of=AS_OF, without=[table])


def test_models_are_built_of_costs_without_touches(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.marketing_ibis]\noptional_sources = ["raw_touches", "raw_spend"]\n')
    output = run("build", "--demo", "--without", "touches", "--orders", "50", "--as-of", "2024-05-15").output
    assert "touches: 0 rows" in output
    again = run("build", "--demo", "--without", "touches", "--as-of", "2024-05-15", "--dry-run").output
    assert "--without has no effect" in again
