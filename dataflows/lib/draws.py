"""Pseudo-random whole numbers that are the same on every engine, to generate data from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MODULUS = 2_147_483_647
"""A prime below 2^31: the product of two residues fits a BIGINT."""


def numbered(count: int) -> ir.Table:
    """Return a table of the ids from 1 to ``count``."""
    return ibis.range(1, count + 1).unnest().name("id").as_table().mutate(id=ibis._.id.cast("int64"))


def repeated(table: ir.Table, parts: ir.IntegerColumn, most: int) -> tuple[ir.Table, ir.IntegerColumn]:
    """Return as many rows as ``parts`` says of each row, at most ``most``, with ``part`` from 0.

    The second result numbers them by the column ``id``, leaving room for ``most`` of each.
    """
    counted = table.mutate(parts=parts.cast("int64"))
    filled = counted.filter(counted.parts > 0)
    rows = filled.mutate(part=ibis.range(0, filled.parts).unnest().cast("int64"))
    return rows, rows.id * most + rows.part - most + 1


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
