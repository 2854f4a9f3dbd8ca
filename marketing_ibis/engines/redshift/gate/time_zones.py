"""Check the time zones that values are converted between.

https://docs.aws.amazon.com/redshift/latest/dg/CONVERT_TIMEZONE.html and r_AT_TIME_ZONE.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.type_families import CLOCKS, MOMENTS, NUMBERS, UNTYPED, Type
from marketing_ibis.engines.redshift.gate.value_types import Types, type_of
from marketing_ibis.engines.redshift.gate.vocabulary import words

REGIONS = words(
    """
    AFRICA AMERICA ANTARCTICA ARCTIC ASIA ATLANTIC AUSTRALIA BRAZIL CANADA CHILE ETC EUROPE INDIAN MEXICO MIDEAST
    PACIFIC SYSTEMV US
    """
)
"""Names before the slash: https://docs.aws.amazon.com/redshift/latest/dg/time-zone-names.html"""
NO_ZONES = NUMBERS | MOMENTS | CLOCKS | {Type.BOOLEAN}
NO_MOMENTS = NUMBERS | CLOCKS | {Type.BOOLEAN}
PAGE = "CONVERT_TIMEZONE.html"


def check_zones(arguments: Sequence[sge.Expression], types: Types) -> Iterator[Refusal]:
    """Yield what is wrong with the arguments of CONVERT_TIMEZONE: one zone or two, and a moment."""
    *zones, moment = arguments
    for zone in zones:
        yield from _check_name(zone, types, "CONVERT_TIMEZONE", PAGE)
    if type_of(moment, types) in NO_MOMENTS:
        construct = f"CONVERT_TIMEZONE of {moment.sql(dialect='redshift')}"
        yield Refusal(construct, "its last argument is a timestamp", "a CAST to TIMESTAMP", PAGE)


def check_zone(node: sge.AtTimeZone, types: Types) -> Iterator[Refusal]:
    """Yield what is wrong with AT TIME ZONE."""
    page = "r_AT_TIME_ZONE.html"
    yield from _check_name(node.args["zone"], types, "AT TIME ZONE", page)
    kind = type_of(node.this, types)
    if kind in NUMBERS or kind == Type.BOOLEAN:
        yield Refusal("AT TIME ZONE of a number", "it converts timestamps", "a CAST to TIMESTAMP", page)


def _check_name(zone: sge.Expression, types: Types, construct: str, page: str) -> Iterator[Refusal]:
    kind = type_of(zone, types)
    if kind in NO_ZONES:
        name = zone.sql(dialect="redshift")
        yield Refusal(f"time zone {name} of {construct}", "it is the name of a zone", "'Europe/Berlin'", page)
    elif kind == UNTYPED and "/" in zone.name and zone.name.partition("/")[0].upper() not in REGIONS:
        yield Refusal(f"time zone {zone.name}", "there is none of this name", "'Europe/Berlin'", page)
