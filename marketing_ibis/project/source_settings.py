"""Read what the settings say of a source: its optional columns, and the table of another shape that it is read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.guide import guide_page
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.setting_types import read_names, read_string, read_tables, read_time_zone

UNITS = ("cents", "dollars")
"""What an amount of a table counts: hundredths, or whole units of the currency."""
ROUNDINGS = ("half_up",)
"""What to do with an amount of more than two decimals: round it to the nearest cent, half a cent away from zero."""
CONSTANTS = (str, bool, int, float, date)
CONSTANT = "value"
MOST_PARTS = 3
"""A table is named by its database, its schema and its name."""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """Where a column of a source comes from: a ``column`` of the table, or the same ``value`` in every row.

    ``unit``, ``rounding`` and ``time_zone`` are those of the source's settings unless they are set here.
    """

    column: str = ""
    value: str | bool | int | float | date | None = None
    unit: str = ""
    rounding: str = ""
    time_zone: str = ""


class TablePlace(NamedTuple):
    """Where a table is: "" is the project's schema of sources, and the database of the target."""

    table: str
    schema: str = ""
    database: str = ""

    def __str__(self) -> str:
        return ".".join(filter(None, reversed(self)))


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What ``[tool.marketing_ibis.sources.NAME]`` says of a source.

    ``optional`` are the optional columns that it has. ``table`` is read in place of the declared one, in ``schema``, or
    in the project's schema of sources where that is empty, of ``database``, or of the target's where that is empty.
    ``columns`` map columns of the source, all others have the same name in the table. ``amount_unit``, ``rounding`` and
    ``time_zone`` apply to all of its columns. ``where`` is a condition on the table's columns, and ``types`` are the
    types of these where they are not the expected ones. ``pass_through`` are further columns that the source takes from
    the table: each name with the table's column.
    """

    optional: tuple[str, ...] = ()
    database: str = ""
    schema: str = ""
    table: str = ""
    columns: Mapping[str, MappedColumn] = field(default_factory=lambda: MappingProxyType({}))
    amount_unit: str = ""
    rounding: str = ""
    time_zone: str = ""
    where: str = ""
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pass_through: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def place(self) -> TablePlace:
        """Where the table is."""
        return TablePlace(self.table, self.schema, self.database)

    @property
    def is_mapping(self) -> bool:
        """Whether the table has another shape than the source, so that an adapter reads it."""
        return self.has_conversions or any((self.types, self.pass_through))

    @property
    def has_conversions(self) -> bool:
        """Whether they say of the table what an adapter decides by itself."""
        return any((self.columns, self.amount_unit, self.rounding, self.time_zone, self.where))

    def merge(self, override: Self) -> Self:
        """Return these settings with those of ``override`` in their place, where it has any."""
        changed = {part.name: getattr(override, part.name) for part in fields(override) if getattr(override, part.name)}
        if override.table:
            changed |= override.place._asdict()
        for name in ("columns", "types", "pass_through"):
            changed[name] = {**getattr(self, name), **getattr(override, name)}
        return replace(self, **changed)


def read_sources(key: str, value: object) -> Mapping[str, SourceSettings]:
    """Return the settings of each source.

    Raises:
        ConfigurationError: a setting is unknown or of the wrong type, or a table's column is mapped twice.
    """
    return {
        name: _read_source(f"{key}.{name}", settings) for name, settings in read_tables(key, value).items() if settings
    }


def _read_source(place: str, settings: Mapping[str, Any]) -> SourceSettings:
    _check_names(place, settings, (*READERS, "table"))
    values = {name: READERS[name](f"{place}.{name}", value) for name, value in settings.items() if name in READERS}
    if "table" in settings:
        values |= _read_table(f"{place}.table", settings["table"])
    return SourceSettings(**values)


def _read_table(place: str, value: object) -> dict[str, str]:
    parts = read_string(place, value).split(".")
    if not all(parts) or len(parts) > MOST_PARTS:
        raise ConfigurationError(
            f"{SETTINGS} {place} is {value!r}, not the name of a table.",
            hint='Write "database.schema.table", "schema.table", or "table".',
        )
    return TablePlace(*reversed(parts))._asdict()


def _read_columns(place: str, value: object) -> Mapping[str, MappedColumn]:
    columns = {name: _read_column(f"{place}.{name}", column) for name, column in _dictionary(place, value).items()}
    owners: dict[str, str] = {}
    for name, mapped in columns.items():
        owner = owners.setdefault(mapped.column.lower(), name) if mapped.column else name
        if owner != name:
            raise ConfigurationError(
                f"{SETTINGS} {place} maps {owner} and {name} to the same column, {mapped.column}.",
                hint="Correct one of the two. If both are right, write an adapter: "
                f"{guide_page('docs/how-to/adapters.md')}.",
            )
    return columns


def _read_column(place: str, value: object) -> MappedColumn:
    if isinstance(value, str) and value:
        return MappedColumn(value)
    if not isinstance(value, dict) or not value:
        raise ConfigurationError(
            f"{SETTINGS} {place} is {value!r}, not a column of the table.",
            hint='Write its name, or { value = "..." } for the same value in every row.',
        )
    _check_names(place, value, (*COLUMN_READERS, CONSTANT))
    if (CONSTANT in value) == ("column" in value):
        problem = "both a column and a value" if CONSTANT in value else "neither a column nor a value"
        raise ConfigurationError(
            f"{SETTINGS} {place} has {problem}.", hint='Write { column = "..." } or { value = ... }.'
        )
    if CONSTANT in value:
        return MappedColumn(value=_read_constant(f"{place}.{CONSTANT}", value[CONSTANT]))
    return MappedColumn(**{name: COLUMN_READERS[name](f"{place}.{name}", part) for name, part in value.items()})


def _read_constant(place: str, value: object) -> str | bool | int | float | date:
    if not isinstance(value, CONSTANTS):
        raise ConfigurationError(f"{SETTINGS} {place} is {value!r}, not a string, number, truth value or date.")
    return value


def _read_pass_through(place: str, value: object) -> Mapping[str, str]:
    if isinstance(value, dict):
        return {name: read_string(f"{place}.{name}", column) for name, column in value.items()}
    return {name: name for name in read_names(place, value)}


def _read_types(place: str, value: object) -> Mapping[str, str]:
    return {column: read_string(f"{place}.{column}", name) for column, name in _dictionary(place, value).items()}


def _dictionary(place: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        name = place.rpartition(".")[2]
        raise ConfigurationError(
            f"{SETTINGS} {place} is {value!r}, not a table.", hint=f'Write {name} = {{ id = "..." }}.'
        )
    return value


def _choice(choices: tuple[str, ...]) -> Callable[[str, object], str]:
    def read(place: str, value: object) -> str:
        if value not in choices:
            raise ConfigurationError(f"{SETTINGS} {place} is {value!r}, not {' or '.join(choices)}.")
        return str(value)

    return read


def _check_names(place: str, settings: Mapping[str, Any], known_names: tuple[str, ...]) -> None:
    for name in settings:
        if name not in known_names:
            raise ConfigurationError(f"{SETTINGS} {place}.{name} is unknown.", hint=nearest(name, known_names))


COLUMN_READERS: Mapping[str, Callable[[str, object], str]] = {
    "column": read_string,
    "unit": _choice(UNITS),
    "rounding": _choice(ROUNDINGS),
    "time_zone": read_time_zone,
}
"""How each setting of a single column is read."""
READERS: Mapping[str, Callable[[str, object], Any]] = {
    "optional": read_names,
    "columns": _read_columns,
    "amount_unit": _choice(UNITS),
    "rounding": _choice(ROUNDINGS),
    "time_zone": read_time_zone,
    "where": read_string,
    "types": _read_types,
    "pass_through": _read_pass_through,
}
"""How each setting of a source is read; ``table`` becomes two."""
