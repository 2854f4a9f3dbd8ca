"""Compile Ibis expressions to SQL that AWS documents, and to nothing else."""

from __future__ import annotations

import sys

from ibis.backends.sql import compilers

from marketing_ibis.engines.redshift.compiler.visitors import RedshiftCompiler

compiler = RedshiftCompiler()
"""The one that `ibis.to_sql(expr, dialect="redshift")` finds."""

if not hasattr(compilers, "redshift"):
    # Ibis looks for a dialect among the modules of this package, and offers no other way to register one.
    compilers.redshift = sys.modules[__name__]

__all__ = ["RedshiftCompiler", "compiler"]
