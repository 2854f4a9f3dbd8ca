"""The audiences of the section on whom to contact: how many agreed, what they are worth, and how to export each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from dataflows.report.chance import LEAST
from dataflows.report.commands import TITLE, export_command
from marketing_ibis.report import AudienceSize
from marketing_ibis.report.blocks import Commands, Table
from marketing_ibis.report.wording import DASH, both, count, day, display_name, money, percent, short_money

LONGEST = 120
NOTE = """\
An audience has those of a list's customers who agreed to be contacted and have an e-mail address or phone number; the
export also skips unusable addresses. The customers who are held out are never exported, so that the effect can be
measured. Sizes are those of the moment at which this report was drawn. The list of an audience is the table after
“From”."""


def usable(sizes: Iterable[AudienceSize], today: date | None) -> list[AudienceSize]:
    """Return the audiences that an export would add customers to, the most valuable first."""
    found = [size for size in sizes if size.contactable and not obstacle(size, today)]
    return sorted(found, key=lambda size: (-(size.value or Decimal(0)), -(size.contactable or 0), size.declared.name))


def obstacle(size: AudienceSize, today: date | None) -> str:
    """Return why an export would add no customer, an empty string if it would."""
    audience = size.declared.audience
    if size.problem:
        return display_name(size.problem, LONGEST)
    if size.missing:
        return f"needs {both(size.missing)} of {audience.contacts}"
    if audience.expires_on and today and today > audience.expires_on:
        return f"expired on {day(audience.expires_on)}"
    if (size.contactable or 0) < audience.min_size:
        return f"smaller than its minimum of {count(audience.min_size)}"
    return "" if size.contactable else "no customer agreed"


def finding(sizes: Sequence[AudienceSize], today: date | None) -> str:
    """Return the audience whose customers have paid most, among those who can be contacted; nothing without one."""
    ready = usable(sizes, today)
    if not ready:
        return ""
    first = ready[0]
    verb = "has" if first.contactable == 1 else "have"
    worth = f" and {verb} paid {short_money(first.value)} so far" if first.value else ""
    few = " (too few to measure an effect)" if (first.contactable or 0) < LEAST else ""
    number, customers = count(len(ready), "audience"), count(first.contactable or 0, "customer")
    return f"{number} to contact; {first.declared.name} has {customers} who agreed{worth}{few}"


def lead(sizes: Sequence[AudienceSize], today: date | None) -> str:
    """Return why no audience can be exported, if none can."""
    if not sizes or usable(sizes, today):
        return ""
    reasons: dict[str, list[str]] = {}
    for size in sizes:
        reasons.setdefault(obstacle(size, today), []).append(size.declared.name)
    parts = [f"{both(names)}: {reason}" for reason, names in reasons.items()]
    step = " Load the missing columns with the customers." if any(size.missing for size in sizes) else ""
    return f"No audience can be exported yet. {'; '.join(parts).rstrip('.')}.{step}"


def table(sizes: Sequence[AudienceSize], today: date | None) -> Table:
    """Return the audiences with their size, value, consent and hold-out, and the commands of those that can go out."""
    ordered = [*usable(sizes, today), *(size for size in sizes if obstacle(size, today))]
    rows = tuple(
        (
            size.declared.name,
            f"{display_name(size.declared.audience.description, LONGEST)} From {size.declared.audience.model}.",
            DASH if size.problem else count(size.customers),
            DASH if size.contactable is None else count(size.contactable),
            DASH if size.value is None else money(size.value),
            percent(size.declared.audience.holdout) if size.declared.audience.holdout else "none",
            _last(size),
            obstacle(size, today) or "nothing",
        )
        for size in ordered
    )
    head = (
        "Audience",
        "Who is on it",
        "Customers",
        "Agreed",
        "Net revenue so far",
        "Held out",
        "Last export",
        "What prevents the export",
    )
    lines = tuple((size.declared.name, command(size)) for size in usable(sizes, today))
    return Table(
        "Audiences to export",
        head,
        rows,
        frozenset({2, 3, 4}),
        is_folded=False,
        is_summary=True,
        commands=Commands(TITLE, lines) if lines else None,
    )


def command(size: AudienceSize) -> str:
    """Return the command that exports an audience."""
    return export_command(size.declared.name, flags=" --include-pii" if size.is_clear else "")


def _last(size: AudienceSize) -> str:
    if size.exported_at is None:
        return "never"
    held_out = f", {count(size.held_out)} held out" if size.held_out else ""
    return f"{day(size.exported_at.date())}: {count(size.exported, 'customer')}{held_out}"
