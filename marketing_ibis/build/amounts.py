"""Find amounts of mapped tables that are not whole cents, before anything is built from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import SourceError
from marketing_ibis.model import type_names
from marketing_ibis.plurals import plural

CENT_DIGITS = 2
FLOATS = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class AmountQuery:
    """The SELECTs of how many amounts of a column have more than two decimals, and of the smallest of them.

    ``setting`` maps the column. ``exact`` is for decimals, ``approximate`` for floating-point numbers of each type.
    """

    relation: Relation
    column: str
    setting: str
    exact: str
    approximate: Mapping[str, str]


def check_amount(query: AmountQuery, columns: Mapping[str, str], target: Target) -> None:
    """Stop where an amount is not in whole cents: it has more than two decimals, or is a string without a number.

    Raises:
        SourceError: naming the column, the number of such rows and an example.
    """
    if not may_be_inexact(columns[query.column]):
        return
    select = query.approximate.get(type_names.nullable(columns[query.column]), query.exact)
    ((count, example),) = target.query(select)
    if count:
        raise inexact_amounts(query.relation, query.column, query.setting, int(str(count)), example)


def may_be_inexact(dtype: str) -> bool:
    """Return whether numbers of a type can have more than two decimals."""
    digits = type_names.decimal_digits(dtype)
    return not (type_names.is_integer(dtype) or (digits is not None and digits <= CENT_DIGITS))


def inexact_amounts(relation: Relation | str, column: str, setting: str, count: int, example: object) -> SourceError:
    """Return the error of ``count`` amounts that are not in whole cents."""
    amounts = plural("amount", count)
    return SourceError(
        f"Column {column} of the source table {relation} has {amounts} not in whole cents, such as {example}.",
        hint=f'Correct the data, or set rounding = "half_up" for {setting}.',
    )
