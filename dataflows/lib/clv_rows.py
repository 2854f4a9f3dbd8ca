"""Compute the fit of the lifetime value models, and the purchases that it expects, from counts of buyers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from dataflows.lib.purchase_models import NotConverged, PurchaseModel, SpendModel, fit_purchases, fit_spend

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

MIN_BUYERS = 500
"""Fewer buyers do not determine four parameters."""
MIN_DAYS = 180
"""A shorter history shows no one leave."""
MIN_LOYAL_BUYERS = 10
"""Buyers with orders on three days: without them nothing says how rates differ."""
HOLDOUT_DAYS = 90
"""The last days, which a second fit does not see, and whose purchases it is compared with."""
HORIZON_DAYS = 365
"""The days that are forecast."""
DAYS_PER_WEEK = 7
FITTED, REFUSED = "fitted", "refused"
PURCHASES, SPEND, EARLIER = "purchases", "spend", "earlier"
"""What the rows of a fit count: buyers by frequency, recency and age, by spend, and as of an earlier day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The row of a fit: its parameters in weeks and dollars, and how well it describes the data."""

    as_of: date
    status: str = REFUSED
    reason: str | None = None
    time_unit: str = "week"
    buyers: int
    repeat_buyers: int
    loyal_buyers: int
    history_days: int
    r: float | None = None
    alpha: float | None = None
    a: float | None = None
    b: float | None = None
    p: float | None = None
    q: float | None = None
    v: float | None = None
    repeat_purchases: int
    repeat_purchases_expected: float | None = None
    holdout_purchases: int
    holdout_purchases_expected: float | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of buyers with similar statistics: times are means, in weeks."""

    frequency: Numbers
    recency: Numbers
    age: Numbers
    buyers: Numbers
    cents: Numbers
    purchases: Numbers

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Groups:
        """Return the groups that rows count."""
        import numpy as np

        names = ("frequency", "recency_days", "age_days", "buyers", "cents", "later_purchases")
        frequency, recency, age, buyers, cents, purchases = (
            np.array([row[name] for row in rows], np.float64) for name in names
        )
        per_buyer = buyers * DAYS_PER_WEEK
        return cls(frequency, recency / per_buyer, age / per_buyer, buyers, cents / 100, purchases)


def fit_clv(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[Fit]:
    """Return the fit of BG/NBD and Gamma-Gamma, or why there is none."""
    counted, paying, before = ([row for row in rows if row["part"] == part] for part in (PURCHASES, SPEND, EARLIER))
    fit = Fit(
        as_of=as_of,
        buyers=sum(row["buyers"] for row in counted),
        repeat_buyers=sum(row["buyers"] for row in counted if row["frequency"] > 0),
        loyal_buyers=sum(row["buyers"] for row in counted if row["frequency"] > 1),
        history_days=max((row["history_days"] for row in rows), default=0),
        repeat_purchases=sum(row["frequency"] * row["buyers"] for row in counted),
        holdout_purchases=sum(row["later_purchases"] for row in before),
    )
    reason = reason_against(fit, sum(row["buyers"] for row in paying))
    if reason:
        return [replace(fit, reason=reason)]
    groups, spend, earlier = map(Groups.of, (counted, paying, before))
    try:
        purchases = fit_purchases(groups.frequency, groups.recency, groups.age, groups.buyers)
        values = fit_spend(spend.frequency, spend.cents / spend.buyers, spend.buyers)
    except NotConverged as error:
        names = f"the parameters {', '.join(error.names)}" if error.names else "the parameters"
        return [replace(fit, reason=f"The fit did not converge: the orders do not determine {names}.")]
    if values.q <= 1:
        return [replace(fit, reason="The spend per order varies so much between buyers that it has no mean.")]
    return [with_figures(fit, purchases, values, groups, earlier)]


def reason_against(fit: Fit, paying: int) -> str:
    """Return why too little is known for a fit; an empty string if enough is.

    ``paying`` is the number of buyers who paid for a repeat order.
    """
    if fit.buyers < MIN_BUYERS:
        counted = "is 1 buyer" if fit.buyers == 1 else f"are {fit.buyers:,} buyers"
        return f"There {counted}, and a fit needs {MIN_BUYERS:,}."
    if fit.history_days < MIN_DAYS:
        return f"The orders cover {fit.history_days:,} days, and a fit needs {MIN_DAYS:,}."
    if fit.loyal_buyers < MIN_LOYAL_BUYERS:
        return f"{fit.loyal_buyers:,} buyers ordered on three days or more, and a fit needs {MIN_LOYAL_BUYERS:,}."
    if paying < MIN_LOYAL_BUYERS:
        return f"{paying:,} buyers paid for a repeat order, and a fit needs {MIN_LOYAL_BUYERS:,}."
    return ""


def with_figures(fit: Fit, purchases: PurchaseModel, values: SpendModel, groups: Groups, earlier: Groups) -> Fit:
    """Return the fit with its parameters, and what it expects next to what was counted."""
    import numpy as np

    nothing = np.zeros(len(groups.age))
    expected, _ = purchases.purchases(nothing, nothing, groups.age)
    fit = replace(
        fit,
        status=FITTED,
        **{name: getattr(purchases, name) for name in ("r", "alpha", "a", "b")},
        **{name: getattr(values, name) for name in ("p", "q", "v")},
        repeat_purchases_expected=float(expected @ groups.buyers),
    )
    if earlier.buyers.sum() < MIN_BUYERS:
        return fit
    try:
        before = fit_purchases(earlier.frequency, earlier.recency, earlier.age, earlier.buyers, purchases)
    except NotConverged:
        return fit
    active = before.active_probability(earlier.frequency, earlier.recency, earlier.age)
    later, _ = before.purchases(earlier.frequency, earlier.age, HOLDOUT_DAYS / DAYS_PER_WEEK)
    return replace(fit, holdout_purchases_expected=float((active * later) @ earlier.buyers))


def expect_purchases(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the purchases within the horizon of buyers who have not left, by frequency and age.

    Each row has the parameters of the fit too.
    """
    if not rows:
        return []
    import numpy as np

    frequency = np.array([row["frequency"] for row in rows], np.float64)
    age = np.array([row["age_days"] for row in rows], np.float64) / DAYS_PER_WEEK
    model = PurchaseModel(*(rows[0][name] for name in ("r", "alpha", "a", "b")))
    mean, variance = model.purchases(frequency, age, HORIZON_DAYS / DAYS_PER_WEEK)
    return [
        {
            "frequency": row["frequency"],
            "age_days": row["age_days"],
            "purchases_if_active": float(purchases),
            "variance_if_active": float(spread),
        }
        for row, purchases, spread in zip(rows, mean, variance, strict=True)
    ]


FIT_COLUMNS = tuple(field.name for field in fields(Fit))
