"""Check the arguments of calls by their types and values, where these are known.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html and the page of each function
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.argument_types import check_argument_types
from marketing_ibis.engines.redshift.gate.calls import arguments_of, function_name
from marketing_ibis.engines.redshift.gate.common_types import check_common, check_conversion
from marketing_ibis.engines.redshift.gate.constant_arguments import check_constants
from marketing_ibis.engines.redshift.gate.date_calls import DATE_CALLS, check_date_call, is_fraction_or_text
from marketing_ibis.engines.redshift.gate.function_types import FUNCTION_TYPES
from marketing_ibis.engines.redshift.gate.functions import FUNCTIONS, TEXTS_ONLY, WITH_DATE_PART
from marketing_ibis.engines.redshift.gate.literals import check_constant_cast
from marketing_ibis.engines.redshift.gate.operators import (
    INCOMPARABLE,
    check_condition,
    check_remainder,
    incomparable_refusal,
    typed,
    untyped_refusal,
)
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.time_zones import check_zones
from marketing_ibis.engines.redshift.gate.type_families import MOMENTS, NUMBERS, TEXTS, UNTYPED, Type, describe_type
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of

WHOLE_ARGUMENTS: dict[str, tuple[int, ...]] = {
    "REGEXP_COUNT": (2,),
    "REGEXP_INSTR": (2, 3, 4),
    "REGEXP_SUBSTR": (2, 3),
    **dict.fromkeys(["LEFT", "RIGHT", "REPEAT", "REPLICATE", "LPAD", "RPAD", "LAG", "LEAD", "NTH_VALUE"], (1,)),
    **dict.fromkeys(["ROUND", "TRUNC", "ADD_MONTHS", "STRTOL", "SHA2"], (1,)),
    "SUBSTRING": (1, 2),
    "SPLIT_PART": (2,),
    "NTILE": (0,),
    "CHR": (0,),
}
"""Places of arguments, from 0, that are whole numbers."""
ALIKE = frozenset({"COALESCE", "NVL", "GREATEST", "LEAST", "NULLIF"})


def check_call(call: sge.Expression, types: Types) -> Iterator[Refusal]:
    """Yield what is wrong with the arguments of one call."""
    if isinstance(call, sge.Case):
        yield from _check_case(call, types)
    elif isinstance(call, sge.Cast):
        target = call.args["to"].this if call.args.get("to") is not None else None
        yield from check_conversion(
            type_of(call.this, types), target if isinstance(target, sge.DataType.Type) else None
        )
        if target is not None and not isinstance(call, sge.TryCast):
            yield from check_constant_cast(call.this, call.args["to"])
    else:
        yield from _check_function(call, types)


def _check_case(case: sge.Case, types: Types) -> Iterator[Refusal]:
    page = "r_CASE_function.html"
    branches = [*(branch.args["true"] for branch in case.args["ifs"]), case.args.get("default")]
    if case.this is None:
        for branch in case.args["ifs"]:
            yield from check_condition(branch.this, types, "CASE")
    yield from _check_alike("CASE", [value for value in branches if value is not None], types, page)
    if case.this is not None:
        tested = [typed(branch.this, types) for branch in case.args["ifs"]]
        yield from check_common("CASE", typed(case.this, types), tested, page)


def _check_function(call: sge.Expression, types: Types) -> Iterator[Refusal]:
    name = function_name(call)
    if name not in CHECKED and not isinstance(call, DATE_CALLS):
        return
    arguments = arguments_of(call)
    if not arguments:
        return
    page = FUNCTIONS[name].page if name in FUNCTIONS else "c_SQL_functions.html"
    if isinstance(arguments[0], sge.Star):
        if name in STARLESS:
            yield Refusal(f"{name}(*)", "only COUNT takes a star", f"{name} of a column", page)
        return
    yield from _check_first(call, name, arguments, types, page)
    for place in WHOLE_ARGUMENTS.get(name, ()):
        if place < len(arguments) and is_fraction_or_text(arguments[place]):
            argument = arguments[place].sql(dialect="redshift")
            yield Refusal(f"{name} with {argument}", "the argument is a whole number", "a whole number", page)
    yield from _check_values(name, arguments, types, page)
    yield from check_constants(name, arguments)
    yield from check_date_call(call, name, arguments, types)


def _check_values(name: str, arguments: Sequence[sge.Expression], types: Types, page: str) -> Iterator[Refusal]:
    if name in ALIKE:
        kinds = [type_of(value, types) for value in arguments]
        if any(kind in MOMENTS or kind == Type.BOOLEAN for kind in kinds):
            yield from _check_alike(name, arguments, types, page)
        else:
            # AWS shows COALESCE(NULL, 'Amazon Redshift', 12).
            yield from _check_alike(name, [value for value in arguments if not value.is_number], types, page)
    elif name == "DECODE":
        tested = [typed(value, types) for value in arguments[1:-1:2]]
        yield from check_common(name, typed(arguments[0], types), tested, page)
    elif name == "NVL2":
        yield from _check_alike(name, arguments[1:], types, page)
    elif name == "CONVERT_TIMEZONE":
        yield from check_zones(arguments, types)
    elif name == "MOD" and len(arguments) > 1:
        yield from check_remainder([type_of(value, types) for value in arguments])


def _check_first(
    call: sge.Expression, name: str, arguments: Sequence[sge.Expression], types: Types, page: str
) -> Iterator[Refusal]:
    """Check arguments by their types, most of which the first one decides."""
    value = arguments[0]
    kind = type_of(value, types)
    is_distinct = isinstance(call.args.get("this"), sge.Distinct) or name in WITH_COMPARISON
    if kind in INCOMPARABLE and is_distinct:
        yield incomparable_refusal(f"{name} of distinct values", kind)
    elif kind == UNTYPED and name in UNTYPED_REFUSED and isinstance(value, sge.Column):
        yield untyped_refusal(f"{name} of {value.name}")
    elif not (kind == Type.BOOLEAN and name in TEXTS_ONLY and isinstance(call, CHECKED_BY_TREE)):
        yield from check_argument_types(name, arguments, types, page)


def _check_alike(name: str, values: Sequence[sge.Expression], types: Types, page: str) -> Iterator[Refusal]:
    """Yield a refusal where values that have to be of one type are of two."""
    kinds = [(type_of(value, types), value) for value in values]
    has_number = any(kind in NUMBERS for kind, _ in kinds)
    texts = [kind for kind, _ in kinds if kind in TEXTS]
    if has_number and texts:
        construct = f"{name} of a number and {describe_type(texts[0] or UNTYPED)}"
        yield Refusal(construct, "its values have no common type", "a CAST of one of them", page)
        return
    if kinds:
        first = next((typed for typed in kinds if typed[0] not in (None, UNTYPED)), kinds[0])
        yield from check_common(name, first, kinds, page)


STARLESS = FUNCTION_TYPES.keys() - {"COUNT"}
CHECKED_BY_TREE = (sge.Anonymous, sge.Lower, sge.Upper, sge.Trim, sge.Length)
WITH_COMPARISON = frozenset({"APPROX_DISTINCT", "GREATEST", "LEAST", "NULLIF", "DECODE"})
"""Functions that compare their arguments."""
UNTYPED_REFUSED = TEXTS_ONLY | {"LISTAGG"}
CHECKED = STARLESS | frozenset(WHOLE_ARGUMENTS) | ALIKE | WITH_DATE_PART | UNTYPED_REFUSED
CHECKED |= {"CONVERT_TIMEZONE", "COUNT", "NVL2", "DECODE", "SHA2", "PERCENTILE_CONT", "PERCENTILE_DISC", "MOD"}
