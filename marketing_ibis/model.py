"""Declare what a model or source promises: its columns, grain, layer and how it is stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from marketing_ibis.layers import VIEW_LAYERS, Kind, Materialized

# A data tool must not phone home, and the extensions cost a quarter of a second: both are read on import.
os.environ.setdefault("HAMILTON_TELEMETRY_ENABLED", "false")
os.environ.setdefault("HAMILTON_AUTOLOAD_EXTENSIONS", "0")

import ibis
from hamilton.function_modifiers import tag

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

ID = "id"
"""Type of a key column: BIGINT, or text where the project's ``id_type`` says so."""
MONEY = "decimal(18, 2)"
"""Type of every published amount of money."""

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    ``type`` is an Ibis type as text, or ``ID``. ``unit`` names what a number counts ("days", "dollars").
    ``pii`` marks data about a person, which leaves the warehouse only on request. ``width`` is the most bytes of
    a text, for engines that keep room for them; 0 where the source decides.
    """

    name: str
    type: str
    description: str
    nullable: bool = True
    unit: str = ""
    pii: bool = False
    width: int = 0

    @property
    def documentation(self) -> str:
        """The description with its unit."""
        return f"{self.description} Unit: {self.unit}." if self.unit else self.description


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns that a relation promises, in order."""

    columns: tuple[Column, ...]

    def schema(self, id_type: str = "int64") -> ibis.Schema:
        """Return the Ibis schema, with ``ID`` columns of ``id_type``."""
        return ibis.schema({c.name: id_type if c.type == ID else c.type for c in self.columns})


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


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A compiled model: its expression over tables that stand under their models' names."""

    name: str
    declaration: Declaration
    description: str
    parents: tuple[str, ...]
    schema: ibis.Schema
    expression: ir.Table


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
) -> Column:
    """Return a column of a contract; it is NOT NULL unless ``nullable`` says otherwise."""
    return Column(name, type, description, nullable, unit, pii, width)


def inherited(columns: Iterable[Column], *names: str) -> tuple[Column, ...]:
    """Return the columns called ``names``, in that order, so that a description is written once.

    Raises:
        KeyError: a name stands in no column.
    """
    by_name = {c.name: c for c in columns}
    return tuple(by_name[name] for name in names)


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
) -> Callable[[Function], Function]:
    """Mark a function as a model: its name is the table's, its parameters are the models it reads."""
    stored = materialized or ("view" if layer in VIEW_LAYERS else "table")
    return _declare(
        Declaration("model", Contract(tuple(columns)), grain, layer, stored, owner, tags, "", dist_key, sort_keys)
    )


def source(
    *,
    table: str,
    grain: tuple[str, ...],
    columns: Iterable[Column],
    owner: str = "data-platform",
    tags: tuple[str, ...] = (),
) -> Callable[[Function], Function]:
    """Mark a function as a source: the table called ``table`` in the project's source schema."""
    return _declare(Declaration("source", Contract(tuple(columns)), grain, "sources", "table", owner, tags, table))


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
        function.declaration = declaration  # type: ignore[attr-defined]
        decorated: Function = tag(kind=declaration.kind, layer=declaration.layer)(function)
        return decorated

    return decorate


def _comparable(dtype: dt.DataType) -> dt.DataType:
    # Engines report a timestamp's digits after the second; no contract depends on them.
    return dtype.copy(nullable=True, scale=None) if dtype.is_timestamp() else dtype.copy(nullable=True)
