"""Statements that build a candidate next to the published relation and replace that by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketing_ibis.engines.dialect import NO_WIDTHS, Dialect, Relation
from marketing_ibis.model import Model
from marketing_ibis.model.vocabulary import Materialized


def build_candidate(
    dialect: Dialect,
    relation: Relation,
    kind: Materialized,
    select: str,
    model: Model | None = None,
    text_widths: Mapping[str, int | str] = NO_WIDTHS,
) -> tuple[str, ...]:
    """Return the statements that build the candidate of ``relation``; ``select`` reads candidates.

    The candidate of a model whose rows a Python function computes is empty.
    """
    if kind == "view":
        return (dialect.create_view(relation.candidate, select),)
    comments = dialect.describe(relation.candidate, model) if model else ()
    if model and model.row_function:
        return (*dialect.create_empty_table(relation.candidate, model, text_widths), *comments)
    return (*dialect.create_table(relation.candidate, select, model, text_widths), *comments)


def publish(
    dialect: Dialect,
    relation: Relation,
    kind: Materialized,
    select: str,
    *,
    existing_kind: Materialized | None,
    model: Model | None = None,
    readers: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the statements that put the candidate of ``relation`` in place of the existing relation, if any.

    ``existing_kind`` is the kind of that; None where there is none.

    They belong in one transaction with those of every other relation of the run. A table is renamed; a view is created
    again from ``select``, which reads published names, since a renamed view would still read candidates.
    """
    drops = drop(dialect, relation, existing_kind) if existing_kind else ()
    grants = dialect.grant(relation, readers)
    if kind == "table":
        rename = f"ALTER TABLE {dialect.relation(relation.candidate)} RENAME TO {dialect.identifier(relation.name)}"
        return (*drops, rename, *grants)
    comments = dialect.describe(relation, model) if model else ()
    creation = (dialect.create_view(relation, select), *comments, *grants)
    return (*drops, *creation, *drop(dialect, relation.candidate, "view"))


def refill(dialect: Dialect, relation: Relation, kind: Materialized, select: str) -> tuple[str, ...]:
    """Return the statements that bring the existing ``relation`` to the candidate's state without dropping it.

    For a relation that a view holds on to; the candidate must have the same columns.
    """
    if kind == "view":
        return (f"CREATE OR REPLACE VIEW {dialect.relation(relation)} AS\n{select}",)
    table, candidate = dialect.relation(relation), dialect.relation(relation.candidate)
    return (
        f"TRUNCATE TABLE {table}",
        f"INSERT INTO {table} SELECT * FROM {candidate}",
        *drop(dialect, relation.candidate, kind),
    )


def drop(dialect: Dialect, relation: Relation, kind: Materialized) -> tuple[str, ...]:
    """Return the statements that remove ``relation`` where it stands."""
    return (f"DROP {kind.upper()} IF EXISTS {dialect.relation(relation)}",)
