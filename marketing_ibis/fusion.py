"""Turn the data tests of a relation into one statement that counts the failures of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.common.exceptions import IbisError

from marketing_ibis.checks import Balance, Total
from marketing_ibis.dialects import Dialect
from marketing_ibis.errors import CompileError
from marketing_ibis.model import Check, Model, Source

SUBJECT = "subject"
"""Name of the relation under test where a statement reads it more than once."""
FAILING = "failing"
TOLERANCE = 1e-9
"""How far two doubles may be apart, relatively, and still be the same number."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A number to be computed: ``times`` the ``column`` of the one row of ``columns`` that ``select`` gives."""

    select: str
    columns: tuple[str, ...]
    column: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Probe:
    """A test as SQL: the SELECT of what fails, and which of its columns name a failure.

    ``expected`` is what the statement's number must equal; None where the number counts failures.
    """

    check: Check
    failing: str
    keys: tuple[str, ...]
    expected: Expected | int | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests of the relation ``node`` that one SELECT answers: a row with one number for each probe, in order.

    ``reads`` are the other models and sources that must stand, ``columns`` the optional columns that must be there,
    ``stage`` the number of waves that are built before.
    """

    node: str
    probes: tuple[Probe, ...]
    select: str
    reads: frozenset[str]
    columns: tuple[str, ...] = ()
    stage: int = 0


@dataclass(frozen=True, slots=True)
class Fuser:
    """Compiles tests for one engine; ``given`` holds the tables and inputs that a test may ask for by name."""

    dialect: Dialect
    given: Mapping[str, object]
    _names: dict[str, str] = field(default_factory=dict)
    _totals: dict[Callable[..., ir.Table], tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def suite(self, node: Model | Source, checks: Sequence[Check]) -> Suite:
        """Return the statement that answers ``checks`` of ``node``.

        Raises:
            CompileError: naming the test that cannot become SQL.
        """
        optional = {check.column: "string" for check in checks if check.optional and check.column not in node.schema}
        table = ibis.table(ibis.schema(dict(node.schema.items()) | optional), name=node.name)
        found = [self._find(check, table) for check in checks]
        flat = {_alias(n): one.number for n, one in enumerate(found) if one.is_flat}
        tree = self.dialect.tree(table.agg(**flat)) if flat else None
        numbers = {value.alias: value.this for value in tree.expressions} if tree else {}
        place = self.dialect.text(tree.find(sge.From).copy()).strip() if tree else ""
        probes = tuple(self._probe(node, one, numbers.get(_alias(n)), place) for n, one in enumerate(found))
        reads = frozenset(name for check in checks for name in check.reads if isinstance(self.given[name], ir.Table))
        return Suite(node.name, probes, self._fused(node, found, probes, tree), reads, tuple(optional))

    def _settled(self, total: Total | int) -> Expected | int:
        if isinstance(total, int):
            return total
        if total.function not in self._totals:
            table = total.function(**{name: self.given[name] for name in total.reads})
            self._totals[total.function] = (self.dialect.select(table), table.columns)
        return Expected(*self._totals[total.function], total.column, total.times)

    def _probe(self, node: Model | Source, found: _Found, number: sge.Expression | None, place: str) -> Probe:
        check = found.check
        if found.rows is not None:
            keys = [name for name in node.declaration.grain if name in found.rows.columns]
            return Probe(check, self._select(check, found.rows), tuple(keys or found.rows.columns[:1]))
        if found.is_flat and number is not None:
            if found.is_rows:
                columns = ", ".join(map(self._name, found.table.columns))
                condition = number.find(sge.If).this
                failing = f"SELECT {columns}\n{place}\nWHERE\n  {self.dialect.text(condition.copy())}"
                return Probe(check, failing, node.declaration.grain)
            value = f"SELECT {self.dialect.text(number.copy())} AS {self._name('actual')}\n{place}"
        else:
            value = self._select(check, found.table.agg(actual=found.number))
        if found.expected is None:
            return Probe(check, self._unequal(value, f"SELECT 0 AS {self._name('expected')}", exact=True), ())
        exact = not found.number.type().is_floating()
        expected = self._settled(found.expected)
        return Probe(check, self._unequal(value, self._number(expected), exact=exact), (), expected)

    def _find(self, check: Check, table: ir.Table) -> _Found:
        try:
            return _find(check, table, {name: self.given[name] for name in check.reads})
        except Exception as error:  # the test is the user's own code: whatever it raises is told
            raise CompileError(f"Test {check.name} cannot be built: {type(error).__name__}: {error}") from error

    def _fused(
        self, node: Model | Source, found: Sequence[_Found], probes: Sequence[Probe], tree: sge.Select | None
    ) -> str:
        parts = [self.dialect.text(tree)] if tree is not None else []
        for place, one in enumerate(found):
            if one.rows is not None:
                rows = f"(\n{probes[place].failing}\n) AS {self._name(FAILING)}"
                parts.append(f"SELECT COUNT(*) AS {self._name(_alias(place))} FROM {rows}")
            elif not one.is_flat:
                parts.append(self._select(one.check, one.table.agg(**{_alias(place): one.number})))
        names = ", ".join(self._name(_alias(place)) for place in range(len(found)))
        joined = "\nCROSS JOIN ".join(f"(\n{part}\n) AS {self._name(f'part{n}')}" for n, part in enumerate(parts))
        select = f"SELECT {names}\nFROM {joined}"
        read = self.dialect.marked(node.name)
        if not _is_view(node) or select.count(read) < 2:
            return select
        # What a view does, it does once.
        columns = ", ".join(self._name(name) for name in _columns_read(node.name, found))
        once = f"WITH {self._name(SUBJECT)} AS (\nSELECT {columns}\nFROM {read}\n)\n"
        return once + select.replace(read, self._name(SUBJECT))

    def _number(self, expected: Expected | int) -> str:
        name = self._name("expected")
        if isinstance(expected, int):
            return f"SELECT {expected} AS {name}"
        factor = f"{expected.times} * " if expected.times != 1 else ""
        totals = f"(\n{expected.select}\n) AS {self._name('totals')}"
        return f"SELECT {factor}{self._name(expected.column)} AS {name} FROM {totals}"

    def _unequal(self, actual: str, expected: str, *, exact: bool) -> str:
        found, wanted = (f"{self._name(side)}.{self._name(side)}" for side in ("actual", "expected"))
        differs = f"{found} <> {wanted}" if exact else f"ABS({found} - {wanted}) > {TOLERANCE} * ABS({wanted})"
        sides = f"(\n{actual}\n) AS {self._name('actual')} CROSS JOIN (\n{expected}\n) AS {self._name('expected')}"
        return f"SELECT {found}, {wanted}\nFROM {sides}\nWHERE {differs}"

    def _select(self, check: Check, expression: ir.Table) -> str:
        try:
            return self.dialect.select(expression)
        except (IbisError, CompileError) as error:
            raise CompileError(f"Test {check.name} cannot be compiled for {self.dialect.name}: {error}") from error

    def _name(self, name: str) -> str:
        if name not in self._names:
            self._names[name] = self.dialect.identifier(name)
        return self._names[name]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a test found to be computed: rows that fail, or one number over the table.

    A flat number is an aggregate of the table itself, so that one pass over it answers many.
    """

    check: Check
    table: ir.Table
    rows: ir.Table | None = None
    number: ir.NumericScalar | None = None
    expected: Total | int | None = None
    is_flat: bool = False
    is_rows: bool = False


def _find(check: Check, table: ir.Table, given: Mapping[str, object]) -> _Found:
    outcome = check.find(table, check.column, **given)
    if check.where is not None:
        condition = table.bind(check.where)[0]
        if isinstance(outcome, ir.BooleanColumn):
            outcome = outcome & condition
        else:
            table = table.filter(condition)
            outcome = check.find(table, check.column, **given)
    is_flat = isinstance(table.op(), ops.UnboundTable)
    match outcome:
        case Balance():
            return _Found(check, table, None, outcome.actual, outcome.expected, is_flat)
        case ir.Table():
            return _Found(check, table, outcome)
        case ir.BooleanScalar():
            return _Found(check, table, None, outcome.ifelse(1, 0), is_flat=is_flat)
        case ir.BooleanColumn() if _is_of_rows(outcome, table):
            return _Found(check, table, None, outcome.ifelse(1, 0).sum(), is_flat=True, is_rows=True)
        case ir.BooleanColumn():
            return _Found(check, table, table.filter(outcome))
    raise TypeError(f"it returns {type(outcome).__name__}, neither a boolean nor a table")


def _is_of_rows(condition: ir.BooleanColumn, table: ir.Table) -> bool:
    """Tell whether each row answers for itself."""
    beyond = condition.op().find((ops.WindowFunction, ops.Subquery, ops.Analytic))
    return not beyond and condition.op().relations == frozenset({table.op()})


def _alias(place: int) -> str:
    return f"c{place}"


def _is_view(node: Model | Source) -> bool:
    return isinstance(node, Model) and node.declaration.materialized == "view"


def _columns_read(node: str, found: Sequence[_Found]) -> Iterator[str]:
    used: dict[str, None] = {}
    for one in found:
        expression = one.table.agg(number=one.number) if one.rows is None else one.rows
        # A star reads what it hands on.
        used |= {name: None for name in expression.columns if name in one.table.columns}
        for column in expression.op().find(ops.Field):
            if isinstance(column.rel, ops.UnboundTable) and column.rel.name == node:
                used[column.name] = None
    return iter(used)
