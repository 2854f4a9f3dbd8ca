"""The files that a command leaves behind: SQL, and dbt's artifacts for tools that read them."""

from __future__ import annotations

from marketing_ibis.outputs.artifacts.catalog import write_catalog
from marketing_ibis.outputs.artifacts.invocation import Invocation
from marketing_ibis.outputs.artifacts.manifest import manifest_content, write_manifest, write_manifest_of
from marketing_ibis.outputs.artifacts.nodes import CompiledProject
from marketing_ibis.outputs.artifacts.run_results import Clock, write_run_results, write_seed_results
from marketing_ibis.outputs.artifacts.sources import write_sources
from marketing_ibis.outputs.artifacts.sql import write_sql

__all__ = [
    "Clock",
    "CompiledProject",
    "Invocation",
    "manifest_content",
    "write_catalog",
    "write_manifest",
    "write_manifest_of",
    "write_run_results",
    "write_seed_results",
    "write_sources",
    "write_sql",
]
