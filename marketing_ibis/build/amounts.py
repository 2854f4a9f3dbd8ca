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
    """Stop where an amount has more than two decimals.

    Raises:
        SourceError: naming the column, the number of such rows and an example.
    """
    dtype = columns[query.column]
    digits = type_names.decimal_digits(dtype)
    if type_names.is_integer(dtype) or (digits is not None and digits <= CENT_DIGITS):
        return
    select = query.approximate.get(type_names.nullable(dtype), query.exact)
    ((count, example),) = target.query(select)
    if count:
        amounts = plural("amount", int(str(count)))
        raise SourceError(
            f"Column {query.column} of the source table {query.relation} has {amounts} with more than two decimals,"
            f" such as {example}.",
            hint=f'Correct the data, or set rounding = "half_up" for {query.setting}.',
        )
