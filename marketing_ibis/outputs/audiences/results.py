"""Compare the customers of an audience with those held out of it: buyers and revenue since they were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from pathlib import Path
from statistics import NormalDist

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.outputs.audiences.hidden_values import hide_values
from marketing_ibis.outputs.audiences.published_lists import PublishedList
from marketing_ibis.outputs.formats import write_file

CONFIDENCE = 0.95
DAY, AMOUNT = "order_date", "amount"
"""The columns of orders that results need."""
LEAST_CUSTOMERS, LEAST_BUYERS = 100, 10
"""Customers and buyers that each arm needs before the difference is of use."""


@dataclass(frozen=True, slots=True)
class ArmResult:
    """The customers of one arm, how many bought since they were chosen, and what they paid."""

    arm: str
    customers: int
    buyers: int
    revenue: Decimal

    @property
    def share(self) -> float:
        """The share of customers who bought."""
        return self.buyers / self.customers if self.customers else 0.0

    @property
    def is_sufficient(self) -> bool:
        """Whether there is enough data to compare."""
        return self.customers >= LEAST_CUSTOMERS and self.buyers >= LEAST_BUYERS


@dataclass(frozen=True, slots=True)
class Lift:
    """By how much the share of buyers is higher than without the list, with the ends of its interval."""

    difference: float
    low: float
    high: float


def select_results(published: PublishedList, orders: Relation, key: str, condition: str = "") -> str:
    """Return the SELECT of customers, buyers and revenue of each arm.

    A customer who was ever held out is of that arm. Orders count from the day on which the customer was first chosen,
    whether the list still has the customer or not: otherwise the arms would no longer be alike.
    """
    dialect = published.dialect
    name = dialect.identifier
    chosen = (
        f"SELECT customer, MIN(arm) AS arm, MIN(entered_on) AS entered_on FROM {dialect.relation(published.members)}"
        f" WHERE audience = {dialect.literal(published.audience)} GROUP BY customer"
    )
    purchases = (
        f"SELECT CAST({name(key)} AS {dialect.column_type('string')}) AS customer, {name(DAY)} AS ordered_on,"
        f" {name(AMOUNT)} AS amount"
        f" FROM {dialect.relation(orders)}{f' WHERE {condition}' if condition else ''}"
    )
    orders_since = (
        "SELECT chosen.customer, MIN(chosen.arm) AS arm, COUNT(purchases.ordered_on) AS order_count,"
        f" SUM(purchases.amount) AS revenue FROM ({chosen}) AS chosen LEFT JOIN ({purchases}) AS purchases"
        " ON purchases.customer = chosen.customer AND purchases.ordered_on >= chosen.entered_on"
        " GROUP BY chosen.customer"
    )
    return (
        "SELECT arm, COUNT(*), SUM(CASE WHEN order_count > 0 THEN 1 ELSE 0 END), COALESCE(SUM(revenue), 0)"
        f" FROM ({orders_since}) AS customers GROUP BY arm ORDER BY arm DESC"
    )


def read_results(target: Target, select: str, orders: str) -> tuple[ArmResult, ...]:
    """Return the result of each arm, the treatment first; ``orders`` is the table of purchases.

    Raises:
        RunFailed: the engine refused the statement, or a value of the table, which is not shown.
    """
    target.dialect.approve((select,), "The results of an audience cannot be read")
    with hide_values(orders):
        rows = target.query(select)
    return tuple(
        ArmResult(str(arm), int(str(customers)), int(str(buyers)), Decimal(str(revenue)))
        for arm, customers, buyers, revenue in rows
    )


def compare_arms(results: Sequence[ArmResult]) -> Lift | None:
    """Return the difference in the share of buyers with its interval; None where there is too little data.

    The interval is the hybrid score interval, method 10 of R. G. Newcombe, Interval estimation for the difference
    between independent proportions, Statistics in Medicine 17 (1998), 873-890.
    """
    by_arm = {result.arm: result for result in results}
    treatment, holdout = by_arm.get("treatment"), by_arm.get("holdout")
    if treatment is None or holdout is None or not (treatment.is_sufficient and holdout.is_sufficient):
        return None
    difference = treatment.share - holdout.share
    (low_1, high_1), (low_2, high_2) = _wilson(treatment), _wilson(holdout)
    below = sqrt((treatment.share - low_1) ** 2 + (high_2 - holdout.share) ** 2)
    above = sqrt((high_1 - treatment.share) ** 2 + (holdout.share - low_2) ** 2)
    return Lift(difference, difference - below, difference + above)


def _wilson(result: ArmResult) -> tuple[float, float]:
    """Return Wilson's score interval of the share of buyers."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    n, p = result.customers, result.share
    middle, width = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)


def write_results(path: Path, audience: str, results: Sequence[ArmResult]) -> None:
    """Write a row per arm.

    Raises:
        UsageError: the file cannot be written.
    """
    import pyarrow as pa

    columns = {
        "audience": pa.array([audience] * len(results), pa.string()),
        "arm": pa.array([result.arm for result in results], pa.string()),
        "customers": pa.array([result.customers for result in results], pa.int64()),
        "buyers": pa.array([result.buyers for result in results], pa.int64()),
        "buyer_share": pa.array([result.share for result in results], pa.float64()),
        "revenue": pa.array([str(result.revenue) for result in results], pa.string()),
    }
    schema = pa.schema([(name, values.type) for name, values in columns.items()])
    write_file(path, schema, [pa.record_batch(list(columns.values()), schema=schema)])
