"""The records that a project's declarations are kept in: columns, contracts, data tests, models and sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketing_ibis.model.aggregates import Aggregate
from marketing_ibis.model.histories import History
from marketing_ibis.model.incremental import Incremental
from marketing_ibis.model.masking import MaskedTable
from marketing_ibis.model.row_functions import RowFunction
from marketing_ibis.model.snapshots import Snapshot
from marketing_ibis.model.validation import check_test, words_from
from marketing_ibis.model.vocabulary import Kind, Materialization, Materialized, Severity

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

ID = "id"
"""Type of a key column: BIGINT, or text where the project's ``id_type`` says so."""
MONEY = "decimal(18, 2)"
"""Type of every published amount of money."""


@dataclass(frozen=True, slots=True, eq=False)
class DataTest:
    """A data test, declared with the column, model or source that it tests.

    ``find`` returns what fails, from the table, the column's name ("" for a whole table) and the values of
    ``depends_on``: a boolean column that is true for failing rows, a boolean scalar, a table of failing rows, or a
    balance of ``marketing_ibis.data_tests``. ``test`` is the name of the generic test, ``arguments`` what it was given.
    ``parent_columns`` are those of the first of ``depends_on`` that it reads, where that is known beforehand.
    ``where`` limits the rows looked at. ``warn_if`` and ``error_if`` compare the number of failures, as ">10". An
    ``optional`` test applies only where the table has the column, which no contract need name. ``explanation`` says
    what a failure means and what to do, where the name does not.

    Raises:
        CompileError: the name, the severity or a threshold is invalid.
    """

    test: str
    find: Callable[..., Any]
    arguments: object = ""
    depends_on: tuple[str, ...] = ()
    parent_columns: tuple[str, ...] = ()
    column: str = ""
    name: str = ""
    severity: Severity = "error"
    where: Any = None
    warn_if: str = "!=0"
    error_if: str = "!=0"
    optional: bool = False
    explanation: str = ""

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
    # Of a mapped table: its timestamps as clocks of the business show them.
    read: Callable[..., Any] | None = field(default=None, repr=False, compare=False)

    def values(self, table: ir.Table) -> ir.Column:
        """Return the days or instants, in the time zone of the business."""
        return self.read(table) if self.read else table[self.column]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    ``type`` is an Ibis type as text, or ``ID``. ``unit`` names what a number counts ("days", "dollars").
    ``pii`` marks data about a person, which leaves the warehouse only on request, and ``not_pii`` a column that is not
    such data although it is computed from it. ``width`` is the most bytes of
    a string in a table, held on every engine as Redshift's VARCHAR(n) holds it; 0 where the source decides.
    An ``optional`` column counts only where the settings list it; ``synonyms`` are names that files often give it.
    A column ``only_with`` a source or model exists only where that does: see ``optional_sources``.
    Where ``each`` is a function of rules, the column is one for each word that it returns: the word replaces ``{}`` in
    the name, and the text that belongs to it the one in the description. ``zone`` is that of the timestamps of a mapped
    table that have none.
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
    # What follows from it is in pii.
    not_pii: bool = field(default=False, repr=False, compare=False)
    # The contract shows whether the column is in use, and then it is as any other.
    optional: bool = field(default=False, repr=False, compare=False)
    synonyms: tuple[str, ...] = field(default=(), repr=False, compare=False)
    only_with: str = field(default="", repr=False, compare=False)
    each: Callable[..., Mapping[str, str]] | None = field(default=None, repr=False, compare=False)
    zone: str = field(default="", repr=False, compare=False)
    aggregate: Aggregate | None = field(default=None, repr=False, compare=False)

    def expanded(self, inputs: Mapping[str, object]) -> tuple[Column, ...]:
        """Return the column of each word that the rules among ``inputs`` have for it, or the column alone.

        Raises:
            CompileError: a parameter of ``each`` is not among the inputs, or it returns no words.
        """
        if self.each is None:
            return (self,)
        return tuple(
            replace(
                self, name=self.name.replace("{}", word), description=self.description.replace("{}", text), each=None
            )
            for word, text in words_from(self.each, inputs, self.name).items()
        )

    @property
    def documentation(self) -> str:
        """The description with its unit."""
        return f"{self.description} Unit: {self.unit}." if self.unit else self.description


class PassedColumns(dict[str, tuple[Column, ...]]):
    """The columns that the settings pass through, by source: a type of its own, so that Hamilton knows it."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns that a relation promises, in order; ``unused`` are optional ones that no source has."""

    columns: tuple[Column, ...]
    unused: tuple[Column, ...] = field(default=(), repr=False, compare=False)

    def schema(self, id_type: str = "int64") -> ibis.Schema:
        """Return the Ibis schema, with ``ID`` columns of ``id_type``."""
        import ibis  # listing models does not need it

        return ibis.schema({c.name: id_type if c.type == ID else c.type for c in self.columns})

    def using(self, names: Collection[str], nodes: Collection[str]) -> Contract:
        """Return the contract with those of its optional columns that ``names`` has, and no other.

        Without the columns that exist only with a source or model that is not among ``nodes``.
        """
        columns = tuple(c for c in self.columns if not c.only_with or c.only_with in nodes)
        unused = tuple(c for c in columns if c.optional and c.name not in names)
        return Contract(tuple(c for c in columns if c not in unused), unused)

    def expanded(self, inputs: Mapping[str, object]) -> Contract:
        """Return the contract with the columns that follow from the rules among ``inputs``."""
        if all(c.each is None for c in self.columns):
            return self
        columns = tuple(column for declared in self.columns for column in declared.expanded(inputs))
        return Contract(columns, self.unused)


@dataclass(frozen=True, slots=True)
class Amount:
    """A column of money that is converted to cents, and the setting that maps it.

    ``inexact`` returns, from the table, the rows whose amount has more than two decimals.
    """

    column: str
    setting: str
    inexact: Callable[[ir.Table], ir.Table]

    def summarize(self, table: ir.Table) -> ir.Table:
        """Return one row of the table's inexact amounts: their number, as ``amounts``, and the smallest of them."""
        rows = self.inexact(table)
        return rows.agg(amounts=rows.count(), example=rows[self.column].min())


@dataclass(frozen=True, slots=True)
class NumericText:
    """A column of strings that is converted to numbers, and the setting that maps it.

    ``invalid`` returns, from the table, the rows whose string is not one of the ``expected`` numbers.
    """

    column: str
    setting: str
    expected: str
    is_key: bool
    invalid: Callable[[ir.Table], ir.Table]

    def summarize(self, table: ir.Table) -> ir.Table:
        """Return one row of the table's invalid strings: their number, as ``strings``, and the smallest of them."""
        rows = self.invalid(table)
        return rows.agg(strings=rows.count(), example=rows[self.column].min())


@dataclass(frozen=True, slots=True)
class Declaration:
    """What ``@model``, ``@source`` or ``@adapter`` says of a function.

    The ``table`` of a source is in ``schema``, or in the project's schema of sources where that is empty; ``database``
    is another one than the target's.
    ``settings`` name the settings that map each column of a source, ``amounts`` are its columns of money, and
    ``numeric_texts`` those of strings that become numbers.
    With ``replaces_source`` it is an adapter, which has the contract, grain and tests of the source of the same name.
    An ``optional`` source is used only where the settings list it, and each of the ``optional_parents`` of a model only
    where the setting of that name is in use. ``rows`` is a function that computes the rows of a model from those of its
    query.
    The model has the columns that pass through from the source ``pass_through``. ``masked`` says how it appears to
    those who may not see personal data, where the settings ask for masked views. With ``dist_nulls`` its ``dist_key``
    may be NULL, in few rows.
    """

    kind: Kind
    contract: Contract
    grain: tuple[str, ...]
    layer: str
    materialized: Materialized = "table"
    owner: str = ""
    tags: tuple[str, ...] = ()
    table: str = ""
    schema: str = ""
    database: str = ""
    dist_key: str = ""
    dist_nulls: bool = field(default=False, repr=False)
    sort_keys: tuple[str, ...] = ()
    tests: tuple[DataTest, ...] = ()
    freshness: Freshness | None = None
    replaces_source: bool = False
    optional: bool = field(default=False, repr=False, compare=False)
    optional_parents: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    pass_through: str = field(default="", repr=False, compare=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    amounts: tuple[Amount, ...] = field(default=(), repr=False, compare=False)
    numeric_texts: tuple[NumericText, ...] = field(default=(), repr=False, compare=False)
    # What is recorded besides is no part of what is built.
    snapshot: Snapshot | None = field(default=None, repr=False, compare=False)
    history: History | None = field(default=None, repr=False, compare=False)
    # An incremental table has the same rows as one that is built whole.
    incremental: Incremental | None = field(default=None, repr=False, compare=False)
    is_incremental: bool = field(default=False, repr=False, compare=False)
    rows: Callable[..., Any] | None = field(default=None, repr=False, compare=False)
    masked: MaskedTable | None = field(default=None, repr=False, compare=False)

    @property
    def distribution(self) -> tuple[str, ...]:
        """What decides where an engine of several nodes keeps a row, as fingerprints record it."""
        return (self.dist_key, "nulls") if self.dist_nulls else (self.dist_key,)

    @property
    def materialization(self) -> Materialization:
        """How it is declared to be stored."""
        return "incremental" if self.is_incremental else self.materialized

    def stored(self, materialization: Materialization) -> Declaration:
        """Return the declaration of a model that is stored in another way."""
        is_incremental = materialization == "incremental"
        kind: Materialized = "view" if materialization == "view" else "table"
        return replace(self, materialized=kind, is_incremental=is_incremental)

    def data_tests(self, relation: str) -> tuple[DataTest, ...]:
        """Return the tests of every column and of the whole, each with its column and a name of its own."""
        of_columns = [replace(test, column=c.name) for c in self.contract.columns for test in c.tests]
        return tuple(_with_name(data_test, relation) for data_test in (*of_columns, *self.tests))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A compiled model: its expression over tables that have their models' names.

    One that is not ``evaluated``, because a command did not need it, has what its contract declares alone. Where a
    ``row_function`` computes the rows, no engine receives the expression: it says which columns they are computed from.
    """

    name: str
    declaration: Declaration
    description: str
    parents: tuple[str, ...]
    schema: ibis.Schema
    expression: ir.Table
    evaluated: bool = True
    row_function: RowFunction | None = None

    @property
    def query(self) -> ir.Table:
        """The expression whose rows the engine returns."""
        return self.row_function.query if self.row_function else self.expression


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table that the project reads and never writes."""

    name: str
    declaration: Declaration
    description: str
    schema: ibis.Schema


@dataclass(frozen=True, slots=True)
class Exposure:
    """A dependent outside of the project: a dashboard or a campaign, and the models it depends on."""

    type: str
    owner: str
    description: str
    depends_on: tuple[str, ...]
    url: str = ""
    maturity: str = ""


def _with_name(data_test: DataTest, relation: str) -> DataTest:
    if data_test.name:
        return data_test
    columns = [data_test.column] if data_test.column else []
    return replace(data_test, name=re.sub(r"[^\w]+", "_", "_".join([data_test.kind, relation, *columns])))
