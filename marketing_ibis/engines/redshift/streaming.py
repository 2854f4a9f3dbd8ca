"""Read the rows of a query while the server sends them: the driver by itself fetches all of them first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.errors import RunFailed

FETCH_ROWS = 10_000
SINGLE_NODE_ROWS = 1_000
"""What one FETCH may ask of a cluster of one node: https://docs.aws.amazon.com/redshift/latest/dg/fetch.html"""


def streamed(session: Session, select: str, size: int) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in batches of ``size``, which a cursor of the server provides.

    https://docs.aws.amazon.com/redshift/latest/dg/declare.html
    """
    if session.is_in_transaction:
        # A FETCH that is refused ends the transaction, so that it cannot be tried again.
        yield from _fetched(session, select, size, min(size, SINGLE_NODE_ROWS))
        return
    try:
        yield from _fetched(session, select, size, min(size, FETCH_ROWS))
    except RunFailed as error:
        # A cluster of one node refuses the first FETCH, so that no row was returned yet.
        if "single node" not in error.message.lower():
            raise
        yield from _fetched(session, select, size, min(size, SINGLE_NODE_ROWS))


def _fetched(session: Session, select: str, size: int, most: int) -> Iterator[Sequence[Any]]:
    with session.transaction():
        session.run(f"DECLARE ibis_rows CURSOR FOR\n{select}")
        for _ in count():
            batch: list[Any] = []
            while len(batch) < size and (
                rows := session.rows(f"FETCH FORWARD {min(most, size - len(batch))} FROM ibis_rows")
            ):
                batch += rows
            if batch:
                yield batch
            if len(batch) < size:
                break
        session.run("CLOSE ibis_rows")
