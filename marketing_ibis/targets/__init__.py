"""The engines that tables are built on: the only modules that hold a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marketing_ibis.targets.base import Target
from marketing_ibis.targets.duckdb import open_duckdb


def _open_redshift(settings: Mapping[str, object]) -> Target:
    from marketing_ibis.targets.redshift import open_redshift

    return open_redshift(settings)


TARGETS: Mapping[str, Callable[..., Target]] = MappingProxyType({"duckdb": open_duckdb, "redshift": _open_redshift})
"""Openers by the name that ``--target`` takes: of a file, or with the settings of a profile."""

__all__ = ["TARGETS", "Target"]
