"""Read what DuckDB says of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def reason(error: duckdb.Error) -> str:
    """Return the engine's message without the statement it quotes below."""
    return str(error).split("\n\nLINE ")[0].strip()
