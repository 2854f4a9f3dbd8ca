"""Check the constants among the arguments of a call: numbers in their range, patterns, names of days, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.literals import describe_pattern_fault, is_json
from marketing_ibis.engines.redshift.gate.refusal import Refusal

DIGESTS = ("0", "224", "256", "384", "512")
LEAST: dict[str, tuple[int, int, str]] = {
    "NTILE": (0, 1, "r_WF_NTILE.html"),
    "NTH_VALUE": (1, 1, "r_WF_NTH.html"),
    "LAG": (1, 0, "r_WF_LAG.html"),
    "LEAD": (1, 0, "r_WF_LEAD.html"),
    "SPLIT_PART": (2, 1, "SPLIT_PART.html"),
    "SUBSTRING": (2, 0, "r_SUBSTRING.html"),
    "REGEXP_SUBSTR": (3, 1, "REGEXP_SUBSTR.html"),
    "REGEXP_INSTR": (3, 1, "REGEXP_INSTR.html"),
}
"""The place of an argument that counts, from 0, its least value and the page that says so."""
PARAMETERS: dict[str, tuple[int, str]] = {
    "REGEXP_COUNT": (3, "cip"),
    "REGEXP_INSTR": (5, "ciep"),
    "REGEXP_REPLACE": (4, "cip"),
    "REGEXP_SUBSTR": (4, "ciep"),
}
"""The place of a regular expression's parameters, and the letters that they have."""
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DAY_NAMES = frozenset(day[:size] for day in DAYS for size in (2, 3, len(day))) | {"m", "w", "f", "tues", "thurs"}
"""https://docs.aws.amazon.com/redshift/latest/dg/r_NEXT_DAY.html"""


def check_constants(name: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    """Yield what is wrong with the constants among a function's arguments."""
    if name in LEAST:
        place, least, page = LEAST[name]
        number = _whole_number(arguments, place)
        if number is not None and number < least:
            construct = f"{name} {'at' if name == 'SPLIT_PART' else 'of a number below'} {least if number else 0}"
            yield Refusal(construct, f"it counts from {least}", f"a number from {least}", page)
    if name in PARAMETERS:
        yield from _check_pattern(name, arguments)
    check = CHECKS.get(name)
    if check is not None:
        yield from check(name, arguments)


def _whole_number(arguments: Sequence[sge.Expression], place: int) -> int | None:
    if place >= len(arguments):
        return None
    value = arguments[place].unnest()
    sign = -1 if isinstance(value, sge.Neg) else 1
    value = value.this.unnest() if isinstance(value, sge.Neg) else value
    return sign * int(value.name) if isinstance(value, sge.Literal) and value.is_int else None


def _text(arguments: Sequence[sge.Expression], place: int) -> str | None:
    value = arguments[place].unnest() if place < len(arguments) else None
    return value.name if isinstance(value, sge.Literal) and value.is_string else None


def _check_pattern(name: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    place, letters = PARAMETERS[name]
    parameters = _text(arguments, place) or ""
    page = f"{name}.html"
    wrong = [letter for letter in parameters if letter.lower() not in letters]
    if wrong:
        reason = f"its letters are {', '.join(letters[:-1])} and {letters[-1]}"
        yield Refusal(f"{name} with '{parameters[:20]}'", reason, f"'{letters[1]}'", page)
    fault = describe_pattern_fault(_text(arguments, 1) or "", is_perl="p" in parameters.lower())
    if fault:
        yield Refusal(f"the pattern of {name}", fault, "a pattern of POSIX", page)


def _check_bits(_: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    if len(arguments) > 1 and arguments[1].is_number and arguments[1].name not in DIGESTS:
        reason = f"its bits are {', '.join(DIGESTS[:-1])} or {DIGESTS[-1]}"
        yield Refusal(f"SHA2 of {arguments[1].name} bits", reason, "SHA2(x, 256)", "SHA2.html")


def _check_day(_: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    day = _text(arguments, 1)
    if day is not None and day.strip().lower() not in _DAY_NAMES:
        yield Refusal(f"NEXT_DAY of '{day[:20]}'", "no day of the week has this name", "'Monday'", "r_NEXT_DAY.html")


def _check_base(_: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    base = _whole_number(arguments, 1)
    if base is not None and not 2 <= base <= 36:
        yield Refusal(f"STRTOL to base {base}", "a base is between 2 and 36", "16", "r_STRTOL.html")


def _check_document(_: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    document = _text(arguments, 0)
    if document is not None and not is_json(document):
        construct = f"JSON_PARSE of '{document[:20]}'"
        yield Refusal(construct, "it is not a JSON document", "a valid one", "JSON_PARSE.html")


def _check_pairs(_: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    page = "r_object_function.html"
    if len(arguments) % 2:
        yield Refusal(f"OBJECT of {len(arguments)} arguments", "they are keys and values", "a value per key", page)
    for key in arguments[::2]:
        if key.unnest().is_number or isinstance(key.unnest(), sge.Boolean):
            yield Refusal(f"OBJECT with the key {key.sql()}", "keys are strings", f"'{key.sql()}'", page)


def _check_percentile(name: str, arguments: Sequence[sge.Expression]) -> Iterator[Refusal]:
    value = arguments[0]
    is_constant = isinstance(value, sge.Cast) or (isinstance(value, sge.Literal) and value.is_number)
    if not is_constant or (isinstance(value, sge.Literal) and float(value.this) > 1):
        argument = value.sql(dialect="redshift")
        yield Refusal(f"{name}({argument})", "it takes a constant from 0 to 1", f"{name}(0.5)", f"r_{name}.html")


CHECKS: dict[str, Callable[[str, Sequence[sge.Expression]], Iterator[Refusal]]] = {
    "JSON_PARSE": _check_document,
    "NEXT_DAY": _check_day,
    "OBJECT": _check_pairs,
    "PERCENTILE_CONT": _check_percentile,
    "PERCENTILE_DISC": _check_percentile,
    "SHA2": _check_bits,
    "STRTOL": _check_base,
}
