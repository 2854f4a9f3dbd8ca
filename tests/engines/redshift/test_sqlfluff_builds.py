"""sqlfluff reads every statement of a build: tables, views, comments, grants and the SELECTs of all models."""

from __future__ import annotations

from marketing_ibis.build.plan import script
from tests.engines.redshift.sqlfluff_parser import objections, rare_collection
from tests.engines.redshift.test_sql import redshift_plan


def test_every_statement_of_a_build_is_read() -> None:
    with rare_collection():
        found = {statement: errors for statement in script(redshift_plan()) if (errors := objections(statement))}
    assert not found


def test_what_is_no_sql_is_not_read() -> None:
    assert objections("SELECT a FROM WHERE b")
    assert objections("CREATE TABLE t (a INTEGER) DISTSTYLE KEY KEY")
