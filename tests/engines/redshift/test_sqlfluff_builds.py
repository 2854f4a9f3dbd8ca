"""sqlfluff reads the statements of a build: those of every shape, and the SELECTs of every third model."""

from __future__ import annotations

import re

from marketing_ibis.build.plan import script
from tests.engines.redshift.sqlfluff_parser import objections, rare_collection, sample
from tests.engines.redshift.test_sql import redshift_plan

LITERAL, QUOTED_NAME = re.compile(r"'(?:[^']|'')*'"), re.compile(r'"(?:[^"]|"")*"')


def shape(statement: str) -> str:
    """Return a statement without its names and strings: most comments and grants differ in nothing else."""
    return QUOTED_NAME.sub('"name"', LITERAL.sub("''", statement))


def test_the_statements_of_a_build_are_read() -> None:
    shapes = {shape(statement): statement for statement in script(redshift_plan())}.values()
    queries = [statement for statement in shapes if "SELECT" in statement]
    statements = [*(statement for statement in shapes if statement not in queries), *sample(queries)]
    with rare_collection():
        found = {statement: errors for statement in statements if (errors := objections(statement))}
    assert not found


def test_what_is_no_sql_is_not_read() -> None:
    assert objections("SELECT a FROM WHERE b")
    assert objections("CREATE TABLE t (a INTEGER) DISTSTYLE KEY KEY")
