"""Decide whether two values have a type in common, where their types are known.

https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html, "Type compatibility and conversion"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.literals import reads_as
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import (
    BYTES,
    CLOCK,
    FAMILIES,
    FRACTIONS,
    MOMENT,
    NUMBER,
    SHAPE,
    SKETCH,
    SPAN,
    SUPER,
    TEXT,
    TRUTH,
    UNTYPED,
    Type,
)

Typed = tuple[Type | None, sge.Expression | None]
"""A value with its type; without a value where only a column is known."""
_CONVERTED: dict[str, frozenset[str]] = {
    NUMBER: frozenset({NUMBER, TEXT, TRUTH, SUPER, BYTES}),
    TRUTH: frozenset({TRUTH, NUMBER, SUPER}),
    MOMENT: frozenset({MOMENT, TEXT, CLOCK}),
    CLOCK: frozenset({CLOCK, TEXT}),
    SPAN: frozenset({SPAN, TEXT}),
    SHAPE: frozenset({SHAPE}),
    SKETCH: frozenset({SKETCH, TEXT, SUPER}),
    BYTES: frozenset({BYTES, TEXT, NUMBER, SUPER}),
}
"""What CAST converts values of a family to: https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html"""
_WHOLE_ONLY = frozenset([*((kind, TRUTH) for kind in FRACTIONS), *((kind, BYTES) for kind in FRACTIONS)])
"""Conversions that whole numbers have, and fractions lack.

https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html and r_VARBYTE_type.html
"""
_DISTINCT_FAMILIES = frozenset({SHAPE, SKETCH, BYTES, SPAN})
"""Families that convert to no other implicitly."""


def describe_conflict(left: Typed, right: Typed) -> str:
    """Return what two values are that a comparison cannot bring to one type, or nothing."""
    if left[0] is right[0] or left[0] is None or right[0] is None:
        return ""
    kinds = [FAMILIES.get(kind) if kind is not None else None for kind, _ in (left, right)]
    for kind, (literal_kind, literal) in ((kinds[0], right), (kinds[1], left)):
        if literal_kind == UNTYPED and kind is not None and isinstance(literal, sge.Literal):
            return "" if reads_as(kind, literal.name) else f"{kind} and '{literal.name[:20]}'"
    if None in kinds or SUPER in kinds or kinds[0] == kinds[1]:
        return ""
    if TEXT in kinds and _DISTINCT_FAMILIES.isdisjoint(kinds):
        return ""
    if set(kinds) == {MOMENT, CLOCK} and Type.DATE not in (left[0], right[0]):
        return ""  # a timestamp is converted to a time
    return f"{kinds[0]} and {kinds[1]}"


def describe_column_conflict(left: Typed, right: Typed) -> str:
    """Return what two columns of a set operation are that have no type in common, or nothing."""
    kinds = {FAMILIES.get(kind) if kind is not None else None for kind, _ in (left, right)}
    if TEXT in kinds and len(kinds) == 2 and None not in kinds and SUPER not in kinds:
        return " and ".join(sorted(str(kind) for kind in kinds))
    return describe_conflict(left, right)


def check_common(construct: str, value: Typed, others: Sequence[Typed], page: str) -> Iterator[Refusal]:
    """Yield a refusal of the first of several values that has no type in common with another."""
    for other in others:
        conflict = describe_conflict(value, other)
        if conflict:
            yield Refusal(f"{construct} of {conflict}", "its values have no common type", "a CAST of one of them", page)
            return


def check_conversion(source: Type | None, target: Type | None) -> Iterator[Refusal]:
    """Yield a refusal of a cast between types without a conversion."""
    if source is None or target is None or source is target:
        return
    kinds = (FAMILIES.get(source), FAMILIES.get(target))
    converted = _CONVERTED.get(kinds[0] or "")
    if None in kinds or converted is None:
        return
    is_missing = kinds[1] not in converted or (source, kinds[1]) in _WHOLE_ONLY
    if is_missing or (source == Type.DATE and kinds[1] == CLOCK):
        construct = f"a cast of {kinds[0]} to {target.value}"
        yield Refusal(construct, "there is no such conversion", "a value of another type", "r_CAST_function.html")
