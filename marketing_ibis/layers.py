"""Name the kinds of node, the ways to store one and the layers of views, without importing ibis."""

from __future__ import annotations

from typing import Literal

Kind = Literal["model", "source"]
Materialized = Literal["view", "table"]

VIEW_LAYERS = frozenset({"staging", "campaigns"})
"""Layers whose models are views unless they say otherwise."""
