"""Declare what a model or source promises: its columns, grain, layer and how it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from marketing_ibis.errors import CompileError
from marketing_ibis.model.validation import check_columns, check_members, check_test, check_type, tuple_of
from marketing_ibis.model.vocabulary import VIEW_LAYERS, Kind, Materialized, Severity

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

ID = "id"
"""Type of a key column: BIGINT, or text where the project's ``id_type`` says so."""
MONEY = "decimal(18, 2)"
"""Type of every published amount of money."""

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, eq=False)
class DataTest:
    """A data test, declared beside the column, model or source that it looks at.

    ``find`` returns what fails, from the table, the column's name ("" for a whole table) and the values of ``reads``:
    a boolean column that holds for failing rows, a boolean scalar, a table of failing rows, or a balance of
    ``marketing_ibis.data_tests``. ``test`` is the name of the generic test, ``arguments`` what it was given. ``where``
    limits the rows looked at. ``warn_if`` and ``error_if`` compare the number of failures, as ">10". An ``optional``
    test applies only where the table has the column, which no contract need name.

    Raises:
        CompileError: the name, the severity or a threshold is none.
    """

    test: str
    find: Callable[..., Any]
    arguments: object = ""
    reads: tuple[str, ...] = ()
    column: str = ""
    name: str = ""
    severity: Severity = "error"
    where: Any = None
    warn_if: str = "!=0"
    error_if: str = "!=0"
    optional: bool = False

    def __post_init__(self) -> None:
        check_test(self.test, self.name, self.severity, (self.warn_if, self.error_if))

    @property
    def kind(self) -> str:
        """The generic test's name, with a word for its condition."""
        return self.test if self.where is None else f"{self.test}_where"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the newest value of ``column`` may be at the end of as_of, until it is told and until it is an error."""

    column: str
    warn_after: timedelta | None = None
    error_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    ``type`` is an Ibis type as text, or ``ID``. ``unit`` names what a number counts ("days", "dollars").
    ``pii`` marks data about a person, which leaves the warehouse only on request. ``width`` is the most bytes of
    a string in a table, held on every engine as Redshift's VARCHAR(n) holds it; 0 where the source decides.
    An ``optional`` column counts only where the settings list it; ``synonyms`` are names that files often give it.
    """

    name: str
    type: str
    description: str
    nullable: bool = True
    unit: str = ""
    pii: bool = False
    width: int = 0
    # What is looked at afterwards is no part of what is built.
    tests: tuple[DataTest, ...] = field(default=(), repr=False, compare=False)
    # The contract shows whether the column is in use, and then it is as any other.
    optional: bool = field(default=False, repr=False, compare=False)
    synonyms: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def documentation(self) -> str:
        """The description with its unit."""
        return f"{self.description} Unit: {self.unit}." if self.unit else self.description


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns that a relation promises, in order; ``unused`` are optional ones that no source has."""

    columns: tuple[Column, ...]
    unused: tuple[Column, ...] = field(default=(), repr=False, compare=False)

    def schema(self, id_type: str = "int64") -> ibis.Schema:
        """Return the Ibis schema, with ``ID`` columns of ``id_type``."""
        import ibis  # listing models does not need it

        return ibis.schema({c.name: id_type if c.type == ID else c.type for c in self.columns})

    def using(self, names: Collection[str]) -> Contract:
        """Return the contract with those of its optional columns that ``names`` has, and no other."""
        unused = tuple(c for c in self.columns if c.optional and c.name not in names)
        return Contract(tuple(c for c in self.columns if c not in unused), unused)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What ``@model`` or ``@source`` says of a function."""

    kind: Kind
    contract: Contract
    grain: tuple[str, ...]
    layer: str
    materialized: Materialized = "table"
    owner: str = ""
    tags: tuple[str, ...] = ()
    table: str = ""
    dist_key: str = ""
    sort_keys: tuple[str, ...] = ()
    tests: tuple[DataTest, ...] = ()
    freshness: Freshness | None = None

    def data_tests(self, relation: str) -> tuple[DataTest, ...]:
        """Return the tests of every column and of the whole, each with its column and a name of its own."""
        of_columns = [replace(test, column=c.name) for c in self.contract.columns for test in c.tests]
        return tuple(_named(data_test, relation) for data_test in (*of_columns, *self.tests))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A compiled model: its expression over tables that stand under their models' names.

    One that is not ``evaluated``, because a command did not need it, has what its contract declares alone.
    """

    name: str
    declaration: Declaration
    description: str
    parents: tuple[str, ...]
    schema: ibis.Schema
    expression: ir.Table
    evaluated: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table that the project reads and never writes."""

    name: str
    declaration: Declaration
    description: str
    schema: ibis.Schema


def column(
    name: str,
    type: str,
    description: str,
    *,
    nullable: bool = False,
    unit: str = "",
    pii: bool = False,
    width: int = 0,
    tests: Iterable[DataTest] = (),
    optional: bool = False,
    synonyms: tuple[str, ...] = (),
) -> Column:
    """Return a column of a contract; it is NOT NULL unless ``nullable`` says otherwise.

    Raises:
        CompileError: there is no such type, or a test is none.
    """
    check_type(name, type, ID)
    return Column(name, type, description, nullable, unit, pii, width, _data_tests(tests), optional, synonyms)


def inherited(
    columns: Iterable[Column], *names: str, tests: Mapping[str, Iterable[DataTest]] = MappingProxyType({})
) -> tuple[Column, ...]:
    """Return the columns called ``names`` in that order, or all of them, so that a description is written once.

    Their tests stay behind: each belongs to the relation that declares it, and ``tests`` are the heir's own, by column.

    Raises:
        CompileError: a name stands in no column.
    """
    by_name = {c.name: c for c in _columns(columns)}
    check_members("inherited(...)", "names", names, tuple(by_name))
    taken = names or tuple(by_name)
    check_members("inherited(...)", "tests", tests, taken)
    return tuple(replace(by_name[name], tests=_data_tests(tests.get(name, ()))) for name in taken)


def model(
    *,
    layer: str,
    grain: tuple[str, ...],
    columns: Iterable[Column],
    materialized: Materialized | None = None,
    owner: str = "marketing-analytics",
    tags: tuple[str, ...] = (),
    dist_key: str = "",
    sort_keys: tuple[str, ...] = (),
    tests: Iterable[DataTest] = (),
) -> Callable[[Function], Function]:
    """Mark a function as a model: its name is the table's, its parameters are the models it reads.

    Raises:
        CompileError: a keyword holds something else than it should, or names what is no column.
    """
    return _declare(
        Declaration(
            kind="model",
            contract=Contract(_columns(columns)),
            grain=_names("grain", grain),
            layer=layer,
            materialized=materialized or ("view" if layer in VIEW_LAYERS else "table"),
            owner=owner,
            tags=tags,
            dist_key=dist_key,
            sort_keys=_names("sort_keys", sort_keys),
            tests=_data_tests(tests),
        )
    )


def source(
    *,
    table: str,
    grain: tuple[str, ...],
    columns: Iterable[Column],
    owner: str = "data-platform",
    tags: tuple[str, ...] = (),
    tests: Iterable[DataTest] = (),
    freshness: Freshness | None = None,
) -> Callable[[Function], Function]:
    """Mark a function as a source: the table called ``table`` in the project's source schema.

    Raises:
        CompileError: a keyword holds something else than it should, or names what is no column.
    """
    return _declare(
        Declaration(
            kind="source",
            contract=Contract(_columns(columns)),
            grain=_names("grain", grain),
            layer="sources",
            owner=owner,
            tags=tags,
            table=table,
            tests=_data_tests(tests),
            freshness=freshness,
        )
    )


def measures(function: Function) -> Function:
    """Mark a function as a measure of every build: a table of one row of numbers, over what was built.

    Its parameters are named as a model's are. It is asked of builds that build all of the models among them.
    """
    function.measures = True  # type: ignore[attr-defined]
    return function


def warns(message: str) -> Callable[[Function], Function]:
    """Mark a function as a warning about what a run publishes: ``message`` for each row of the table that it returns.

    The columns of that table fill the message, as in ``"None of {orders:,} orders ..."``. Its parameters are named as a
    model's are. It is asked after runs that publish one of the models among them.
    """

    def decorate(function: Function) -> Function:
        function.warns = message  # type: ignore[attr-defined]
        return function

    return decorate


def freshness(column: str, *, warn_after: timedelta | None = None, error_after: timedelta | None = None) -> Freshness:
    """Return how old a source's newest ``column`` may be, a day or an instant, at the end of as_of."""
    return Freshness(column, warn_after, error_after)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A reader outside of the project: a dashboard or a campaign, and the models it stands on."""

    type: str
    owner: str
    description: str
    depends_on: tuple[str, ...]
    url: str = ""
    maturity: str = ""


def exposure(
    *, type: str, owner: str, description: str, depends_on: tuple[str, ...], url: str = "", maturity: str = ""
) -> Exposure:
    """Declare who reads the models called ``depends_on``; the name it is assigned to is its own.

    ``type`` is dashboard, campaign, notebook, analysis, ml or application; ``maturity`` high, medium or low.
    """
    return Exposure(type, owner, description, depends_on, url, maturity)


def schema_differences(expected: ibis.Schema, actual: Mapping[str, dt.DataType]) -> tuple[str, ...]:
    """Return how ``actual`` columns differ from ``expected``, nullability aside, one phrase a column."""
    found = {name: _comparable(dtype) for name, dtype in actual.items()}
    wanted = {name: _comparable(dtype) for name, dtype in expected.items()}
    phrases = [f"{name} is missing" for name in wanted if name not in found]
    phrases += [f"{name} is not declared" for name in found if name not in wanted]
    phrases += [
        f"{name} is {found[name]}, declared {dtype}"
        for name, dtype in wanted.items()
        if name in found and found[name] != dtype
    ]
    if not phrases and list(found) != list(wanted):
        phrases.append(f"columns stand in another order than declared: {', '.join(found)}")
    return tuple(phrases)


def _declare(declaration: Declaration) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        _check_declaration(f"{declaration.kind} {getattr(function, '__name__', function)}", declaration)
        function.declaration = declaration  # type: ignore[attr-defined]
        return function

    return decorate


def _check_declaration(relation: str, declaration: Declaration) -> None:
    columns = [c.name for c in declaration.contract.columns]
    check_columns(relation, columns)
    check_members(relation, "grain", declaration.grain, columns)
    check_members(relation, "dist_key", filter(None, (declaration.dist_key,)), columns)
    check_members(relation, "sort_keys", declaration.sort_keys, columns)
    if not isinstance(declaration.freshness, Freshness | None):
        raise CompileError(
            f"{relation}: freshness= is {declaration.freshness!r}.",
            hint='Write freshness=freshness("column_name", warn_after=timedelta(days=1)).',
        )
    if declaration.freshness:
        check_members(relation, "freshness", (declaration.freshness.column,), columns)
        _check_temporal(relation, declaration)


def _check_temporal(relation: str, declaration: Declaration) -> None:
    """Stop where freshness is asked of a column that has neither days nor timestamps."""
    asked = declaration.freshness.column if declaration.freshness else ""
    for column in declaration.contract.columns:
        import ibis

        dtype = ibis.dtype("string" if column.type == ID else column.type)
        if column.name == asked and not (dtype.is_date() or dtype.is_timestamp()):
            raise CompileError(
                f"{relation}: freshness= names {asked}, which is {column.type}: only days and timestamps have an age.",
                hint='Name a column of type "date" or "timestamp", or declare this one so.',
            )


def _columns(given: Iterable[Column]) -> tuple[Column, ...]:
    return tuple_of(Column, "columns", given, 'column("name", "int64", "What it is.")')


def _data_tests(given: Iterable[DataTest]) -> tuple[DataTest, ...]:
    return tuple_of(DataTest, "tests", given, "unique()")


def _names(keyword: str, given: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(str, keyword, given, '"column_name"')


def _named(data_test: DataTest, relation: str) -> DataTest:
    if data_test.name:
        return data_test
    columns = [data_test.column] if data_test.column else []
    return replace(data_test, name=re.sub(r"[^\w]+", "_", "_".join([data_test.kind, relation, *columns])))


def _comparable(dtype: dt.DataType) -> dt.DataType:
    # Engines report a timestamp's digits after the second; no contract depends on them.
    return dtype.copy(nullable=True, scale=None) if dtype.is_timestamp() else dtype.copy(nullable=True)
