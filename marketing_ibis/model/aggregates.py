"""Say how a column of numbers may be aggregated, so that semantic layers offer no measure that counts twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from marketing_ibis.errors import CompileError
from marketing_ibis.model.validation import check_members, tuple_of

NUMBERS = ("int", "uint", "float", "decimal")
NEVER_ADDED = ("share", "percent", "ratio", "rank", "score")
"""First words of units whose sum is meaningless."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Add up the values; with ``per``, only of rows that share their value of each of these columns.

    A table that has all revenue once for each attribution model is added up per attribution model.
    """

    per: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        tuple_of(str, "per", self.per, '"attribution_model"')


@dataclass(frozen=True, slots=True)
class Average:
    """Average the values, with equal weight for each row that has one."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Divide the sum of ``numerator`` by that of ``denominator``, and multiply by ``times``: 100 for percent."""

    numerator: str
    denominator: str
    times: int = field(default=1, kw_only=True)


Aggregate = Sum | Average | Ratio


class AggregatedColumn(NamedTuple):
    """What the declared aggregate of a column must fit."""

    name: str
    type: str
    unit: str
    nullable: bool
    aggregate: Aggregate | None


def check_aggregates(relation: str, grain: tuple[str, ...], declared: Iterable[AggregatedColumn]) -> None:
    """Stop at an aggregate that would count twice, or that names a column that cannot be aggregated so.

    Raises:
        CompileError: naming the relation and the column.
    """
    columns = {column.name: column for column in declared}
    for name, column in columns.items():
        if column.aggregate is not None:
            _check_column(f"{relation}: column {name}", name, column, grain)
        if isinstance(column.aggregate, Sum):
            _check_per(f"{relation}: column {name}: Sum", name, column.aggregate, columns)
        if isinstance(column.aggregate, Ratio):
            _check_ratio(f"{relation}: column {name}: Ratio", name, column.aggregate, columns)


def _check_column(where: str, name: str, column: AggregatedColumn, grain: tuple[str, ...]) -> None:
    if not isinstance(column.aggregate, Sum | Average | Ratio):
        raise CompileError(
            f"{where}: aggregate= is {column.aggregate!r}.",
            hint='Write aggregate=Sum(), Average() or Ratio("numerator", "denominator").',
        )
    if not column.type.startswith(NUMBERS):
        raise CompileError(f"{where} is {column.type}, which has no aggregate.", hint="Remove aggregate=.")
    if name in grain:
        raise CompileError(f"{where} is part of the grain, which is not aggregated.", hint="Remove aggregate=.")
    if isinstance(column.aggregate, Sum) and column.unit.startswith(NEVER_ADDED):
        raise CompileError(
            f"{where}: values in the unit {column.unit!r} cannot be added up.",
            hint='Write aggregate=Ratio("numerator", "denominator") or Average(), or remove it.',
        )


def _check_per(where: str, name: str, aggregate: Sum, columns: Mapping[str, AggregatedColumn]) -> None:
    check_members(where, "per", aggregate.per, list(columns))
    for other in aggregate.per:
        # Rows without a value would be added to those of the only value that there is.
        if other == name or columns[other].nullable:
            raise CompileError(
                f"{where}: per= names {other}, which {'is the column itself' if other == name else 'may be NULL'}.",
                hint="Name columns of the table that are never NULL.",
            )


def _check_ratio(where: str, name: str, aggregate: Ratio, columns: Mapping[str, AggregatedColumn]) -> None:
    for keyword, other in (("numerator", aggregate.numerator), ("denominator", aggregate.denominator)):
        check_members(where, keyword, (other,), list(columns))
        if not isinstance(columns[other].aggregate, Sum):
            raise CompileError(
                f"{where}: the {keyword} {other} is not a column that may be added up.",
                hint=f"Declare {other} with aggregate=Sum(), or remove the aggregate of {name}.",
            )
