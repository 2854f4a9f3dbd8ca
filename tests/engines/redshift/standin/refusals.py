"""Refuse what PostgreSQL runs and Redshift does not: types of arguments, unknown types, functions without a table."""

from __future__ import annotations

import re

from sqlglot import exp

from tests.engines.redshift.standin.data_types import INTEGER_DIGITS, Catalogue, digits_of
from tests.engines.redshift.standin.errors import Untranslatable

COMPUTE_NODES_ONLY = ("listagg", "median", "percentile_cont", "percentile_disc")
ON_LEADER_FOR_DECIMALS = ("ln", "dlog1")
ZONE_TWICE = re.compile(r"\b(TIMESTAMPTZ|TIMETZ)\s+WITH(OUT)?\s+TIME\s+ZONE\b", re.IGNORECASE)
SHORTEST, LONGEST = INTEGER_DIGITS["SMALLINT"], INTEGER_DIGITS["BIGINT"]


def refuse_spelling(statement: str) -> None:
    """Refuse a type that is spelled as no page has it: r_Datetime_types.

    Raises:
        Untranslatable: for a type with its time zone twice.
    """
    if found := ZONE_TWICE.search(statement):
        raise Untranslatable(f"type {found[0]}")


def refuse_uses(tree: exp.Expression, catalogue: Catalogue) -> None:
    """Refuse what Redshift refuses because of a type, or because no table is read.

    Raises:
        Untranslatable: for the first such use.
    """
    calls = [node for node in tree.find_all(exp.Anonymous) if not node.name.startswith("redshift.")]
    names = {cte.alias for cte in tree.find_all(exp.CTE)}
    reads_table = any(table.db or table.name not in names for table in tree.find_all(exp.Table))
    for call in calls:
        name = call.name.lower()
        if name in COMPUTE_NODES_ONLY and not reads_table:
            raise Untranslatable(f"{name} without a table: c_SQL_functions_compute_node_only")
        if name == "mod":
            _refuse_mixed(call, catalogue)
        if name in ON_LEADER_FOR_DECIMALS:
            _refuse_decimal(call, catalogue)
    for select in tree.find_all(exp.Select):
        if isinstance(select.parent, (exp.CTE, exp.Subquery)):
            _refuse_unknown_types(select)


def _refuse_mixed(call: exp.Anonymous, catalogue: Catalogue) -> None:
    """r_MOD: a SMALLINT with a BIGINT, and a DECIMAL with another number."""
    if any(isinstance(operand.unnest(), exp.Literal) for operand in call.expressions):
        return
    left, right = (digits_of(operand, catalogue) for operand in call.expressions)
    if left is None or right is None:
        return
    is_mixed = left.is_integer != right.is_integer
    is_far_apart = left.is_integer and {left.precision, right.precision} == {SHORTEST, LONGEST}
    if is_mixed or is_far_apart:
        raise Untranslatable(f"{call.sql('redshift')}: MOD of different types")


def _refuse_decimal(call: exp.Anonymous, catalogue: Catalogue) -> None:
    """r_LN: a DECIMAL runs on the leader node only."""
    digits = digits_of(call.expressions[0], catalogue)
    if digits is not None and not digits.is_integer and call.find(exp.Column):
        raise Untranslatable(f"{call.sql('redshift')}: LN of a DECIMAL")


def _refuse_unknown_types(select: exp.Select) -> None:
    for projection in select.expressions:
        value = projection.this if isinstance(projection, exp.Alias) else projection
        if value.is_string or isinstance(value, exp.Null):
            raise Untranslatable(f"column {projection.alias_or_name} of a subquery has no type")
