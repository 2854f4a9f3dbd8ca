"""Compile Ibis expressions to SQL that AWS documents, and to nothing else."""

from __future__ import annotations

from marketing_ibis.engines.redshift.compiler.visitors import RedshiftCompiler

compiler = RedshiftCompiler()
"""The one that `ibis.to_sql(expr, dialect="redshift")` finds."""

__all__ = ["RedshiftCompiler", "compiler"]
