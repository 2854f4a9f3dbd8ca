"""What a SELECT makes Redshift do, counted without a server from its text and the DISTKEYs of what it reads."""

from __future__ import annotations

from marketing_ibis.engines.redshift.costs.estimate import estimate

__all__ = ["estimate"]
