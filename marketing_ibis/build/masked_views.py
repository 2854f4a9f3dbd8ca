"""Write the views in which personal data is masked, over the published tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from marketing_ibis.build.statements import drop
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.model import Model
from marketing_ibis.model.masking import Mask, MaskedTable

KEY_TABLE = "personal_data_key"
"""The table of the models' schema with the key of hashes in masked views, which no reader may read."""
KEY_COLUMN = "hash_key"
VIEW_TABLE = "masked_views"
"""The table of the models' schema that names the masked views."""
RIGHT_TABLE = "masked_view_rights"
"""The table of the models' schema that names the roles that were granted each masked view."""


@dataclass(frozen=True, slots=True)
class MaskedView:
    """The view of a published table in which personal data is masked: its SELECT, its comments and rights.

    ``original`` is the published table. ``is_keyed`` says that it has hashes, whose key is in a table of its own.
    ``roles`` may read it, on an engine with users.
    """

    relation: Relation
    original: Relation
    select: str
    described: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    is_keyed: bool = False
    roles: tuple[str, ...] = ()

    @property
    def key_table(self) -> Relation:
        """The table with the key of its hashes."""
        return Relation(self.original.schema, KEY_TABLE)


def masked_view(dialect: Dialect, model: Model, original: Relation) -> MaskedView | None:
    """Return the masked view over the published relation of ``model``, if the settings ask for one."""
    masked = model.declaration.masked
    if masked is None:
        return None
    relation = Relation(masked.schema, original.name)
    as_view = replace(model, declaration=replace(model.declaration, materialized="view"))
    return MaskedView(
        relation,
        original,
        _select(dialect, model, original, masked.masks),
        dialect.describe(relation, as_view),
        rights_on(dialect, masked, relation, original),
        "hash" in masked.masks.values(),
        masked.roles if dialect.grant(relation, masked.roles) else (),
    )


def _select(dialect: Dialect, model: Model, original: Relation, masks: Mapping[str, Mask]) -> str:
    lines = []
    for name, dtype in model.schema.items():
        column = dialect.identifier(name)
        if name not in masks:
            lines.append(f"  {column}")
        elif masks[name] == "null":
            lines.append(f"  CAST(NULL AS {dialect.column_type(dtype)}) AS {column}")
        else:
            value = column if dtype.is_string() else f"CAST({column} AS VARCHAR)"
            key_table = dialect.relation(Relation(original.schema, KEY_TABLE))
            # Without a key in the table there is no hash: one without a key could be computed by anyone.
            key = f"(SELECT {dialect.identifier(KEY_COLUMN)} FROM {key_table})"
            lines.append(f"  {dialect.sha256(f'{key} || {value}')} AS {column}")
    columns = ",\n".join(lines)
    return f"SELECT\n{columns}\nFROM {dialect.relation(original)}"


def rights_on(dialect: Dialect, masked: MaskedTable, relation: Relation, original: Relation) -> tuple[str, ...]:
    """Return the statements that let the roles read the masked view ``relation``, and not what is beneath it."""
    keys = [Relation(original.schema, KEY_TABLE)] if "hash" in masked.masks.values() else []
    return (
        *dialect.grant_usage(relation.schema, masked.roles),
        *dialect.grant(relation, masked.roles),
        # Default privileges may have granted it, or the settings before there were masked views.
        *(statement for each in (original, *keys) for statement in dialect.revoke(each, masked.roles)),
    )


def drop_masked(dialect: Dialect, views: Iterable[MaskedView], in_use: Collection[Relation] = ()) -> Iterator[str]:
    """Yield the statements that drop the masked views, apart from those over the relations ``in_use``.

    On an engine whose views hold on to what they read, nothing beneath them could be replaced otherwise.
    """
    for view in views:
        if view.original not in in_use:
            yield from drop(dialect, view.relation, "view")


def create_masked(dialect: Dialect, views: Iterable[MaskedView], in_use: Collection[Relation] = ()) -> tuple[str, ...]:
    """Return the statements that create the masked views, or replace those over the relations ``in_use``."""
    statements = []
    for view in views:
        if view.is_keyed:
            statements.append(create_key_table(dialect, view.key_table))
        if view.original in in_use:
            statements.append(f"CREATE OR REPLACE VIEW {dialect.relation(view.relation)} AS\n{view.select}")
        else:
            statements.append(dialect.create_view(view.relation, view.select))
        statements += (*view.described, *view.rights)
    # All of them name the table of the key, and the right to use the schema.
    return tuple(dict.fromkeys(statements))


def create_key_table(dialect: Dialect, table: Relation) -> str:
    """Return the statement that creates the table of the key of hashes, without a key."""
    return f"CREATE TABLE IF NOT EXISTS {dialect.relation(table)} ({dialect.identifier(KEY_COLUMN)} VARCHAR(64))"
