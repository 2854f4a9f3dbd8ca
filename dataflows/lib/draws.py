"""Pseudo-random whole numbers that are the same on every engine, to generate data from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MODULUS = 2_147_483_647
"""A prime below 2^31: the product of two residues fits a BIGINT."""


def numbered(count: int) -> ir.Table:
    """Return a table of the ids from 1 to ``count``."""
    return ibis.range(1, count + 1).unnest().name("id").as_table().mutate(id=ibis._.id.cast("int64"))


def draw(number: ir.IntegerColumn, random_seed: int, purpose: int, sides: int) -> ir.IntegerColumn:
    """Roll a die for each number: 0 to ``sides`` - 1, independently for each ``purpose``."""
    # Squaring twice between two steps of a generator breaks up the regular sequence that one step alone gives.
    start = (random_seed * 7_919 + purpose * 104_729) % MODULUS
    first = (number * 48_271 + start) % MODULUS
    second = (first * first + start + purpose) % MODULUS
    third = (second * 69_621 + 1) % MODULUS
    return (third * third + start) % MODULUS % sides


def pick(number: ir.IntegerColumn, values: list[str] | list[int]) -> ir.Column:
    """Return the value at each number, from 0."""
    return number.cases(*enumerate(values[:-1]), else_=values[-1])
