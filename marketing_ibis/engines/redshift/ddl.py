"""Redshift's statements around a SELECT: tables with keys and widths, late-binding views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.engines.costs import Costs, StoredRelation
from marketing_ibis.engines.dialect import NO_WIDTHS, Query, Relation
from marketing_ibis.engines.metadata import ServerDialect
from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.catalog import stored_widths
from marketing_ibis.engines.redshift.drop_procedure import (
    call_drop_procedure,
    create_drop_procedure,
    remove_drop_procedure,
)
from marketing_ibis.engines.redshift.unload import unload
from marketing_ibis.model import Model, Source
from marketing_ibis.model.vocabulary import DEFAULT_WIDTH

GRANTEES = {
    "": ("pg_catalog.pg_user", "usename"),
    "GROUP": ("pg_catalog.pg_group", "groname"),
    "ROLE": ("svv_roles", "role_name"),
}
"""The tables that list users, groups and roles, with the column of their names."""


@dataclass(frozen=True, slots=True)
class RedshiftDialect(ServerDialect):
    """Redshift's SQL; every statement is one that AWS documents."""

    def find_grantee(self, kind: str, name: str) -> str:
        """Return the SELECT of a row if a user, group or role exists, and the user of the session can see it.

        Roles are visible to their members and owners, and with the privilege ACCESS SYSTEM TABLE.
        https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_ROLES.html
        """
        table, column = GRANTEES[kind]
        return f"SELECT 1 FROM {table} WHERE LOWER({column}) = {self.literal(name.lower())}"

    def hides_reader(self, reader: str) -> bool:
        """Return whether it is a role: users and groups are visible to everyone."""
        kind, _ = self._parts(reader)
        return kind == "ROLE"

    def create_table(
        self,
        relation: Relation,
        select: str,
        model: Model | None = None,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
    ) -> tuple[str, ...]:
        """Make the table with its types, keys and widths, then fill it.

        CREATE TABLE AS takes no types: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
        """
        if model is None:
            return ServerDialect.create_table(self, relation, select)
        names = ", ".join(self.identifier(name) for name in model.schema)
        insert = f"INSERT INTO {self.relation(relation)} ({names})\n{select}"
        return (*self.create_empty_table(relation, model, text_widths), insert)

    def create_empty_table(
        self,
        relation: Relation,
        model: Model,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
        *,
        if_missing: bool = False,
    ) -> tuple[str, ...]:
        """Make the table with its types, keys and widths."""
        columns_by_name = {column.name: column for column in model.declaration.contract.columns}
        lines = []
        for name, dtype in model.schema.items():
            width = columns_by_name[name].width or text_widths.get(name, DEFAULT_WIDTH)
            kind = f"VARCHAR({width})" if dtype.is_string() else self.column_type(dtype)
            lines.append(f"  {self.identifier(name)} {kind}{'' if columns_by_name[name].nullable else ' NOT NULL'}")
        keys = model.declaration
        layout = ["DISTSTYLE AUTO"]
        if keys.dist_key:
            key = _dist_key(model)
            layout = [f"DISTSTYLE KEY\nDISTKEY ({self.identifier(key)})" if key else "DISTSTYLE EVEN"]
        if keys.sort_keys:
            layout.append(f"SORTKEY ({', '.join(map(self.identifier, keys.sort_keys))})")
        columns = ",\n".join(lines)
        create = "CREATE TABLE IF NOT EXISTS" if if_missing else "CREATE TABLE"
        return (f"{create} {self.relation(relation)} (\n{columns}\n)\n" + "\n".join(layout),)

    def create_view(self, relation: Relation, select: str) -> str:
        """Make a late-binding view: tables beneath it can be replaced.

        https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
        """
        return f"{ServerDialect.create_view(self, relation, select)}\nWITH NO SCHEMA BINDING"

    def begin_script(self, schema: str) -> tuple[str, ...]:
        """Make the procedure that drops a table or view, whichever there is."""
        return (create_drop_procedure(self, schema),)

    def drop_existing(self, relation: Relation, kind: str) -> str:
        """Drop the relation with the procedure."""
        return call_drop_procedure(self, relation)

    def end_script(self, schema: str) -> tuple[str, ...]:
        """Remove the procedure."""
        return (remove_drop_procedure(self, schema),)

    def stored_widths(self, query: Query, relation: Relation) -> Mapping[str, int]:
        """Return the widths in the catalog of the string columns of ``relation``."""
        return stored_widths(query, self, relation)

    def sha256(self, text: str) -> str:
        """Return the SHA-256 of an expression: https://docs.aws.amazon.com/redshift/latest/dg/SHA2.html."""
        return f"SHA2({text}, 256)"

    def open_session(self, label: str) -> tuple[str, ...]:
        """Label the statements: https://docs.aws.amazon.com/redshift/latest/dg/r_query_group.html."""
        return (f"SET query_group TO {self.literal(label)}",)

    def unload(self, select: str, place: str, iam_role: str | None) -> str:
        """Return the statement that writes the rows of ``select`` to S3."""
        return unload(select, place, iam_role, self.literal)

    def count_unloaded(self) -> str:
        """Ask the session: https://docs.aws.amazon.com/redshift/latest/dg/PG_LAST_UNLOAD_COUNT.html."""
        return "SELECT pg_last_unload_count()"

    def stored_relation(self, node: Model | Source, text_widths: Mapping[str, int], select: str) -> StoredRelation:
        """Return the bytes of each column, the DISTKEY and the key; where a source has its rows is not known."""
        from marketing_ibis.engines.redshift.costs.widths import column_bytes

        widths = {name: column_bytes(dtype, text_widths.get(name)) for name, dtype in node.schema.items()}
        dist_key = _dist_key(node) if isinstance(node, Model) and not select else ""
        grain = node.declaration.grain
        is_of_rows = isinstance(node, Source) or node.declaration.layer == "staging"
        key = grain[0] if is_of_rows and len(grain) == 1 else ""
        is_of_groups = isinstance(node, Model) and len(grain) > 1 and not node.declaration.dist_key
        return StoredRelation(widths, dist_key, select, key, is_of_groups)

    def estimate(self, select: str, stored: Mapping[str, StoredRelation], dist_key: str = "") -> Costs:
        """Return what a SELECT makes Redshift do, counted from its text and the DISTKEYs."""
        from marketing_ibis.engines.redshift.costs import estimate

        return estimate(select, stored, dist_key)

    def approve(self, statements: Sequence[str], purpose: str = "") -> tuple[str, ...]:
        """Return the statements after they passed the gate.

        Raises:
            RefusedByRedshift: AWS documents no such statement.
        """
        gate.require_script(statements, subject=purpose)
        return tuple(statements)


def _dist_key(model: Model) -> str:
    """Return the DISTKEY of a table; none if it is NULL in more than a few rows, which would all be on one slice.

    https://docs.aws.amazon.com/redshift/latest/dg/c_choosing_dist_sort.html
    """
    key = model.declaration.dist_key
    is_nullable = {column.name: column.nullable for column in model.declaration.contract.columns}
    return key if key and (model.declaration.dist_nulls or not is_nullable[key]) else ""
