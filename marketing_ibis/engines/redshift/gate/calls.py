"""The name and the arguments of a call, whatever class of nodes sqlglot has for it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions
from marketing_ibis.engines.redshift.gate.refusal import Refusal

OWN_NAMES = {"GROUP_CONCAT": "LISTAGG", "LOGICAL_AND": "BOOL_AND", "LOGICAL_OR": "BOOL_OR"}
OWN_NAMES |= {"BITWISE_AND_AGG": "BIT_AND", "BITWISE_OR_AGG": "BIT_OR", "CURRENT_VERSION": "VERSION", "PAD": "LPAD"}
OWN_NAMES |= {"REGEXP_EXTRACT": "REGEXP_SUBSTR", "STR_POSITION": "STRPOS", "DECODE_CASE": "DECODE"}
OWN_NAMES |= {"TS_OR_DS_ADD": "DATEADD", "TS_OR_DS_DIFF": "DATEDIFF", "TIMESTAMP_TRUNC": "DATE_TRUNC"}
OWN_NAMES |= {"FROM_BASE": "STRTOL", "JSON_EXTRACT_SCALAR": "JSON_EXTRACT_PATH_TEXT", "LOWER_HEX": "TO_HEX"}
OWN_NAMES |= {"STRING_TO_ARRAY": "SPLIT_TO_ARRAY"}
OWN_NAMES |= {"TIME_TO_STR": "TO_CHAR", "STR_TO_DATE": "TO_DATE", "STR_TO_TIME": "TO_TIMESTAMP"}
"""Redshift's name of a function by the first name that sqlglot has for it."""
_class_names: dict[str, str] = {}
"""The function of each class of nodes."""


SPREADS = frozenset({"STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"})
OF_DISTINCT_VALUES = SPREADS | frozenset(
    {"ANY_VALUE", "APPROX_DISTINCT", "AVG", "BIT_AND", "BIT_OR", "BOOL_AND", "BOOL_OR", "COUNT", "LISTAGG", "MAX"}
    | {"MIN", "SUM"}
)
"""Aggregates whose pages have DISTINCT."""


def check_distinct(node: sge.Distinct) -> Iterator[Refusal]:
    """Yield a refusal where another function than these takes DISTINCT."""
    if isinstance(node.parent, sge.Func):
        name = function_name(node.parent)
        if name in functions.FUNCTIONS and name not in OF_DISTINCT_VALUES:
            reason = "only aggregates whose pages have it take DISTINCT"
            yield Refusal(
                f"{name}(DISTINCT ...)", reason, f"{name} over a SELECT DISTINCT", "c_Aggregate_Functions.html"
            )


def function_name(call: sge.Expression) -> str:
    """Return the name of what is called, in capitals; sqlglot has names of its own for some."""
    if isinstance(call, sge.Anonymous) or not isinstance(call, sge.Func):
        return str(call.name).upper()
    kind = type(call).__name__
    if kind not in _class_names:
        names: list[str] = type(call).sql_names()
        _class_names[kind] = next(
            (name for name in names if name in functions.FUNCTIONS), OWN_NAMES.get(names[0], names[0])
        )
    return _class_names[kind]


def arguments_of(call: sge.Expression) -> list[sge.Expression]:
    """Return the arguments of a call in their order."""
    if isinstance(call, sge.Anonymous):
        return list(call.expressions)
    values: list[sge.Expression] = []
    for part in call.arg_types:
        value = call.args.get(part)
        for argument in value if isinstance(value, list) else [value]:
            if isinstance(argument, sge.Expression):
                values += argument.expressions if isinstance(argument, sge.Distinct) else [argument]
    return values
