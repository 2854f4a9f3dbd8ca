"""Redshift's types: their PostgreSQL form, and the precision of decimals in an expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.scopes import cte_of

Catalogue = Callable[[str | None, str], Mapping[str, str]]
"""A table's columns and their types by schema and name; an empty mapping for a table it does not know."""

MOST_DIGITS = 38
LEAST_SCALE = 4
VARCHAR_DEFAULT = 256
VARCHAR_MOST = 65535

PLAIN = {
    "SMALLINT": "SMALLINT",
    "INT": "INTEGER",
    "BIGINT": "BIGINT",
    "FLOAT": "REAL",
    "DOUBLE": "DOUBLE PRECISION",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMETZ": "TIMETZ",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMPTZ",
    "SUPER": "JSONB",
    "VARBINARY": "BYTEA",
}
INTEGER_DIGITS = {"SMALLINT": 5, "INT": 10, "BIGINT": 19}
"""Digits of an integer operand next to a decimal: r_numeric_computations201."""

FLOATING = ("FLOAT", "DOUBLE")


@dataclass(frozen=True, slots=True)
class Digits:
    """Precision and scale of a decimal; an integer is one of scale 0."""

    precision: int
    scale: int
    is_integer: bool = False


def kind(type_: exp.DataType) -> str:
    """Return the name of a type as sqlglot knows it."""
    this = type_.this
    return this.name if isinstance(this, exp.DataType.Type) else str(this)


def width(type_: exp.DataType) -> int | None:
    """Return the bytes of a string type, None if it has no length."""
    if not type_.expressions:
        return None
    given = type_.expressions[0].name.upper()
    return VARCHAR_MOST if given == "MAX" else int(given)


def to_postgres(type_: exp.DataType, *, in_table: bool) -> str:
    """Return a type in PostgreSQL's words.

    Raises:
        Untranslatable: For a type that PostgreSQL lacks, or has with a different meaning.
    """
    name = kind(type_)
    if name in ("TEXT", "VARCHAR", "NVARCHAR"):
        # In an expression a bare VARCHAR is as wide as its value, in a table 256 bytes: r_Character_types.
        bytes_ = width(type_) or (VARCHAR_DEFAULT if in_table else None)
        return f"VARCHAR({bytes_})" if bytes_ else "VARCHAR"
    if name in ("CHAR", "NCHAR"):
        return f"CHAR({width(type_) or 1})"
    if name == "DECIMAL":
        digits = decimal_digits(type_)
        return f"DECIMAL({digits.precision}, {digits.scale})"
    if name in PLAIN and not type_.expressions:
        return PLAIN[name]
    raise Untranslatable(f"type {type_.sql('redshift')}")


def decimal_digits(type_: exp.DataType) -> Digits:
    """Return a decimal type's digits: bare DECIMAL is (18,0), r_Numeric_types201."""
    sizes = [int(parameter.name) for parameter in type_.expressions]
    precision, scale = (*sizes, 0)[:2] if sizes else (18, 0)
    if not 0 < precision <= MOST_DIGITS or scale > precision:
        raise Untranslatable(f"type {type_.sql('redshift')}")
    return Digits(precision, scale)


def named_digits(name: str) -> Digits | None:
    """Return the digits of a type given as a string, None if it is not an exact number."""
    match = re.fullmatch(r"(?:numeric|decimal)\((\d+),\s*(\d+)\)", name.lower())
    if match:
        return Digits(int(match[1]), int(match[2]))
    integer = {"smallint": 5, "integer": 10, "int": 10, "bigint": 19}.get(name.lower())
    return Digits(integer, 0, is_integer=True) if integer else None


def division_scale(left: Digits, right: Digits) -> int:
    """Return the scale of a division of decimals: r_numeric_computations201."""
    return _divided(left, right).scale


def _divided(left: Digits, right: Digits) -> Digits:
    scale = max(LEAST_SCALE, left.scale + right.precision - right.scale + 1)
    precision = left.precision - left.scale + right.scale + scale
    if precision > MOST_DIGITS:
        return Digits(MOST_DIGITS, max(MOST_DIGITS + scale - precision, LEAST_SCALE))
    return Digits(precision, scale)


def digits_of(node: exp.Expression, catalogue: Catalogue) -> Digits | None:
    """Return the digits of an exact number where the statement states them, else None."""
    if isinstance(node, (exp.Paren, exp.Neg, exp.Alias)):
        return digits_of(node.this, catalogue)
    if isinstance(node, exp.Literal) and not node.is_string:
        return _literal_digits(node.name)
    if isinstance(node, exp.Cast):
        return _type_digits(node.to)
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
        left, right = digits_of(node.this, catalogue), digits_of(node.expression, catalogue)
        return _combined(node, left, right) if left and right else None
    if isinstance(node, exp.Anonymous):
        return _call_digits(node, catalogue)
    if isinstance(node, exp.Window):
        return digits_of(node.this, catalogue)
    return _column_digits(node, catalogue) if isinstance(node, exp.Column) else None


def _literal_digits(text: str) -> Digits | None:
    if not re.fullmatch(r"\d*\.?\d*", text):
        return None
    whole, _, fraction = text.partition(".")
    if "." not in text:
        return Digits(INTEGER_DIGITS["INT" if int(text) < 2**31 else "BIGINT"], 0, is_integer=True)
    return Digits(len(whole.lstrip("0")) + len(fraction), len(fraction))


def _type_digits(type_: exp.DataType) -> Digits | None:
    name = kind(type_)
    if name == "DECIMAL":
        return decimal_digits(type_)
    return Digits(INTEGER_DIGITS[name], 0, is_integer=True) if name in INTEGER_DIGITS else None


def _combined(node: exp.Expression, left: Digits, right: Digits) -> Digits:
    if left.is_integer and right.is_integer:
        return max(left, right, key=lambda digits: digits.precision)
    if isinstance(node, exp.Div):
        return _divided(left, right)
    if isinstance(node, exp.Mul):
        return Digits(min(left.precision + right.precision + 1, MOST_DIGITS), left.scale + right.scale)
    scale = max(left.scale, right.scale)
    whole = max(left.precision - left.scale, right.precision - right.scale)
    return Digits(min(whole + scale + 1, MOST_DIGITS), scale)


def _call_digits(node: exp.Anonymous, catalogue: Catalogue) -> Digits | None:
    name = node.name.lower()
    if name in ("count", "row_number", "ntile", "datediff"):
        return Digits(INTEGER_DIGITS["BIGINT"], 0, is_integer=True)
    if not node.expressions:
        return None
    inner = digits_of(node.expressions[0], catalogue)
    if inner is None:
        return None
    if name in ("sum", "avg"):
        bigint = Digits(INTEGER_DIGITS["BIGINT"], 0, is_integer=True)
        return bigint if inner.is_integer else Digits(MOST_DIGITS, inner.scale)
    return inner if name in ("nullif", "min", "max", "round", "trunc", "abs") else None


def _column_digits(column: exp.Column, catalogue: Catalogue) -> Digits | None:
    select = column.find_ancestor(exp.Select)
    if select is None:
        return None
    for source in sources(select):
        if column.table in ("", source.alias_or_name):
            definition = source_columns(source, catalogue).get(column.name)
            if isinstance(definition, str):
                return named_digits(definition)
            if definition is not None:
                return digits_of(definition, catalogue)
    return None


def sources(select: exp.Select) -> list[exp.Expression]:
    """Return the tables and subqueries that a SELECT reads."""
    from_ = select.args.get("from_")
    joins = select.args.get("joins") or []
    return ([from_.this] if from_ else []) + [join.this for join in joins]


def source_columns(source: exp.Expression, catalogue: Catalogue) -> Mapping[str, exp.Expression | str]:
    """Return a source's columns: their expressions in a subquery or CTE, their types in a table the catalogue knows."""
    if isinstance(source, exp.Table):
        cte = cte_of(source)
        if cte is None:
            return catalogue(source.db or None, source.name)
        query = cte.this
    else:
        query = source.this
    is_combined = False
    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        is_combined = is_combined or isinstance(query, exp.SetOperation)
        query = query.this
    found: dict[str, exp.Expression | str] = {}
    for projection in query.expressions:
        columns = star_columns(projection, query, catalogue) if projection.is_star else None
        if columns is not None and not all(columns.values()):
            return {}
        for table_columns in (columns or {"": {projection.alias_or_name: projection}}).values():
            found |= table_columns
    # The first operand names the columns of a set operation; their types follow from all operands.
    return dict.fromkeys(found, exp.null()) if is_combined else found


def star_columns(
    star: exp.Expression, select: exp.Select, catalogue: Catalogue
) -> dict[str, Mapping[str, exp.Expression | str]]:
    """Return the columns that a star expands to, by source; none for an unknown table."""
    table = star.table if isinstance(star, exp.Column) else ""
    named = [source for source in sources(select) if table in ("", source.alias_or_name)]
    return {source.alias_or_name: source_columns(source, catalogue) for source in named}
