"""Declare audiences: lists of customers for an advertising or mailing system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketing_ibis.errors import ConfigurationError, nearest

DESTINATIONS = ("plain", "google", "meta", "klaviyo", "hubspot")
"""The forms of a list: our own names, or the columns that a system documents."""
CONTACT_COLUMNS = ("email", "phone", "first_name", "last_name", "country")
"""The columns of customers that a list may contain."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Customers of ``model`` that meet ``condition`` and whose ``consent`` is true in ``contacts``.

    ``holdout`` is the share of customers that is never exported, so that the effect of the list can be measured.
    ``orders`` that meet ``order_condition`` count as purchases in the results of a hold-out.
    ``value`` is the column of ``model`` that says what a customer is worth, which reports add up.
    Below ``min_size`` no customer is added. After the day ``expires``, if there is one, the list is empty.
    """

    model: str
    consent: str
    owner: str
    description: str
    identifiers: tuple[str, ...] = ("email",)
    destination: str = "plain"
    condition: str = ""
    min_size: int = 0
    holdout: float = 0.0
    expires: str = ""
    contacts: str = "stg_customers"
    key: str = "customer_id"
    orders: str = "orders"
    order_condition: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        for name in self.identifiers:
            if name not in CONTACT_COLUMNS:
                hint = nearest(name, CONTACT_COLUMNS)
                raise ConfigurationError(f"identifiers= has {name}, which is not an identifier.", hint=hint)
        if self.destination not in DESTINATIONS:
            hint = nearest(self.destination, DESTINATIONS)
            raise ConfigurationError(f"{self.destination!r} is not a destination.", hint=hint)
        if self.destination != "plain" and not {"email", "phone"} & set(self.identifiers):
            raise ConfigurationError(
                f"{self.destination} cannot find customers by {', '.join(self.identifiers) or 'nothing'}.",
                hint='Add "email" or "phone" to identifiers=.',
            )
        if not 0 <= self.holdout < 1:
            raise ConfigurationError(
                f"holdout= is {self.holdout:g}; it must be at least 0 and less than 1, or the list is empty.",
                hint="holdout=0.1 holds out one customer in ten.",
            )
        if self.min_size < 0:
            raise ConfigurationError(f"min_size= is {self.min_size}; it must not be negative.")
        if self.expires:
            _check_day(self.expires)

    @property
    def expires_on(self) -> date | None:
        """The last day on which anybody is on the list."""
        return date.fromisoformat(self.expires) if self.expires else None


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"expires= is {text!r}, which is not a day.", hint='Write "2027-01-31".') from error


def audience(
    *,
    model: str,
    consent: str,
    owner: str,
    description: str,
    identifiers: tuple[str, ...] = ("email",),
    destination: str = "plain",
    condition: str = "",
    min_size: int = 0,
    holdout: float = 0.0,
    expires: str = "",
    contacts: str = "stg_customers",
    key: str = "customer_id",
    orders: str = "orders",
    order_condition: str = "",
    value: str = "",
) -> Audience:
    """Declare a list of customers that ``export`` writes; the name it is assigned to is its own.

    ``consent`` is a boolean column of ``contacts``, a view that is read when the list is exported: without consent
    no customer is on a list. ``destination`` is plain, google, meta, klaviyo or hubspot.
    """
    return Audience(
        model,
        consent,
        owner,
        description,
        tuple(identifiers),
        destination,
        condition,
        min_size,
        holdout,
        expires,
        contacts,
        key,
        orders,
        order_condition,
        value,
    )
