"""How a model becomes a relation: pure functions from names and SQL to statements."""

from __future__ import annotations

from marketing_ibis.materializations.base import build_candidate, drop, publish, refill

__all__ = ["build_candidate", "drop", "publish", "refill"]
