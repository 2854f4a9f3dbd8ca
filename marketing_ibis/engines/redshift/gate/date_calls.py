"""Check calls that take a date part: its name, the amount that is added, and the dates.

https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.functions import WITH_DATE_PART
from marketing_ibis.engines.redshift.gate.literals import reads_as
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import (
    CLOCKS,
    FRACTIONS,
    MOMENT,
    MOMENTS,
    NUMBERS,
    UNTYPED,
    Type,
    describe_type,
)
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of

DATE_CALLS = (sge.TsOrDsAdd, sge.TsOrDsDiff, sge.TimestampTrunc, sge.Extract)
Parts = tuple[str, str, sge.Expression | None, tuple[sge.Expression, ...]]


def check_date_call(
    call: sge.Expression, name: str, arguments: Sequence[sge.Expression], types: Types
) -> Iterator[Refusal]:
    """Yield what is wrong with the part, the amount and the dates of a call; nothing where it takes no part."""
    parts = _parts_of(call, name, arguments)
    if parts is not None:
        yield from _check(*parts, types)


def _parts_of(call: sge.Expression, name: str, arguments: Sequence[sge.Expression]) -> Parts | None:
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


def _check(
    name: str, part: str, amount: sge.Expression | None, dates: Sequence[sge.Expression], types: Types
) -> Iterator[Refusal]:
    page = f"r_{name}.html" if name == "DATE_TRUNC" else f"r_{name}_function.html"
    is_read_only = name in ("DATE_PART", "EXTRACT", "PGDATE_PART")
    if part in vocabulary.ONLY_IN_EXTRACT and not is_read_only:
        yield Refusal(f"{name} with {part}", "only EXTRACT and DATE_PART have this part", "EXTRACT", page)
    amount_type = type_of(amount, types) if amount is not None else None
    if amount is not None and (amount_type in FRACTIONS or is_fraction_or_text(amount)):
        yield Refusal(f"{name} of a fraction", "it adds whole numbers", "a smaller part, as hours for days", page)
    elif amount_type is not None and amount_type not in NUMBERS and amount_type != Type.SUPER:
        yield Refusal(f"{name} of {describe_type(amount_type)}", "it adds whole numbers", "a whole number", page)
    for value in dates:
        kind = type_of(value, types)
        literal = value.unnest()
        if kind is not None and kind not in _taken_types(name):
            yield Refusal(f"{name} of {describe_type(kind)}", "it takes dates and times", "a CAST to TIMESTAMP", page)
        elif kind == UNTYPED and isinstance(literal, sge.Literal) and not reads_as(MOMENT, literal.name):
            yield Refusal(f"{name} of '{literal.name[:20]}'", "it has no date", "'2024-02-29'", page)
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


def _taken_types(name: str) -> frozenset[Type]:
    """Return the types of dates; parts are read from intervals, too.

    https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
    """
    return _DATES | {Type.INTERVAL} if name in ("DATE_PART", "EXTRACT", "PGDATE_PART") else _DATES


_DATES = MOMENTS | CLOCKS | {UNTYPED, Type.SUPER}


def is_fraction_or_text(value: sge.Expression) -> bool:
    """Return whether a literal is not a whole number."""
    value = value.this if isinstance(value, sge.Neg) else value
    return isinstance(value, sge.Literal) and (value.is_string or not str(value.this).isdigit())
