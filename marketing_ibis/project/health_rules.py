"""When a number of a build is unusual next to those of earlier builds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from marketing_ibis.errors import ConfigurationError, nearest


@dataclass(frozen=True, slots=True)
class HealthRules:
    """When a number of a build is unusual."""

    builds: int = 28
    """How many earlier builds a number is compared with, each as of a day of its own."""
    least_builds: int = 8
    """With fewer builds than this, no number is unusual."""
    least_weekdays: int = 4
    """With this many builds as of the same weekday, a number is compared with those alone."""
    deviations: float = 3.5
    """A number is unusual outside of this many robust standard deviations around the median."""
    least_change: float = 0.1
    """A number is never unusual within this share of the median, and a share of NULLs within as much of all rows."""


def check_health_rules(place: str, value: object) -> Mapping[str, float]:
    """Return the rules that a table of the settings gives; ``place`` names it in messages.

    Raises:
        ConfigurationError: it is not a table, or a key or value is wrong.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{place} is {value!r}, not a table.", hint="Write [tool.marketing_ibis.health].")
    defaults = asdict(HealthRules())
    for key, setting in value.items():
        if key not in defaults:
            raise ConfigurationError(f"{place}.{key} is unknown.", hint=nearest(key, defaults))
        is_count = isinstance(defaults[key], int)
        if isinstance(setting, bool) or not isinstance(setting, int if is_count else int | float):
            raise ConfigurationError(f"{place}.{key} is {setting!r}, not a {'whole ' if is_count else ''}number.")
        if not (setting >= 1 if is_count else setting >= 0):
            least = "at least 1" if is_count else "0 or more"
            hint = f"The default is {defaults[key]}."
            raise ConfigurationError(f"{place}.{key} is {setting!r}; it must be {least}.", hint=hint)
    return value
