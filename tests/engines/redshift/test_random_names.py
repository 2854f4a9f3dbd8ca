"""Random queries over random scopes: the gate resolves their names as PostgreSQL does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_ibis.engines.redshift.gate import check_names
from tests.postgres_server import fresh_database

TABLES = {"t": ("a", "b", "c"), "u": ("a", "d"), "v": ("b", "e", "f")}
SCHEMA = {name: dict.fromkeys(columns, "integer") for name, columns in TABLES.items()}
ALIASES = ("x", "y", "z", "w")
Reach = tuple[tuple[str, tuple[str, ...]], ...]
"""Relations by name, with their columns."""
FEW, MANY = 250, 10_000
EXAMPLES = MANY if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else FEW


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    with fresh_database() as uri, psycopg.connect(uri, autocommit=True) as connection:
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} integer' for column in columns)})")
        yield connection


@dataclass
class Names:
    """What is in reach while a query is drawn; the names of its own columns are new ones."""

    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outer: Reach = ()


class Drawing:
    """Draw SQL of integers; some of its names are wrong."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.count = 0

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def one_of(self, values: tuple[str, ...]) -> str:
        return self.draw(st.sampled_from(values))

    def new_name(self) -> str:
        self.count += 1
        return f"k{self.count}"

    def query(self, names: Names, depth: int, width: int = 0) -> tuple[str, tuple[str, ...]]:
        """Return a query and the names of its columns."""
        width = width or self.draw(st.integers(1, 3))
        head = ""
        if depth and self.chance(20):
            named = dict(names.named)
            parts = []
            for _ in range(self.draw(st.integers(1, 2))):
                name = self.one_of(("q", "r"))
                inner, columns = self.query(Names(dict(named), names.outer), depth - 1)
                renamed = tuple(self.new_name() for _ in range(self.draw(st.integers(0, len(columns)))))
                listed = f" ({', '.join(renamed)})" if renamed else ""
                parts.append(f"{name}{listed} AS ({inner})")
                named[name] = (*renamed, *columns[len(renamed) :])
            head = f"WITH {', '.join(parts)} "
            names = Names(named, names.outer)
        if depth and self.chance(15):
            left, columns = self.select(names, depth - 1, width)
            right, _ = self.select(names, depth - 1, width if self.chance(94) else width + 1)
            order = f" ORDER BY {self.one_of((*columns, '1', 'nope', str(width + 1)))}" if self.chance(30) else ""
            operation = self.one_of(("UNION", "UNION ALL", "EXCEPT", "INTERSECT"))
            return f"{head}({left}) {operation} ({right}){order}", columns
        sql, columns = self.select(names, depth, width)
        return head + sql, columns

    def select(self, names: Names, depth: int, width: int) -> tuple[str, tuple[str, ...]]:
        relations: list[tuple[str, tuple[str, ...]]] = []
        source = self.sources(names, depth, relations)
        scope = tuple(relations)
        is_grouped = self.chance(35)
        keys = tuple(self.column(scope, ()) for _ in range(self.draw(st.integers(0, 2)))) if is_grouped else ()
        items, columns = [], []
        for _ in range(width):
            name = self.new_name()
            columns.append(name)
            items.append(f"{self.item(scope, names, depth, keys, is_grouped)} AS {name}")
        distinct = "DISTINCT " if self.chance(12) else ""
        sql = f"SELECT {distinct}{', '.join(items)} FROM {source}"
        if self.chance(40):
            sql += f" WHERE {self.condition(scope, names, depth)}"
        if keys:
            written = [*keys, *(self.one_of((*columns, "1", str(width + 1))) for _ in range(self.chance(8)))]
            sql += f" GROUP BY {', '.join(written)}"
        if is_grouped and self.chance(25):
            sql += f" HAVING COUNT({self.column(scope, ())}) > {self.one_of((*keys, '1'))}"
        if self.chance(25):
            order = (*columns, *keys, "1", str(width + 1), self.column(scope, names.outer))
            sql += f" ORDER BY {self.one_of(order)}"
        return sql, tuple(columns)

    def sources(self, names: Names, depth: int, relations: list[tuple[str, tuple[str, ...]]]) -> str:
        sql = self.source(names, depth, relations)
        for _ in range(self.draw(st.integers(0, 2))):
            before = tuple(relations)
            other = self.source(names, depth, relations)
            kind = self.one_of(("CROSS JOIN", ",", "JOIN", "LEFT JOIN", "USING"))
            if kind == "USING":
                shared = [c for _, columns in before for c in columns if c in relations[-1][1]]
                column = self.one_of((*shared, "nope")) if shared and self.chance(90) else self.one_of(("a", "b"))
                sql += f" JOIN {other} USING ({column})"
            elif kind in ("JOIN", "LEFT JOIN"):
                reach = tuple(relations) if self.chance(90) else (*before, *names.outer)
                sql += f" {kind} {other} ON {self.column(reach, ())} = {self.column(reach, ())}"
            else:
                sql += f"{'' if kind == ',' else ' '}{kind} {other}"
        return sql

    def source(self, names: Names, depth: int, relations: list[tuple[str, tuple[str, ...]]]) -> str:
        free = tuple(alias for alias in ALIASES if alias not in dict(relations))
        alias = self.one_of(free) if self.chance(98) else self.one_of(ALIASES)
        if depth and self.chance(30):
            inner, columns = self.query(Names(names.named, ()), depth - 1)
            relations.append((alias, columns))
            return f"({inner}) AS {alias}"
        known = {**TABLES, **names.named}
        name = self.one_of(tuple(known))
        if self.chance(25) and name not in dict(relations):
            relations.append((name, known[name]))
            return name
        relations.append((alias, known[name]))
        return f"{name} AS {alias}"

    def column(self, scope: Reach, outer: Reach) -> str:
        if self.chance(2):
            return self.one_of(("nope", "x.nope", "y.a", "nope.a", "a", "b"))
        reach = (*scope, *outer) if self.chance(30) else scope
        alias, columns = self.draw(st.sampled_from(reach))
        column = self.one_of(columns)
        return column if self.chance(6) else f"{alias}.{column}"

    def item(self, scope: Reach, names: Names, depth: int, keys: tuple[str, ...], is_grouped: bool) -> str:
        if is_grouped:
            kind = self.draw(st.integers(0, 10 if depth else 9))
            if kind < 4 and keys:
                return self.one_of(keys)
            if kind == 4 and keys:
                return f"{self.one_of(keys)} + 1"
            if kind == 5 and self.chance(30):
                return self.column(scope, ())
            if kind == 10:
                inner, _ = self.query(Names(names.named, scope), depth - 1, 1)
                return f"({inner})"
            if kind == 6:
                return f"SUM(MAX({self.column(scope, ())})) OVER ()"
            if kind == 7 and self.chance(30):
                return f"SUM(MAX({self.column(scope, ())}))"
            return f"{self.one_of(('SUM', 'MAX', 'COUNT'))}({self.column(scope, ())})"
        if depth and self.chance(10):
            inner, _ = self.query(Names(names.named, scope), depth - 1, 1 if self.chance(96) else 2)
            return f"({inner})"
        if self.chance(10):
            return f"ROW_NUMBER() OVER (PARTITION BY {self.column(scope, ())} ORDER BY {self.column(scope, ())})"
        return f"{self.column(scope, names.outer)}{self.one_of(('', '', ' + 1'))}"

    def condition(self, scope: Reach, names: Names, depth: int) -> str:
        column = self.column(scope, names.outer)
        if self.chance(2):
            return f"SUM({self.column(scope, ())}) > 1"
        if not depth or self.chance(50):
            return f"{column} > {self.column(scope, names.outer)}"
        operator = self.one_of(("IN", "NOT IN", "EXISTS", "="))
        width = 1 if self.chance(96) else 2
        inner, _ = self.query(Names(names.named, scope), depth - 1, width)
        return f"EXISTS ({inner})" if operator == "EXISTS" else f"{column} {operator} ({inner})"


@st.composite
def queries(draw: st.DrawFn) -> str:
    return Drawing(draw).query(Names(), draw(st.integers(0, 2)))[0]


def refusal_of_postgres(sql: str, postgres: psycopg.Connection) -> str:
    try:
        postgres.execute(f"EXPLAIN {sql}")
    except psycopg.ProgrammingError as error:
        return str(error)
    return ""


@given(sql=queries())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_names_are_resolved_as_in_postgres(sql: str, postgres: psycopg.Connection) -> None:
    refusals = [str(refusal) for refusal in check_names(sql, SCHEMA)]
    error = refusal_of_postgres(sql, postgres)
    assert bool(refusals) == bool(error), f"{sql}\n{error or refusals}"


@given(sql=queries())
@settings(max_examples=EXAMPLES // 5, deadline=None, suppress_health_check=list(HealthCheck))
def test_tables_of_unknown_columns_cause_no_refusal(sql: str, postgres: psycopg.Connection) -> None:
    if not refusal_of_postgres(sql, postgres):
        assert [str(refusal) for refusal in check_names(sql)] == []
