"""Measure `to_sql` for Redshift next to Ibis' compiler for PostgreSQL, in CPU seconds of one process."""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.backends.sql.compilers import postgres

from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.compiler import compiler

ORDERS = ibis.table(
    {"id": "int64", "kind": "string", "day": "date", "price": "float64", "count": "int64"}, name="orders", database="s"
)
ITEMS = ibis.table({"id": "int64", "weight": "float64", "name": "string"}, name="items", database="s")
TYPICAL: Mapping[str, ir.Table] = {
    "select": ORDERS.filter(ORDERS["count"] > 3, ORDERS.kind == "a").select(
        "id", "kind", total=ORDERS.price * 2 + ORDERS["count"]
    ),
    "aggregate": ORDERS.group_by("kind").agg(
        rows=ORDERS.count(), total=ORDERS["count"].sum(), mean=ORDERS.price.mean(), first=ORDERS.day.min()
    ),
    "join": ORDERS.join(ITEMS, ORDERS.id == ITEMS.id)
    .select(ORDERS.kind, ITEMS.weight, ITEMS.name)
    .filter(lambda rows: rows.weight > 1)
    .group_by("name")
    .agg(total=lambda rows: rows.weight.sum()),
    "window": ORDERS.mutate(
        place=ibis.row_number().over(group_by="kind", order_by="day"), total=ORDERS["count"].sum().over(group_by="kind")
    ).filter(lambda rows: rows.place < 3),
    "case": ORDERS.mutate(
        band=ibis.cases((ORDERS["count"] < 10, "low"), (ORDERS["count"] < 100, "middle"), else_="high"),
        month=ORDERS.day.truncate("M"),
    )
    .order_by("id")
    .limit(10),
}


def models(as_of: date) -> Mapping[str, ir.Table]:
    """Return the expressions of the demo shop's models."""
    from tests.warehouse import compiled_dataflow

    return {name: model.query for name, model in compiled_dataflow(as_of).models.items()}


def write_sql(one: Any, expressions: Sequence[ir.Table]) -> list[str]:
    """Compile and write expressions with a compiler."""
    return [one.to_sqlglot(expression).sql(dialect=one.dialect, pretty=True) for expression in expressions]


def pass_gate(trees: Sequence[Any], texts: Sequence[str]) -> None:
    """Check queries as the writer of their SQL does."""
    for tree, text in zip(trees, texts, strict=True):
        gate.require_tree(tree, text)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of some work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(expressions: Sequence[ir.Table], repeats: int) -> str:
    """Alternate both compilers, and return the medians of their times, of the ratio and of the gate's part."""
    trees = [compiler.to_sqlglot(expression) for expression in expressions]
    texts = write_sql(compiler, expressions)
    rows = []
    # What is loaded by now would be searched for garbage once in a while, in the time of whichever compiler runs.
    gc.collect()
    gc.freeze()
    for _ in range(repeats):
        before = seconds(lambda: write_sql(postgres.compiler, expressions))
        redshift = seconds(lambda: write_sql(compiler, expressions))
        after = seconds(lambda: write_sql(postgres.compiler, expressions))
        checks = seconds(lambda: pass_gate(trees, texts))
        baseline = (before + after) / 2
        rows.append((redshift / baseline, redshift * 1000, baseline * 1000, checks * 1000))
    ratio, redshift, baseline, checks = (statistics.median(column) for column in zip(*rows, strict=True))
    return f"{ratio:.2f} x PostgreSQL: {redshift:.1f} ms against {baseline:.1f} ms; {checks:.1f} ms in the gate"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    print("typical expressions:", measure([*TYPICAL.values()] * 4, repeats))
    print("models of the demo shop:", measure([*models(date(2024, 5, 15)).values()], repeats))


if __name__ == "__main__":
    main()
