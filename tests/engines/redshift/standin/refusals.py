"""Refuse what PostgreSQL runs and Redshift does not: types of arguments, unknown types, functions without a table."""

from __future__ import annotations

import re

from sqlglot import exp

from tests.engines.redshift.standin.data_types import INTEGER_DIGITS, Catalogue, digits_of
from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.functions import words
from tests.engines.redshift.standin.scopes import is_catalog, reads_user_table, stored_tables
from tests.engines.redshift.standin.untyped import untyped_columns

COMPUTE_NODES_ONLY = ("listagg", "median", "percentile_cont", "percentile_disc")
LEADER_NODE_ONLY = words(
    """current_schema current_schemas has_database_privilege has_schema_privilege has_table_privilege version substr
    factorial log age isfinite now get_byte set_bit set_byte to_ascii"""
)
"""c_SQL_functions_leader_node_only and r_VERSION."""
JOINED_CATALOG = words(
    """pg_attribute pg_cast pg_depend pg_description pg_locks pg_opclass pg_class pg_constraint pg_database pg_group
    pg_language pg_namespace pg_operator pg_proc pg_settings pg_statistic pg_tables pg_type pg_user pg_views"""
)
"""c_join_PG: the tables of the catalog that may be read next to others."""
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


def refuse_uses(tree: exp.Expression, catalogue: Catalogue, *, is_stored: bool = False) -> None:
    """Refuse what Redshift refuses because of a type, or because of the nodes that hold the tables.

    Raises:
        Untranslatable: for the first such use.
    """
    _refuse_nodes(tree)
    for call in _calls(tree):
        name = call.name.lower()
        if name == "mod":
            _refuse_mixed(call, catalogue)
        if name in ON_LEADER_FOR_DECIMALS:
            _refuse_decimal(call, catalogue)
    for column in untyped_columns(tree, is_stored=is_stored):
        raise Untranslatable(f"column {column.alias_or_name} of a subquery has no type")


def _calls(tree: exp.Expression) -> list[exp.Anonymous]:
    return [node for node in tree.find_all(exp.Anonymous) if not node.name.startswith("redshift.")]


def _refuse_nodes(tree: exp.Expression) -> None:
    tables = stored_tables(tree)
    is_on_compute_nodes = reads_user_table(tables)
    for call in _calls(tree):
        name = call.name.lower()
        if name in COMPUTE_NODES_ONLY and not is_on_compute_nodes:
            raise Untranslatable(f"{name} without a table: c_SQL_functions_compute_node_only")
        if name in LEADER_NODE_ONLY and is_on_compute_nodes:
            raise Untranslatable(f"{name} next to a table: c_SQL_functions_leader_node_only")
    for table in tables:
        if is_on_compute_nodes and is_catalog(table) and table.name not in JOINED_CATALOG:
            raise Untranslatable(f"{table.name} next to a table: c_join_PG")


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
