"""A small project in a separate folder, and its database, for tests of the engine."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.target import Target
from marketing_ibis.project.settings import ProjectSettings, load_project

AS_OF = date(2024, 5, 15)
_numbers = itertools.count()

HEAD = """
import ibis
import ibis.expr.types as ir
from marketing_ibis.model import column, model, source
"""

SHOP = {
    "raw_sales": """
        COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."))

        @source(table="sales", grain=("id",), columns=COLUMNS)
        def raw_sales() -> ir.Table:
            '''Sales.'''
        """,
    "stg_sales": """
        COLUMNS = (column("id", "int64", "Key."), column("cents", "int64", "Price."))

        @model(layer="staging", grain=("id",), columns=COLUMNS)
        def stg_sales(raw_sales: ir.Table) -> ir.Table:
            '''Sales that count.'''
            return raw_sales.filter(raw_sales.cents > 0)
        """,
    "totals": """
        COLUMNS = (column("n", "int64", "Sales."), column("cents", "int64", "All.", nullable=True))

        @model(layer="marts", grain=("n",), tags=("daily",), columns=COLUMNS)
        def totals(stg_sales: ir.Table) -> ir.Table:
            '''All sales added up.'''
            return stg_sales.agg(n=stg_sales.count(), cents=stg_sales.cents.sum())
        """,
    "halves": """
        COLUMNS = (column("id", "int64", "Key."), column("half", "float64", "Half."))

        @model(layer="marts", grain=("id",), columns=COLUMNS)
        def halves(stg_sales: ir.Table) -> ir.Table:
            '''Each sale halved.'''
            return stg_sales.select("id", half=stg_sales.cents / 2)
        """,
    "report": """
        @model(layer="core", grain=("n",), columns=(column("n", "int64", "Sales."),))
        def report(totals: ir.Table, halves: ir.Table) -> ir.Table:
            '''The report.'''
            return totals.cross_join(halves.agg(count=halves.count())).select("n")
        """,
}
"""Five nodes: a source, a view, two tables, a table of both."""


@dataclass(frozen=True)
class Shop:
    """A project in a folder with a DuckDB file."""

    project: ProjectSettings
    database: Path

    @property
    def root(self) -> Path:
        return self.project.root

    def open(self) -> Target:
        return ENGINES["duckdb"].open({"path": self.database})

    def plan(self, *names: str) -> Plan:
        dataflow = self.project.compile(AS_OF)
        schemas = Schemas(self.project.source_schema, self.project.model_schema)
        return build_plan(dataflow, names or tuple(dataflow.models), ENGINES["duckdb"].dialect(), schemas)


def make_shop(folder: Path, *, project: str = "marketing_ibis", settings: str = "", **changes: str) -> Shop:
    """Write a project whose nodes are those of SHOP with ``changes``, and fill its source with three sales."""
    package = f"shop_{next(_numbers)}"
    (folder / package).mkdir(parents=True)
    (folder / package / "__init__.py").write_text('"""A shop."""\n')
    for name, text in (SHOP | changes).items():
        (folder / package / f"{name}.py").write_text(HEAD + dedent(text))
    head = f'[tool.marketing_ibis]\nname = "{project}"\ndataflows = ["{package}"]\n'
    (folder / "pyproject.toml").write_text(head + dedent(settings))
    shop = Shop(load_project(folder), folder / "warehouse.duckdb")
    shop.database.write_bytes(_three_sales())
    return shop


@cache
def _three_sales() -> bytes:
    """Return a DuckDB file with the source: opening one takes twenty times as long as writing it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with ENGINES["duckdb"].open({"path": path}) as target:
            target.execute("CREATE SCHEMA dbt_production")
            target.execute(
                "CREATE TABLE dbt_production.sales AS FROM (VALUES (1, 100), (2, 250), (3, -5)) t(id, cents)"
            )
        return path.read_bytes()


def failing(name: str) -> str:
    """Return a model of SHOP that compiles and fails on the engine when there is any sale."""
    return SHOP[name].replace("n=stg_sales.count()", "n=(stg_sales.cents * 10**17 * 10**17).sum().cast('int64')")
