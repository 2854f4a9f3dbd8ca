"""Fit and read BG/NBD and Gamma-Gamma, the models of how often and for how much buyers return.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2); Fader and Hardie (2013),
The Gamma-Gamma Model of Monetary Value. Both are fitted on counts of buyers with the same statistics. NumPy and SciPy
are imported when a fit is needed: no other command pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

LOG_BOUND = 9.0
"""Parameters are between e^-9 and e^9: one that reaches such an end is not determined by the data."""
NEAR_BOUND = 0.5
PURCHASE_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.25, 0.1, 0.8, 2.5), (2.0, 2.0, 0.5, 5.0))
"""Where the search for r, alpha, a and b begins, with the longest age of a buyer as the unit of time."""
SPEND_STARTS = ((1.0, 4.0, 1.0), (6.0, 4.0, 0.5), (2.0, 10.0, 5.0))
"""Where the search for p, q and v begins, with the mean spend as the unit of money."""
COARSE, STEPS = 2_000, 24
"""Above COARSE groups, the search begins on those of similar buyers, in STEPS of time, and ends on all of them."""
NODES = 48
"""Points of the quadrature over the probability of leaving: moments are exact to nine digits (see the tests)."""


class NotConverged(Exception):
    """No start of the search leads to parameters that the data determine; ``names`` are those at a bound."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class PurchaseModel:
    """BG/NBD: a buyer buys at a rate of Gamma(r, alpha), and leaves after a purchase with probability Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0

    def active_probability(self, frequency: Numbers, recency: Numbers, age: Numbers) -> Numbers:
        """Return the probability that a buyer has not left: 1 without a repeat purchase."""
        import numpy as np

        odds = self.a / (self.b + frequency - 1 + (frequency == 0))
        growth = (self.r + frequency) * np.log((self.alpha + age) / (self.alpha + recency))
        result: Numbers = np.where(frequency > 0, 1 / (1 + odds * np.exp(np.minimum(growth, 700))), 1.0)
        return result

    def purchases(self, frequency: Numbers, age: Numbers, horizon: float | Numbers) -> tuple[Numbers, Numbers]:
        """Return mean and variance of the purchases within ``horizon`` of buyers who have not left.

        Given the rate and the probability of leaving p, the purchases have the mean (1 - e^-y) / p and the second
        factorial moment 2 (1 - p) / p^2 (1 - e^-y (1 + y)), where y = p rate horizon. The rate is integrated in closed
        form, p by Gauss-Jacobi quadrature: unlike the series of the hypergeometric function, it needs no more terms for
        a long horizon.
        """
        import numpy as np
        from scipy.special import roots_jacobi

        mean, factorial = np.zeros(len(frequency)), np.zeros(len(frequency))
        horizons = np.broadcast_to(horizon, len(frequency))
        for x in np.unique(frequency):
            rows = frequency == x
            nodes, weights = roots_jacobi(NODES, self.b + x - 1, self.a - 1)
            p, share = (1 + nodes) / 2, weights / weights.sum()
            shape, scale = self.r + x, self.alpha + age[rows][:, None]
            part = p * horizons[rows][:, None] / scale
            stay = np.log1p(part)
            none = np.exp(-shape * stay)
            mean[rows] = (-np.expm1(-shape * stay) / p) @ share
            # 1 - E[e^-y (1 + y)] of y = p rate horizon, without the difference of numbers near 1.
            one = shape * none * part / (1 + part)
            rest = np.where(stay > SMALL, 1 - none - one, shape * (shape + 1) / 2 * part**2)
            factorial[rows] = (2 * (1 - p) / p**2 * rest) @ share
        return mean, np.maximum(factorial + mean - mean**2, 0)


SMALL = 1e-6
"""Below this, a difference of numbers near 1 is replaced by the first term of its series."""


@dataclass(frozen=True, slots=True)
class SpendModel:
    """Gamma-Gamma: a purchase is worth Gamma(p, rate), and the rates of buyers are Gamma(q, v)."""

    p: float
    q: float
    v: float
    log_likelihood: float = 0.0


def fit_purchases(
    frequency: Numbers, recency: Numbers, age: Numbers, buyers: Numbers, near: PurchaseModel | None = None
) -> PurchaseModel:
    """Return the BG/NBD of most likelihood for groups of ``buyers`` with the same statistics, in any unit of time.

    The search begins at the model ``near``, if there is one.

    Raises:
        NotConverged: the data do not determine the parameters.
    """
    import numpy as np

    unit = float(age.max())
    groups = _indexed(frequency, recency / unit, age / unit, buyers)
    names = ("r", "alpha", "a", "b")
    starts: Sequence[Sequence[float]] = [(near.r, near.alpha / unit, near.a, near.b)] if near else PURCHASE_STARTS
    if len(frequency) > COARSE:
        similar = _similar(frequency, recency / unit, age / unit, buyers)
        starts = [_maximize(lambda logs: _purchase_likelihood(logs, *similar), starts, names)[0]]
    (r, alpha, a, b), likelihood = _maximize(lambda logs: _purchase_likelihood(logs, *groups), starts, names)
    # The likelihood of a buyer is a density of x times: the unit enters once per purchase.
    total = likelihood * buyers.sum() - np.log(unit) * (frequency * buyers).sum()
    return PurchaseModel(r, alpha * unit, a, b, float(total))


def fit_spend(frequency: Numbers, mean_spend: Numbers, buyers: Numbers) -> SpendModel:
    """Return the Gamma-Gamma of most likelihood for groups of ``buyers`` with a mean spend above 0 per repeat purchase.

    Raises:
        NotConverged: the data do not determine the parameters.
    """
    import numpy as np

    unit = float((mean_spend * buyers).sum() / buyers.sum())
    groups = (*np.unique(frequency, return_inverse=True), mean_spend / unit, buyers)
    names = ("p", "q", "v")
    (p, q, v), likelihood = _maximize(lambda logs: _spend_likelihood(logs, *groups), SPEND_STARTS, names)
    return SpendModel(p, q, v * unit, float((likelihood - np.log(unit)) * buyers.sum()))


def _indexed(frequency: Numbers, recency: Numbers, age: Numbers, buyers: Any) -> tuple[Any, ...]:
    """Return distinct frequencies and times once, with the places that each group has in them, and its buyers."""
    import numpy as np

    x, x_place = np.unique(frequency, return_inverse=True)
    times, time_place = np.unique(np.concatenate([recency, age]), return_inverse=True)
    recency_place, age_place = time_place.reshape(2, -1)
    return x, x_place, times, recency_place, age_place, buyers


def _similar(frequency: Numbers, recency: Numbers, age: Numbers, buyers: Numbers) -> tuple[Any, ...]:
    """Return fewer groups: those of one frequency with times, between 0 and 1, in the same steps, at their means."""
    import numpy as np

    cells = (frequency * (STEPS + 1) + np.rint(recency * STEPS)) * (STEPS + 1) + np.rint(age * STEPS)
    _, first, places = np.unique(cells, return_index=True, return_inverse=True)
    counts: Numbers = np.bincount(places, weights=buyers).astype(float)
    mean_recency, mean_age = (np.bincount(places, weights=time * buyers) / counts for time in (recency, age))
    return _indexed(frequency[first], mean_recency, mean_age, counts)


def _purchase_likelihood(
    logs: Numbers, x: Numbers, x_place: Any, times: Numbers, recency_place: Any, age_place: Any, buyers: Numbers
) -> tuple[float, Numbers]:
    """Return the negative log-likelihood per buyer of BG/NBD and its gradient by the logarithms of the parameters."""
    import numpy as np
    from scipy.special import digamma, gammaln

    r, alpha, a, b = np.exp(logs)
    log_times = np.log(alpha + times)
    shape, age_log, recency_log = (r + x)[x_place], log_times[age_place], log_times[recency_place]
    returned = np.maximum(b + x - 1, b)
    left_odds = np.where(x > 0, logs[2] - np.log(returned), -np.inf)[x_place]
    # P(left) / P(stayed), times both densities; the buyers of each group that have left, by this estimate.
    left = np.exp(np.minimum(left_odds + shape * (age_log - recency_log), 700))
    density = np.log1p(left) - shape * age_log
    gone = left / (1 + left) * buyers
    by_x, gone_by_x = (np.bincount(x_place, weights=weights) for weights in (buyers, gone))
    own = gammaln(r + x) - gammaln(r) + r * logs[1]
    own += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    value = np.sum(by_x * own) + np.sum(buyers * density)
    later_log = np.sum((buyers - gone) * age_log + gone * recency_log)
    inverse = 1 / (alpha + times)
    later_inverse = np.sum(shape * ((buyers - gone) * inverse[age_place] + gone * inverse[recency_place]))
    together = digamma(a + b) - digamma(a + b + x)
    gradient = np.array(
        [
            np.sum(by_x * (digamma(r + x) - digamma(r) + logs[1])) - later_log,
            by_x.sum() * r / alpha - later_inverse,
            np.sum(by_x * together) + gone.sum() / a,
            np.sum(by_x * (together + digamma(b + x) - digamma(b)) - gone_by_x / returned),
        ]
    )
    total = buyers.sum()
    return -float(value / total), -gradient * np.exp(logs) / total


def _spend_likelihood(logs: Numbers, x: Numbers, x_place: Any, z: Numbers, buyers: Numbers) -> tuple[float, Numbers]:
    """Return the negative log-likelihood per buyer of Gamma-Gamma and its gradient by the logarithms."""
    import numpy as np
    from scipy.special import digamma, gammaln

    p, q, v = np.exp(logs)
    by_x, shape, frequency = np.bincount(x_place, weights=buyers), p * x + q, x[x_place]
    known, log_z = np.log(v + frequency * z), np.log(z)
    own = gammaln(shape) - gammaln(p * x) - gammaln(q) + q * logs[2] + p * x * np.log(x)
    value = np.sum(by_x * own) + np.sum(buyers * ((p * frequency - 1) * log_z - shape[x_place] * known))
    shapes = digamma(shape)
    gradient = np.array(
        [
            np.sum(by_x * x * (shapes - digamma(p * x) + np.log(x))) + np.sum(buyers * frequency * (log_z - known)),
            np.sum(by_x * (shapes - digamma(q) + logs[2])) - np.sum(buyers * known),
            buyers.sum() * q / v - np.sum(buyers * shape[x_place] / (v + frequency * z)),
        ]
    )
    total = buyers.sum()
    return -float(value / total), -gradient * np.exp(logs) / total


def _maximize(
    objective: Callable[[Numbers], tuple[float, Numbers]], starts: Iterable[Sequence[float]], names: Sequence[str]
) -> tuple[tuple[float, ...], float]:
    """Return the parameters of least ``objective`` from several starts, and its negative value.

    Raises:
        NotConverged: every search ends at a bound, or where the objective still falls.
    """
    import numpy as np
    from scipy.optimize import minimize

    options = {"maxiter": 200, "ftol": 1e-14, "gtol": 1e-8}
    best = None
    for start in starts:
        bounds = [(-LOG_BOUND, LOG_BOUND)] * len(start)
        found = minimize(objective, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun):
            best = found
    near_bound = [] if best is None else np.abs(best.x) > LOG_BOUND - NEAR_BOUND
    if best is None or np.abs(best.jac).max() > 1e-4 or any(near_bound):
        raise NotConverged([name for name, is_near in zip(names, near_bound, strict=False) if is_near])
    return tuple(float(value) for value in np.exp(best.x)), -float(best.fun)
