"""Ask PostgreSQL's catalog what exists under a name, and whether a table has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from marketing_ibis.engines.dialect import Dialect, Relation

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
    UNION ALL SELECT 'the rule ' || r.rulename FROM pg_catalog.pg_rewrite AS r
    WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'
    UNION ALL SELECT 'the policy ' || p.polname FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid
    UNION ALL SELECT 'the child table ' || h.inhrelid::pg_catalog.regclass::text FROM pg_catalog.pg_inherits AS h
    WHERE h.inhparent = c.oid
    UNION ALL SELECT 'the parent table ' || h.inhparent::pg_catalog.regclass::text FROM pg_catalog.pg_inherits AS h
    WHERE h.inhrelid = c.oid
    UNION ALL SELECT 'the subscription ' || s.subname FROM pg_catalog.pg_subscription_rel AS m
    JOIN pg_catalog.pg_subscription AS s ON s.oid = m.srsubid WHERE m.srrelid = c.oid
    UNION ALL SELECT 'the security label of ' || l.provider FROM pg_catalog.pg_seclabel AS l
    WHERE l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND l.objoid = c.oid
"""
"""Additions of users to a table that PostgreSQL keeps in a catalog of their own, described in words."""

DROPPED_ALONG = """
    SELECT 'the ' || pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid AND d.deptype = 'a'
    AND d.classid NOT IN (
      'pg_catalog.pg_constraint'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
      'pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass,
      'pg_catalog.pg_attrdef'::pg_catalog.regclass
    ) AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid AND x.indexrelid = d.objid)
"""
"""Whatever else goes when its table is dropped: extended statistics, publications, sequences that a column owns."""

OF_COLUMNS = """
    SELECT word || a.attname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
    CROSS JOIN LATERAL (VALUES
      ('NOT NULL of column ', a.attnotnull AND a.attidentity = '' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)
      )),
      ('the identity of column ', a.attidentity <> ''),
      ('the expression of column ', a.attgenerated <> ''),
      ('the default of column ', a.atthasdef AND a.attgenerated = ''),
      ('the collation of column ', a.attcollation <> y.typcollation),
      ('the storage of column ', a.attstorage <> y.typstorage),
      ('the compression of column ', pg_catalog.to_jsonb(a) ->> 'attcompression' <> ''),
      ('the statistics target of column ', a.attstattarget >= 0),
      ('the options of column ', a.attoptions IS NOT NULL),
      ('the comment on column ', pg_catalog.col_description(c.oid, a.attnum) IS NOT NULL)
    ) AS t (word, is_set) WHERE is_set AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
"""
"""Settings of users for a column, described in words. Before PostgreSQL 14 no column has a compression of its own."""

SETTINGS = """
    SELECT word FROM (VALUES
      ('the owner ' || pg_catalog.pg_get_userbyid(c.relowner), NOT EXISTS (
        SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = c.relowner AND r.rolname = current_user
      )),
      ('row level security', c.relrowsecurity),
      ('forced row level security', c.relforcerowsecurity),
      ('its replica identity', c.relreplident <> 'd'),
      ('UNLOGGED', c.relpersistence = 'u'),
      ('its type ' || c.reloftype::pg_catalog.regtype::text, c.reloftype <> 0),
      ('the storage parameters ' || pg_catalog.array_to_string(c.reloptions, ', '), c.reloptions IS NOT NULL),
      ('storage parameters of its TOAST table', EXISTS (
        SELECT FROM pg_catalog.pg_class AS o WHERE o.oid = c.reltoastrelid AND o.reloptions IS NOT NULL
      )),
      ('its tablespace', EXISTS (
        SELECT FROM pg_catalog.pg_tablespace AS s
        WHERE s.oid = c.reltablespace AND s.spcname <> pg_catalog.current_setting('default_tablespace')
      )),
      ('its access method', EXISTS (
        SELECT FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam AND c.relkind = 'r'
        AND m.amname <> pg_catalog.current_setting('default_table_access_method')
      ))
    ) AS t (word, is_set) WHERE is_set
"""
"""Settings of users for a whole table, described in words. What a new table gets by itself is not among it."""

GRANTS = """
    SELECT ARRAY[
      a.privilege_type || coalesce(' (' || pg_catalog.quote_ident(g.attname) || ')', ''),
      pg_catalog.format('%I.%I', n.nspname, c.relname),
      CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, coalesce(g.attname, '')
    ] FROM (
      SELECT NULL AS attname, c.relacl AS acl
      UNION ALL SELECT a.attname, a.attacl FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS g CROSS JOIN LATERAL pg_catalog.aclexplode(g.acl) AS a
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee WHERE a.grantee <> c.relowner
"""
"""The rights that others have on a table or on some of its columns: right, table, who, option, column."""


def occupants_query(dialect: Dialect, schema: str, names: Iterable[str]) -> str:
    """Return the query of what has one of ``names``: name, letter of its kind, comment, OID, attachments and grants."""
    name_list = ", ".join(dialect.literal(name) for name in names)
    attachments = " UNION ".join((ATTACHED, DROPPED_ALONG, OF_COLUMNS, SETTINGS))
    return (
        "SELECT c.relname, c.relkind::text, coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), ''), c.oid::bigint,"
        f" ARRAY({attachments} ORDER BY 1), ARRAY({GRANTS} ORDER BY 1) FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" WHERE c.relname IN ({name_list}) AND n.nspname = {dialect.literal(schema)}"
    )


def columns_query(dialect: Dialect, relation: Relation) -> str:
    """Return the query of a relation's columns and types, in order."""
    return (
        "SELECT attname, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute"
        f" WHERE attrelid = {dialect.literal(dialect.relation(relation))}::pg_catalog.regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )


def versions_query(dialect: Dialect, relations: Iterable[Relation]) -> str:
    """Return the query of each relation that exists: schema, name, OID, and whether its rows tell who wrote them.

    Only those of a heap table that may be read whole do; a view and a table of another server do not.
    """
    relation_list = ", ".join(f"({dialect.literal(r.schema)}, {dialect.literal(r.name)})" for r in relations)
    return (
        "SELECT n.nspname, c.relname, c.oid::bigint, c.relkind IN ('r', 'p')"
        " AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND coalesce(m.amname, 'heap') = 'heap' AND NOT EXISTS ("
        "SELECT FROM pg_catalog.pg_partition_tree(c.oid) AS part"
        " JOIN pg_catalog.pg_class AS p ON p.oid = part.relid WHERE p.relkind = 'f')"
        " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        f" LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam WHERE (n.nspname, c.relname) IN ({relation_list})"
    )


def row_versions_query(dialect: Dialect, relation: Relation) -> str:
    """Return the query of how many rows a table has, and of the sum of the transactions that wrote them.

    Every change of rows gives a new one a higher number than any before, or leaves fewer rows.
    """
    return f"SELECT count(*), sum(xmin::text::bigint) FROM {dialect.relation(relation)}"


def content_query(dialect: Dialect, relation: Relation, columns: Sequence[str]) -> str:
    """Return the query of how many rows a relation has, and of a sum over what is in them.

    The hashes of records take half of the time, and those of BIGINT and TIMESTAMP are of 32 bits: some changes of a
    value would always go unnoticed.
    """
    row = ", ".join(map(dialect.identifier, columns))
    return f"SELECT count(*), sum(pg_catalog.hashtextextended(ROW({row})::text, 0)) FROM {dialect.relation(relation)}"
