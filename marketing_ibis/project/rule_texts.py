"""Fill descriptions with the values of the rules that are in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import is_dataclass

FIELD = re.compile(r"\{([A-Za-z_]\w*)\.([A-Za-z_]\w*)\}")
"""A field of a set of rules, as a description names it: {campaign_rules.win_back_above_days}."""


def fill_in_rules(text: str, inputs: Mapping[str, object]) -> str:
    """Return ``text`` with the value of each field of rules that it names; other braces stay as they are."""

    def value(match: re.Match[str]) -> str:
        rules, name = inputs.get(match[1]), match[2]
        return format_value(getattr(rules, name)) if is_dataclass(rules) and hasattr(rules, name) else match[0]

    return FIELD.sub(value, text)


def format_value(value: object) -> str:
    """Return a value as a sentence has it: 7, not 7.0; a, b or c."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        words = [format_value(item) for item in value]
        return " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"
    return str(value)
