"""Orders and revenue of the channels of the stand-in rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from math import fsum, isclose

from dataflows.report import decisions, queries
from dataflows.report.rows import Channel, Credit, FundingMonth
from dataflows.report.rules import Weights, rules_of
from marketing_ibis.report.blocks import HeatMap, Section, Table, Tile, level_of
from marketing_ibis.report.declaration import Answers
from marketing_ibis.report.drawing import CROWDED, Spec, bars, figure, room, side_by_side, values
from marketing_ibis.report.theme import ACCENT
from marketing_ibis.report.wording import count, money, percent, share, short_money

MODELS = ("First Touch", "Last Touch", "Linear", "Position Based", "Time Decay", "Shapley")
"""In the order of the columns; models with other names come last."""
RULE = "Stand-in rule."
RULE_WARNING = (
    "The channel is a stand-in rule on the order itself (how it was paid, its weekday, total and quarter), not observed"
    " traffic. Read these numbers as kinds of orders, not as what advertising caused."
)
DIVISION = "The models divide the same revenue in six ways."
NO_COST = (
    "No costs are loaded: nothing here says what a channel costs or what its spending returns, so that more or less"
    f" budget cannot be determined for any of these channels. {DIVISION}"
)
COST = (
    "The costs that are loaded are of observed channels, and “More or less budget” compares them with revenue. They"
    " cannot be attached to these kinds of orders, so that more or less budget cannot be determined for any of these"
    f" channels. {DIVISION}"
)
TOUCH = (
    "First and last touch count a buyer's whole revenue in the channel of the first or last order. Customers do not add"
    " up over channels."
)
ALIKE = 1e-9
"""How far two credits may be apart, relatively, and still be the same number."""


def finding(channels: Sequence[Channel], credits: Sequence[Credit] = ()) -> str:
    """Return the channel that the attribution models credit with the most revenue, or that they disagree.

    If another channel's own orders bring more, the title says that as well.
    """
    live = [row for row in channels if row.conversions]
    if not live:
        return "No channel has an order yet"
    best_channel = max(live, key=lambda row: row.revenue).name
    leaders = leading(credits)
    if not leaders:
        return f"By the stand-in rule, {best_channel} has the most revenue from its own orders"
    shared = frozenset.intersection(*leaders.values())
    models = f"all {len(leaders)} attribution models" if len(leaders) > 1 else "the attribution model"
    if shared:
        verb = "credit" if len(leaders) > 1 else "credits"
        names = " and ".join(sorted(shared))
        agreed = f"By the stand-in rule, {models} {verb} {names} with the most revenue{_range(credits, shared)}"
        return agreed if best_channel in shared else f"{agreed}; by its own orders {best_channel} leads"
    votes = Counter(channel for first in leaders.values() for channel in first)
    leads = ", ".join(f"{channel} leads in {number}" for channel, number in sorted(votes.items(), key=_by_votes))
    return f"By the stand-in rule, the {len(leaders)} attribution models disagree: {leads}"


def leading(credits: Sequence[Credit]) -> dict[str, frozenset[str]]:
    """Return the channels that each model credits with most revenue: several where they have the same."""
    leaders = {}
    for model in dict.fromkeys(row.model for row in credits):
        rows = [row for row in credits if row.model == model]
        most = max(row.revenue for row in rows)
        if any(row.customers for row in rows):
            leaders[model] = frozenset(row.channel for row in rows if isclose(row.revenue, most, rel_tol=ALIKE))
    return leaders


def _by_votes(vote: tuple[str, int]) -> tuple[int, str]:
    return -vote[1], vote[0]


def _range(credits: Sequence[Credit], channels: frozenset[str]) -> str:
    """Return the range of shares of revenue that the models credit the channel with; nothing without shares."""
    if len(channels) != 1:
        return ""
    shares = [
        part
        for row in credits
        if row.channel in channels and (part := share(row.revenue, _credited(credits, row.model))) is not None
    ]
    if not shares:
        return ""
    low, high = percent(min(shares)), percent(max(shares))
    return f" ({low})" if low == high else f" ({low} to {high})"


def _credited(credits: Sequence[Credit], model: str) -> float:
    return fsum(row.revenue for row in credits if row.model == model)


def score_note(weights: Weights) -> str:
    """Return how the efficiency score is computed, with the weights in force."""
    return (
        f"Efficiency score: {weights.revenue:g} x revenue per order + {weights.conversion:g} x customers per order,"
        f" both against the average of live channels, + {weights.acquisition:g} x the share of new customers. It ranks"
        " channels and has no unit."
    )


def section(answers: Answers) -> Section:
    """Return the section on channels."""
    weights = rules_of(answers.context.inputs).weights
    return describe(
        answers.rows(queries.channels), answers.rows(queries.credits), weights, answers.rows(decisions.funding)
    )


def describe(
    channels: Sequence[Channel],
    credits: Sequence[Credit] = (),
    weights: Weights = Weights(),
    observed: Sequence[FundingMonth] = (),
) -> Section:
    """Return the section on channels: their own orders, and what each attribution model credits them with.

    ``observed`` are the months of observed channels, which may have costs.
    """
    title = finding(channels, credits)
    if not any(row.conversions for row in channels):
        return Section("channels", "Channels", title, warning=RULE_WARNING, warning_title=RULE)
    caption = "Revenue of each channel's own orders, their value and efficiency score, by the stand-in rule."
    return Section(
        "channels",
        "Channels",
        title,
        warning=RULE_WARNING,
        warning_title=RULE,
        heat_maps=(heat_map(channels, credits),) if leading(credits) else (),
        figures=(figure(lambda width: chart(channels, width), caption, name="channels"),),
        tables=(_performance(channels),),
        notes=(
            COST if any(row.spend > 0 for row in observed) else NO_COST,
            score_note(weights),
            TOUCH,
        ),
    )


def heat_map(channels: Sequence[Channel], credits: Sequence[Credit]) -> HeatMap:
    """Return attribution models down, channels across, darker where a model credits more; own orders come first."""
    models = sorted({row.model for row in credits}, key=_model_place)
    by_place = {(row.model, row.channel): row.revenue for row in credits}
    own_revenue = {row.name: row.revenue for row in channels}
    names = (*own_revenue, *sorted({row.channel for row in credits} - own_revenue.keys()))
    highest = max((*by_place.values(), *map(float, own_revenue.values())), default=0.0)

    def tile(amount: float | Decimal | None, total: float | Decimal) -> Tile | None:
        if amount is None:
            return None
        return Tile(short_money(amount), level_of(float(amount), highest), percent(share(amount, total)))

    credited_rows = [
        (model, tuple(tile(by_place.get((model, name)), _credited(credits, model)) for name in names))
        for model in models
    ]
    return HeatMap(
        caption="Net revenue of each channel (columns): of its own orders, and as each attribution model credits it",
        corner="Model",
        columns=names,
        rows=(("Own orders", tuple(tile(own_revenue.get(name), _total(channels)) for name in names)), *credited_rows),
        legend=("$0", short_money(highest)),
        column_title="Revenue credited to each channel, and its share",
    )


def _model_place(model: str) -> tuple[int, str]:
    return MODELS.index(model) if model in MODELS else len(MODELS), model


def chart(channels: Sequence[Channel], width: int) -> Spec:
    """Return panels of bars: revenue, order value where there is room, and efficiency."""
    panels = 3 if width > CROWDED else 2
    panel = (width - (190 if width > CROWDED else 158)) // panels
    total, names = _total(channels), [row.name for row in channels]

    def draw_panel(title: str, amounts: Sequence[float], labels: Sequence[str], *, first: bool = False) -> Spec:
        rows = zip(names, amounts, labels, strict=True)
        data = values(
            {"name": name, "start": 0, "value": value, "tip": max(value, 0.0), "label": label, "colour": ACCENT}
            for name, value, label in rows
        )
        label_width = 100 if width > CROWDED and first else 54
        scale = room(max(amounts), min(amounts), panel, label_width)
        return bars(data, width=panel, title=title, names=names, with_names=first, scale=scale)

    parts = [percent(share(row.revenue, total)) for row in channels]
    if width > CROWDED:
        parts = [f"{short_money(row.revenue)} · {part}" for row, part in zip(channels, parts, strict=True)]
    revenue = draw_panel(
        "Revenue of own orders" if panels == 3 else "Own orders",
        [float(row.revenue) for row in channels],
        parts,
        first=True,
    )
    value = draw_panel(
        "Average order value", [row.order_value for row in channels], [money(row.order_value) for row in channels]
    )
    score = draw_panel("Efficiency score", [row.score for row in channels], [f"{row.score:,.0f}" for row in channels])
    return side_by_side(revenue, value, score) if panels == 3 else side_by_side(revenue, score)


def _performance(channels: Sequence[Channel]) -> Table:
    rows = tuple(
        (
            row.name,
            count(row.conversions),
            count(row.customers),
            count(row.new_customers),
            money(row.revenue),
            money(row.order_value),
            f"{row.score:,.1f}",
            money(row.first_touch_revenue),
            money(row.last_touch_revenue),
        )
        for row in channels
    )
    head = (
        "Channel of the rule",
        "Orders",
        "Customers",
        "New customers",
        "Revenue of own orders",
        "Order value",
        "Efficiency",
        "First-touch revenue",
        "Last-touch revenue",
    )
    return Table("Channel performance", head, rows, frozenset(range(1, 9)), is_folded=False)


def _total(channels: Sequence[Channel]) -> Decimal:
    return sum((row.revenue for row in channels), Decimal(0))
