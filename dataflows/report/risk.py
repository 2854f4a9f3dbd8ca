"""The bands of churn risk on the section of whom to contact: where they begin, and whom to contact first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import inf

from dataflows.lib.churn_rules import HIGHEST_SCORE, ChurnRules
from dataflows.marts.churn_risk import BANDS, HIGH, LOW, MEDIUM
from dataflows.report import actions
from dataflows.report.action_totals import ActionTotal
from dataflows.report.commands import TITLE, export_command
from dataflows.report.first_step import WIN_BACKS, as_lead
from dataflows.report.rows import Action, Risk
from dataflows.report.rules import Rules
from marketing_ibis.report.blocks import Commands, Table
from marketing_ibis.report.wording import count, money, percent, share, short_money


def risk_lead(risks: Sequence[Risk], rules: Rules, totals: Sequence[ActionTotal] = ()) -> str:
    """Return how many buyers are at high risk, what they have paid, and with whom of them to begin."""
    rows = [row for row in risks if row.band == HIGH]
    if not rows:
        return ""
    buyers = _buyers(rows)
    text = (
        f"{count(buyers, 'buyer')} ({percent(share(buyers, _buyers(risks)))}) {'is' if buyers == 1 else 'are'} at high"
        f" risk of not coming back: no order for {_limits(rules.churn)[HIGH]}, and {short_money(_revenue(rows))} paid"
        " so far."
    )
    return " ".join(filter(None, (text, as_lead(totals, rules.actions.win_back_min_monetary))))


def risk_note(rules: Rules) -> str:
    """Return what the bands and the amounts mean, by the rules in force."""
    churn = rules.churn
    return (
        "Churn risk is a score: 100 x days since the last order / (these days + the usual gap). The usual gap is the"
        " buyer's own mean between two days with orders, or that of all buyers after only one such day."
        f" {MEDIUM} begins at a score of {churn.medium_from_score}, {HIGH} at {churn.high_from_score} (churn_rules in"
        " the settings). What the buyers at high risk have paid so far is not what they would pay."
    )


def risk_tables(risks: Sequence[Risk], rules: Rules, next_actions: Sequence[Action] = ()) -> tuple[Table, ...]:
    """Return the bands, the highest first, and the segments of the highest one, those that have paid most first.

    ``next_actions`` are the next best actions by segment.
    """
    if not risks:
        return ()
    bands = [band for band in reversed(BANDS) if any(row.band == band for row in risks)]
    high = by_segment(row for row in risks if row.band == HIGH)
    return (_bands(risks, bands, rules.churn), *([_segments(high, next_actions)] if high else []))


def by_segment(rows: Iterable[Risk]) -> list[Risk]:
    """Return the rows of one band, those that have paid most first."""
    return sorted(rows, key=lambda row: (-row.revenue, -row.buyers, row.segment))


def _bands(risks: Sequence[Risk], bands: Sequence[str], churn: ChurnRules) -> Table:
    limits, total = _limits(churn), _buyers(risks)
    by_band = {band: [row for row in risks if row.band == band] for band in bands}
    rows = tuple(
        (
            band,
            limits[band],
            count(_buyers(by_band[band])),
            percent(share(_buyers(by_band[band]), total)),
            count(sum(row.overdue for row in by_band[band])),
            money(_revenue(by_band[band])),
        )
        for band in bands
    )
    return Table(
        "Buyers by churn risk",
        ("Churn risk", "No order for", "Buyers", "Share", "Next order overdue", "Net revenue so far"),
        rows,
        frozenset({2, 3, 4, 5}),
        is_folded=False,
        is_summary=True,
        commands=Commands(
            TITLE, tuple((band, export_command("churn_risk", column="churn_risk_band", value=band)) for band in bands)
        ),
    )


def _segments(high: Sequence[Risk], next_actions: Sequence[Action]) -> Table:
    customers = {(row.segment, row.name): row.customers for row in next_actions}
    rows = tuple(
        (
            row.segment,
            count(row.buyers),
            *(count(customers.get((row.segment, name), 0)) for name in WIN_BACKS),
            money(row.revenue),
            percent(share(row.revenue, _revenue(high))),
            money(round(row.revenue / row.buyers, 2)),
        )
        for row in high
    )
    head = (
        "Segment",
        "Buyers at high risk",
        *(f"{place}: {name}" for place, name in zip(("First", "Then"), WIN_BACKS, strict=True)),
        "Paid by those at risk",
        "Share",
        "Per buyer",
    )
    return Table(
        "Buyers at high risk by segment",
        head,
        rows,
        frozenset(range(1, len(head))),
        is_folded=False,
        is_summary=True,
        commands=Commands(TITLE, tuple((name, actions.command(name)) for name in WIN_BACKS)),
    )


def _limits(churn: ChurnRules) -> dict[str, str]:
    """Return how many usual gaps without an order each band is."""
    medium, high = _gaps(churn.medium_from_score), _gaps(churn.high_from_score)
    return {LOW: f"less than {medium}", MEDIUM: f"{medium} to less than {high}", HIGH: f"{high} or more"}


def _gaps(score: int) -> str:
    """Return the days since the last order at a score, in usual gaps: the score is 100 x late / (gap + late)."""
    gaps = score / (HIGHEST_SCORE - score) if score < HIGHEST_SCORE else inf
    return "1 usual gap" if gaps == 1 else f"{gaps:.3g} usual gaps"


def _buyers(rows: Iterable[Risk]) -> int:
    return sum(row.buyers for row in rows)


def _revenue(rows: Iterable[Risk]) -> Decimal:
    return sum((row.revenue for row in rows), Decimal(0))
