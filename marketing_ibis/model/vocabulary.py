"""Name the kinds of node, the ways to store one, the layers of views and the form of thresholds, without ibis."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["model", "source", "exposure"]
Decorator = Literal["model", "source", "adapter"]
"""What marks a function of a project; an adapter is a model in the place of a source."""
Materialized = Literal["view", "table"]
Materialization = Literal["view", "table", "incremental"]
"""How a model is declared to be stored: an incremental one is a table of which a build replaces a part."""
SchemaChange = Literal["append", "fail", "full_refresh"]
"""What an incremental build does when columns were added, removed or retyped."""
Severity = Literal["error", "warn"]

THRESHOLD = re.compile(r"\s*(<=|>=|!=|<>|==|=|<|>)\s*([0-9]+)\s*")
"""A comparison with a number of failures, as dbt's thresholds have it."""

ADAPTERS = "adapters"
"""The layer of models that replace sources."""

VIEW_LAYERS = frozenset({ADAPTERS, "staging", "campaigns"})
"""Layers whose models are views unless they say otherwise."""

LAYERS = (ADAPTERS, "staging", "intermediate", "marts", "core", "campaigns")
"""Layers that a project usually has; it may have others."""

INTERNAL_LAYERS = frozenset({ADAPTERS, "staging", "intermediate"})
"""Layers whose models are steps on the way to others."""

EXPOSURE_TYPES = ("dashboard", "campaign", "notebook", "analysis", "ml", "application")
"""What reads a model: dbt's types, and the campaigns that a list is for."""
MATURITIES = ("high", "medium", "low")
"""How far a reader may be relied on, as dbt says it."""

DEFAULT_WIDTH = 256
"""Bytes of a string of which nothing is known: Redshift's own default for VARCHAR.

https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
"""
MOST_BYTES = 65_535
"""Bytes of the longest string that Redshift stores: VARCHAR(MAX)."""
