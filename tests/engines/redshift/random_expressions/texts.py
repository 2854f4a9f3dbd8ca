"""Strings: cut, joined, replaced, padded, searched and made from other kinds."""

from __future__ import annotations

from tests.engines.redshift.random_expressions.scope import DAY, DECIMAL, INSTANT, MOMENT, TEXT, TRUTH, WHOLE, Maker

NEEDLES = ("a", "", "%", "_", "\\", "é", "a ")
PATTERNS = ("a%", "%_", "x\\_%", "", "%é%", "_")

TEXTS: dict[str, Maker] = {
    "joined": lambda s: s.value(TEXT) + s.operand(TEXT),
    "upper": lambda s: s.value(TEXT).upper(),
    "lower": lambda s: s.value(TEXT).lower(),
    "stripped": lambda s: s.value(TEXT).strip(),
    "stripped on the right": lambda s: s.value(TEXT).rstrip(),
    "reversed": lambda s: s.value(TEXT).reverse(),
    "repeated": lambda s: s.value(TEXT).repeat(s.one_of((2, 0, 1))),
    "cut": lambda s: s.value(TEXT).substr(s.one_of((0, 1)), s.one_of((1, 2))),
    "left": lambda s: s.value(TEXT).left(s.one_of((1, 0, 3))),
    "right": lambda s: s.value(TEXT).right(s.one_of((1, 3))),
    "replaced": lambda s: s.value(TEXT).replace(s.one_of(("a", "_", "\\")), s.one_of(("", "zz"))),
    "padded": lambda s: s.value(TEXT).lpad(4, s.one_of(("*", " "))),
    "padded on the right": lambda s: s.value(TEXT).rpad(4, "-"),
    "joined with a separator": lambda s: s.literal(TEXT).join([s.value(TEXT), s.value(TEXT)]),
    "piece": lambda s: s.value(TEXT).split(s.one_of(("_", "a")))[s.one_of((0, 1, -1))],
    "of a whole": lambda s: s.value(WHOLE).cast("string"),
    "of a decimal": lambda s: s.column(DECIMAL).cast("string"),
    "of a truth": lambda s: s.value(TRUTH).cast("string"),
    "of a moment": lambda s: s.column(MOMENT).cast("string"),
    "formatted": lambda s: s.value(DAY, MOMENT, INSTANT).strftime(s.one_of(("%Y-%m-%d", "%H:%M", "%y/%m"))),
    "weekday": lambda s: s.value(DAY, MOMENT, INSTANT).day_of_week.full_name(),
    "matched": lambda s: s.value(TEXT).re_extract(s.one_of(("[a-z]", "\\d+")), 0),
    "matches replaced": lambda s: s.value(TEXT).re_replace("[ab]", "-"),
}
"""Of doubles there is no text: engines write 1.0 and 1, Ibis leaves it open. Of days there is formatted text alone:
DuckDB truncates a date to a timestamp, which it writes with its hours.
"""

SIZES: dict[str, Maker] = {
    "length": lambda s: s.value(TEXT).length(),
    "place": lambda s: s.value(TEXT).find(s.one_of(("a", "é"))),
    "length of pieces": lambda s: s.value(TEXT).split("_").length(),
}

SEARCHES: dict[str, Maker] = {
    "contains": lambda s: s.value(TEXT).contains(s.one_of(NEEDLES)),
    "starts with": lambda s: s.value(TEXT).startswith(s.one_of(NEEDLES)),
    "ends with": lambda s: s.value(TEXT).endswith(s.column(TEXT)),
    "like": lambda s: s.value(TEXT).like(s.one_of(PATTERNS)),
    "like without case": lambda s: s.value(TEXT).ilike(s.one_of(PATTERNS)),
    "matches": lambda s: s.value(TEXT).re_search(s.one_of(("^[a-z]$", "\\d", "b?"))),
}
