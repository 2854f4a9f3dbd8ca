"""Resolve the names in a query against what is in reach, and check where aggregates and windows are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes.queries import QueryResolver
from marketing_ibis.engines.redshift.gate.scopes.relations import Outputs, Schemas
from marketing_ibis.engines.redshift.gate.scopes.sources import COLUMNS, StoredColumns

__all__ = ["COLUMNS", "Schemas", "StoredColumns", "check_scopes", "resolve_outputs"]
NOTHING: Mapping[str, Mapping[str, None]] = {}


def check_scopes(query: sge.Expression, schemas: Schemas = NOTHING) -> Iterator[tuple[Refusal, sge.Expression]]:
    """Yield what is wrong with the names in a query, each with its node.

    A table that is not in ``schemas`` may have any column.
    """
    resolver = QueryResolver(schemas)
    resolver.resolve(query, {}, None)
    yield from resolver.complaints


def resolve_outputs(query: sge.Expression) -> Outputs:
    """Return the columns of a query with their types where these are known; None if its columns are not."""
    return QueryResolver(NOTHING).resolve(query, {}, None)
