"""Make adapters of what the settings say of sources: which table of another shape each is read from, and how."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model import ID, Column, Contract, Declaration, Freshness, adapter
from marketing_ibis.model.records import Amount, NumericText
from marketing_ibis.model.time_zones import TimeZones
from marketing_ibis.model.validation import check_type
from marketing_ibis.project.adapters import Declared
from marketing_ibis.project.conditions import Condition, read_condition
from marketing_ibis.project.conversions import (
    CENTS,
    DOLLARS,
    TYPE_ALIASES,
    Conversion,
    convert,
    expected_numbers,
    expected_type,
    inexact,
    local_time,
    not_numeric,
)
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.mapped_nodes import table_node_name, table_of
from marketing_ibis.project.source_settings import MappedColumn, SourceSettings, TablePlace

Function = Callable[..., ir.Table]


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """A source of the project with the settings that map a table to it; ``nodes`` are all sources and models."""

    name: str
    source: Declared
    settings: SourceSettings
    zones: TimeZones
    id_type: str
    nodes: Collection[str]

    @property
    def place(self) -> str:
        """The settings, as messages name them."""
        return f"{SETTINGS} sources.{self.name}"

    @property
    def declaration(self) -> Declaration:
        """The declaration of the source."""
        return self.source.declaration

    @property
    def table(self) -> TablePlace:
        """The table that is read."""
        return table_of(self.settings, self.declaration)

    @property
    def table_node(self) -> str:
        """The name of the source that the table becomes."""
        return table_node_name(self.table)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the source: an optional one if the settings list it or map it."""
        return self.declaration.contract.using({*self.settings.optional, *self.settings.columns}, self.nodes).columns

    def origin(self, column: Column) -> MappedColumn:
        """Return where a column comes from: without a setting of its own, from the one of the same name."""
        passed = self.settings.pass_through.get(column.name, column.name)
        return self.settings.columns.get(column.name) or MappedColumn(passed)

    def conversion(self, column: Column) -> Conversion:
        """Return how a column is made of the table's."""
        origin, settings = self.origin(column), self.settings
        is_amount, zone = column.unit == CENTS, origin.time_zone or settings.time_zone
        is_passed = column.name in settings.pass_through
        is_temporal = not is_passed and (column.type == "date" or column.type.startswith("timestamp"))
        return Conversion(
            column,
            f"{self.place}.columns.{column.name}",
            (origin.unit or settings.amount_unit) if is_amount else "",
            (origin.rounding or settings.rounding) if is_amount else "",
            bool(zone) and is_temporal,
            zone or self.zones.unzoned,
            self.zones.business,
        )

    def table_columns(self) -> dict[str, Column]:
        """Return the columns of the table that are read, by name."""
        columns = {}
        for column in self.columns:
            origin = self.origin(column)
            if origin.column:
                columns[origin.column] = self._table_column(origin.column, column)
        known_names = {name.lower() for name in columns}
        for name, guess in self.condition.columns().items() if self.condition else ():
            if name.lower() not in known_names:
                type_name = self._type_setting(name) or guess
                check_type(name, type_name, ID)
                columns[name] = Column(name, type_name, "Part of the condition of the mapping.", nullable=True)
        return columns

    @property
    def condition(self) -> Condition | None:
        """The condition on the rows of the table, if there is one."""
        return read_condition(self.settings.where, f"{self.place}.where") if self.settings.where else None

    def rows(self, table: ir.Table) -> ir.Table:
        """Return the rows of the table that are the source's."""
        return table.filter(self.condition.evaluate(table)) if self.condition else table

    def _type_setting(self, name: str) -> str:
        declared = self.settings.types.get(name, "")
        return TYPE_ALIASES.get(declared, declared)

    def _table_column(self, name: str, column: Column) -> Column:
        type_name = self._type_setting(name) or expected_type(self.conversion(column))
        check_type(name, type_name, ID)
        unit = self.conversion(column).unit if column.unit == CENTS else column.unit
        has_zone = self.conversion(column).has_zone and type_name == "timestamp"
        zone = self.conversion(column).zone if has_zone else ""
        return Column(
            name, type_name, column.description, nullable=True, unit=unit or column.unit, pii=column.pii, zone=zone
        )

    def select(self, table: ir.Table) -> ir.Table:
        """Return the rows of the table as those of the source."""
        schema, table = Contract(self.columns).schema(self.id_type), self.rows(table)
        values: dict[str, ir.Value] = {}
        for column in self.columns:
            origin, target = self.origin(column), schema[column.name]
            if column.name in self.settings.pass_through:
                values[column.name] = table[origin.column]
            elif origin.column:
                values[column.name] = convert(table[origin.column], target, self.conversion(column))
            else:
                values[column.name] = ibis.literal(origin.value, type=target)
        return table.select(**values)

    def amounts(self) -> tuple[Amount, ...]:
        """Return the columns of the table that must be whole cents."""
        conversions = {self.origin(column).column: self.conversion(column) for column in self.columns}
        return tuple(
            Amount(name, conversion.setting, partial(self._inexact_rows, name))
            for name, conversion in conversions.items()
            if name and conversion.unit == DOLLARS and not conversion.rounding
        )

    def _inexact_rows(self, column: str, table: ir.Table) -> ir.Table:
        rows = self.rows(table)
        return rows.filter(inexact(rows[column]))

    def numeric_texts(self) -> tuple[NumericText, ...]:
        """Return the columns of the table that are strings and must be numbers."""
        schema, texts = Contract(self.columns).schema(self.id_type), []
        for column in self.columns:
            origin, conversion, target = self.origin(column), self.conversion(column), schema[column.name]
            if origin.column and self._table_column(origin.column, column).type == "string":
                expected = expected_numbers(target, conversion)
                invalid = partial(self._invalid_rows, origin.column, target, conversion)
                texts.append(NumericText(origin.column, conversion.setting, expected, column.type == ID, invalid))
        return tuple(text for text in texts if text.expected)

    def _invalid_rows(self, column: str, target: dt.DataType, conversion: Conversion, table: ir.Table) -> ir.Table:
        rows = self.rows(table)
        return rows.filter(not_numeric(rows[column], target, conversion))

    def freshness(self) -> Freshness | None:
        """Return the freshness of the source, of the table's own column."""
        criteria = self.declaration.freshness
        column = next((c for c in self.columns if criteria and c.name == criteria.column), None)
        name = self.origin(column).column if column else ""
        if criteria is None or column is None or not name:
            return None
        has_instants = ibis.dtype(self._table_column(name, column).type).is_timestamp()
        return replace(criteria, column=name, read=partial(self._local_time, name, column) if has_instants else None)

    def _local_time(self, name: str, column: Column, table: ir.Table) -> ir.Column:
        return local_time(table[name], self.conversion(column))


def map_sources(
    declared: Mapping[str, Declared], sources: Mapping[str, SourceSettings], zones: TimeZones, id_type: str
) -> list[ModuleType]:
    """Return a module with an adapter for each mapped source and a source for each table that they read, if any.

    Raises:
        ConfigurationError: a setting names a column that the source does not have, or types do not fit.
        CompileError: a type is unknown.
    """
    mappings = [
        SourceMapping(name, declared[name], settings, zones, id_type, declared.keys())
        for name, settings in sources.items()
        if settings.is_mapping and name in declared and not declared[name].declaration.replaces_source
    ]
    if not mappings:
        return []
    module = ModuleType(__name__, "The mapping of the settings.")
    for mapping in mappings:
        _check_settings(mapping)
    for node in dict.fromkeys(mapping.table_node for mapping in mappings):
        function = _source_function(node, [mapping for mapping in mappings if mapping.table_node == node])
        setattr(module, node, function)
        for mapping in mappings:
            if mapping.table_node == node:
                # What cannot be converted is reported before Hamilton runs anything.
                mapping.select(ibis.table(function.declaration.contract.schema(id_type), name=node))  # type: ignore[attr-defined]
                setattr(module, mapping.name, _adapter_function(mapping))
    return [module]


def _check_settings(mapping: SourceMapping) -> None:
    """Stop at a setting that has no effect."""
    settings, names = mapping.settings, [column.name for column in mapping.declaration.contract.columns]
    for name in settings.columns:
        if name not in names:
            raise ConfigurationError(
                f"{mapping.place}.columns.{name} is not a column of {mapping.name}.", hint=nearest(name, names)
            )
    conversions = [mapping.conversion(column) for column in mapping.columns]
    effects = {
        "amount_unit": any(conversion.column.unit == CENTS for conversion in conversions),
        "rounding": any(conversion.unit == DOLLARS for conversion in conversions),
        "time_zone": any(conversion.has_zone for conversion in conversions),
    }
    for name, has_effect in effects.items():
        if getattr(settings, name) and not has_effect:
            reason = (
                'amount_unit = "dollars" is not set' if name == "rounding" else f"{mapping.name} has no such column"
            )
            raise ConfigurationError(f"{mapping.place}.{name} has no effect: {reason}.", hint="Remove it.")
    table_columns = mapping.table_columns()
    for name in settings.types:
        if name not in table_columns:
            raise ConfigurationError(
                f"{mapping.place}.types.{name} is not a column that the mapping reads.",
                hint=nearest(name, table_columns),
            )


def _source_function(node: str, mappings: Iterable[SourceMapping]) -> Function:
    """Return the function of a table that ``mappings`` read."""
    columns: dict[str, Column] = {}
    settings: dict[str, str] = {}
    amounts: list[Amount] = []
    texts: list[NumericText] = []
    for mapping in mappings:
        for name, column in mapping.table_columns().items():
            first = columns.setdefault(name, column)
            if first.type != column.type:
                raise ConfigurationError(
                    f"{mapping.place} reads {name} as {column.type}, and {settings[name]} as {first.type}.",
                    hint=f"Set types.{name} in both.",
                )
            settings.setdefault(name, mapping.place)
        amounts += mapping.amounts()
        texts += mapping.numeric_texts()
    declaration = replace(
        mapping.declaration,
        contract=Contract(tuple(columns.values())),
        grain=(),
        **mapping.table._asdict(),
        tests=(),
        freshness=next(filter(None, (mapping.freshness() for mapping in mappings)), None),
        snapshot=None,
        optional=False,
        settings=settings,
        amounts=tuple(amounts),
        numeric_texts=tuple(texts),
    )
    description = f"The table {mapping.table}, which the settings map."
    return _declared_function(node, declaration, (), lambda: None, description)


def _adapter_function(mapping: SourceMapping) -> Function:
    def read(**tables: ir.Table) -> ir.Table:
        return mapping.select(tables[mapping.table_node])

    declaration: Declaration = adapter()(lambda: None).declaration  # type: ignore[attr-defined]
    return _declared_function(mapping.name, declaration, (mapping.table_node,), read, mapping.source.description)


def _declared_function(
    name: str, declaration: Declaration, parents: Iterable[str], function: Callable[..., object], description: str
) -> Function:
    """Give a function the name, the parameters and the types by which Hamilton makes it a node of its module."""
    parameters = [inspect.Parameter(parent, inspect.Parameter.KEYWORD_ONLY, annotation=ir.Table) for parent in parents]
    function.__name__ = function.__qualname__ = name
    function.__module__, function.__doc__ = __name__, description
    function.__annotations__ = {**dict.fromkeys(parents, ir.Table), "return": ir.Table}
    function.__signature__ = inspect.Signature(parameters, return_annotation=ir.Table)  # type: ignore[attr-defined]
    function.declaration = declaration  # type: ignore[attr-defined]
    return function
