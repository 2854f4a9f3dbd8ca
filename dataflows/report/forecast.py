"""What buyers are expected to spend in the next year, by segment, and how far the forecast can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from dataflows.lib.clv_rows import HOLDOUT_DAYS, HORIZON_DAYS
from dataflows.report import decisions, details
from dataflows.report.rows import Forecast, SegmentForecast
from dataflows.report.segments import people
from marketing_ibis.report.bar_lines import Bar, bar_lines
from marketing_ibis.report.blocks import Section, Table
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.wording import DASH, HARD_SPACE, count, display_name, money, percent, share, short_money

TOLERANCE = 0.2
"""A hold-out that is further off than this, relatively, makes the forecast unreliable."""
LONGEST = 200
BAND_NOTE = """\
Band: the sum of a segment's spend is in it in 80 % of cases, if buyers decide independently and the fit is right: it
is only about chance among customers. A season, a campaign or a new competitor moves all buyers at once, and is not
in it. Returns and the buyers to come are not forecast: the shop's revenue will be higher by what new buyers spend."""
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
        f"Expected spend of today's buyers of each segment in the next {HORIZON_DAYS} days, without new ones; the line"
        " across the end of a bar is its band of 80 %."
    )
    bars = [Bar(row.segment, row.spend, short_money(round(row.spend, 2)), band(row)) for row in ordered]
    return Section(
        "forecast",
        "Customers",
        finding(ordered),
        lead=tested(fits),
        figures=(bar_lines(bars, caption),),
        tables=(table(ordered),),
        notes=(BAND_NOTE,),
        terms=TERMS,
    )


def band(*forecasts: SegmentForecast) -> tuple[float, float]:
    """Return the band of the sum of forecasts: variances of independent buyers add up."""
    spend, half = sum(row.spend for row in forecasts), sqrt(sum(row.squares for row in forecasts))
    return max(spend - half, 0.0), spend + half


def finding(forecasts: Sequence[SegmentForecast]) -> str:
    """Return what all buyers are expected to spend, and the segment that is expected to spend most."""
    total, first = sum(row.spend for row in forecasts), forecasts[0]
    return f"{expected_spend(forecasts)}; {people(first.segment)} bring {percent(share(first.spend, total))} of it"


def expected_spend(forecasts: Sequence[SegmentForecast]) -> str:
    """Return what all buyers of today are expected to spend, with its band, and that later buyers are not in it."""
    low, high = (short_money(round(end)) for end in band(*forecasts))
    spend = short_money(round(sum(row.spend for row in forecasts)))
    buyers = count(sum(row.buyers for row in forecasts), "buyer")
    return (
        f"Today's {buyers} are expected to spend {spend} (80{HARD_SPACE}% band: {low} to {high}) in the next"
        f" {HORIZON_DAYS} days, without buyers to come"
    )


def tested(fits: Sequence[Forecast]) -> str:
    """Return how an earlier forecast compares with what followed, and whether to rely on it."""
    fit = fits[0] if fits else None
    if fit is None or fit.later_expected is None or not fit.later:
        return "The forecast could not be tested on earlier days: they do not determine a fit of their own."
    error = fit.later_expected / fit.later - 1
    verdict = "" if abs(error) <= TOLERANCE else " Do not rely on the forecast: it was more than a fifth off."
    expected = count(round(fit.later_expected), "purchase day")
    off = f"{percent(abs(error))} too {'many' if error > 0 else 'few'}" if error else "as many"
    return (
        f"A forecast of the last {HOLDOUT_DAYS} days, made without knowing them, was {expected}, and"
        f" {count(fit.later)} happened: {off}. This checks the number"
        f" of purchase days in {HOLDOUT_DAYS} days, neither dollars nor a year.{verdict}"
    )


def refusal(fits: Sequence[Forecast]) -> str:
    """Return why there is no forecast."""
    fit = fits[0] if fits else None
    if fit is None:
        return "No forecast of what buyers will spend: it has not been computed"
    if fit.reason is None:
        return "No forecast of what buyers will spend: there is no buyer"
    reason = display_name(fit.reason, LONGEST).rstrip(".")
    return f"No forecast of what buyers will spend: {reason[0].lower()}{reason[1:]}"


def table(forecasts: Sequence[SegmentForecast]) -> Table:
    """Return the forecast of each segment with its band."""
    rows = tuple(
        (
            row.segment,
            count(row.buyers),
            f"{row.purchases:,.0f}",
            money(round(row.spend, 2)),
            *(money(round(end, 2)) for end in band(row)),
            money(round(row.spend / row.buyers, 2)) if row.buyers else DASH,
        )
        for row in forecasts
    )
    head = ("Segment", "Buyers", "Purchase days", "Expected spend", "Low", "High", "Per buyer")
    return Table(f"Expected in the next {HORIZON_DAYS} days", head, rows, frozenset(range(1, 7)))
