"""Check the types of a function's arguments, where they are function, with those of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.function_types import FUNCTION_TYPES, Argument
from marketing_ibis.engines.redshift.gate.literals import reads_as
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import (
    FAMILIES,
    FRACTIONS,
    SUPER,
    TEXT,
    TRUTH,
    UNTYPED,
    Type,
    describe_type,
)
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of

WHOLE_ONLY = frozenset({"BIT_AND", "BIT_OR", "BOOL_AND", "BOOL_OR", "NTILE", "CHR"})
"""Functions of whole numbers."""
INSTEAD = {TRUTH: "a CASE that makes another value of it", TEXT: "a CAST of it"}
AS_TEXT = "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"


def check_argument_types(name: str, arguments: Sequence[sge.Expression], types: Types, page: str) -> Iterator[Refusal]:
    """Yield a refusal of the first argument whose type its function does not take."""
    function = FUNCTION_TYPES.get(name)
    if function is None or not function.arguments:
        return
    for place, value in enumerate(arguments):
        kind = type_of(value, types)
        if kind is None or isinstance(value, sge.Star):
            continue
        argument = function.arguments[min(place, len(function.arguments) - 1)]
        if not _is_taken(argument, kind, value.unnest(), is_whole=name in WHOLE_ONLY):
            described = f"'{value.name[:20]}'" if kind == UNTYPED and value.is_string else describe_type(kind)
            construct = f"{name} of {described}" if place == 0 else f"{name} with {described} as argument {place + 1}"
            if kind == Type.BOOLEAN and argument.words[0] == "text":
                yield Refusal(construct, "it has no conversion to text", AS_TEXT, "r_Boolean_type.html")
                return
            instead = INSTEAD.get(FAMILIES.get(kind, ""), "a value of a documented type")
            yield Refusal(construct, "its page lists other types", instead, page)
            return
    if name == "LN" and type_of(arguments[0], types) == Type.DECIMAL and arguments[0].find(sge.Column):
        reason = "it fails on a column of this type"
        yield Refusal("LN of a decimal", reason, "LN(CAST(x AS DOUBLE PRECISION))", "r_LN.html")


def _is_taken(argument: Argument, kind: Type, value: sge.Expression, *, is_whole: bool) -> bool:
    if kind == UNTYPED:
        if not argument.takes_literal:
            return False
        families = argument.families - {SUPER} or argument.families
        return not isinstance(value, sge.Literal) or any(reads_as(family, value.name) for family in families)
    if is_whole and kind in FRACTIONS:
        return False
    family = FAMILIES.get(kind)
    return family is None or family in argument.families
