"""From which score on the risk that a buyer does not return counts as medium and as high."""

from __future__ import annotations

from dataclasses import dataclass

HIGHEST_SCORE = 100


@dataclass(frozen=True, slots=True)
class ChurnRules:
    """Whole scores at which the bands begin, and the gap of a shop in which no buyer came back on a second day."""

    medium_from_score: int = 50
    """The lowest score of Medium: 50 is as many days since the last order as the buyer's usual gap."""
    high_from_score: int = 75
    """The lowest score of High: 75 is three usual gaps."""
    default_gap_days: int = 90
    """The usual gap of a shop whose buyers all have one day with orders."""

    def __post_init__(self) -> None:
        if not 0 <= self.medium_from_score <= self.high_from_score <= HIGHEST_SCORE:
            raise ValueError(
                f"0 <= medium_from_score <= high_from_score <= {HIGHEST_SCORE} must hold,"
                f" not {self.medium_from_score} and {self.high_from_score}"
            )
        if self.default_gap_days < 1:
            raise ValueError(f"default_gap_days must be at least 1, not {self.default_gap_days}")
