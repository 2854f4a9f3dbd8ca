"""A procedure that drops a table or view without knowing which of them a name is.

DROP TABLE of a view is an error, and so is DROP VIEW of a table: r_DROP_TABLE.html. A script cannot look first:
conditions exist in procedures only. https://docs.aws.amazon.com/redshift/latest/dg/c_PLpgSQL-statements.html
"""

from __future__ import annotations

from marketing_ibis.engines.dialect import Dialect, Relation

NAME = "marketing_ibis_drop_relation"

BODY = """
DECLARE
  view_count INTEGER;
BEGIN
  SELECT INTO view_count COUNT(*)
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE LOWER(n.nspname) = {schema_name} AND LOWER(c.relname) = LOWER(relation_name) AND c.relkind = 'v';
  IF view_count > 0 THEN
    EXECUTE {drop_view} || relation_name || '"';
  ELSE
    EXECUTE {drop_table} || relation_name || '"';
  END IF;
END;
"""


def create_drop_procedure(dialect: Dialect, schema: str) -> str:
    """Return the statement that makes the procedure for relations of ``schema``, in that schema.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_PROCEDURE.html
    """
    prefix = f'{dialect.identifier(schema)}."'
    body = BODY.format(
        schema_name=dialect.literal(schema.lower()),
        drop_view=dialect.literal(f"DROP VIEW IF EXISTS {prefix}"),
        drop_table=dialect.literal(f"DROP TABLE IF EXISTS {prefix}"),
    )
    procedure = dialect.relation(Relation(schema, NAME))
    return f"CREATE OR REPLACE PROCEDURE {procedure}(relation_name VARCHAR(127)) AS $${body}$$ LANGUAGE plpgsql"


def call_drop_procedure(dialect: Dialect, relation: Relation) -> str:
    """Return the statement that drops ``relation`` with the procedure of its schema."""
    return f"CALL {dialect.relation(Relation(relation.schema, NAME))}({dialect.literal(relation.name)})"


def remove_drop_procedure(dialect: Dialect, schema: str) -> str:
    """Return the statement that removes the procedure of ``schema``."""
    return f"DROP PROCEDURE {dialect.relation(Relation(schema, NAME))}(VARCHAR)"
