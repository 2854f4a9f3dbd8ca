"""Marketing models as Hamilton nodes returning Ibis expressions, built on DuckDB."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketing_ibis.api.project import Project

__all__ = ["Project", "__version__"]
__version__ = "0.1.0"

if "ibis" in sys.modules:
    # A program that works with Ibis can call ``ibis.to_sql(expression, dialect="redshift")`` from here on. Commands,
    # which import this package first, do not wait for a compiler that they may not need.
    import marketing_ibis.engines.redshift.compiler  # noqa: F401


def __getattr__(name: str) -> object:
    """Import what a program asks for by name: commands need none of it."""
    if name == "Project":
        import marketing_ibis.engines.redshift.compiler  # noqa: F401
        from marketing_ibis.api.project import Project

        return Project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), "Project"]
