"""Check operators and conditions by the types of their sides.

https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html and the pages of conditions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.common_types import Typed, check_common
from marketing_ibis.engines.redshift.gate.literals import describe_pattern_fault, reads_as
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.time_zones import check_zone
from marketing_ibis.engines.redshift.gate.type_families import (
    CLOCKS,
    MOMENTS,
    NUMBER,
    NUMBERS,
    SHAPES,
    TEXTS,
    UNTYPED,
    WHOLE,
    Type,
    describe_type,
)
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of

PATTERNS: dict[type[sge.Expression], str] = {
    sge.Like: "LIKE",
    sge.ILike: "ILIKE",
    sge.SimilarTo: "SIMILAR TO",
    sge.RegexpLike: "~",
}
"""Conditions that match a string with a pattern, as AWS spells them."""
INCOMPARABLE = SHAPES | {Type.HLLSKETCH}
"""Types whose values are neither equal nor in an order.

https://docs.aws.amazon.com/redshift/latest/dg/spatial-limitations.html and hyperloglog-functions-limitations.html
"""
_STRINGS = TEXTS | {UNTYPED, Type.SUPER, Type.VARBINARY}
AS_TEXT = "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"
_NEGATED = NUMBERS | {Type.INTERVAL, Type.SUPER, UNTYPED}
_NO_NUMBERS = INCOMPARABLE | {Type.VARBINARY}
_WITHOUT_NUMBERS = CLOCKS | {Type.INTERVAL}
"""Types that have no sum with a number."""


def typed(value: sge.Expression, types: Types) -> Typed:
    """Return a value with its type."""
    return type_of(value, types), value.unnest()


def check_operator(node: sge.Expression, types: Types) -> Iterator[Refusal]:
    """Yield what an operator does not take because of the types of its sides."""
    sides = [side for side in (node.this, node.args.get("expression")) if side is not None]
    kinds = [type_of(side, types) for side in sides]
    if isinstance(node, sge.Mod):
        yield from check_remainder(kinds)
        return
    if isinstance(node, sge.BitwiseAnd | sge.BitwiseLeftShift | sge.BitwiseRightShift):
        yield from _check_bits(kinds)
        return
    if isinstance(node, sge.Add | sge.Sub | sge.Mul | sge.Div):
        yield from _check_arithmetic(node, kinds)
        return
    if isinstance(node, sge.AtTimeZone):
        yield from check_zone(node, types)
        return
    if type(node) in PATTERNS:
        yield from _check_pattern(node, kinds)
        return
    if isinstance(node, sge.Neg):
        if kinds[0] is not None and kinds[0] not in _NEGATED:
            described = describe_type(kinds[0])
            yield Refusal(f"the negative of {described}", "only numbers have one", "NOT x", "r_OPERATOR_SYMBOLS.html")
        return
    if isinstance(node, sge.Not):
        yield from check_condition(node.this, types, "NOT")
        return
    if isinstance(node, sge.And | sge.Or):
        for side in sides:
            yield from check_condition(side, types, type(node).__name__.upper())
        return
    if isinstance(node, sge.DPipe):
        yield from _check_concatenation(kinds)
    else:
        yield from _check_comparison(node, sides, types)
    untyped = [
        side for side, kind in zip(sides, kinds, strict=True) if kind == UNTYPED and isinstance(side, sge.Column)
    ]
    if untyped and any(kind in TEXTS or kind == UNTYPED for kind in kinds):
        yield untyped_refusal(f"a comparison with {untyped[0].name}")


def check_remainder(kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    """Yield a refusal of a remainder of floats."""
    if any(kind in (Type.FLOAT, Type.DOUBLE) for kind in kinds):
        instead = "x - y * FLOOR(x / y), or a CAST to DECIMAL"
        yield Refusal("a remainder of floats", "MOD takes whole numbers and decimals", instead, "r_MOD.html")


def _check_comparison(node: sge.Expression, sides: Sequence[sge.Expression], types: Types) -> Iterator[Refusal]:
    page = "r_comparison_condition.html"
    if isinstance(node, sge.In):
        others, construct, page = node.expressions, "IN", "r_in_condition.html"
    elif isinstance(node, sge.Between):
        others, construct, page = [node.args["low"], node.args["high"]], "BETWEEN", "r_range_condition.html"
    else:
        others, construct = list(sides[1:]), "a comparison"
    value = typed(sides[0], types)
    if value[0] in INCOMPARABLE or any(type_of(other, types) in INCOMPARABLE for other in others):
        yield incomparable_refusal(construct, value[0] if value[0] in INCOMPARABLE else type_of(others[0], types))
    elif value[0] is not None:
        yield from check_common(construct, value, [typed(other, types) for other in others], page)


def _check_pattern(node: sge.Expression, kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    """Yield a refusal of a pattern for what is not a string: no value is converted to one for it."""
    page = "r_patternmatching_condition_like.html"
    for kind in kinds:
        if kind is not None and kind not in _STRINGS:
            described = describe_type(kind)
            yield Refusal(f"{PATTERNS[type(node)]} of {described}", "it matches strings", "a CAST to VARCHAR", page)
            return
    pattern = node.expression.unnest()
    if isinstance(node, sge.RegexpLike) and isinstance(pattern, sge.Literal):
        fault = describe_pattern_fault(pattern.name, is_perl=False)
        if fault:
            yield Refusal("the pattern of ~", fault, "a pattern of POSIX", "pattern-matching-conditions-posix.html")


def _check_concatenation(kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    for kind in kinds:
        if kind in SHAPES or kind == Type.HLLSKETCH:
            yield Refusal(f"|| of {describe_type(kind)}", "it joins strings", "ST_ASTEXT(x)", "r_concat_op.html")
        elif kind == Type.BOOLEAN:
            yield Refusal("|| of a boolean", "it has no conversion to text", AS_TEXT, "r_concat_op.html")


def _check_arithmetic(node: sge.Expression, kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    page = "r_OPERATOR_SYMBOLS.html"
    if isinstance(node, sge.Div) and node.expression.is_number and float(node.expression.name) == 0:
        yield Refusal("a division by 0", "it fails when it runs", "NULLIF(x, 0)", page)
    without = next((kind for kind in kinds if kind in TEXTS or kind in _NO_NUMBERS), None)
    if Type.BOOLEAN in kinds:
        instead = "CASE WHEN b THEN 1 ELSE 0 END"
        yield Refusal("arithmetic with a boolean", "operators take numbers and dates", instead, page)
    elif without is not None and not (isinstance(node, sge.Add) and _are_joined(kinds)):
        reason = "operators take numbers and dates"
        yield Refusal(f"arithmetic with {describe_type(without)}", reason, "a CAST to a number", page)
    elif isinstance(node, sge.Mul | sge.Div) and all(kind == Type.INTERVAL for kind in kinds):
        yield Refusal("an interval times or by another", "it is multiplied with numbers", "DATEDIFF", page)
    elif _is_no_number(node.expression, kinds[0]) or _is_no_number(node.this, kinds[-1]):
        yield Refusal("arithmetic with a string", "operators take numbers and dates", "a CAST to a number", page)
    elif isinstance(node, sge.Mul | sge.Div) and any(kind in MOMENTS or kind in CLOCKS for kind in kinds):
        yield Refusal("a date times or by a number", "dates take + and - only", "DATEADD or DATEDIFF", page)
    elif isinstance(node, sge.Add) and (
        all(kind in MOMENTS for kind in kinds) or all(kind in CLOCKS for kind in kinds)
    ):
        yield Refusal("a sum of dates", "two dates have a difference only", "DATEADD", page)
    elif (
        isinstance(node, sge.Add | sge.Sub)
        and any(kind in NUMBERS for kind in kinds)
        and any(kind in _WITHOUT_NUMBERS for kind in kinds)
    ):
        yield Refusal("a time plus or minus a number", "they have no sum", "DATEADD, or an INTERVAL", page)


def _is_no_number(value: sge.Expression, other: Type | None) -> bool:
    """Return whether a value is a literal that cannot be read as a number, next to a number."""
    literal = value.unnest()
    is_string = isinstance(literal, sge.Literal) and literal.is_string
    return other in NUMBERS and is_string and not reads_as(NUMBER, literal.name)


def _check_bits(kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    for kind in kinds:
        if kind is not None and kind not in _WITH_BITS:
            described = describe_type(kind)
            yield Refusal(f"bits of {described}", "only whole numbers have them", "a CAST", "r_OPERATOR_SYMBOLS.html")
            return


_WITH_BITS = frozenset([*WHOLE, Type.VARBINARY, Type.SUPER, UNTYPED])


def _are_joined(kinds: Sequence[Type | None]) -> bool:
    """Return whether + joins strings or varbytes, as || does.

    https://docs.aws.amazon.com/redshift/latest/dg/r_VARBYTE_OPERATORS.html and ST_MemSize-function.html
    """
    return all(kind is None or kind in _STRINGS for kind in kinds)


def incomparable_refusal(place: str, kind: Type | None) -> Refusal:
    """Return the refusal of a value that is compared, sorted or grouped by though its type has no equality."""
    if kind == Type.HLLSKETCH:
        reason, instead = "sketches are neither compared nor sorted", "HLL_CARDINALITY(x)"
        return Refusal(f"{place} of a sketch", reason, instead, "hyperloglog-functions-limitations.html")
    reason, instead = "geometries are neither compared nor sorted", "ST_EQUALS(x, y), or ST_ASTEXT(x)"
    return Refusal(f"{place} of a geometry", reason, instead, "spatial-limitations.html")


def check_condition(value: sge.Expression, types: Types, place: str) -> Iterator[Refusal]:
    """Yield a refusal where a value is known not to be a boolean, but decides."""
    kind = type_of(value, types)
    is_computed = isinstance(value.unnest(), sge.Add | sge.Sub | sge.Mul | sge.Div | sge.Mod | sge.DPipe | sge.Neg)
    # WHEN REGEXP_INSTR(x, y) THEN: github.com/awslabs/amazon-redshift-utils, v_query_type_duration_summary
    if place == "CASE" and kind in WHOLE and isinstance(value, sge.Func):
        return
    if is_computed or (kind is not None and kind not in (Type.BOOLEAN, Type.SUPER)):
        reason = f"it is {describe_type(kind)}" if kind is not None else "it is not a boolean"
        yield Refusal(f"a condition of {place}", reason, "a comparison", "r_conditions.html")


def untyped_refusal(construct: str) -> Refusal:
    """Return the refusal of a string literal that a subquery returns as a column."""
    reason = "a string literal in a subquery has no type yet"
    return Refusal(construct, reason, "CAST('x' AS VARCHAR(1)) in the subquery", "r_Character_types.html")
