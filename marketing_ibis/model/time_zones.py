"""The time zones that decide on which day an order was placed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeZones:
    """The zone of the business, whose days are counted, and the zone of timestamps without a zone.

    Without ``naive`` a timestamp without a zone is the business's own local time.
    """

    business: str = "UTC"
    naive: str = ""

    @property
    def unzoned(self) -> str:
        """The zone of timestamps without a zone."""
        return self.naive or self.business

    @property
    def keeps_naive_days(self) -> bool:
        """Whether a timestamp without a zone belongs to the very day that it shows."""
        return self.unzoned == self.business
