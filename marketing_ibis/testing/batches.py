"""Compiled data tests: statements that answer many of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from marketing_ibis.model import DataTest
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.vocabulary import Severity

TOLERANCE = 1e-9
"""How far two doubles may be apart, relatively, and absolutely close to 0, and still be the same number."""
PlainValue = str | int | float | bool | None
"""What an argument of a test is in a plan."""


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """What the outcome of a data test is named and evaluated by; its function has become SQL."""

    name: str
    test: str
    column: str = ""
    severity: Severity = "error"
    warn_if: str = "!=0"
    error_if: str = "!=0"
    arguments: PlainValue | tuple[PlainValue, ...] = ""
    depends_on: tuple[str, ...] = ()
    explanation: str = ""

    @classmethod
    def of(cls, data_test: DataTest) -> PlannedTest:
        """Return the facts of a declared test."""
        arguments = data_test.arguments
        plain = tuple(map(_plain, arguments)) if isinstance(arguments, tuple) else _plain(arguments)
        return cls(
            data_test.name,
            data_test.test,
            data_test.column,
            data_test.severity,
            data_test.warn_if,
            data_test.error_if,
            plain,
            data_test.depends_on,
            data_test.explanation,
        )


def _plain(value: object) -> PlainValue:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@dataclass(frozen=True, slots=True)
class Expected:
    """A number to be computed: ``times`` the ``column`` of the one row of ``columns`` that ``select`` gives.

    ``name`` is its function's. ``depends_on`` are the tables that it needs, ``uses`` the columns of theirs that decide
    the row.
    """

    name: str
    select: str
    columns: tuple[str, ...]
    depends_on: frozenset[str]
    uses: frozenset[ColumnRef]
    column: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class DataTestQuery:
    """A test as SQL: the SELECT of what fails, and which of its columns name a failure.

    ``expected`` is what the number ``actual`` must equal; None where it counts failures. ``values`` is the column whose
    unaccepted values a message names; "" where there is none, or where they are data about a person. ``is_exact`` says
    that the number is not a float.
    """

    data_test: PlannedTest
    failing: str
    keys: tuple[str, ...]
    expected: Expected | int | None = None
    actual: str = ""
    values: str = ""
    is_exact: bool = True

    @property
    def select(self) -> str:
        """The SELECT of its number alone."""
        return self.actual or f"SELECT COUNT(*) AS failures\nFROM (\n{self.failing}\n) AS failing"


@dataclass(frozen=True, slots=True)
class Batch:
    """Tests of the relation ``node`` that one SELECT answers: a row with one number per query, in order.

    ``depends_on`` are the other models and sources that must exist, ``columns`` the optional columns that must exist,
    ``stage`` the number of waves that are built before. ``view`` contains the columns, with their types, of a relation
    that is computed whenever it is read; ``uses`` the columns that decide what the statement answers where one is read.
    """

    node: str
    queries: tuple[DataTestQuery, ...]
    select: str
    depends_on: frozenset[str]
    columns: tuple[str, ...] = ()
    stage: int = 0
    view: Mapping[str, str] = field(default_factory=dict)
    uses: frozenset[ColumnRef] = frozenset()

    def only(self, query: DataTestQuery) -> Batch:
        """Return the batch of one of its tests."""
        return replace(self, queries=(query,), select=query.select)


def difference(*, is_exact: bool) -> str:
    """Return the condition that the numbers ``actual`` and ``expected`` differ."""
    near = f"{TOLERANCE} * CASE WHEN ABS(expected) > 1 THEN ABS(expected) ELSE 1 END"
    return "actual <> expected" if is_exact else f"ABS(actual - expected) > {near}"


def number_alias(place: int) -> str:
    """Return what a batch's statement calls the number of its query at ``place``."""
    return f"c{place}"
