"""The engines that tables are built on: the only modules that hold a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketing_ibis.targets.base import Target
from marketing_ibis.targets.duckdb import open_duckdb

TARGETS: Mapping[str, Callable[..., Target]] = MappingProxyType({"duckdb": open_duckdb})
"""Openers by the name that ``--target`` takes."""

__all__ = ["TARGETS", "Target"]
