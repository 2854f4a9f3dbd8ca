"""Turn the data tests of a relation into one statement that counts the failures of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.common.exceptions import IbisError

from marketing_ibis.data_tests import ROWS_WITH_IT, Total
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import CompileError, nearest
from marketing_ibis.lineage.expression import merge_origins, origins_of
from marketing_ibis.model import DataTest, Model, Source
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.validation import project_code
from marketing_ibis.testing.batches import Batch, DataTestQuery, Expected, PlannedTest, difference, number_alias
from marketing_ibis.testing.findings import (
    FailingRows,
    Finding,
    Flat,
    Number,
    RowCondition,
    find_failures,
    missing_columns,
    table_under_test,
)


@dataclass(frozen=True, slots=True)
class BatchCompiler:
    """Compiles tests for one engine; ``arguments`` contains the tables and inputs that a test may ask for by name.

    ``views`` are the tables of which it is to be known which columns count.
    """

    dialect: Dialect
    arguments: Mapping[str, object]
    views: frozenset[str] = frozenset()
    _totals: dict[Callable[..., ir.Table], Expected] = field(default_factory=dict)

    def compile(self, node: Model | Source, data_tests: Sequence[DataTest]) -> Batch:
        """Return the statement that answers ``data_tests`` of ``node``.

        Raises:
            CompileError: naming the test that cannot become SQL.
        """
        table = table_under_test(data_tests, node)
        findings = [self._call(data_test, table) for data_test in data_tests]
        flat = {n: finding for n, finding in enumerate(findings) if _is_flat(finding, table)}
        aggregated = (
            table.agg(**{number_alias(n): _flat_number(finding) for n, finding in flat.items()}) if flat else None
        )
        pass_ = self._compile_pass(table, aggregated, data_tests, flat)
        queries = tuple(
            self._compile_query(data_test, finding, node, pass_, n)
            for n, (data_test, finding) in enumerate(zip(data_tests, findings, strict=True))
        )
        depends_on = frozenset(
            name
            for data_test in data_tests
            for name in data_test.depends_on
            if isinstance(self.arguments[name], ir.Table)
        )
        select = self._combined_select(queries, findings, pass_)
        uses: frozenset[ColumnRef] = frozenset()
        if self.views.intersection((node.name, *depends_on)):
            uses = self._uses(table, aggregated, findings, queries)
        return Batch(
            node.name, queries, select, depends_on, missing_columns(data_tests, node), view=self._view(node), uses=uses
        )

    def _view(self, node: Model | Source) -> Mapping[str, str]:
        if node.name not in self.views:
            return {}
        return {name: self.dialect.column_type(kind) for name, kind in node.schema.items()}

    def _uses(
        self,
        table: ir.Table,
        aggregated: ir.Table | None,
        findings: Sequence[Finding],
        queries: Sequence[DataTestQuery],
    ) -> frozenset[ColumnRef]:
        """Return the columns that decide what is counted, and those that name a failure."""
        used = {ColumnRef(table.get_name(), name) for query in queries for name in query.keys}
        if aggregated is not None:
            used |= origins_of(aggregated).entire().columns()
        for query, finding in zip(queries, findings, strict=True):
            if isinstance(finding, FailingRows):
                origins = origins_of(finding.failing)
                used |= merge_origins((origins.rows, *(origins.columns[key] for key in query.keys))).columns()
            elif isinstance(finding, Number):
                used |= origins_of(finding.table.agg(number=finding.value)).entire().columns()
            if isinstance(query.expected, Expected):
                used |= query.expected.uses
        return frozenset(used)

    def _call(self, data_test: DataTest, table: ir.Table) -> Finding:
        with project_code(f"Test {data_test.name}"):
            return find_failures(data_test, table, {name: self.arguments[name] for name in data_test.depends_on})

    def _compile_pass(
        self, table: ir.Table, aggregated: ir.Table | None, data_tests: Sequence[DataTest], flat: Mapping[int, Flat]
    ) -> _Pass:
        counted = frozenset(number_alias(n) for n, finding in flat.items() if isinstance(finding, RowCondition))
        try:
            return _Pass.over(table, aggregated, counted, self.dialect)
        except (IbisError, CompileError):
            # Compiled by itself, the test that is the cause is named.
            for n, finding in flat.items():
                self._select(data_tests[n], table.agg(number=_flat_number(finding)))
            raise

    def _compile_query(
        self,
        data_test: DataTest,
        finding: Finding,
        node: Model | Source,
        pass_: _Pass,
        place: int,
    ) -> DataTestQuery:
        grain = node.declaration.grain
        match finding:
            case RowCondition():
                keys = _with_value(grain, data_test, node.schema)
                return DataTestQuery(
                    PlannedTest.of(data_test),
                    pass_.failing_rows(place),
                    _without_personal(keys, node),
                    values=_values_column(data_test, node),
                )
            case FailingRows(failing):
                keys = _with_value(_keys(failing, grain), data_test, failing.columns)
                return DataTestQuery(
                    PlannedTest.of(data_test),
                    self._select(data_test, failing),
                    _without_personal(keys, node),
                    values=_values_column(data_test, node),
                )
            case Number(value, table, total):
                flat = pass_.number(place)
                actual = flat or self._select(data_test, table.agg(actual=value))
                expected = None if total is None else self._compile_expected(data_test, total)
                is_exact = not value.type().is_floating()
                failing = self._unequal(actual, expected or 0, is_exact=is_exact)
                return DataTestQuery(PlannedTest.of(data_test), failing, (), expected, actual, is_exact=is_exact)

    def _combined_select(self, queries: Sequence[DataTestQuery], findings: Sequence[Finding], pass_: _Pass) -> str:
        """Return the SELECT of one number per query: the pass, and in addition what has a table of its own."""
        parts = [pass_.aggregate] if pass_.aggregate else []
        for place, (query, finding) in enumerate(zip(queries, findings, strict=True)):
            if isinstance(finding, FailingRows):
                count = f"SELECT COUNT(*) AS {number_alias(place)}"
                parts.append(f"{count} FROM (\n{query.failing}\n) AS failing")
            elif isinstance(finding, Number) and not pass_.number(place):
                parts.append(self._select(query.data_test, finding.table.agg(**{number_alias(place): finding.value})))
        if len(parts) == 1 and pass_.aggregate:
            return parts[0]
        names = ", ".join(number_alias(place) for place in range(len(queries)))
        joined = "\nCROSS JOIN ".join(f"(\n{part}\n) AS part{number}" for number, part in enumerate(parts))
        return f"SELECT {names}\nFROM {joined}"

    def _compile_expected(self, data_test: DataTest, total: Total | int) -> Expected | int:
        if isinstance(total, int):
            return total
        if total.function not in self._totals:
            table = _row(data_test, total, self.arguments)
            depends_on = frozenset(name for name in total.depends_on if isinstance(self.arguments[name], ir.Table))
            uses = origins_of(table).entire().columns() if self.views.intersection(depends_on) else frozenset()
            select = self._select(data_test, table)
            self._totals[total.function] = Expected(total.name, select, tuple(table.columns), depends_on, uses)
        row = self._totals[total.function]
        if total.column not in row.columns:
            message = f"Test {data_test.name}: {total.name} has no column {total.column}."
            raise CompileError(message, hint=nearest(total.column, row.columns))
        return replace(row, column=total.column, times=total.times)

    def _unequal(self, actual: str, expected: Expected | int, *, is_exact: bool) -> str:
        """Return the SELECT of both numbers where they differ."""
        expected_select = f"SELECT {expected} AS expected"
        if isinstance(expected, Expected):
            number = f"{expected.times} * COALESCE({self.dialect.identifier(expected.column)}, 0)"
            expected_select = f"SELECT {number} AS expected FROM (\n{expected.select}\n) AS totals"
        sides = f"(\n{actual}\n) AS found CROSS JOIN (\n{expected_select}\n) AS wanted"
        return f"SELECT actual, expected\nFROM {sides}\nWHERE {difference(is_exact=is_exact)}"

    def _select(self, data_test: DataTest | PlannedTest, expression: ir.Table) -> str:
        try:
            return self.dialect.select(expression)
        except (IbisError, CompileError) as error:
            raise CompileError(f"Test {data_test.name} cannot be compiled for {self.dialect.name}: {error}") from error


def data_test_expressions(
    data_test: DataTest, node: Model | Source, arguments: Mapping[str, object], totals: MutableMapping[object, ir.Table]
) -> tuple[object, ...]:
    """Return the expressions, and numbers, that decide what a test of ``node`` finds.

    ``totals`` keeps the row of each function of control totals: many tests compare with the same one.

    Raises:
        CompileError: the test's function raises, or returns neither a boolean nor a table.
    """
    is_missing = missing_columns([data_test], node)
    table = table_under_test([data_test], node) if is_missing else arguments[node.name]
    with project_code(f"Test {data_test.name}"):
        finding = find_failures(data_test, table, {name: arguments[name] for name in data_test.depends_on})
    match finding:
        case RowCondition(condition):
            return (condition,)
        case FailingRows(failing):
            return (failing,)
        case Number(value, _, Total() as total):
            if total.function not in totals:
                totals[total.function] = _row(data_test, total, arguments)
            return value, totals[total.function], total.column, total.times
        case Number(value, _, expected):
            return value, expected


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """One aggregate over a table that counts failing rows and computes numbers, by the places of their tests.

    ``rows`` are the SELECTs of the rows that are counted, ``numbers`` those of each other number alone, by alias.
    """

    aggregate: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def over(cls, table: ir.Table, aggregated: ir.Table | None, counted: Collection[str], dialect: Dialect) -> _Pass:
        if aggregated is None:
            return cls()
        part = f"{dialect.name} pass {' '.join(sorted(counted))}"
        texts = dialect.recall(part, aggregated, lambda: json.dumps(_pass_texts(table, aggregated, counted, dialect)))
        return cls(*json.loads(texts))

    def failing_rows(self, place: int) -> str:
        """Return the SELECT of the rows that the number at ``place`` counts."""
        return self.rows[number_alias(place)]

    def number(self, place: int) -> str:
        """Return the SELECT of the number at ``place`` alone, called actual; nothing if it is not computed here."""
        return self.numbers.get(number_alias(place), "")


def _pass_texts(
    table: ir.Table, aggregated: ir.Table, counted: Collection[str], dialect: Dialect
) -> tuple[str, dict[str, str], dict[str, str]]:
    tree = dialect.tree(aggregated)
    values = {value.alias: value.this for value in tree.expressions}
    source = dialect.text(tree.find(sge.From).copy()).strip()
    columns = ", ".join(map(dialect.identifier, table.columns))
    rows, numbers = {}, {}
    for alias, value in values.items():
        if alias in counted:
            condition = value.find(sge.If).this
            rows[alias] = f"SELECT {columns}\n{source}\nWHERE\n  {dialect.text(condition.copy())}"
        else:
            numbers[alias] = f"SELECT {dialect.text(value.copy())} AS actual\n{source}"
    return dialect.text(tree.copy()), rows, numbers


def _row(data_test: DataTest, total: Total, arguments: Mapping[str, object]) -> ir.Table:
    with project_code(f"Test {data_test.name}"):
        table = total.function(**{name: arguments[name] for name in total.depends_on})
        if not isinstance(table, ir.Table):
            raise TypeError(f"{total.name} returns {type(table).__name__}, not a table of one row")
    return table


def _is_flat(finding: Finding, table: ir.Table) -> TypeGuard[Flat]:
    return isinstance(finding, RowCondition) or (isinstance(finding, Number) and finding.table.equals(table))


def _flat_number(finding: Flat) -> ir.NumericScalar:
    return finding.value if isinstance(finding, Number) else finding.condition.ifelse(1, 0).sum()


def _keys(failing: ir.Table, grain: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that tell one failure from another."""
    if ROWS_WITH_IT in failing.columns:
        return tuple(name for name in failing.columns if name != ROWS_WITH_IT)
    return tuple(name for name in grain if name in failing.columns) or tuple(failing.columns[:1])


def _with_value(keys: Sequence[str], data_test: DataTest, columns: Collection[str]) -> tuple[str, ...]:
    """Return the keys of a failure and the column whose value is wrong; that a value is missing needs no showing."""
    is_needed = data_test.column in columns and data_test.column not in keys and data_test.test != "not_null"
    return (*keys, data_test.column) if is_needed else tuple(keys)


def _without_personal(keys: Sequence[str], node: Model | Source) -> tuple[str, ...]:
    """Return the keys that a console may show: data about a person stays in the warehouse."""
    personal = {column.name for column in node.declaration.contract.columns if column.pii}
    return tuple(name for name in keys if name not in personal)


def _values_column(data_test: DataTest, node: Model | Source) -> str:
    """Return the column of a test whose unaccepted values a message may name."""
    return next(iter(_without_personal((data_test.column,), node)), "") if data_test.test == "accepted_values" else ""
