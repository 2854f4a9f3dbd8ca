"""Recognize a server's complaint that a user, group or role does not exist."""

from __future__ import annotations

import re

ADVICE = "Create it, or correct `grants` or `masked_roles` in [tool.marketing_ibis]."
MISSING = re.compile(r'\b(?:user|group|role) "[^"]*" does not exist', re.IGNORECASE)


def reader_hint(message: str) -> str:
    """Return what to do about such a complaint, "" for another message."""
    return ADVICE if MISSING.search(message) else ""
