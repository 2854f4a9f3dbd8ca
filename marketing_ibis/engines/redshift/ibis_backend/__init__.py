"""The Ibis backend `ibis.redshift`: connect, read, compute and write tables by themselves, without a project."""

from __future__ import annotations

from marketing_ibis.engines.redshift.ibis_backend.backend import Backend

__all__ = ["Backend"]
