"""Declare sources, models, columns and exposures: what a project writes with its functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from marketing_ibis.errors import CompileError
from marketing_ibis.model.aggregates import Aggregate, AggregatedColumn, check_aggregates
from marketing_ibis.model.histories import History, check_history
from marketing_ibis.model.history_views import HistoryView
from marketing_ibis.model.incremental import check_incremental, check_is_declared, read_incremental
from marketing_ibis.model.optional_parents import check_optional_parents
from marketing_ibis.model.records import ID, Column, Contract, DataTest, Declaration, Exposure, Freshness
from marketing_ibis.model.row_functions import check_rows
from marketing_ibis.model.snapshots import Snapshot, check_snapshot
from marketing_ibis.model.validation import check_columns, check_members, check_type, tuple_of
from marketing_ibis.model.vocabulary import ADAPTERS, VIEW_LAYERS, Materialization, Materialized, SchemaChange

Function = TypeVar("Function", bound=Callable[..., object])


def column(
    name: str,
    type: str,
    description: str,
    *,
    nullable: bool = False,
    unit: str = "",
    pii: bool | None = None,
    width: int = 0,
    tests: Iterable[DataTest] = (),
    optional: bool = False,
    synonyms: tuple[str, ...] = (),
    only_with: str = "",
    each: Callable[..., Mapping[str, str]] | None = None,
    aggregate: Aggregate | None = None,
) -> Column:
    """Return a column of a contract; it is NOT NULL unless ``nullable`` says otherwise.

    With ``pii`` it contains personal data, with ``pii=False`` it does not although it is computed from such data; None
    leaves that to lineage.

    It exists ``only_with`` a source or model of that name, where one is given. With ``each``, a function of rules, it
    is one column for each word that the function returns in place of ``{}``. An ``aggregate``, such as ``Sum()``, makes
    it a measure of semantic layers.

    Raises:
        CompileError: there is no such type, a test is not a data test, or ``each`` and ``{}`` are not used together.
    """
    check_type(name, type, ID)
    if (each is not None) != ("{}" in name):
        raise CompileError(
            f"Column {name}: each= and {{}} in the name belong together.",
            hint='Write column("{}_amount", ..., each=function), where function returns {"word": "its text"}.',
        )
    return Column(
        name=name,
        type=type,
        description=description,
        nullable=nullable,
        unit=unit,
        pii=bool(pii),
        not_pii=pii is False,
        width=width,
        tests=_data_tests(tests),
        optional=optional,
        synonyms=synonyms,
        only_with=only_with,
        each=each,
        aggregate=aggregate,
    )


def expanded(columns: Iterable[Column], **rules: object) -> tuple[Column, ...]:
    """Return the columns with those that follow from ``rules`` in place of each that is declared for them.

    Raises: CompileError: a column needs rules that are not among them.
    """
    return Contract(_columns(columns)).expanded(rules).columns


def inherited(
    columns: Iterable[Column],
    *names: str,
    tests: Mapping[str, Iterable[DataTest]] = MappingProxyType({}),
    aggregates: Mapping[str, Aggregate] = MappingProxyType({}),
) -> tuple[Column, ...]:
    """Return the columns called ``names`` in that order, or all of them, so that a description is written once.

    Their tests and aggregates are not inherited: each belongs to the rows of the relation that declares it. ``tests``
    and ``aggregates`` are those of the inheriting relation, by column.

    Raises: CompileError: a name is not that of a column.
    """
    by_name = {c.name: c for c in _columns(columns)}
    check_members("inherited(...)", "names", names, tuple(by_name))
    chosen = names or tuple(by_name)
    check_members("inherited(...)", "tests", tests, chosen)
    check_members("inherited(...)", "aggregates", aggregates, chosen)
    return tuple(
        replace(by_name[name], tests=_data_tests(tests.get(name, ())), aggregate=aggregates.get(name))
        for name in chosen
    )


def model(
    *,
    layer: str,
    grain: tuple[str, ...],
    columns: Iterable[Column],
    materialized: Materialization | None = None,
    owner: str = "marketing-analytics",
    tags: tuple[str, ...] = (),
    dist_key: str = "",
    dist_nulls: bool = False,
    sort_keys: tuple[str, ...] = (),
    tests: Iterable[DataTest] = (),
    history: History | None = None,
    unique_key: str | tuple[str, ...] = (),
    watermark: str = "",
    lookback: timedelta = timedelta(),
    on_schema_change: SchemaChange = "full_refresh",
    optional_parents: Mapping[str, str] = MappingProxyType({}),
    rows: Callable[..., object] | None = None,
    pass_through: str = "",
) -> Callable[[Function], Function]:
    """Mark a function as a model: its name is the table's, its parameters are the models it reads.

    With ``materialized="incremental"`` a build replaces only the rows of each ``unique_key`` that has a row in the
    window, which begins ``lookback`` before the newest ``watermark`` of the published table. With ``rows``, a function
    that can be imported, the rows of the table are those that it returns, given the rows of the model's expression.

    ``optional_parents`` are parameters that are None unless a setting is in use: ``{"raw_orders": "vars.guest_rules"}``
    makes raw_orders a parent only where the settings or the command override guest_rules. ``pass_through`` names a
    source: the model has, after its own columns, those that the settings pass through from there. Its function finds
    them in the parameter ``passed_columns``, by source.

    A table on Redshift is distributed by ``dist_key`` if that cannot be NULL, or with ``dist_nulls``: the rows without
    a key are on one slice, so they have to be few.

    Raises:
        CompileError: a keyword has a wrong value, or names something that is not a column.
    """
    return _declare(
        Declaration(
            kind="model",
            contract=Contract(_columns(columns)),
            grain=_names("grain", grain),
            layer=layer,
            owner=owner,
            tags=tags,
            dist_key=dist_key,
            dist_nulls=dist_nulls,
            sort_keys=_names("sort_keys", sort_keys),
            tests=_data_tests(tests),
            history=history,
            incremental=read_incremental(unique_key, watermark, lookback, on_schema_change),
            optional_parents=dict(optional_parents) if isinstance(optional_parents, Mapping) else optional_parents,
            rows=rows,
            pass_through=pass_through,
        ).stored(materialized or ("view" if layer in VIEW_LAYERS else "table"))
    )


def source(
    *,
    table: str,
    schema: str = "",
    database: str = "",
    grain: tuple[str, ...],
    columns: Iterable[Column],
    owner: str = "data-platform",
    tags: tuple[str, ...] = (),
    tests: Iterable[DataTest] = (),
    freshness: Freshness | None = None,
    snapshot: Snapshot | None = None,
    optional: bool = False,
) -> Callable[[Function], Function]:
    """Mark a function as a source: the table called ``table`` in ``schema``, or else in the project's source schema.

    ``database`` is that of a schema outside of the database that the target connects to.

    An ``optional`` source, and what depends on it, exists only where the settings list it under ``optional_sources``.

    Raises:
        CompileError: a keyword has a wrong value, or names something that is not a column.
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
            schema=schema,
            database=database,
            tests=_data_tests(tests),
            freshness=freshness,
            snapshot=snapshot,
            optional=optional,
        )
    )


def adapter(
    *,
    materialized: Materialized = "view",
    owner: str = "",
    tags: tuple[str, ...] = (),
    tests: Iterable[DataTest] = (),
) -> Callable[[Function], Function]:
    """Mark a function as an adapter: a model that replaces the source of the same name, whose contract it must keep.

    Its parameters are sources and models, its columns, grain and data tests are those of the source, and ``tests`` are
    further ones. Without an ``owner`` of its own it has the source's.
    """
    return _declare(
        Declaration(
            kind="model",
            contract=Contract(()),
            grain=(),
            layer=ADAPTERS,
            materialized=materialized,
            owner=owner,
            tags=tags,
            tests=_data_tests(tests),
            replaces_source=True,
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


def exposure(
    *, type: str, owner: str, description: str, depends_on: tuple[str, ...], url: str = "", maturity: str = ""
) -> Exposure:
    """Declare who reads the models called ``depends_on``; the name it is assigned to is its own.

    ``type`` is dashboard, campaign, notebook, analysis, ml or application; ``maturity`` high, medium or low.
    """
    return Exposure(type, owner, description, depends_on, url, maturity)


def _declare(declaration: Declaration) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        # The columns of an adapter are known when the source of its name is.
        if not declaration.replaces_source:
            relation = f"{declaration.kind} {getattr(function, '__name__', function)}"
            _check_declaration(relation, declaration)
            check_optional_parents(relation, function, declaration.optional_parents)
        function.declaration = declaration  # type: ignore[attr-defined]
        return function

    return decorate


def _check_declaration(relation: str, declaration: Declaration) -> None:
    columns = [c.name for c in declaration.contract.columns]
    check_columns(relation, columns)
    check_members(relation, "grain", declaration.grain, columns)
    check_members(relation, "dist_key", filter(None, (declaration.dist_key,)), columns)
    if not isinstance(declaration.dist_nulls, bool):
        raise CompileError(f"{relation}: dist_nulls= is {declaration.dist_nulls!r}.", hint="Write True or False.")
    if declaration.dist_nulls and not declaration.dist_key:
        raise CompileError(
            f"{relation}: dist_nulls=True needs a dist_key=.", hint="Name the column that is NULL in few rows."
        )
    check_members(relation, "sort_keys", declaration.sort_keys, columns)
    aggregated = [
        AggregatedColumn(c.name, c.type, c.unit, c.nullable, c.aggregate) for c in declaration.contract.columns
    ]
    check_aggregates(relation, declaration.grain, aggregated)
    if not isinstance(declaration.freshness, Freshness | None):
        raise CompileError(
            f"{relation}: freshness= is {declaration.freshness!r}.",
            hint='Write freshness=freshness("column_name", warn_after=timedelta(days=1)).',
        )
    if declaration.freshness:
        _check_ages(relation, declaration.freshness)
        check_members(relation, "freshness", (declaration.freshness.column,), columns)
        _check_temporal(relation, declaration)
    if declaration.history is not None:
        check_history(relation, declaration.history, declaration.grain, columns)
        tuple_of(HistoryView, "views", declaration.history.views, "segment_migration")
    if declaration.incremental is not None:
        declared = declaration.contract.columns
        nullable = [c.name for c in declared if c.nullable]
        check_incremental(relation, declaration.incremental, {c.name: c.type for c in declared}, nullable)
    if declaration.is_incremental:
        check_is_declared(relation, declaration.incremental)
    if declaration.rows is not None:
        columns_by_name = {c.name: c for c in declaration.contract.columns}
        types = {name: c.type for name, c in columns_by_name.items()}
        widths = {name: c.width for name, c in columns_by_name.items()}
        check_rows(relation, declaration.rows, types, widths, declaration.materialization)
    if declaration.database and not declaration.schema:
        raise CompileError(
            f"{relation}: database= is {declaration.database!r}, and schema= is missing.",
            hint="Name the schema of that database that contains the table.",
        )
    if declaration.snapshot is not None:
        types = {c.name: c.type for c in declaration.contract.columns}
        check_snapshot(relation, declaration.snapshot, declaration.grain, types)


def _check_ages(relation: str, ages: Freshness) -> None:
    """Stop where an age is not a duration, or the warning would come after the error."""
    for keyword, age in (("warn_after", ages.warn_after), ("error_after", ages.error_after)):
        if not isinstance(age, timedelta | None):
            raise CompileError(f"{relation}: {keyword}= is {age!r}.", hint=f"Write {keyword}=timedelta(days=1).")
    if ages.warn_after is not None and ages.error_after is not None and ages.warn_after > ages.error_after:
        raise CompileError(
            f"{relation}: warn_after= is longer than error_after=, so it would never warn.",
            hint="Exchange the two, or leave one of them out.",
        )


def _check_temporal(relation: str, declaration: Declaration) -> None:
    """Stop where freshness is asked of a column that has neither days nor timestamps."""
    name = declaration.freshness.column if declaration.freshness else ""
    for column in declaration.contract.columns:
        import ibis

        dtype = ibis.dtype("string" if column.type == ID else column.type)
        if column.name == name and not (dtype.is_date() or dtype.is_timestamp()):
            raise CompileError(
                f"{relation}: freshness= names {name}, which is {column.type}: only days and timestamps have an age.",
                hint='Name a column of type "date" or "timestamp", or declare this one so.',
            )


def _columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple_of(Column, "columns", columns, 'column("name", "int64", "What it is.")')


def _data_tests(tests: Iterable[DataTest]) -> tuple[DataTest, ...]:
    return tuple_of(DataTest, "tests", tests, "unique()")


def _names(keyword: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple_of(str, keyword, names, '"column_name"')
