"""Give strings, NULLs and doubles that are columns by themselves a type.

Redshift leaves the type of a string or a NULL unknown, and then fails to compare, sort or store it. A number with
a point is a DECIMAL: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

_VARCHAR, _DOUBLE = sge.DataType.Type.VARCHAR, sge.DataType.Type.DOUBLE


def type_constants(query: sge.Select | sge.SetOperation) -> None:
    """Type the constant columns of a query; those of a set operation alike, since each column has one width."""
    if isinstance(query.parent, sge.SetOperation):
        return
    selects = list(_operands(query))
    if len({len(select.expressions) for select in selects}) != 1:
        return
    for column in zip(*(select.expressions for select in selects), strict=True):
        _type_column([value.this if isinstance(value, sge.Alias) else value for value in column])


def _operands(query: sge.Expression) -> Iterator[sge.Select]:
    """Yield the SELECTs whose rows a query has, without a recursion: a table in memory is a union of many."""
    waiting = [query]
    while waiting:
        current = waiting.pop()
        if isinstance(current, sge.Select):
            yield current
        elif isinstance(current, sge.SetOperation):
            waiting += [current.expression, current.this]


def _type_column(values: Sequence[sge.Expression]) -> None:
    """Type the constants of a column, unless another operand of the set operation gives it a type."""
    for value in values:
        if _is_fraction(value):
            value.replace(sge.Cast(this=value.copy(), to=sge.DataType(this=_DOUBLE)))
    if not all(value.is_string or isinstance(value, sge.Null) for value in values):
        return
    width = max(1, *(len(value.name.encode()) for value in values if value.is_string), 1)
    for value in values:
        size = sge.DataTypeParam(this=sge.convert(width))
        value.replace(sge.Cast(this=value.copy(), to=sge.DataType(this=_VARCHAR, expressions=[size])))


def _is_fraction(value: sge.Expression) -> bool:
    number = value.this if isinstance(value, sge.Neg) else value
    return isinstance(number, sge.Literal) and number.is_number and not number.is_int
