"""The fit of the lifetime value models: how often buyers return, and for how much."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from dataflows.lib.clv_rows import (
    EARLIER,
    FITTED,
    HOLDOUT_DAYS,
    MIN_BUYERS,
    MIN_DAYS,
    MIN_LOYAL_BUYERS,
    PURCHASES,
    REFUSED,
    SPEND,
    fit_clv,
)
from marketing_ibis.data_tests import accepted_values, expression_is_true, non_negative, not_null, unique
from marketing_ibis.model import Column, column, model

STEPS = ((64, 1), (128, 2), (256, 4), (512, 8), (1_024, 16), (2_048, 32))
"""Days below the first number of each pair are grouped by as many as the second, later ones by LAST_STEP."""
LAST_STEP = 64
SPEND_STEPS = tuple((10 ** (digits + 3), 10**digits) for digits in range(10))
"""Cents below the first number of each pair are grouped by as many as the second: by their first three digits."""


def _parameter(name: str, description: str) -> Column:
    return column(name, "float64", f"{description} NULL without a fit.", nullable=True)


COLUMNS = (
    column("as_of", "date", "Day of the fit.", tests=(unique(), not_null())),
    column(
        "status",
        "string",
        "fitted, or refused where the orders do not determine the parameters.",
        width=16,
        tests=(accepted_values((FITTED, REFUSED)),),
    ),
    column("reason", "string", "Why there is no fit; NULL with one.", nullable=True, width=256),
    column("time_unit", "string", "Unit of time of the parameters.", width=16),
    column("buyers", "int64", f"Buyers; a fit needs {MIN_BUYERS}.", unit="customers", tests=(non_negative(),)),
    column("repeat_buyers", "int64", "Buyers with successful orders on two days or more.", unit="customers"),
    column(
        "loyal_buyers",
        "int64",
        f"Buyers with successful orders on three days or more; a fit needs {MIN_LOYAL_BUYERS}.",
        unit="customers",
    ),
    column("history_days", "int64", f"Days from the first order to as_of; a fit needs {MIN_DAYS}.", unit="days"),
    _parameter("r", "BG/NBD: shape of the rates of purchase."),
    _parameter("alpha", "BG/NBD: scale of the rates of purchase, in weeks."),
    _parameter("a", "BG/NBD: first parameter of the probability of leaving after a purchase."),
    _parameter("b", "BG/NBD: second parameter of the probability of leaving after a purchase."),
    _parameter("p", "Gamma-Gamma: shape of the spend per purchase day."),
    _parameter("q", "Gamma-Gamma: shape of the rates of spend."),
    _parameter("v", "Gamma-Gamma: scale of the rates of spend, in dollars."),
    column("repeat_purchases", "int64", "Purchase days after the first of each buyer.", unit="days"),
    column(
        "repeat_purchases_expected",
        "float64",
        "repeat_purchases as the fit expects them; NULL without a fit.",
        nullable=True,
        unit="days",
    ),
    column(
        "holdout_purchases",
        "int64",
        f"Purchase days in the last {HOLDOUT_DAYS} days of those who were buyers before.",
        unit="days",
    ),
    column(
        "holdout_purchases_expected",
        "float64",
        f"holdout_purchases as a fit without the last {HOLDOUT_DAYS} days forecasts them; NULL without such a fit.",
        nullable=True,
        unit="days",
    ),
)


@model(
    layer="marts",
    grain=("as_of",),
    columns=COLUMNS,
    tags=("clv", "daily"),
    tests=(expression_is_true(_.status.notnull() & (_.reason.isnull() == (_.status == FITTED)), "a reason or a fit"),),
    rows=fit_clv,
)
def clv_fit(int_purchase_days: ir.Table) -> ir.Table:
    """Parameters of the models that forecast purchases and spend, or the reason why the orders do not determine them.

    Grain: one row, per ``as_of``.
    Units: weeks and dollars.
    Nulls: the parameters and what is expected, without a fit.
    Source: docs/metrics/customer_clv.md. The query counts buyers with similar statistics, so that the fit takes as long
    for a million buyers as for a thousand.
    """
    buyers = int_purchase_days
    parts = [
        _counted(buyers, PURCHASES, buyers.frequency, buyers.recency_days, buyers.age_days),
        _counted_by_spend(buyers.filter(buyers.frequency > 0)),
        _earlier(buyers),
    ]
    return ibis.union(*parts)


def _earlier(buyers: ir.Table) -> ir.Table:
    earlier = buyers.filter(buyers.earlier_frequency.notnull())
    later = earlier.frequency - earlier.earlier_frequency
    age = earlier.age_days - HOLDOUT_DAYS
    return _counted(earlier, EARLIER, earlier.earlier_frequency, earlier.earlier_recency_days, age, later)


def _counted(
    buyers: ir.Table,
    part: str,
    frequency: ir.IntegerColumn,
    recency: ir.IntegerColumn,
    age: ir.IntegerColumn,
    later: ir.IntegerValue | None = None,
) -> ir.Table:
    """Return the number of buyers by frequency, and by steps of recency and age that grow with them."""
    rows = buyers.select(
        frequency=frequency,
        recency_days=recency,
        age_days=age,
        recency_step=_step(recency),
        age_step=_step(age),
        later=ibis.literal(0, "int64") if later is None else later,
    )
    counted = rows.group_by("frequency", "recency_step", "age_step").agg(
        recency_days=_.recency_days.sum(),
        age_days=_.age_days.sum(),
        buyers=_.count(),
        later_purchases=_.later.sum(),
        history_days=_.age_days.max(),
    )
    return _part(counted, part)


def _counted_by_spend(buyers: ir.Table) -> ir.Table:
    """Return the number of buyers by frequency and mean spend above 0."""
    mean = buyers.later_cents // buyers.frequency
    rows = buyers.select("frequency", "later_cents", mean=mean).filter(_.mean > 0)
    width = ibis.cases(*((rows.mean < below, step) for below, step in SPEND_STEPS), else_=SPEND_STEPS[-1][1])
    grouped = rows.mutate(step=rows.mean - rows.mean % width)
    counted = grouped.group_by("frequency", "step").agg(buyers=_.count(), cents=_.later_cents.sum())
    return _part(counted.mutate(cents=counted.cents // counted.frequency), SPEND)


def _step(days: ir.IntegerColumn) -> ir.IntegerColumn:
    """Return the first day of the step that ``days`` is in."""
    width = ibis.cases(*((days < below, step) for below, step in STEPS), else_=LAST_STEP)
    return days - days % width


def _part(counted: ir.Table, part: str) -> ir.Table:
    names = ("frequency", "recency_days", "age_days", "buyers", "cents", "later_purchases", "history_days")
    nothing = ibis.literal(0, "int64")
    columns = {name: counted[name] if name in counted.columns else nothing for name in names}
    return counted.select(part=ibis.literal(part), **{name: value.cast("int64") for name, value in columns.items()})
