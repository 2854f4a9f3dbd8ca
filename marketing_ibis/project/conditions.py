"""Read a condition of the settings, written as SQL, into an Ibis expression: it means the same on every engine."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot
import sqlglot.expressions as sge
from ibis.common.annotations import ValidationError
from ibis.common.exceptions import IbisError
from sqlglot.errors import SqlglotError

from marketing_ibis.errors import ConfigurationError

BINARY: Mapping[type[sge.Expression], Callable[[Any, Any], Any]] = {
    sge.And: operator.and_,
    sge.Or: operator.or_,
    sge.EQ: operator.eq,
    sge.NEQ: operator.ne,
    sge.GT: operator.gt,
    sge.GTE: operator.ge,
    sge.LT: operator.lt,
    sge.LTE: operator.le,
    sge.Add: operator.add,
    sge.Sub: operator.sub,
    sge.Mul: operator.mul,
    sge.Like: lambda value, pattern: value.like(pattern),
    sge.ILike: lambda value, pattern: value.ilike(pattern),
}
UNARY: Mapping[type[sge.Expression], Callable[[Any], Any]] = {
    sge.Paren: lambda value: value,
    sge.Not: operator.invert,
    sge.Neg: operator.neg,
    sge.Lower: lambda value: value.lower(),
    sge.Upper: lambda value: value.upper(),
    sge.Trim: lambda value: value.strip(),
    sge.Length: lambda value: value.length(),
    sge.Abs: lambda value: value.abs(),
}
"""What a condition may be made of, besides columns, values, IS, IN, BETWEEN, COALESCE and dates."""
LOGICAL = (sge.And, sge.Or, sge.Not)
STRINGS = (sge.Like, sge.ILike, sge.Lower, sge.Upper, sge.Trim, sge.Length)
NUMBERS = (sge.Add, sge.Sub, sge.Mul, sge.Neg, sge.Abs)
WILDCARDS = {"%": "(.|\n)*", "_": "(.|\n)"}
"""The marks of a LIKE pattern as regular expressions: no engine's dot is relied on to be a line end."""
SPECIAL = re.compile(r"[].*+?(){}|^$\\[]")
"""What a regular expression does not take as it is."""
MOST_DIGITS = 38
EXAMPLE = "Write a condition such as status <> 'draft' AND total > 0."


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the columns of a table; ``place`` is the name of the setting."""

    tree: sge.Expression
    place: str

    def columns(self) -> dict[str, str]:
        """Return the columns that it names, each with the type that it seems to have."""
        columns: dict[str, str] = {}
        for node in self.tree.find_all(sge.Column, bfs=False):
            columns.setdefault(_name(node), _guess_type(node))
        return columns

    def evaluate(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether it is true for a row of ``table``.

        Raises:
            ConfigurationError: the types do not fit, or it is not a condition.
        """
        try:
            value = self._translate(self.tree, {name.lower(): table[name] for name in table.columns})
        except (
            IbisError,
            ValidationError,
            TypeError,
            AttributeError,
            ValueError,
        ) as error:  # what Ibis raises for types that do not fit
            raise ConfigurationError(
                f"{self.place} cannot be applied: {str(error).splitlines()[0].removesuffix('.')}.",
                hint="Set the types of its columns under types.",
            ) from error
        if not isinstance(value, ir.BooleanValue):
            raise ConfigurationError(f"{self.place} is a value, not a condition.", hint=EXAMPLE)
        return value

    def _translate(self, node: sge.Expression, columns: Mapping[str, ir.Value]) -> Any:
        def value_of(part: sge.Expression) -> Any:
            return self._translate(part, columns)

        # Whatever else SQL lets one add to a part, such as ESCAPE, is in further arguments.
        parts = {name for name, part in node.args.items() if part}
        if isinstance(node, sge.Column) and parts == {"this"}:
            return columns[_name(node).lower()]
        if isinstance(node, sge.Like | sge.ILike) and isinstance(node.expression, sge.Literal):
            return self._translate_like(node, value_of)
        if type(node) in BINARY and parts - {"negate"} == {"this", "expression"}:
            left, right = self._aligned(value_of(node.this), value_of(node.expression))
            value = BINARY[type(node)](left, right)
            return ~value if "negate" in parts else value
        if type(node) in UNARY and parts == {"this"}:
            return UNARY[type(node)](value_of(node.this))
        return self._translate_other(node, parts, value_of)

    def _translate_other(self, node: sge.Expression, parts: set[str], value_of: Callable[[sge.Expression], Any]) -> Any:
        match node:
            case sge.Literal() | sge.Boolean() | sge.Cast(this=sge.Literal()):
                return self._constant(node)
            case sge.Escape(this=sge.Like() | sge.ILike(), expression=sge.Literal()) if len(node.expression.name) == 1:
                return self._translate_like(node.this, value_of, node.expression.name)
            case sge.Is(this=value, expression=sge.Null()):
                return value_of(value).isnull()
            case sge.Is(this=value, expression=sge.Boolean(this=truth)):
                return (value_of(value) == truth).fill_null(False)
            case sge.In(this=value, expressions=choices) if parts == {"this", "expressions"}:
                value, *constants = self._aligned(value_of(value), *map(value_of, choices))
                return value.isin(constants)
            case sge.Between() if parts == {"this", "low", "high"}:
                value, low, high = self._aligned(*(value_of(node.args[part]) for part in ("this", "low", "high")))
                return value.between(low, high)
            case sge.Coalesce() if parts <= {"this", "expressions"}:
                return ibis.coalesce(value_of(node.this), *map(value_of, node.expressions))
        raise ConfigurationError(
            f"{self.place} must not contain {node.sql()}.",
            hint="Use comparisons of columns with values, AND, OR, NOT, IN, BETWEEN, LIKE and IS NULL.",
        )

    def _translate_like(
        self, node: sge.Like | sge.ILike, value_of: Callable[[sge.Expression], Any], escape: str = "\\"
    ) -> Any:
        """Return whether a string is like a pattern in which ``escape`` marks the next character as an ordinary one.

        No engine is passed such a mark: each has another one unless told.
        """
        value, pattern = value_of(node.this), node.expression.name
        if escape not in pattern:
            is_like = BINARY[type(node)](value, pattern)
        elif isinstance(node, sge.ILike):
            is_like = value.lower().re_search(self._regular_expression(pattern.lower(), escape.lower()))
        else:
            is_like = value.re_search(self._regular_expression(pattern, escape))
        return ~is_like if node.args.get("negate") else is_like

    def _regular_expression(self, pattern: str, escape: str) -> str:
        parts, characters = [], iter(pattern)
        for character in characters:
            if character == escape:
                ordinary = next(characters, "")
                if not ordinary:
                    raise ConfigurationError(
                        f"{self.place} has the pattern {pattern!r}, which ends with {escape!r}.",
                        hint=f"Write {2 * escape!r} for the character itself.",
                    )
                parts.append(SPECIAL.sub(r"\\\g<0>", ordinary))
            else:
                parts.append(WILDCARDS.get(character) or SPECIAL.sub(r"\\\g<0>", character))
        return f"^{''.join(parts)}$"

    def _aligned(self, *values: Any) -> list[Any]:
        """Return the values, strings as days or timestamps where they are compared with such columns."""
        columns = [value for value in values if isinstance(value, ir.DateValue | ir.TimestampValue)]
        if not columns:
            return list(values)
        read = date.fromisoformat if isinstance(columns[0], ir.DateValue) else datetime.fromisoformat
        return [self._temporal(value, read) if isinstance(value, str) else value for value in values]

    def _temporal(self, text: str, read: Callable[[str], date]) -> date:
        try:
            return read(text)
        except ValueError as error:
            is_date = read == date.fromisoformat
            raise ConfigurationError(
                f"{self.place} contains {text!r}, which is not a {'date' if is_date else 'timestamp'}.",
                hint=f"Write it as {'2024-01-31' if is_date else '2024-01-31 23:59:59'}.",
            ) from error

    def _constant(self, node: sge.Expression) -> str | bool | int | Decimal | date:
        if isinstance(node, sge.Boolean):
            return bool(node.this)
        if isinstance(node, sge.Cast):
            if node.to.this not in sge.DataType.TEMPORAL_TYPES:
                raise TypeError(f"{node.sql()} is not a date or a timestamp")
            is_date = node.to.this == sge.DataType.Type.DATE
            return self._temporal(node.this.name, date.fromisoformat if is_date else datetime.fromisoformat)
        return str(node.name) if node.is_string else self._number(node)

    def _number(self, node: sge.Expression) -> int | Decimal:
        try:
            number = Decimal(node.name)
        except InvalidOperation as error:
            raise ConfigurationError(f"{self.place} contains {node.name}, which is not a number.") from error
        if len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) >= MOST_DIGITS:
            raise ConfigurationError(
                f"{self.place} contains {_short(node.name)}, a number of more than {MOST_DIGITS} digits."
            )
        return int(number) if node.is_int and abs(number) < 2**63 else number


def read_condition(text: str, place: str) -> Condition:
    """Return the condition that ``text`` is.

    Raises:
        ConfigurationError: it is not SQL, or not a single condition.
    """
    try:
        trees = sqlglot.parse(text)
    except (SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0].partition(". Line")[0]
        raise ConfigurationError(f"{place} is {text!r}, which is not SQL: {reason}.", hint=EXAMPLE) from error
    if len(trees) != 1 or trees[0] is None or isinstance(trees[0], sge.Query):
        raise ConfigurationError(f"{place} is {text!r}, not one condition.", hint=EXAMPLE)
    return Condition(trees[0], place)


def _name(node: sge.Column) -> str:
    """Return the name of a column: in lower case unless it is in double quotes."""
    return str(node.name if node.this.args.get("quoted") else node.name.lower())


def _short(text: str) -> str:
    return text if len(text) <= MOST_DIGITS else f"{text[:MOST_DIGITS]}..."


def _guess_type(node: sge.Expression) -> str:
    """Return the type that a column seems to have from what it is compared with."""
    parent = node.parent
    while isinstance(parent, sge.Paren):
        parent = parent.parent
    if parent is None or isinstance(parent, LOGICAL):
        return "boolean"
    if isinstance(parent, STRINGS):
        return "string"
    if isinstance(parent, NUMBERS):
        return "decimal"
    for part in parent.iter_expressions():
        if isinstance(part, sge.Neg):
            return "decimal"
        if isinstance(part, sge.Boolean):
            return "boolean"
        if isinstance(part, sge.Literal):
            return "string" if part.is_string else "decimal"
        if isinstance(part, sge.Cast):
            return "date" if part.to.this == sge.DataType.Type.DATE else "timestamp"
    return "string"
