"""Redshift's statements around a SELECT: tables with keys and widths, late-binding views, comments, grants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketing_ibis.dialects.base import Dialect, Relation
from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model import Model

READER = re.compile(r"(?:(group|role)\s+)?(\S.*)", re.IGNORECASE)
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class RedshiftDialect(Dialect):
    """Redshift's SQL; every statement is one that AWS documents."""

    def create_table(self, relation: Relation, select: str, model: Model | None = None) -> tuple[str, ...]:
        """Make the table with its types, keys and widths, then fill it.

        CREATE TABLE AS takes no types: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_AS.html
        """
        if model is None:
            return Dialect.create_table(self, relation, select)
        names = ", ".join(self.identifier(name) for name in model.schema)
        insert = f"INSERT INTO {self.relation(relation)} ({names})\n{select}"
        return (self._empty_table(relation, model), insert)

    def _empty_table(self, relation: Relation, model: Model) -> str:
        declared = {column.name: column for column in model.declaration.contract.columns}
        lines = []
        for name, dtype in model.schema.items():
            width = declared[name].width
            kind = f"VARCHAR({width})" if dtype.is_string() and width else self.column_type(dtype)
            lines.append(f"  {self.identifier(name)} {kind}{'' if declared[name].nullable else ' NOT NULL'}")
        keys = model.declaration
        layout = [f"DISTSTYLE KEY\nDISTKEY ({self.identifier(keys.dist_key)})" if keys.dist_key else "DISTSTYLE AUTO"]
        if keys.sort_keys:
            layout.append(f"SORTKEY ({', '.join(map(self.identifier, keys.sort_keys))})")
        columns = ",\n".join(lines)
        return f"CREATE TABLE {self.relation(relation)} (\n{columns}\n)\n" + "\n".join(layout)

    def create_view(self, relation: Relation, select: str) -> str:
        """Make a late-binding view: tables beneath it can be replaced.

        https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
        """
        return f"{Dialect.create_view(self, relation, select)}\nWITH NO SCHEMA BINDING"

    def describe(self, relation: Relation, model: Model) -> tuple[str, ...]:
        """Comment the relation, and the columns of a table: those of a late-binding view are not in the catalog."""
        kind = model.declaration.materialized
        title = model.description.split("\n")[0]
        comments = [f"COMMENT ON {kind.upper()} {self.relation(relation)} IS {self.literal(title)}"]
        if kind == "table":
            comments += [
                f"COMMENT ON COLUMN {self.relation(relation)}.{self.identifier(column.name)}"
                f" IS {self.literal(column.documentation)}"
                for column in model.declaration.contract.columns
            ]
        return tuple(comments)

    def grant(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Let users, `group NAME` and `role NAME` read."""
        return tuple(f"GRANT SELECT ON {self.relation(relation)} TO {self._reader(reader)}" for reader in readers)

    def _reader(self, reader: str) -> str:
        if reader.lower() == PUBLIC:
            return "PUBLIC"
        match = READER.fullmatch(reader.strip())
        if match is None:
            raise ConfigurationError(
                f"{reader!r} in grants names nobody.", hint="Write a user, group NAME or role NAME."
            )
        kind, name = match.groups()
        return f"{kind.upper()} {self.identifier(name)}" if kind else self.identifier(name)

    def open_session(self, label: str) -> tuple[str, ...]:
        """Label the statements: https://docs.aws.amazon.com/redshift/latest/dg/r_query_group.html."""
        return (f"SET query_group TO {self.literal(label)}",)

    def maintain(self, relation: Relation) -> tuple[str, ...]:
        """Refresh the planner's statistics."""
        return (f"ANALYZE {self.relation(relation)}",)
