"""How the planner joins tables that are read as a whole."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

NEW_TABLE = re.compile(r"CREATE TABLE .+ AS$", re.MULTILINE)
"""How a statement begins that fills a new table."""
OTHER_JOINS = (b"enable_nestloop", b"enable_mergejoin")
"""Settings of the planner that allow other joins than by hash."""


def fills_new_table(sql: str) -> bool:
    """Return whether a statement creates a table with rows."""
    return NEW_TABLE.match(sql) is not None


def join_by_hash(connection: psycopg.Connection[Any]) -> None:
    """Have the planner join by hash.

    What fills a table reads others as a whole. The planner cannot know how many rows a query within the statement
    returns, and expects one where there are a hundred thousand: then a nested loop takes minutes for seconds. A merge
    of two indexes compares each row of a customer with every other one.
    """
    for name in OTHER_JOINS:
        connection.execute(b"SET %s = off" % name)


def join_as_usual(connection: psycopg.Connection[Any]) -> None:
    """Let the planner choose again."""
    # A transaction that failed is rolled back, and the settings with it.
    if connection.info.transaction_status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
        for name in OTHER_JOINS:
            connection.execute(b"RESET %s" % name)
