"""Compare the customers of an audience with its published list, within the engine.

Only customers whose digest differs from that of their entry have to be read, normalised and hashed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from marketing_ibis.engines.dialect import Dialect

PEOPLE = "marketing_ibis_audience"
"""The temporary table of the customers of an audience, which ends with the session."""
LISTED_PEOPLE = f"{PEOPLE}_listed"
"""That of the customers who are on the list as before."""
REFUSED, UNREACHABLE, ON_LIST, HELD_OUT, UNKNOWN = "refused", "unreachable", "listed", "held out", "unknown"
"""The status of a customer: no consent, no identifier, on the list or held out as before, or yet to be read."""
PAGE_ROWS = 125_000
"""Customers who are read at a time."""
PREFIXES = 16**4
"""Numbers with which a digest begins, in four hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The statements that compare customers, as ``select_people`` returns them, with the entries of a table."""

    people: str
    entries: str
    live_entry: str
    identifiers: Sequence[str]
    finding: Sequence[str]
    dialect: Dialect

    def create(self, *, has_duplicates: bool = False) -> tuple[str, ...]:
        """Return the statements that make the table of customers, with a status each.

        A customer of several rows agrees if each row does, and has the identifiers of one of them.
        """
        people = self.people
        if has_duplicates:
            people = (
                "SELECT * FROM (SELECT customer, MIN(agreed) OVER (PARTITION BY customer) AS agreed, digest,"
                " ROW_NUMBER() OVER (PARTITION BY customer ORDER BY digest) AS number"
                f"{self._columns('copies')} FROM ({people}) AS copies) AS numbered WHERE number = 1"
            )
        blank = " AND ".join(f"COALESCE(people.{self._name(name)}, '') = ''" for name in self.finding)
        case = (
            f"CASE WHEN people.agreed = 0 THEN '{REFUSED}'"
            + (f" WHEN {blank} THEN '{UNREACHABLE}'" if blank else "")
            + f" WHEN entries.held_digest = people.digest THEN '{HELD_OUT}'"
            " WHEN entries.live = 1 AND entries.published = 1 AND entries.listed_digest = people.digest"
            f" THEN '{ON_LIST}' ELSE '{UNKNOWN}' END"
        )
        numbers = ", ".join(
            f"CAST(COALESCE(entries.{name}, 0) AS BIGINT) AS {name}" for name in ("held", "live", "published")
        )
        classified = (
            f"SELECT people.customer, people.digest, {case} AS status, entries.entered_on,"
            f" {numbers}{self._columns('people')}"
            f" FROM ({people}) AS people LEFT JOIN ({self._entries_by_customer}) AS entries"
            " ON entries.customer = people.customer"
        )
        # Identifiers of customers who need not be read take room.
        texts = "".join(
            f", CASE WHEN status = '{UNKNOWN}' THEN {self._name(name)} END AS {self._name(name)}"
            for name in self.identifiers
        )
        select = (
            f"SELECT customer, CASE WHEN status = '{UNKNOWN}' THEN digest END AS digest, status, entered_on, held,"
            f" live, published{texts} FROM ({classified}) AS classified"
        )
        return f"DROP TABLE IF EXISTS {PEOPLE}", f"CREATE TEMPORARY TABLE {PEOPLE} AS\n{select}"

    @property
    def _entries_by_customer(self) -> str:
        def number(condition: str) -> str:
            return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"

        published, holdout = "arm = 'treatment' AND state = 'published'", "arm = 'holdout'"
        return (
            f"SELECT customer, MIN(entered_on) AS entered_on, {number(self.live_entry)} AS live,"
            f" {number(published)} AS published, {number(holdout)} AS held,"
            f" MAX(CASE WHEN {published} THEN digest END) AS listed_digest,"
            f" MAX(CASE WHEN {holdout} THEN digest END) AS held_digest"
            f" FROM {self.entries} GROUP BY customer"
        )

    def select_page(self, first: str, end: str, *, with_rows: bool) -> str:
        """Return the SELECT of the customers to be read whose digest is in a range, with their earlier entries."""
        page = f"status = '{UNKNOWN}' AND digest >= '{first}' AND digest < '{end}'"
        columns = "people.customer, people.digest, people.entered_on, people.held, people.live, people.published"
        if not with_rows:
            return f"SELECT {columns}, '', ''{self._columns('people')} FROM {PEOPLE} AS people WHERE {page}"
        entries = (
            f"SELECT customer, MIN(contact) AS lowest, MAX(contact) AS highest FROM {self.entries}"
            f" AND {self.live_entry} AND customer IN"
            f" (SELECT customer FROM {PEOPLE} WHERE {page}) GROUP BY customer"
        )
        return (
            f"SELECT {columns}, COALESCE(earlier.lowest, ''), COALESCE(earlier.highest, ''){self._columns('people')}"
            f" FROM {PEOPLE} AS people LEFT JOIN ({entries}) AS earlier ON earlier.customer = people.customer"
            f" WHERE {page}"
        )

    def _columns(self, table: str) -> str:
        return "".join(f", {table}.{self._name(name)}" for name in self.identifiers)

    def _name(self, name: str) -> str:
        return self.dialect.identifier(name)


COUNT_PEOPLE = f"SELECT status, COUNT(*), SUM(CASE WHEN live > 0 THEN 1 ELSE 0 END) FROM {PEOPLE} GROUP BY status"
DROP_PEOPLE = f"DROP TABLE IF EXISTS {PEOPLE}"
KEEP_LISTED = (
    f"DROP TABLE IF EXISTS {LISTED_PEOPLE}",
    f"CREATE TEMPORARY TABLE {LISTED_PEOPLE} AS\nSELECT customer FROM {PEOPLE} WHERE status = '{ON_LIST}'",
    DROP_PEOPLE,
)
COUNT_DUPLICATES = f"SELECT COUNT(*) - COUNT(DISTINCT customer) FROM {PEOPLE}"


def page_ranges(rows: int) -> Iterator[tuple[str, str]]:
    """Yield ranges of digests that divide so many rows into pages."""
    pages = min(-(-rows // PAGE_ROWS), PREFIXES)
    # The letter g comes after every digit.
    limits = [*(f"{PREFIXES * page // pages:04x}" for page in range(pages)), "g"]
    yield from pairwise(limits)
