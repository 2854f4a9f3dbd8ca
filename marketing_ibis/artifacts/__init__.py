"""The files that a command leaves behind: SQL, and dbt's artifacts for tools that read them."""

from __future__ import annotations

from marketing_ibis.artifacts.catalog import write_catalog
from marketing_ibis.artifacts.invocation import Invocation
from marketing_ibis.artifacts.manifest import write_manifest
from marketing_ibis.artifacts.nodes import Described
from marketing_ibis.artifacts.run_results import Clock, write_run_results, write_seed_results
from marketing_ibis.artifacts.sources import write_sources
from marketing_ibis.artifacts.sql import write_sql

__all__ = [
    "Clock",
    "Described",
    "Invocation",
    "write_catalog",
    "write_manifest",
    "write_run_results",
    "write_seed_results",
    "write_sources",
    "write_sql",
]
