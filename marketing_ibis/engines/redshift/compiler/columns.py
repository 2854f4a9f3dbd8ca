"""Add columns to a relation, and move expressions to it."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.operations as ops


def extend(parent: ops.Relation, columns: Mapping[str, ops.Value]) -> ops.Project:
    """Return ``parent`` with more columns."""
    return ops.Project(parent, {name: ops.Field(parent, name) for name in parent.schema} | dict(columns))


def move(values: Mapping[str, ops.Value], old: ops.Relation, new: ops.Relation) -> dict[str, ops.Value]:
    """Return values over ``old`` as values over ``new``, which has its columns too."""
    return {name: value.replace({old: new}) for name, value in values.items()}
