"""Ask PostgreSQL's catalog what exists under a name, and whether a table has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from marketing_ibis.dialects import Dialect, Relation

KINDS = {
    "r": "table",
    "p": "partitioned table",
    "f": "foreign table",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
    "i": "index",
    "I": "index",
    "c": "type",
}
"""What pg_class calls what has a name in a schema, in words."""

ATTACHED = """
    SELECT CASE
      WHEN k.confrelid = c.oid AND k.conrelid <> c.oid
        THEN 'the foreign key ' || k.conname || ' of ' || k.conrelid::pg_catalog.regclass::text
      WHEN k.contype = 'p' THEN 'the primary key ' || k.conname
      WHEN k.contype = 'f' THEN 'the foreign key ' || k.conname
      ELSE 'the constraint ' || k.conname
    END FROM pg_catalog.pg_constraint AS k WHERE (k.conrelid = c.oid OR k.confrelid = c.oid) AND k.contype <> 'n'
    UNION ALL SELECT 'the index ' || x.indexrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index AS x
    WHERE x.indrelid = c.oid AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = x.indexrelid AND k.conrelid = c.oid
    )
    UNION ALL SELECT 'the trigger ' || t.tgname FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL SELECT 'the policy ' || p.polname FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid
    UNION ALL SELECT 'the child table ' || h.inhrelid::pg_catalog.regclass::text FROM pg_catalog.pg_inherits AS h
    WHERE h.inhparent = c.oid
"""
"""What somebody adds to a table, in words."""

GRANTS = """
    SELECT pg_catalog.format(
      'GRANT %s ON %I.%I TO %s%s', a.privilege_type, n.nspname, c.relname,
      CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    ) FROM pg_catalog.aclexplode(c.relacl) AS a LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE a.grantee <> c.relowner
"""
"""The statements that give others the rights that they have on a table."""


def occupants_in(dialect: Dialect, schema: str, names: Iterable[str]) -> str:
    """Return the query of what has one of ``names``: name, letter of its kind, comment, OID, attachments and grants."""
    listed = ", ".join(dialect.literal(name) for name in names)
    return (
        "SELECT c.relname, c.relkind::text, coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), ''), c.oid::bigint,"
        f" ARRAY({ATTACHED} ORDER BY 1), ARRAY({GRANTS} ORDER BY 1) FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" WHERE c.relname IN ({listed}) AND n.nspname = {dialect.literal(schema)}"
    )


def columns_of(dialect: Dialect, relation: Relation) -> str:
    """Return the query of a relation's columns and types, in order."""
    return (
        "SELECT attname, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute"
        f" WHERE attrelid = {dialect.literal(dialect.relation(relation))}::pg_catalog.regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )


def versions_in(dialect: Dialect, relations: Iterable[Relation]) -> str:
    """Return the query of each relation that exists: schema, name, OID, and whether its rows tell who wrote them.

    Only those of a heap table that may be read whole do; a view and a table of another server do not.
    """
    listed = ", ".join(f"({dialect.literal(r.schema)}, {dialect.literal(r.name)})" for r in relations)
    return (
        "SELECT n.nspname, c.relname, c.oid::bigint, c.relkind IN ('r', 'p')"
        " AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND coalesce(m.amname, 'heap') = 'heap' AND NOT EXISTS ("
        "SELECT FROM pg_catalog.pg_partition_tree(c.oid) AS part"
        " JOIN pg_catalog.pg_class AS p ON p.oid = part.relid WHERE p.relkind = 'f')"
        " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam WHERE (n.nspname, c.relname) IN ({listed})"
    )


def written_by(dialect: Dialect, relation: Relation) -> str:
    """Return the query of how many rows a table has, and of the sum of the transactions that wrote them.

    Every change of rows gives a new one a higher number than any before, or leaves fewer rows.
    """
    return f"SELECT count(*), sum(xmin::text::bigint) FROM {dialect.relation(relation)}"


def content_of(dialect: Dialect, relation: Relation, columns: Sequence[str]) -> str:
    """Return the query of how many rows a relation has, and of a sum over what is in them."""
    row = ", ".join(map(dialect.identifier, columns))
    return (
        f"SELECT count(*), sum(pg_catalog.hashtextextended(ROW({row})::text, 0)::numeric)"
        f" FROM {dialect.relation(relation)}"
    )
