"""Random values: UUIDs of the fourth version, written with RANDOM and MD5.

https://docs.aws.amazon.com/redshift/latest/dg/r_RANDOM.html and r_MD5.html
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

VARIANTS = "89ab"
VERSION = "4"


class RandomVisitors:
    """Visitors of random values; part of the compiler."""

    f: Any
    cast: Any

    def visit_RandomUUID(self, op: ops.RandomUUID) -> sge.Expression:
        """Draw the digits of each part by themselves: a value that is drawn once cannot be taken apart."""
        digits = [self._digits(count) for count in (8, 4, 3, 3, 12)]
        place = sge.Mul(this=self.f.random(), expression=sge.convert(len(VARIANTS)))
        first = sge.Add(this=self.cast(self.f.floor(place), dt.int32), expression=sge.convert(1))
        variant = self.f.substring(sge.convert(VARIANTS), first, sge.convert(1))
        dash = sge.convert("-")
        pieces = [digits[0], dash, digits[1], sge.convert(f"-{VERSION}"), digits[2], dash, variant, digits[3], dash]
        joined = reduce(lambda left, right: sge.DPipe(this=left, expression=right), [*pieces, digits[4]])
        return self.cast(sge.paren(joined), op.dtype)

    def _digits(self, count: int) -> sge.Expression:
        return self.f.left(self.f.md5(self.cast(self.f.random(), dt.string)), sge.convert(count))
