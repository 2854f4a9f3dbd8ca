"""Name the kinds of node, the ways to store one, the layers of views and the form of thresholds, without ibis."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["model", "source"]
Materialized = Literal["view", "table"]

THRESHOLD = re.compile(r"\s*(<=|>=|!=|<>|==|=|<|>)\s*([0-9]+)\s*")
"""A comparison with a number of failures, as dbt's thresholds have it."""

VIEW_LAYERS = frozenset({"staging"})
"""Layers whose models are views unless they say otherwise."""
