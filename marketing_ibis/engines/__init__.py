"""The engines that tables are built on, by the name that ``--target`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketing_ibis.engines.base import Engine
from marketing_ibis.engines.duckdb.engine import DUCKDB
from marketing_ibis.engines.postgres.engine import POSTGRES
from marketing_ibis.engines.redshift.engine import REDSHIFT

_REGISTRY = {engine.name: engine for engine in (DUCKDB, POSTGRES, REDSHIFT)}

ENGINES: Mapping[str, Engine] = MappingProxyType(_REGISTRY)
"""The one registry: a new engine is a folder and its record in the line above."""
DEFAULT: Engine = DUCKDB
"""The engine that a command works on where nothing names another."""
