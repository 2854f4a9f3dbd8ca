"""Where the classes of products begin and end."""

from __future__ import annotations

from dataclasses import dataclass

from dataflows.lib.limits import check_limits


@dataclass(frozen=True, slots=True)
class ProductRules:
    """Limits of the ABC classes, statuses, stages and recommendations. Percentages are whole numbers."""

    abc_a_below_percent: int = 80
    """Class A: products below this percentage of cumulative revenue."""
    abc_b_below_percent: int = 95
    """Class B: products from class A up to this percentage of cumulative revenue."""
    star_max_rank: int = 5
    """The last rank by revenue that makes a product a Star."""
    problem_above_return_rate: float = 0.2
    """A Problem product has a higher return rate than this, from 0 to 1."""
    cash_cow_above_percentile: float = 0.5
    """A Cash Cow is above this percentile of revenue, from 0 to 1."""
    cash_cow_above_repeat_rate: float = 0.3
    """A Cash Cow has a higher rate of repeat purchases than this, from 0 to 1."""
    new_below_days: int = 30
    """A product is New for this many days after its first sale."""
    declining_above_days: int = 60
    """A product is Declining after more than this many days without a sale."""
    recent_days: int = 90
    """The days of the recent period, which is compared with as many days before it."""
    declining_below_percent: int = 50
    """A product is Declining below this percentage of the earlier period's revenue."""
    growth_above_percent: int = 110
    """A product is in Growth above this percentage of the earlier period's revenue."""
    quality_above_return_rate: float = 0.15
    """Above this return rate, the advice is to investigate quality."""
    retention_below_repeat_rate: float = 0.1
    """Below this rate of repeat purchases, the advice is to retain customers."""
    promotions_above_ratio: float = 0.5
    """Above this share of promotional revenue, the advice is to depend less on promotions."""
    awareness_below_penetration: float = 0.05
    """Below this share of customers, the advice is an awareness campaign."""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.abc_a_below_percent > self.abc_b_below_percent:
            raise ValueError(f"abc_a_below_percent is {self.abc_a_below_percent}, above abc_b_below_percent")
