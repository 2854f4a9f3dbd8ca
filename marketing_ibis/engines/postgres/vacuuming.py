"""Rewrite a table without its deleted rows, and count those that the server keeps for older transactions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.errors import Diagnostic

COMMAND = "VACUUM (FULL, VERBOSE) {}"
OLDEST_TRANSACTION = (
    "SELECT usename, pid FROM pg_catalog.pg_stat_activity WHERE backend_xmin IS NOT NULL"
    " AND datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()"
    " ORDER BY pg_catalog.age(backend_xmin) DESC LIMIT 1"
)
"""The user and the process of the transaction that sees the oldest rows; no row for one that is prepared."""


@contextmanager
def counting_kept_rows(connection: psycopg.Connection[Any]) -> Iterator[list[int]]:
    """Collect the number of deleted rows that each VACUUM inside keeps."""
    counts: list[int] = []

    def read(notice: Diagnostic) -> None:
        # The text is in the language of the server, and begins with the number of these rows.
        number = re.match(r"\D*(\d+)", notice.message_detail or "")
        if number and notice.severity_nonlocalized == "INFO":
            counts.append(int(number[1]))

    connection.add_notice_handler(read)
    try:
        yield counts
    finally:
        connection.remove_notice_handler(read)
