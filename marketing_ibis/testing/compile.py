"""Turn the data tests of a relation into one statement that counts the failures of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.common.exceptions import IbisError

from marketing_ibis.data_tests import ROWS_WITH_IT, Balance, Total
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import CompileError, nearest
from marketing_ibis.lineage.expression import ColumnRef, merged, origins_of
from marketing_ibis.model import DataTest, Model, Source
from marketing_ibis.model.validation import project_code
from marketing_ibis.testing.batches import Expected, Probe, Suite

TOLERANCE = 1e-9
"""How far two doubles may be apart, relatively, and absolutely close to 0, and still be the same number."""


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """A condition of a row itself: a pass over the table answers many of them."""

    condition: ir.BooleanColumn


@dataclass(frozen=True, slots=True, eq=False)
class _Number:
    """A number over ``table``, to be 0 or what is expected."""

    value: ir.NumericScalar
    table: ir.Table
    expected: Total | int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Query:
    """A table of what fails."""

    failing: ir.Table


@dataclass(frozen=True, slots=True)
class Fuser:
    """Compiles tests for one engine; ``given`` holds the tables and inputs that a test may ask for by name.

    ``views`` are the tables of which it is to be known which columns count.
    """

    dialect: Dialect
    given: Mapping[str, object]
    views: frozenset[str] = frozenset()
    _totals: dict[Callable[..., ir.Table], Expected] = field(default_factory=dict)

    def suite(self, node: Model | Source, data_tests: Sequence[DataTest]) -> Suite:
        """Return the statement that answers ``checks`` of ``node``.

        Raises:
            CompileError: naming the test that cannot become SQL.
        """
        optional = {
            data_test.column: "string"
            for data_test in data_tests
            if data_test.optional and data_test.column not in node.schema
        }
        table = ibis.table(ibis.schema(dict(node.schema.items()) | optional), name=node.name)
        found = [self._find(data_test, table) for data_test in data_tests]
        flat = {n: one for n, one in enumerate(found) if _is_flat(one, table)}
        aggregated = table.agg(**{_alias(n): _flat_number(one) for n, one in flat.items()}) if flat else None
        counted = frozenset(_alias(n) for n, one in flat.items() if isinstance(one, _Rows))
        pass_ = _Pass.over(table, aggregated, counted, self.dialect)
        probes = tuple(
            self._probe(data_test, one, node, pass_, n)
            for n, (data_test, one) in enumerate(zip(data_tests, found, strict=True))
        )
        reads = frozenset(
            name for data_test in data_tests for name in data_test.reads if isinstance(self.given[name], ir.Table)
        )
        select = self._fused(probes, found, pass_)
        uses: frozenset[ColumnRef] = frozenset()
        if self.views.intersection((node.name, *reads)):
            uses = self._uses(table, aggregated, found, probes)
        return Suite(node.name, probes, select, reads, tuple(optional), view=self._view(node), uses=uses)

    def _view(self, node: Model | Source) -> Mapping[str, str]:
        if node.name not in self.views:
            return {}
        return {name: self.dialect.column_type(kind) for name, kind in node.schema.items()}

    def _uses(
        self,
        table: ir.Table,
        aggregated: ir.Table | None,
        found: Sequence[_Rows | _Number | _Query],
        probes: Sequence[Probe],
    ) -> frozenset[ColumnRef]:
        """Return the columns of views that decide what is counted, and those that name a failure."""
        used = {ColumnRef(table.get_name(), name) for probe in probes for name in probe.keys}
        if aggregated is not None:
            used |= origins_of(aggregated).entire().columns()
        for probe, one in zip(probes, found, strict=True):
            if isinstance(one, _Query):
                origins = origins_of(one.failing)
                used |= merged((origins.rows, *(origins.columns[key] for key in probe.keys))).columns()
            elif isinstance(one, _Number) and not _is_flat(one, table):
                used |= origins_of(one.table.agg(number=one.value)).entire().columns()
            if isinstance(probe.expected, Expected):
                used |= probe.expected.uses
        return frozenset(ref for ref in used if ref.table in self.views)

    def _find(self, data_test: DataTest, table: ir.Table) -> _Rows | _Number | _Query:
        with project_code(f"Test {data_test.name}"):
            return _find(data_test, table, {name: self.given[name] for name in data_test.reads})

    def _probe(
        self, data_test: DataTest, found: _Rows | _Number | _Query, node: Model | Source, pass_: _Pass, place: int
    ) -> Probe:
        grain = node.declaration.grain
        match found:
            case _Rows():
                keys = _with_value(grain, data_test, node.schema)
                return Probe(
                    data_test, pass_.failing_rows(place), _shown(keys, node), values=_named_values(data_test, node)
                )
            case _Query(failing):
                keys = _keys(failing, grain)
                if ROWS_WITH_IT not in failing.columns:
                    keys = _with_value(keys, data_test, failing.columns)
                return Probe(
                    data_test,
                    self._select(data_test, failing),
                    _shown(keys, node),
                    values=_named_values(data_test, node),
                )
            case _Number(value, table, expected):
                flat = pass_.number(place)
                actual = flat or self._select(data_test, table.agg(actual=value))
                settled = None if expected is None else self._settled(data_test, expected)
                failing = self._unequal(actual, settled or 0, exact=not value.type().is_floating())
                return Probe(data_test, failing, (), settled, actual)

    def _fused(self, probes: Sequence[Probe], found: Sequence[_Rows | _Number | _Query], pass_: _Pass) -> str:
        """Return the SELECT of one number for each probe: the pass, and in addition what has a table of its own."""
        parts = [pass_.aggregate] if pass_.aggregate else []
        for place, (probe, one) in enumerate(zip(probes, found, strict=True)):
            if isinstance(one, _Query):
                count = f"SELECT COUNT(*) AS {_alias(place)}"
                parts.append(f"{count} FROM (\n{probe.failing}\n) AS failing")
            elif isinstance(one, _Number) and not pass_.number(place):
                parts.append(self._select(probe.data_test, one.table.agg(**{_alias(place): one.value})))
        if len(parts) == 1 and pass_.aggregate:
            return parts[0]
        names = ", ".join(_alias(place) for place in range(len(probes)))
        joined = "\nCROSS JOIN ".join(f"(\n{part}\n) AS part{number}" for number, part in enumerate(parts))
        return f"SELECT {names}\nFROM {joined}"

    def _settled(self, data_test: DataTest, total: Total | int) -> Expected | int:
        if isinstance(total, int):
            return total
        if total.function not in self._totals:
            with project_code(f"Test {data_test.name}"):
                table = _row(total, {name: self.given[name] for name in total.reads})
            reads = frozenset(name for name in total.reads if isinstance(self.given[name], ir.Table))
            uses = origins_of(table).entire().columns() if reads & self.views else frozenset()
            select = self._select(data_test, table)
            self._totals[total.function] = Expected(total.name, select, tuple(table.columns), reads, uses)
        row = self._totals[total.function]
        if total.column not in row.columns:
            told = f"Test {data_test.name}: {total.name} has no column {total.column}."
            raise CompileError(told, hint=nearest(total.column, row.columns))
        return replace(row, column=total.column, times=total.times)

    def _unequal(self, actual: str, expected: Expected | int, *, exact: bool) -> str:
        """Return the SELECT of both numbers where they differ."""
        wanted = f"SELECT {expected} AS expected"
        if isinstance(expected, Expected):
            number = f"{expected.times} * COALESCE({self.dialect.identifier(expected.column)}, 0)"
            wanted = f"SELECT {number} AS expected FROM (\n{expected.select}\n) AS totals"
        near = f"{TOLERANCE} * CASE WHEN ABS(expected) > 1 THEN ABS(expected) ELSE 1 END"
        differs = "actual <> expected" if exact else f"ABS(actual - expected) > {near}"
        sides = f"(\n{actual}\n) AS found CROSS JOIN (\n{wanted}\n) AS wanted"
        return f"SELECT actual, expected\nFROM {sides}\nWHERE {differs}"

    def _select(self, data_test: DataTest, expression: ir.Table) -> str:
        try:
            return self.dialect.select(expression)
        except (IbisError, CompileError) as error:
            raise CompileError(f"Test {data_test.name} cannot be compiled for {self.dialect.name}: {error}") from error


def found_by(
    data_test: DataTest, node: Model | Source, given: Mapping[str, object], totals: MutableMapping[object, ir.Table]
) -> tuple[object, ...]:
    """Return the expressions, and numbers, that decide what a test of ``node`` finds.

    ``totals`` keeps the row of each function of control totals: many tests compare with the same one.

    Raises:
        CompileError: the test's function raises, or returns neither a boolean nor a table.
    """
    table = given[node.name]
    if data_test.optional and data_test.column not in node.schema:
        table = ibis.table(ibis.schema({**node.schema, data_test.column: "string"}), name=node.name)
    with project_code(f"Test {data_test.name}"):
        match _find(data_test, table, {name: given[name] for name in data_test.reads}):
            case _Rows(condition):
                return (condition,)
            case _Query(failing):
                return (failing,)
            case _Number(value, _, Total() as total):
                if total.function not in totals:
                    totals[total.function] = _row(total, {name: given[name] for name in total.reads})
                return value, totals[total.function], total.column, total.times
            case _Number(value, _, expected):
                return value, expected
    raise AssertionError("a test is rows, a number or a query")


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
        written = dialect.recall(part, aggregated, lambda: json.dumps(_pass_texts(table, aggregated, counted, dialect)))
        return cls(*json.loads(written))

    def failing_rows(self, place: int) -> str:
        """Return the SELECT of the rows that the number at ``place`` counts."""
        return self.rows[_alias(place)]

    def number(self, place: int) -> str:
        """Return the SELECT of the number at ``place`` alone, called actual; nothing if it is not computed here."""
        return self.numbers.get(_alias(place), "")


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


def _row(total: Total, given: Mapping[str, object]) -> ir.Table:
    table = total.function(**given)
    if not isinstance(table, ir.Table):
        raise TypeError(f"{total.name} returns {type(table).__name__}, not a table of one row")
    return table


def _find(data_test: DataTest, table: ir.Table, given: Mapping[str, object]) -> _Rows | _Number | _Query:
    outcome = data_test.find(table, data_test.column, **given)
    if data_test.where is not None:
        condition = table.bind(data_test.where)[0]
        if not isinstance(condition, ir.BooleanValue):
            raise TypeError(f"where= is {condition.type()}, not a boolean")
        if isinstance(outcome, ir.BooleanColumn):
            outcome = outcome & condition
        else:
            table = table.filter(condition)
            outcome = data_test.find(table, data_test.column, **given)
    match outcome:
        case Balance(actual, expected):
            return _Number(actual, table, expected)
        case ir.Table():
            return _Query(outcome)
        case ir.BooleanScalar():
            return _Number(outcome.ifelse(1, 0), table)
        case ir.BooleanColumn():
            return _Rows(outcome) if _is_of_rows(outcome, table) else _Query(table.filter(outcome))
    raise TypeError(f"it returns {type(outcome).__name__}, neither a boolean nor a table")


def _is_of_rows(condition: ir.BooleanColumn, table: ir.Table) -> bool:
    """Return whether each row answers for itself."""
    op = condition.op()
    return not op.find((ops.WindowFunction, ops.Subquery, ops.Analytic, ops.Reduction)) and op.relations == frozenset(
        {table.op()}
    )


def _is_flat(found: _Rows | _Number | _Query, table: ir.Table) -> bool:
    return isinstance(found, _Rows) or (isinstance(found, _Number) and found.table.equals(table))


def _flat_number(found: _Rows | _Number | _Query) -> ir.NumericScalar:
    if isinstance(found, _Rows):
        return found.condition.ifelse(1, 0).sum()
    if isinstance(found, _Number):
        return found.value
    raise TypeError(found)


def _keys(failing: ir.Table, grain: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that tell one failure from another."""
    if ROWS_WITH_IT in failing.columns:
        return tuple(name for name in failing.columns if name != ROWS_WITH_IT)
    return tuple(name for name in grain if name in failing.columns) or tuple(failing.columns[:1])


def _with_value(keys: Sequence[str], data_test: DataTest, columns: Collection[str]) -> tuple[str, ...]:
    """Return the keys of a failure and the column whose value is wrong; that a value is missing needs no showing."""
    is_telling = data_test.column in columns and data_test.column not in keys and data_test.test != "not_null"
    return (*keys, data_test.column) if is_telling else tuple(keys)


def _shown(keys: Sequence[str], node: Model | Source) -> tuple[str, ...]:
    """Return the keys that a console may show: data about a person stays in the warehouse."""
    personal = {column.name for column in node.declaration.contract.columns if column.pii}
    return tuple(name for name in keys if name not in personal)


def _named_values(data_test: DataTest, node: Model | Source) -> str:
    """Return the column of a test whose unaccepted values a message may name."""
    return next(iter(_shown((data_test.column,), node)), "") if data_test.test == "accepted_values" else ""


def _alias(place: int) -> str:
    return f"c{place}"
