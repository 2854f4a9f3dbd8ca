"""Add columns to a relation, and move expressions to it."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, V, moved_fields


def extend(parent: ops.Relation, columns: Mapping[str, ops.Value]) -> ops.Project:
    """Return ``parent`` with more columns."""
    return ops.Project(parent, {name: ops.Field(parent, name) for name in parent.schema} | dict(columns))


def move(values: Mapping[str, ops.Value], old: ops.Relation, new: ops.Relation) -> dict[str, ops.Value]:
    """Return values over ``old`` as values over ``new``, which has its columns too."""
    return {name: move_value(value, old, new) for name, value in values.items()}


def move_value(value: V, old: ops.Relation, new: ops.Relation) -> V:
    """Return a value over ``old`` as one over ``new``; a subquery still selects from ``old``."""
    return Scopes().substitute(value, moved_fields({old: new}))
