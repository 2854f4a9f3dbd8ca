"""What the stand-in cannot translate."""

from __future__ import annotations


class Untranslatable(Exception):
    """A statement whose meaning on Redshift cannot be expressed in PostgreSQL."""
