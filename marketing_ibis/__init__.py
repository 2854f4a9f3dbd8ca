"""Marketing models as Hamilton nodes returning Ibis expressions, built on DuckDB."""

import sys

__version__ = "0.1.0"

if "ibis" in sys.modules:
    # A program that works with Ibis can call ``ibis.to_sql(expression, dialect="redshift")`` from here on. Commands,
    # which import this package first, do not wait for a compiler that they may not need.
    import marketing_ibis.engines.redshift.compiler  # noqa: F401
