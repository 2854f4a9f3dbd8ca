"""The statuses of orders that a shop's rules name."""

from __future__ import annotations

from dataclasses import dataclass

PUBLISHED = ("placed", "shipped", "completed", "returned", "return_pending")
"""The statuses of the default rules, in the order of an order's life."""


@dataclass(frozen=True, slots=True)
class StatusRules:
    """Which statuses make an order successful or returned; every other one is pending.

    ``pending`` names the statuses that are known to be so: data tests report any status that no field names.
    """

    successful: tuple[str, ...] = ("completed", "shipped")
    """The statuses of successful orders, which count as revenue."""
    returned: tuple[str, ...] = ("returned", "return_pending")
    """The statuses of returned orders."""
    pending: tuple[str, ...] = ("placed",)
    """The statuses that are known to be pending; data tests report any that no field names."""

    def __post_init__(self) -> None:
        places: dict[str, str] = {}
        for field in ("successful", "returned", "pending"):
            for status in getattr(self, field):
                if places.setdefault(status, field) != field:
                    raise ValueError(f"{status!r} is in both {places[status]} and {field}; list it once")


def named_statuses(status_rules: StatusRules) -> tuple[str, ...]:
    """Return every status that the rules name, the published ones first."""
    statuses = dict.fromkeys((*status_rules.pending, *status_rules.successful, *status_rules.returned))
    published = [status for status in PUBLISHED if status in statuses]
    return (*published, *(status for status in statuses if status not in PUBLISHED))
