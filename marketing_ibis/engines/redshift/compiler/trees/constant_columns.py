"""Give strings, NULLs and doubles that are columns by themselves a type.

Redshift leaves the type of a string or a NULL unknown, and then fails to compare, sort or store it. A number with
a point is a DECIMAL: https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import ErrorLevel, SqlglotError

READER = Redshift()
_VARCHAR, _DOUBLE = sge.DataType.Type.VARCHAR, sge.DataType.Type.DOUBLE


def type_constants(query: sge.Select | sge.SetOperation) -> None:
    """Type the constant columns of a query; those of a set operation alike, since each column has one width."""
    if isinstance(query.parent, sge.SetOperation):
        return
    selects = list(_operands(query))
    if len({len(select.expressions) for select in selects}) != 1:
        return
    for place, column in enumerate(zip(*(select.expressions for select in selects), strict=True)):
        values = [value.this if isinstance(value, sge.Alias) else value for value in column]
        for select, value, typed in zip(selects, values, _typed_column(values), strict=True):
            if typed is not value:
                _set_value(select, place, typed)


def type_constants_of_text(query: str) -> str:
    """Return a query with a type for its constant columns; as it is where it has none or cannot be read."""
    try:
        tree = READER.parser(error_level=ErrorLevel.RAISE).parse(READER.tokenize(query), query)[0]
    except SqlglotError:
        return query
    if tree is None:
        return query
    typed = tree.copy()
    for node in list(typed.find_all(sge.Select, sge.SetOperation)):
        type_constants(node)
    return query if typed == tree else str(typed.sql(dialect=READER))


def _operands(query: sge.Expression) -> Iterator[sge.Select]:
    """Yield the SELECTs whose rows a query has, without a recursion: a table in memory is a union of many."""
    waiting = [query]
    while waiting:
        current = waiting.pop()
        if isinstance(current, sge.Select):
            yield current
        elif isinstance(current, sge.SetOperation):
            waiting += [current.expression, current.this]


def _typed_column(values: Sequence[sge.Expression]) -> list[sge.Expression]:
    """Return the values of a column, its constants with a type; NULL has that of the other operands of a union."""
    is_constant = all(value.is_string or isinstance(value, sge.Null) for value in values)
    width = max(1, *(len(value.name.encode()) for value in values if value.is_string), 1)
    return [_typed(value, width, is_constant=is_constant) for value in values]


def _typed(value: sge.Expression, width: int, *, is_constant: bool) -> sge.Expression:
    if value.is_string or (is_constant and isinstance(value, sge.Null)):
        size = sge.DataTypeParam(this=sge.convert(width))
        return _cast(value, sge.DataType(this=_VARCHAR, expressions=[size]))
    return _cast(value, sge.DataType(this=_DOUBLE)) if _is_fraction(value) else value


def _cast(value: sge.Expression, kind: sge.DataType) -> sge.Cast:
    return sge.Cast(this=value.copy(), to=kind)


def _is_fraction(value: sge.Expression) -> bool:
    number = value.this if isinstance(value, sge.Neg) else value
    return isinstance(number, sge.Literal) and number.is_number and not number.is_int


def _set_value(select: sge.Select, place: int, value: sge.Expression) -> None:
    """Replace the value of a column; its node may be part of another expression too, which keeps it."""
    column = select.expressions[place]
    if isinstance(column, sge.Alias):
        value = sge.Alias(this=value, alias=column.args["alias"].copy())
    columns = list(select.expressions)
    columns[place] = value
    select.set("expressions", columns)
