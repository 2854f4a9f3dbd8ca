"""How the channels of the stand-in rule develop month by month, and what each campaign earned in them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dataflows.lib.expressions import MONTHS_PER_YEAR, last_complete_month
from dataflows.report import details
from dataflows.report.chance import LEAST, is_clear_count, is_enough
from dataflows.report.channels import RULE, RULE_WARNING
from dataflows.report.rows import CampaignResult, ChannelMonth, days_in
from marketing_ibis.report.blocks import VIEWS, Fact, Section, Table, View
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import sparkline
from marketing_ibis.report.wording import DASH, count, money, month, percent, share, short_money, short_month

QUARTER = 3
"""Complete months that are compared with as many before."""
NOTHING = "No channel has an order yet, so that there are no months to compare"
YEAR_BEFORE, MONTHS_BEFORE = "the same months a year before", f"the {QUARTER} months before"
"""What the newest complete months are compared with."""
SEASONAL = "; whether this is growth or the season cannot be determined without the same months a year before"
NOTE = f"""\
The last {QUARTER} complete months are compared with {YEAR_BEFORE}, so that a season is compared with itself, and with
{MONTHS_BEFORE} as long as the shop is younger. A month that is not over is listed, but not compared; in the tables of
single months, the change against the month before includes the season. Revenue itself is not tested: a change is clear
if the orders per day differ by more than chance explains (orders as a Poisson process). The more channels are compared,
the larger the difference must be (Bonferroni's method): at most one such table in twenty has a channel that is clear by
chance alone."""
PROFIT_NOTE = """\
Campaigns are a rule on the order, too: its payment and its quarter. Their profit is net revenue times an assumed margin
from the settings, not a result of costs. A customer of several campaigns is counted in each."""
TERMS = ("Channel", "Campaign", "Estimated profit", "Net revenue")


class Trend(NamedTuple):
    """A channel's complete months, the oldest first, then those that are not over.

    ``has_season`` says whether the newest complete months are compared with the same ones a year before.
    """

    name: str
    complete: tuple[ChannelMonth, ...]
    open: tuple[ChannelMonth, ...]
    has_season: bool

    @property
    def newest(self) -> tuple[ChannelMonth, ...]:
        """The newest complete months."""
        return self.complete[-QUARTER:]

    @property
    def earlier(self) -> tuple[ChannelMonth, ...]:
        """The months that the newest complete ones are compared with."""
        return year_before(self.complete) if self.has_season else self.complete[-2 * QUARTER : -QUARTER]

    @property
    def revenue(self) -> Decimal:
        """Revenue of the newest complete months."""
        return sum((row.revenue for row in self.newest), Decimal(0))

    @property
    def orders(self) -> int:
        """Orders of the newest complete months."""
        return sum(row.orders for row in self.newest)

    @property
    def earlier_orders(self) -> int:
        """Orders of the months that the newest complete ones are compared with."""
        return sum(row.orders for row in self.earlier)

    def is_clear(self, comparisons: int) -> bool:
        """Return whether the orders per day changed by more than chance explains, as one of ``comparisons``."""
        days, earlier_days = (sum(days_in(row.month) for row in rows) for rows in (self.newest, self.earlier))
        return is_clear_count(self.orders, days, self.earlier_orders, earlier_days, comparisons=comparisons)

    @property
    def change(self) -> float | None:
        """The change of revenue against the earlier months; None if there are too few months or orders."""
        before = sum((row.revenue for row in self.earlier), Decimal(0))
        if len(self.earlier) < QUARTER or before <= 0 or not is_enough(self.orders, self.earlier_orders):
            return None
        return float(self.revenue / before) - 1


def section(answers: Answers) -> Section:
    """Return the section on the months of channels."""
    return describe(answers.rows(details.channel_trend), answers.rows(details.campaigns))


def describe(months: Sequence[ChannelMonth], campaigns: Sequence[CampaignResult] = ()) -> Section:
    """Return the section with an overview, one view per channel, and one of campaigns."""
    trends = trends_of(months)
    if not trends:
        return Section("trends", "Channels", NOTHING)
    clear = clear_changes(trends)
    views = [View("All channels", tables=(overview(trends, clear),))]
    views += [View(trend.name, facts=facts(trend, clear), tables=(_months(trend),)) for trend in trends[: VIEWS - 2]]
    views += [View("Campaigns", tables=(campaign_table(campaigns),))] if campaigns else []
    return Section(
        "trends",
        "Channels",
        finding(trends, clear),
        lead=campaign_finding(campaigns),
        warning=RULE_WARNING,
        warning_title=RULE,
        views=tuple(views),
        view_title="Choose a channel of the rule",
        notes=(NOTE, PROFIT_NOTE) if campaigns else (NOTE,),
        terms=TERMS,
    )


def trends_of(months: Sequence[ChannelMonth]) -> list[Trend]:
    """Return each channel with its months, the one with most revenue in the newest complete ones first."""
    by_channel: dict[str, list[ChannelMonth]] = {}
    for row in sorted(months, key=lambda row: row.month):
        by_channel.setdefault(row.channel, []).append(row)
    complete = {name: tuple(filter(is_complete, rows)) for name, rows in by_channel.items()}
    has_season = any(len(year_before(rows)) == QUARTER for rows in complete.values())
    trends = [
        Trend(name, complete[name], tuple(row for row in rows if not is_complete(row)), has_season)
        for name, rows in by_channel.items()
    ]
    return sorted(trends, key=lambda trend: (-trend.revenue, trend.name))


def year_before(complete: Sequence[ChannelMonth]) -> tuple[ChannelMonth, ...]:
    """Return the months that are a year before the newest ones of ``complete``."""
    months = {(row.month.year - 1, row.month.month) for row in complete[-QUARTER:]}
    return tuple(row for row in complete if (row.month.year, row.month.month) in months)


def is_complete(row: ChannelMonth) -> bool:
    """Return whether a month is over on the day that the table shows."""
    return row.month.year * MONTHS_PER_YEAR + row.month.month <= last_complete_month(row.as_of)


def clear_changes(trends: Sequence[Trend]) -> dict[str, float]:
    """Return the change of each channel whose orders changed by more than chance explains, as one of all compared."""
    comparisons = sum(trend.change is not None for trend in trends)
    return {
        trend.name: change for trend in trends if (change := trend.change) is not None and trend.is_clear(comparisons)
    }


def finding(trends: Sequence[Trend], changes: Mapping[str, float]) -> str:
    """Return the channels that grew and fell most, among the clear ``changes``."""
    if all(trend.change is None for trend in trends):
        return f"Too little data to say which channel grew: {2 * QUARTER} complete months and {LEAST} orders are needed"
    has_season = trends[0].has_season
    period = f"in the last {QUARTER} complete months, against {_baseline(has_season=has_season)}"
    if not changes:
        return f"By the stand-in rule, no channel's orders changed by more than chance explains {period}"
    grew, unknown = ("grew", "") if has_season else ("rose", SEASONAL)
    best, worst = max(changes, key=lambda name: changes[name]), min(changes, key=lambda name: changes[name])
    # Channels whose change is within chance may have grown or fallen more than those that are named.
    among = "" if len(changes) == len(trends) else "of the channels whose change is clear, "
    fell = f"{worst} fell most, by {percent(-changes[worst])}"
    if changes[best] <= 0:
        return f"By the stand-in rule, no channel clearly {grew} {period}; {among}{fell}{unknown}"
    most = f"By the stand-in rule, {among}{best} {grew} most, by {percent(changes[best])} {period}"
    if changes[worst] < 0:
        return f"{most}; {fell}{unknown}"
    least = "" if worst == best else f"; {worst} {grew} least, by {percent(changes[worst])}"
    return f"{most}{least}{unknown}"


def _baseline(*, has_season: bool) -> str:
    return YEAR_BEFORE if has_season else MONTHS_BEFORE


def campaign_finding(campaigns: Sequence[CampaignResult]) -> str:
    """Return the campaign with the most net revenue."""
    revenue: dict[str, Decimal] = {}
    for row in campaigns:
        revenue[row.campaign] = revenue.get(row.campaign, Decimal(0)) + row.revenue
    total = sum(revenue.values(), Decimal(0))
    if total <= 0:
        return ""
    first = max(revenue, key=lambda name: (revenue[name], name))
    part = percent(share(revenue[first], total))
    return f"Of the campaigns, {first} brought most: {short_money(revenue[first])}, {part} of net revenue."


def facts(trend: Trend, clear: Container[str]) -> tuple[Fact, ...]:
    """Return what a channel brought in the newest complete months, with a small line of all of them."""
    if not trend.complete:
        return ()
    numbers = [float(row.revenue) for row in trend.complete]
    caption = (
        f"Revenue of {count(len(numbers), 'complete month')}, the newest last: {', '.join(map(short_money, numbers))}"
    )
    line = sparkline(numbers, caption) if len(numbers) > 1 else None
    change = (
        "too little data to compare"
        if trend.change is None
        else f"{_signed(trend.change)} against {_baseline(has_season=trend.has_season)}, {_verdict(trend, clear)}"
    )
    period = f"{short_month(trend.newest[0].month)} to {short_month(trend.newest[-1].month)}"
    return (
        Fact("Revenue of own orders", short_money(trend.revenue), f"{period}: {change}", line),
        Fact("Orders", count(trend.orders), period),
        Fact(
            "Average order value",
            money(trend.revenue / trend.orders) if trend.orders else DASH,
            "net revenue / orders, unpaid ones included",
        ),
    )


def _signed(change: float | None) -> str:
    return f"+{percent(change)}" if change is not None and change > 0 else percent(change)


def _verdict(trend: Trend, clear: Container[str]) -> str:
    if trend.change is None:
        return "too little data"
    return "clear" if trend.name in clear else "within chance"


def overview(trends: Sequence[Trend], clear: Container[str]) -> Table:
    """Return the newest complete months of every channel."""
    rows = tuple(
        (
            trend.name,
            money(trend.revenue),
            count(trend.orders),
            money(trend.revenue / trend.orders) if trend.orders else DASH,
            _signed(trend.change),
            _verdict(trend, clear),
        )
        for trend in trends
    )
    has_season = any(trend.has_season for trend in trends)
    against = "Against a year before" if has_season else f"Against {MONTHS_BEFORE}"
    head = ("Channel of the rule", "Revenue", "Orders", "Order value", against, "Change")
    return Table(f"Channels in the last {QUARTER} complete months", head, rows, frozenset(range(1, 5)), is_folded=False)


def _months(trend: Trend) -> Table:
    months = [*trend.complete, *trend.open]
    earlier = [None, *months[:-1]]
    rows = tuple(
        (
            month(row.month) + (" (to date)" if row in trend.open else ""),
            money(row.revenue),
            count(row.orders),
            DASH if before is None or row in trend.open else _growth(row, before),
        )
        for row, before in reversed(list(zip(months, earlier, strict=True)))
    )
    head = ("Month", "Revenue", "Orders", "Against the month before")
    return Table(f"{trend.name}: month by month", head, rows, frozenset({1, 2, 3}), is_folded=False)


def _growth(row: ChannelMonth, before: ChannelMonth) -> str:
    return _signed(float(row.revenue / before.revenue) - 1 if before.revenue > 0 else None)


def campaign_table(campaigns: Sequence[CampaignResult]) -> Table:
    """Return what each campaign earned in each channel, the largest first."""
    total = sum((row.revenue for row in campaigns), Decimal(0))
    rows = tuple(
        (
            row.campaign,
            row.channel,
            count(row.orders),
            count(row.customers),
            money(row.revenue),
            percent(share(row.revenue, total)),
            money(row.profit),
        )
        for row in sorted(campaigns, key=lambda row: (-row.revenue, row.campaign, row.channel))
    )
    head = ("Campaign", "Channel of the rule", "Orders", "Customers", "Net revenue", "Share", "Estimated profit")
    return Table("Campaigns in each channel", head, rows, frozenset(range(2, 7)), is_folded=False)
