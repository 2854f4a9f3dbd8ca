"""Where the segments of customers begin and end."""

from __future__ import annotations

from dataclasses import dataclass

TIES = "ties"
NTILE = "ntile"


@dataclass(frozen=True, slots=True)
class RfmRules:
    """Scores that each segment, tier and level begins or ends at, and how ties are scored.

    ``scoring`` is "ties" (equal metric, equal score) or the legacy "ntile" (ties split by customer id).
    """

    scoring: str = TIES
    """How ties are scored: "ties" gives equal values equal scores, "ntile" splits them by customer id."""
    score_groups: int = 5
    """The number of scores that each metric is divided into."""
    champions_min_recency: int = 4
    """The lowest recency score of Champions."""
    champions_min_frequency: int = 4
    """The lowest frequency score of Champions."""
    champions_min_monetary: int = 4
    """The lowest monetary score of Champions."""
    loyal_min_recency: int = 3
    """The lowest recency score of Loyal Customers."""
    loyal_min_frequency: int = 3
    """The lowest frequency score of Loyal Customers."""
    loyal_min_monetary: int = 4
    """The lowest monetary score of Loyal Customers."""
    potential_min_recency: int = 3
    """The lowest recency score of Potential Loyalists."""
    potential_min_monetary: int = 3
    """The lowest monetary score of Potential Loyalists."""
    new_min_recency: int = 4
    """The lowest recency score of New Customers."""
    new_max_frequency: int = 2
    """The highest frequency score of New Customers."""
    promising_min_recency: int = 3
    """The lowest recency score of Promising customers."""
    promising_max_frequency: int = 2
    """The highest frequency score of Promising customers."""
    attention_min_recency: int = 2
    """The lowest recency score of customers that Need Attention."""
    attention_min_frequency: int = 3
    """The lowest frequency score of customers that Need Attention."""
    at_risk_max_recency: int = 2
    """The highest recency score of customers At Risk."""
    at_risk_min_frequency: int = 4
    """The lowest frequency score of customers At Risk."""
    cant_lose_max_recency: int = 1
    """The highest recency score of customers of Cant Lose Them."""
    cant_lose_min_monetary: int = 4
    """The lowest monetary score of customers of Cant Lose Them."""
    hibernating_max_score: int = 2
    """The highest score in all three metrics of Hibernating customers."""
    high_value_min_monetary: int = 4
    """The lowest monetary score of the tier High Value."""
    medium_value_min_monetary: int = 3
    """The lowest monetary score of the tier Medium Value."""
    highly_engaged_min_recency: int = 4
    """The lowest recency score of the level Highly Engaged."""
    highly_engaged_min_frequency: int = 3
    """The lowest frequency score of the level Highly Engaged."""
    moderately_engaged_min_score: int = 3
    """The lowest recency or frequency score of the level Moderately Engaged."""

    def __post_init__(self) -> None:
        if self.scoring not in (TIES, NTILE):
            raise ValueError(f"scoring must be '{TIES}' or '{NTILE}', not '{self.scoring}'")
