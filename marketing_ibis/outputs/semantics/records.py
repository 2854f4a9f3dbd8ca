"""A project as semantic layers see it: entities with dimensions, measures and joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marketing_ibis.testing.joins import Join

ValueType = Literal["string", "integer", "decimal", "float", "boolean", "date", "timestamp"]
Function = Literal["count", "sum", "average", "ratio"]

CENTS_PER_UNIT = 100


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column by which rows are grouped or filtered; ``is_aggregated`` where measures are made of it."""

    name: str
    type: ValueType
    description: str = ""
    unit: str = ""
    is_personal: bool = False
    is_aggregated: bool = False
    nullable: bool = False

    @property
    def is_time(self) -> bool:
        """Whether its values are days or instants."""
        return self.type in ("date", "timestamp")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number over many rows: of the column of the same name, of two other measures, or of the rows themselves.

    A sum or average is of the column ``name``, divided by ``divisor``; a ratio is ``times`` the measure ``numerator``
    divided by the measure ``denominator``. It has a value only where all rows share that of each column in ``per``.
    """

    name: str
    function: Function
    type: ValueType
    description: str = ""
    unit: str = ""
    per: tuple[str, ...] = ()
    divisor: int = 1
    numerator: str = ""
    denominator: str = ""
    times: int = 1
    is_personal: bool = False

    @property
    def is_additive(self) -> bool:
        """Whether its values for groups of rows add up to that for all of them."""
        return self.function in ("count", "sum") and not self.per


@dataclass(frozen=True, slots=True)
class Entity:
    """A published table: ``key`` are the columns that identify a row, or none if they are skipped as personal."""

    name: str
    schema: str
    description: str
    key: tuple[str, ...]
    unique: tuple[str, ...] = ()
    layer: str = ""
    owner: str = ""
    exposures: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()
    joins: tuple[Join, ...] = ()

    def measure(self, name: str) -> Measure:
        """Return the measure called ``name``."""
        return next(measure for measure in self.measures if measure.name == name)

    def dimension(self, name: str) -> Dimension:
        """Return the dimension called ``name``."""
        return next(dimension for dimension in self.dimensions if dimension.name == name)


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """The entities of a project, by name; ``connection`` is what the reading tool calls its connection to them."""

    name: str
    title: str
    entities: tuple[Entity, ...]
    connection: str = ""

    def entity(self, name: str) -> Entity:
        """Return the entity called ``name``."""
        return next(entity for entity in self.entities if entity.name == name)
