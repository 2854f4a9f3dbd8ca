"""Check the arguments of calls by their types and values, where these are known.

https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html and the page of each function
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.calls import arguments_of, function_name
from marketing_ibis.engines.redshift.gate.common_types import Typed, check_common, check_conversion
from marketing_ibis.engines.redshift.gate.functions import FUNCTIONS, TEXTS_ONLY, WITH_DATE_PART
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.time_zones import check_zone, check_zones
from marketing_ibis.engines.redshift.gate.value_types import (
    CLOCKS,
    FRACTIONS,
    MOMENTS,
    NUMBERS,
    TEXTS,
    TRUTHS,
    UNTYPED,
    Type,
    type_of,
)

Types = Mapping[int, Type]
BOOLEANS = frozenset({Type.BOOLEAN})
_NO_NUMBERS = TEXTS | MOMENTS | CLOCKS
REFUSED_TYPES: dict[str, frozenset[Type]] = {
    **dict.fromkeys(["SUM", "AVG"], _NO_NUMBERS | {UNTYPED}),
    **dict.fromkeys(
        ["STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"], _NO_NUMBERS | {UNTYPED}
    ),
    **dict.fromkeys(["MAX", "MIN"], BOOLEANS),
    **dict.fromkeys(["LPAD", "RPAD", "MD5", "SHA1", "SHA2", "LEFT", "RIGHT", "REVERSE", "SPLIT_PART"], BOOLEANS),
    **dict.fromkeys(["MEDIAN"], TEXTS),
    **dict.fromkeys(["BOOL_AND", "BOOL_OR"], _NO_NUMBERS | FRACTIONS),
    **dict.fromkeys(["BIT_AND", "BIT_OR"], _NO_NUMBERS | FRACTIONS | BOOLEANS),
    **dict.fromkeys(["RATIO_TO_REPORT"], _NO_NUMBERS | BOOLEANS),
    **dict.fromkeys(
        ["ABS", "CEIL", "CEILING", "FLOOR", "ROUND", "SIGN", "SQRT", "EXP", "LN"], MOMENTS | CLOCKS | BOOLEANS
    ),
    **dict.fromkeys(["ADD_MONTHS", "LAST_DAY", "MONTHS_BETWEEN", "NEXT_DAY"], NUMBERS | BOOLEANS | CLOCKS),
    **dict.fromkeys(["TO_CHAR"], BOOLEANS),
}
"""Types that the first argument cannot have, from the list of types on the page of each function."""
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
DIGESTS = ("0", "224", "256", "384", "512")


def check_call(call: sge.Expression, types: Types) -> Iterator[Refusal]:
    """Yield what is wrong with the arguments of one call."""
    if isinstance(call, sge.Case):
        branches = [*(branch.args["true"] for branch in call.args["ifs"]), call.args.get("default")]
        if call.this is None:
            for branch in call.args["ifs"]:
                yield from check_condition(branch.this, types, "CASE")
        yield from _check_alike(
            "CASE", [value for value in branches if value is not None], types, "r_CASE_function.html"
        )
        if call.this is not None:
            tested = [typed(branch.this, types) for branch in call.args["ifs"]]
            yield from check_common("CASE", typed(call.this, types), tested, "r_CASE_function.html")
        return
    if isinstance(call, sge.Cast):
        target = call.args["to"].this if call.args.get("to") is not None else None
        yield from check_conversion(
            type_of(call.this, types), target if isinstance(target, sge.DataType.Type) else None
        )
        return
    name = function_name(call)
    if name not in CHECKED and not isinstance(call, _DATE_CALLS):
        return
    arguments = arguments_of(call)
    if not arguments:
        return
    page = FUNCTIONS[name].page if name in FUNCTIONS else "c_SQL_functions.html"
    yield from _check_first(call, name, arguments[0], types, page)
    for place in WHOLE_ARGUMENTS.get(name, ()):
        if place < len(arguments) and _is_fraction_or_text(arguments[place]):
            argument = arguments[place].sql(dialect="redshift")
            yield Refusal(f"{name} with {argument}", "the argument is a whole number", "a whole number", page)
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
    elif name in ("NTILE", "NTH_VALUE") and (arguments[-1].name == "0" or isinstance(arguments[-1], sge.Neg)):
        yield Refusal(f"{name} of a number below 1", "it counts from 1", "a number from 1", f"r_WF_{name}.html")
    elif name == "CONVERT_TIMEZONE":
        yield from check_zones(arguments, types)
    elif name == "SHA2" and len(arguments) > 1 and arguments[1].is_number and arguments[1].name not in DIGESTS:
        reason = f"its bits are {', '.join(DIGESTS[:-1])} or {DIGESTS[-1]}"
        yield Refusal(f"SHA2 of {arguments[1].name} bits", reason, "SHA2(x, 256)", "SHA2.html")
    elif name in ("PERCENTILE_CONT", "PERCENTILE_DISC"):
        yield from _check_percentile(name, arguments[0])
    elif name == "SPLIT_PART" and len(arguments) > 2 and arguments[2].name == "0":
        yield Refusal("SPLIT_PART at 0", "parts are counted from 1", "a number from 1", "SPLIT_PART.html")
    elif name == "MOD" and len(arguments) > 1:
        yield from check_operator(sge.Mod(this=arguments[0], expression=arguments[1]), types)
    date_call = _date_call(call, name, arguments)
    if date_call is not None:
        yield from _check_date_call(name, *date_call, types)


def _check_first(call: sge.Expression, name: str, value: sge.Expression, types: Types, page: str) -> Iterator[Refusal]:
    kind = type_of(value, types)
    if isinstance(value, sge.Star):
        if name in STARLESS:
            yield Refusal(f"{name}(*)", "only COUNT takes a star", f"{name} of a column", page)
    elif kind is not None and kind in REFUSED_TYPES.get(name, ()):
        instead = "a CASE that makes a number of it" if kind == Type.BOOLEAN else "a value of a documented type"
        yield Refusal(f"{name} of {_describe_type(kind)}", "its page lists other types", instead, page)
    elif kind == Type.BOOLEAN and name in TEXTS_ONLY and not isinstance(call, CHECKED_BY_TREE):
        instead = "CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END"
        yield Refusal(f"{name} of a boolean", "it has no conversion to text", instead, "r_Boolean_type.html")
    elif kind == UNTYPED and name in UNTYPED_REFUSED and isinstance(value, sge.Column):
        yield _untyped_refusal(f"{name} of {value.name}")


def _untyped_refusal(construct: str) -> Refusal:
    reason = "a string literal in a subquery has no type yet"
    return Refusal(construct, reason, "CAST('x' AS VARCHAR(1)) in the subquery", "r_Character_types.html")


def _describe_type(kind: Type) -> str:
    return "a boolean" if kind == Type.BOOLEAN else "a string literal" if kind == UNTYPED else f"a {kind.value}"


def _is_fraction_or_text(value: sge.Expression) -> bool:
    value = value.this if isinstance(value, sge.Neg) else value
    return isinstance(value, sge.Literal) and (value.is_string or not str(value.this).isdigit())


def _check_percentile(name: str, value: sge.Expression) -> Iterator[Refusal]:
    is_constant = isinstance(value, sge.Cast) or (isinstance(value, sge.Literal) and value.is_number)
    if not is_constant or (isinstance(value, sge.Literal) and float(value.this) > 1):
        argument = value.sql(dialect="redshift")
        yield Refusal(f"{name}({argument})", "it takes a constant from 0 to 1", f"{name}(0.5)", f"r_{name}.html")


def _check_alike(name: str, values: Sequence[sge.Expression], types: Types, page: str) -> Iterator[Refusal]:
    """Yield a refusal where values that have to be of one type are of two."""
    kinds = [(type_of(value, types), value) for value in values]
    has_number = any(kind in NUMBERS for kind, _ in kinds)
    texts = [kind for kind, _ in kinds if kind in TEXTS]
    if has_number and texts:
        construct = f"{name} of a number and {_describe_type(texts[0] or UNTYPED)}"
        yield Refusal(construct, "its values have no common type", "a CAST of one of them", page)
        return
    if kinds:
        first = next((typed for typed in kinds if typed[0] not in (None, UNTYPED)), kinds[0])
        yield from check_common(name, first, kinds, page)


def typed(value: sge.Expression, types: Types) -> Typed:
    """Return a value with its type."""
    return type_of(value, types), value.unnest()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# Dates

_DATE_CALLS = (sge.TsOrDsAdd, sge.TsOrDsDiff, sge.TimestampTrunc, sge.Extract)
DateCall = tuple[str, str, sge.Expression | None, tuple[sge.Expression, ...]]


def _date_call(call: sge.Expression, name: str, arguments: Sequence[sge.Expression]) -> DateCall | None:
    """Return the function, its date part, the amount to add, and the dates of a call."""
    if isinstance(call, sge.TsOrDsAdd):
        return "DATEADD", _part_name(call.args.get("unit")), call.expression, (call.this,)
    if isinstance(call, sge.TsOrDsDiff):
        return "DATEDIFF", _part_name(call.args.get("unit")), None, (call.this, call.expression)
    if isinstance(call, sge.TimestampTrunc):
        return "DATE_TRUNC", _part_name(call.args.get("unit")), None, (call.this,)
    if isinstance(call, sge.Extract):
        return "EXTRACT", _part_name(call.this), None, (call.expression,)
    if name in WITH_DATE_PART and len(arguments) > 1:
        amount = arguments[1] if name == "DATEADD" else None
        return name, _part_name(arguments[0]), amount, tuple(arguments[2 if name == "DATEADD" else 1 :])
    return None


def _part_name(node: object) -> str:
    return str(node.name).lower() if isinstance(node, sge.Expression) else ""


def _check_date_call(
    _: str, name: str, part: str, amount: sge.Expression | None, dates: Sequence[sge.Expression], types: Types
) -> Iterator[Refusal]:
    page = f"r_{name}.html" if name == "DATE_TRUNC" else f"r_{name}_function.html"
    is_read_only = name in ("DATE_PART", "EXTRACT", "PGDATE_PART")
    if part in vocabulary.ONLY_IN_EXTRACT and not is_read_only:
        yield Refusal(f"{name} with {part}", "only EXTRACT and DATE_PART have this part", "EXTRACT", page)
    if amount is not None and (
        type_of(amount, types) in FRACTIONS or _is_fraction_or_text(amount) or _is_truth(amount)
    ):
        yield Refusal(f"{name} of a fraction", "it adds whole numbers", "a smaller part, as hours for days", page)
    for value in dates:
        kind = type_of(value, types)
        if kind in NUMBERS or kind == Type.BOOLEAN:
            yield Refusal(f"{name} of {_describe_type(kind)}", "it takes dates and times", "a CAST to TIMESTAMP", page)
        elif kind == Type.DATE and is_read_only and part in vocabulary.PARTS_OF_A_DAY:
            yield Refusal(f"{name} of {part} from a date", "a date has no such part", "a TIMESTAMP", page)
        elif (
            kind in CLOCKS
            and part in vocabulary.DATE_PARTS
            and part not in vocabulary.PARTS_OF_A_DAY | vocabulary.ONLY_IN_EXTRACT
        ):
            yield Refusal(f"{name} of {part} from a time", "a time has no such part", "a TIMESTAMP", page)
        elif part in vocabulary.PARTS_OF_A_ZONE and kind in (Type.DATE, Type.TIMESTAMP, Type.TIME):
            yield Refusal(f"{name} of {part}", "the value has no time zone", "a TIMESTAMPTZ", page)


def _is_truth(value: sge.Expression) -> bool:
    return type(value.unnest()) in TRUTHS


STARLESS = (frozenset(REFUSED_TYPES) | {"LISTAGG", "ANY_VALUE", "LEN", "UPPER", "LOWER"}) - {"COUNT"}
CHECKED_BY_TREE = (sge.Anonymous, sge.Lower, sge.Upper, sge.Trim, sge.Length)
UNTYPED_REFUSED = TEXTS_ONLY | {"LISTAGG"}
CHECKED = STARLESS | frozenset(WHOLE_ARGUMENTS) | ALIKE | WITH_DATE_PART | UNTYPED_REFUSED
CHECKED |= {"CONVERT_TIMEZONE", "NVL2", "DECODE", "SHA2", "PERCENTILE_CONT", "PERCENTILE_DISC", "MOD"}


# Operators


def check_operator(node: sge.Expression, types: Types) -> Iterator[Refusal]:
    """Yield what an operator does not take because of the types of its sides."""
    sides = [side for side in (node.this, node.args.get("expression")) if side is not None]
    kinds = [type_of(side, types) for side in sides]
    if isinstance(node, sge.Mod):
        if any(kind in (Type.FLOAT, Type.DOUBLE) for kind in kinds):
            instead = "x - y * FLOOR(x / y), or a CAST to DECIMAL"
            yield Refusal("a remainder of floats", "MOD takes whole numbers and decimals", instead, "r_MOD.html")
        return
    if isinstance(node, sge.Add | sge.Sub | sge.Mul | sge.Div):
        yield from _check_arithmetic(node, kinds)
        return
    if isinstance(node, sge.AtTimeZone):
        yield from check_zone(node, types)
        return
    if isinstance(node, sge.Not):
        yield from check_condition(node.this, types, "NOT")
        return
    if isinstance(node, sge.And | sge.Or):
        for side in sides:
            yield from check_condition(side, types, type(node).__name__.upper())
        return
    yield from _check_comparison(node, sides, types)
    untyped = [
        side for side, kind in zip(sides, kinds, strict=True) if kind == UNTYPED and isinstance(side, sge.Column)
    ]
    if untyped and any(kind in TEXTS or kind == UNTYPED for kind in kinds):
        yield _untyped_refusal(f"a comparison with {untyped[0].name}")


def _check_comparison(node: sge.Expression, sides: Sequence[sge.Expression], types: Types) -> Iterator[Refusal]:
    if isinstance(node, sge.DPipe):
        return
    page = "r_comparison_condition.html"
    if isinstance(node, sge.In):
        others, construct, page = node.expressions, "IN", "r_in_condition.html"
    elif isinstance(node, sge.Between):
        others, construct, page = [node.args["low"], node.args["high"]], "BETWEEN", "r_range_condition.html"
    else:
        others, construct = list(sides[1:]), "a comparison"
    value = typed(sides[0], types)
    if value[0] is not None:
        yield from check_common(construct, value, [typed(other, types) for other in others], page)


def _check_arithmetic(node: sge.Expression, kinds: Sequence[Type | None]) -> Iterator[Refusal]:
    page = "r_OPERATOR_SYMBOLS.html"
    if Type.BOOLEAN in kinds:
        instead = "CASE WHEN b THEN 1 ELSE 0 END"
        yield Refusal("arithmetic with a boolean", "operators take numbers and dates", instead, page)
    elif isinstance(node, sge.Mul | sge.Div) and any(kind in MOMENTS for kind in kinds):
        yield Refusal("a date times or by a number", "dates take + and - only", "DATEADD or DATEDIFF", page)
    elif isinstance(node, sge.Add) and (
        all(kind in MOMENTS for kind in kinds) or all(kind in CLOCKS for kind in kinds)
    ):
        yield Refusal("a sum of dates", "two dates have a difference only", "DATEADD", page)


def check_condition(value: sge.Expression, types: Types, place: str) -> Iterator[Refusal]:
    """Yield a refusal where a value is known not to be a boolean, but decides."""
    kind = type_of(value, types)
    is_computed = isinstance(value.unnest(), sge.Add | sge.Sub | sge.Mul | sge.Div | sge.Mod | sge.DPipe | sge.Neg)
    if is_computed or (kind is not None and kind not in (Type.BOOLEAN, Type.SUPER)):
        reason = f"it is {_describe_type(kind)}" if kind is not None else "it is not a boolean"
        yield Refusal(f"a condition of {place}", reason, "a comparison", "r_conditions.html")
