"""Name the kinds of node, the ways to store one and the layers of views, without importing ibis."""

from __future__ import annotations

from typing import Literal

Kind = Literal["model", "source", "exposure"]
Materialized = Literal["view", "table"]

VIEW_LAYERS = frozenset({"staging", "campaigns"})
"""Layers whose models are views unless they say otherwise."""

EXPOSURE_TYPES = ("dashboard", "campaign", "notebook", "analysis", "ml", "application")
"""What reads a model: dbt's types, and the campaigns that a list is for."""
MATURITIES = ("high", "medium", "low")
"""How far a reader may be relied on, as dbt says it."""
