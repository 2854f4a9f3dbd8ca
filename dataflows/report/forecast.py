"""What buyers are expected to spend in the next year, by segment, and how far the forecast can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt

from dataflows.lib.clv_rows import HOLDOUT_DAYS, HORIZON_DAYS
from dataflows.marts.customer_clv import BAND
from dataflows.report import decisions, details
from dataflows.report.rows import Forecast, SegmentForecast
from dataflows.report.segments import people
from marketing_ibis.report.bar_lines import Bar, bar_lines
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, count, display_name, money, percent, share, short_money

TOLERANCE = 0.2
"""A hold-out that is further off than this, relatively, makes the forecast unreliable."""
LONGEST = 200
MODEL_ERROR = 0.08
"""The standard error of a year's spend of all buyers, relatively, that the models have besides chance."""
SEGMENT_ERROR = 0.1
"""The standard error of a segment's spend per buyer besides that of all, as a part of the mean spend per buyer.

With both, 80% or more of the sums of simulated shops of four kinds together are in their bands, of two kinds fewer:
docs/metrics/customer_clv.md.
"""
BAND_NOTE = f"""\
Band: of simulated shops, whose buyers buy and leave by four different rules, more than four of five sums were in their
bands; of all buyers who leave without a sign, and of groups with regular gaps, only two of three. A band covers chance
among buyers, and an error of the models that all buyers share: {MODEL_ERROR:.0%}, or as much as the forecast of the
last {HOLDOUT_DAYS} days was off if that is more. It does not cover what is new next year, such as a competitor or a
larger campaign. Returns and the buyers to come are not forecast: the shop's revenue will be higher by what new buyers
spend."""
NO_FIT = """\
Without a forecast, use what customers have paid so far: the sections on segments and on the lifetime value of cohorts
have the numbers."""
TERMS = ("Forecast value", "Segment", "Buyer", "Net revenue")


def section(answers: Answers) -> Section:
    """Return the section on the forecast."""
    return describe(answers.rows(details.segment_forecasts), answers.rows(decisions.forecasts))


def describe(forecasts: Sequence[SegmentForecast], fits: Sequence[Forecast]) -> Section:
    """Return the section on the forecast of each segment, or on why there is none."""
    if not forecasts:
        return Section("forecast", "Customers", refusal(fits), lead=NO_FIT, terms=TERMS)
    ordered = sorted(forecasts, key=lambda row: (-row.spend, row.segment))
    caption = (
        f"Expected spend of the buyers so far of each segment in the next {HORIZON_DAYS} days, without new ones;"
        " the line across the end of a bar is its band of 80%."
    )
    error = model_error(fits)
    bands = [band([row], ordered, error) for row in ordered]
    bars = [
        Bar(row.segment, row.spend, short_money(round(row.spend, 2)), ends)
        for row, ends in zip(ordered, bands, strict=True)
    ]
    return Section(
        "forecast",
        "Customers",
        finding(ordered, error),
        lead=tested(fits),
        figures=(bar_lines(bars, caption),),
        tables=(table(ordered, bands),),
        notes=(BAND_NOTE,),
        terms=TERMS,
    )


def model_error(fits: Sequence[Forecast]) -> float:
    """Return the relative error that all buyers share: that of earlier days if it is larger than usual."""
    off = _off(fits[0]) if fits else None
    return max(MODEL_ERROR, abs(off or 0.0))


def band(
    part: Sequence[SegmentForecast], forecasts: Sequence[SegmentForecast], error: float = MODEL_ERROR
) -> tuple[float, float]:
    """Return the band of the sum of ``part``, which is all ``forecasts`` or some of them.

    Variances of independent buyers add up; an ``error`` that they share does not average out.
    """
    spend, buyers = sum(row.spend for row in part), sum(row.buyers for row in part)
    total, all_buyers = sum(row.spend for row in forecasts), sum(row.buyers for row in forecasts)
    own = 0.0 if len(part) == len(forecasts) else SEGMENT_ERROR * total * buyers / max(all_buyers, 1)
    half = hypot(sqrt(sum(row.squares for row in part)), BAND * error * spend, BAND * own)
    return max(spend - half, 0.0), spend + half


def finding(forecasts: Sequence[SegmentForecast], error: float = MODEL_ERROR) -> str:
    """Return what all buyers are expected to spend, and the segment that is expected to spend most."""
    total, first = sum(row.spend for row in forecasts), forecasts[0]
    spend = expected_spend(forecasts, error)
    return f"{spend}; {people(first.segment)} bring {percent(share(first.spend, total))} of it"


def expected_spend(forecasts: Sequence[SegmentForecast], error: float = MODEL_ERROR) -> str:
    """Return what all buyers so far are expected to spend, with its band, and that later buyers are not in it."""
    low, high = (short_money(round(end)) for end in band(forecasts, forecasts, error))
    spend = short_money(round(sum(row.spend for row in forecasts)))
    buyers = count(sum(row.buyers for row in forecasts), "buyer")
    return (
        f"The {buyers} so far are expected to spend {spend} (80% band: {low} to {high}) in the next"
        f" {HORIZON_DAYS} days, without buyers to come"
    )


def tested(fits: Sequence[Forecast]) -> str:
    """Return how an earlier forecast compares with what followed, and whether to rely on it."""
    fit = fits[0] if fits else None
    error = _off(fit) if fit else None
    if fit is None or fit.later_expected is None or error is None:
        return "The forecast could not be tested on earlier days: they do not determine a fit of their own."
    verdict = "" if abs(error) <= TOLERANCE else " Do not rely on the forecast: it was more than a fifth off."
    expected = count(round(fit.later_expected), "purchase day")
    off = f"{percent(abs(error))} too {'many' if error > 0 else 'few'}" if error else "as many"
    return (
        f"A forecast of the last {HOLDOUT_DAYS} days, made without knowing them, was {expected}, and"
        f" {count(fit.later)} happened: {off}. This checks the number"
        f" of purchase days in {HOLDOUT_DAYS} days, neither dollars nor a year.{verdict}"
    )


def _off(fit: Forecast) -> float | None:
    """Return how far an earlier forecast was off, relatively; None where it could not be tested."""
    return fit.later_expected / fit.later - 1 if fit.later_expected is not None and fit.later else None


def refusal(fits: Sequence[Forecast]) -> str:
    """Return why there is no forecast."""
    fit = fits[0] if fits else None
    if fit is None:
        return "No forecast of what buyers will spend: it has not been computed"
    if fit.reason is None:
        return "No forecast of what buyers will spend: there is no buyer"
    reason = display_name(fit.reason, LONGEST).rstrip(".")
    return f"No forecast of what buyers will spend: {reason[0].lower()}{reason[1:]}"


def table(forecasts: Sequence[SegmentForecast], bands: Sequence[tuple[float, float]]) -> Table:
    """Return the forecast of each segment with its band."""
    rows = tuple(
        (
            row.segment,
            count(row.buyers),
            f"{row.purchases:,.0f}",
            money(round(row.spend, 2)),
            *(money(round(end, 2)) for end in ends),
            money(round(row.spend / row.buyers, 2)) if row.buyers else DASH,
        )
        for row, ends in zip(forecasts, bands, strict=True)
    )
    head = ("Segment", "Buyers", "Purchase days", "Expected spend", "Low", "High", "Per buyer")
    return Table(f"Expected in the next {HORIZON_DAYS} days", head, rows, frozenset(range(1, 7)))
