"""Procedures that read the catalog and drop relations; a body with any other statement is refused."""

from __future__ import annotations

import re

from tests.engines.redshift.standin.errors import Untranslatable

STATEMENT = re.compile(r"(CREATE (OR REPLACE )?PROCEDURE|DROP PROCEDURE|CALL) ", re.IGNORECASE)
CALL = re.compile(r"CALL \S+\(('(?:[^']|'')*'(, )?)*\)")
BODY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
TABLE = re.compile(r"\b(?:FROM|JOIN) (\S+)")
OTHER = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|TRUNCATE|COPY|UNLOAD|COMMIT|ROLLBACK)\b", re.IGNORECASE)


def translate_routine(statement: str) -> str:
    """Return a procedure, its call or its end, which both databases write alike: PL/pgSQL is PostgreSQL's.

    Raises:
        Untranslatable: for a body or a call whose queries would have to be translated.
    """
    if statement.startswith("CALL ") and not CALL.fullmatch(statement):
        raise Untranslatable("a CALL whose arguments are not strings")
    if statement.startswith("CREATE "):
        _check_body(statement)
    return statement


def _check_body(statement: str) -> None:
    bodies = BODY.findall(statement)
    if not bodies:
        raise Untranslatable(f"the body of {statement[:100]}")
    tables = TABLE.findall(bodies[0])
    if OTHER.search(bodies[0]) or not all(table.startswith("pg_catalog.") for table in tables):
        raise Untranslatable("a procedure that does more than read the catalog and drop relations")
