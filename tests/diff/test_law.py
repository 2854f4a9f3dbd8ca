"""The difference of two generated tables is that of a plain computation, on every engine, and can be mirrored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing_ibis.diff.compare import compare_tables
from marketing_ibis.diff.pairs import Pair, pair_tables
from marketing_ibis.diff.records import Distance, TableDifference, Transition
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.model import Model
from marketing_ibis.model.records import Column, Contract, Declaration
from tests.diff.reference import NO_CHANGE, Row, expected_difference
from tests.engines.postgres.warehouse import settings_of
from tests.engines.redshift.standin import StandIn
from tests.postgres_server import fresh_database

COLUMNS = (
    Column("id", "int64", "Key.", nullable=False),
    Column("region", "string", "Key."),
    Column("amount", "decimal(18, 2)", "Money.", unit="dollars"),
    Column("visits", "int64", "Number.", unit="visits"),
    Column("score", "float64", "Double.", unit="points"),
    Column("day", "date", "Day."),
    Column("seen", "timestamp", "Instant."),
    Column("label", "string", "Label."),
    Column("vip", "boolean", "Truth."),
    Column("secret", "string", "Personal.", pii=True),
)
SCHEMA = ibis.schema({column.name: column.type for column in COLUMNS})
TOLERANCE = 1e-9
FEW = max(12, settings().max_examples // 10)
"""Examples of the law: each compiles two statements, so the default run has few of them."""
SIDES = (Relation("old", "table"), Relation("new", "table"))

values = st.tuples(
    st.none() | st.integers(-300, 300).map(lambda cents: Decimal(cents) / 100),
    st.none() | st.sampled_from((0, 1, 7, -(2**62), 2**62)),
    st.none() | st.sampled_from((0.0, 1.0, 1.0 + 2**-40, 2.5, -4.0)),
    st.none() | st.dates(date(2024, 1, 1), date(2024, 3, 1)),
    st.none() | st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 2)).map(lambda at: at.replace(microsecond=0)),
    st.none() | st.sampled_from(("Champions", "Lost")),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(("ann", "bob")),
)
keys = st.tuples(st.integers(1, 8), st.none() | st.sampled_from(("", "east")))
rows = st.builds(lambda pairs: [key + row for key, row in pairs.items()], st.dictionaries(keys, values, max_size=12))


def model(*grain: str) -> Model:
    declaration = Declaration("model", Contract(COLUMNS), grain, "marts")
    return Model("table", declaration, "", (), SCHEMA, ibis.table(SCHEMA, name="table"))


def pair(*grain: str) -> Pair:
    return pair_tables(model(*grain), *SIDES, SCHEMA, SCHEMA)


@dataclass(frozen=True)
class Database:
    """Two tables of an engine that are filled again for each example."""

    dialect: Dialect
    query: Callable[[str], list[tuple[object, ...]]]
    execute: Callable[[str], object]

    def create(self) -> None:
        """Create the empty tables."""
        columns = ", ".join(f'"{name}" {self.dialect.column_type(kind)}' for name, kind in SCHEMA.items())
        for relation in SIDES:
            self.execute(f'CREATE SCHEMA "{relation.schema}"')
            self.execute(f"CREATE TABLE {self.dialect.relation(relation)} ({columns})")

    def compare(
        self, before: Sequence[Row], after: Sequence[Row], *grain: str, tolerance: float = TOLERANCE
    ) -> TableDifference:
        """Return how tables with these rows differ."""
        for relation, table_rows in zip(SIDES, (before, after), strict=True):
            self.execute(f"DELETE FROM {self.dialect.relation(relation)}")
            if table_rows:
                listed = ", ".join(f"({', '.join(map(self.literal, row))})" for row in table_rows)
                self.execute(f"INSERT INTO {self.dialect.relation(relation)} VALUES {listed}")
        return compare_tables(pair(*grain), cast("Target", self), tolerance)

    def literal(self, value: object) -> str:
        """Return a value as SQL writes it."""
        if value is None:
            return "NULL"
        if isinstance(value, bool | int | Decimal):
            return str(value)
        if isinstance(value, float):
            return f"CAST('{value!r}' AS DOUBLE PRECISION)"
        return self.dialect.literal(str(value))


@pytest.fixture(scope="module")
def duckdb_tables() -> Iterator[Database]:
    with ENGINES["duckdb"].open({"path": ":memory:"}) as target:
        database = Database(target.dialect, target.query, target.execute)
        database.create()
        yield database


@pytest.fixture(scope="module")
def postgres_tables() -> Iterator[Database]:
    with fresh_database() as uri, ENGINES["postgres"].open(settings_of(uri)) as target:
        database = Database(target.dialect, target.query, target.execute)
        database.create()
        yield database


@pytest.fixture(scope="module")
def redshift_tables() -> Iterator[Database]:
    with fresh_database() as uri, closing(StandIn.open(uri)) as opened:
        database = Database(ENGINES["redshift"].dialect(), opened.query, opened.execute)
        database.create()
        yield database


def rounded(value: Any) -> Any:
    """Return a record whose doubles have as many digits as no order of additions changes."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, tuple):
        return tuple(map(rounded, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: rounded(getattr(value, field.name)) for field in fields(value)})
    return value


def mirrored(difference: TableDifference) -> TableDifference:
    """Return the difference with its sides exchanged."""

    def distance(old: Distance | None) -> Distance | None:
        return old and replace(
            old,
            total=-old.total,
            least=-old.greatest,
            greatest=-old.least,
            relative_to_before=old.relative_to_after,
            relative_to_after=old.relative_to_before,
        )

    return replace(
        difference,
        rows_before=difference.rows_after,
        rows_after=difference.rows_before,
        removed=difference.added,
        added=difference.removed,
        removed_keys=difference.added_keys,
        added_keys=difference.removed_keys,
        columns=tuple(
            replace(
                column,
                became_null=column.was_null,
                was_null=column.became_null,
                distance=distance(column.distance),
                transitions=tuple(Transition(t.after, t.before, t.rows) for t in column.transitions),
            )
            for column in difference.columns
        ),
    )


def unordered(difference: TableDifference) -> TableDifference:
    """Return the difference with transitions in an order that does not depend on the side."""
    columns = (replace(column, transitions=tuple(sorted(column.transitions, key=str))) for column in difference.columns)
    return replace(difference, columns=tuple(columns))


def check(database: Database, before: Sequence[Row], after: Sequence[Row]) -> None:
    difference = database.compare(before, after, "id", "region")
    assert rounded(difference) == rounded(expected_difference(before, after, TOLERANCE))


@settings(max_examples=FEW)
@given(before=rows, after=rows)
def test_on_duckdb(duckdb_tables: Database, before: list[Row], after: list[Row]) -> None:
    check(duckdb_tables, before, after)


@settings(max_examples=FEW // 3)
@given(before=rows, after=rows)
def test_on_postgres(postgres_tables: Database, before: list[Row], after: list[Row]) -> None:
    check(postgres_tables, before, after)


@settings(max_examples=FEW // 3)
@given(before=rows, after=rows)
def test_on_redshift(redshift_tables: Database, before: list[Row], after: list[Row]) -> None:
    check(redshift_tables, before, after)


@settings(max_examples=FEW // 3)
@given(before=rows, after=rows)
def test_the_mirrored_difference(duckdb_tables: Database, before: list[Row], after: list[Row]) -> None:
    there, back = (duckdb_tables.compare(*sides, "id", "region") for sides in ((before, after), (after, before)))
    assert rounded(unordered(mirrored(there))) == rounded(unordered(back))


@settings(max_examples=FEW // 3)
@given(table=rows)
def test_a_table_does_not_differ_from_itself(duckdb_tables: Database, table: list[Row]) -> None:
    difference = duckdb_tables.compare(table, list(reversed(table)), "id", "region")
    assert difference.is_empty
    assert difference == expected_difference(table, table, TOLERANCE)


def test_a_personal_key_is_not_shown(duckdb_tables: Database) -> None:
    contract = Contract(tuple(replace(column, pii=column.name in ("region", "label")) for column in COLUMNS))
    declared = model("id", "region")
    personal = replace(declared, declaration=replace(declared.declaration, contract=contract))
    before = [(1, "east", *[None] * 5, "Lost", None, None), (2, "", *[None] * 8)]
    after = [(1, "east", *[None] * 5, "Champions", None, None), (3, "", *[None] * 8)]
    duckdb_tables.compare(before, after)
    difference = compare_tables(pair_tables(personal, *SIDES, SCHEMA, SCHEMA), cast("Target", duckdb_tables), TOLERANCE)
    assert (difference.removed, difference.added, difference.changed) == (1, 1, 1)
    (label,) = difference.columns
    assert label.personal
    assert (difference.removed_keys, difference.added_keys, label.keys, label.transitions) == ((), (), (), ())


EVERY_ENGINE = ("duckdb_tables", "postgres_tables", "redshift_tables")


@pytest.mark.parametrize("engine", EVERY_ENGINE)
def test_every_column_differs(engine: str, request: pytest.FixtureRequest) -> None:
    before = [
        (1, None, Decimal("1.00"), 2**62, 1.0, date(2024, 1, 1), datetime(2024, 1, 1), "Lost", True, "ann"),
        (2, "", None, None, None, None, None, None, None, None),
        (3, "east", Decimal("0.00"), 0, 0.0, date(2024, 1, 1), datetime(2024, 1, 1), "Lost", True, "ann"),
    ]
    after = [
        (1, None, Decimal("0.50"), -(2**62) - 1, 2.5, date(2024, 3, 1), datetime(2023, 1, 1), None, False, "bob"),
        (2, "", Decimal("9.99"), 2**62, -4.0, date(2024, 1, 1), datetime(2024, 1, 1), "Champions", True, "ann"),
        (3, None, Decimal("0.00"), 0, 0.0, date(2024, 1, 1), datetime(2024, 1, 1), "Lost", True, "ann"),
    ]
    check(request.getfixturevalue(engine), before, after)


@pytest.mark.parametrize("engine", EVERY_ENGINE)
def test_the_most_frequent_transitions_and_the_first_keys(engine: str, request: pytest.FixtureRequest) -> None:
    before = [(number, "", *[None] * 5, f"label {number % 12}", None, None) for number in range(30)]
    after = [(number, "", *[None] * 5, "label 12", None, None) for number in range(4, 36)]
    check(request.getfixturevalue(engine), before, after)


@settings(max_examples=FEW // 2)
@given(before=st.lists(rows, max_size=2), after=st.lists(rows, max_size=2))
def test_bags(duckdb_tables: Database, before: list[list[Row]], after: list[list[Row]]) -> None:
    old, new = ([row for part in parts for row in part] for parts in (before, after))
    check_bag(duckdb_tables, old, new)


@pytest.mark.parametrize("engine", EVERY_ENGINE)
def test_a_bag(engine: str, request: pytest.FixtureRequest) -> None:
    row = (1, None, Decimal("1.00"), 1, 1.0, date(2024, 1, 1), datetime(2024, 1, 1), "Lost", True, "ann")
    check_bag(request.getfixturevalue(engine), [row, row, (2, *row[1:])], [row, (3, *row[1:])])
    check_bag(request.getfixturevalue(engine), [], [])


def check_bag(database: Database, before: list[Row], after: list[Row]) -> None:
    old, new = Counter(before), Counter(after)
    expected = TableDifference(
        "table",
        (),
        NO_CHANGE,
        len(before),
        len(after),
        (old - new).total(),
        (new - old).total(),
        reason="it has no key",
    )
    assert database.compare(before, after) == expected


@pytest.mark.parametrize("engine", EVERY_ENGINE)
def test_a_key_that_is_not_unique(engine: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(engine)
    row: Row = (1, None, *[None] * 8)
    for before, after, side in (([row], [row, row], "new"), ([row, row], [row], "old"), ([row] * 2, [row] * 2, "new")):
        difference = database.compare(before, after, "id", "region")
        assert difference.reason == f"its key id, region is not unique in {side}.table"
        assert (difference.removed, difference.added) == (
            max(0, len(before) - len(after)),
            max(0, len(after) - len(before)),
        )
    empty: Row = (None, "", *[None] * 8)
    difference = database.compare([empty], [empty], "id", "region")
    assert difference.reason == "its key id, region contains NULL"
    assert difference.is_empty


def test_a_tolerance_of_zero_is_exact(duckdb_tables: Database) -> None:
    before: Row = (1, None, None, None, 1.0, *[None] * 5)
    after: Row = (1, None, None, None, 1.0 + 2**-40, *[None] * 5)
    assert duckdb_tables.compare([before], [after], "id", "region").is_empty
    assert duckdb_tables.compare([before], [after], "id", "region", tolerance=0).changed == 1
    for infinite in (float("inf"), float("nan")):
        assert duckdb_tables.compare([before], [(*after[:4], infinite, *after[5:])], "id", "region").changed == 1
