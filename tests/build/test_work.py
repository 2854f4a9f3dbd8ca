"""How much work a run makes the database do is counted, not timed, and does not grow unseen."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from marketing_ibis.engines.duckdb.target import DuckDBTarget
from tests.invocation import invoke
from tests.paths import JAFFLE, TESTS

GOLDEN = TESTS / "golden" / "work_of_a_run.json"
COUNTED = ("SEQ_SCAN", "TABLE_SCAN", "WINDOW", "STREAMING_WINDOW", "ORDER_BY", "TOP_N")
"""Operators that read a table or sort rows."""


def operators(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for operator in plan:
        yield operator
        yield from operators(operator["children"])


def operator_name(operator: dict[str, Any]) -> str:
    """Return what an operator does, with the name of a source table that it reads."""
    name = str(operator["name"]).strip()
    table = str(operator.get("extra_info", {}).get("Table", ""))
    return f"{name} {table}" if ".dbt_production." in table else name


def statement_kind(sql: str) -> str:
    """Return the first words of a statement: what it does, and to what kind of thing."""
    words = re.findall(r"[A-Z]+", sql.upper())[:3]
    return " ".join(words[: 2 if words[0] in ("CREATE", "DROP", "ALTER", "COMMENT") else 1])


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, int]]:
    """Build every model once, and count statements, operators of their plans, and what is written."""
    monkeypatch.chdir(tmp_path)
    invoke("seed", "--from", str(JAFFLE), "--database", "w.duckdb")
    statements: Counter[str] = Counter()
    plans: Counter[str] = Counter()

    def counted(work: Any) -> Any:
        def count(target: Any, sql: str, *more: Any) -> Any:
            statements[statement_kind(sql)] += 1
            if re.match(r"CREATE (OR REPLACE )?TABLE \S+ AS\b", sql):
                (plan,) = target.connection.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()
                plans.update(map(operator_name, operators(json.loads(plan[1]))))
            return work(target, sql, *more)

        return count

    for name in ("execute", "query"):
        monkeypatch.setattr(DuckDBTarget, name, counted(getattr(DuckDBTarget, name)))
    invoke("run", "--database", "w.duckdb", "--as-of", "2018-04-10")
    with duckdb.connect("w.duckdb", read_only=True) as database:
        sizes = "SELECT count(*), sum(estimated_size * column_count) FROM duckdb_tables()"
        ((tables, cells),) = database.execute(f"{sizes} WHERE schema_name = 'dbt_marketing'").fetchall()
    kept = {name: number for name, number in sorted(plans.items()) if name.startswith(COUNTED)}
    return {
        "statements": dict(sorted(statements.items())),
        "operators": kept,
        "written": {"tables": tables, "cells": int(cells)},
    }


def test_a_run_does_no_more_than_was_reviewed(
    counts: dict[str, dict[str, int]], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps({"duckdb": duckdb.__version__} | counts, indent=2) + "\n", "utf-8")
    assert counts["operators"], "the tables were not built by CREATE TABLE AS"
    reviewed = json.loads(GOLDEN.read_text("utf-8"))
    if reviewed.pop("duckdb") != duckdb.__version__:
        del counts["operators"]  # Another version plans in another way.
    more = {
        f"{kind}: {name}": (reviewed[kind].get(name, 0), number)
        for kind, numbers in counts.items()
        for name, number in numbers.items()
        if number > reviewed[kind].get(name, 0)
    }
    assert not more, "if it is meant: pytest tests/build/test_work.py --update-golden, and say why"
