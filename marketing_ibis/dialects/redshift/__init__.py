"""Redshift's SQL: an Ibis compiler that writes what AWS documents, and nothing else."""

from __future__ import annotations

import marketing_ibis.ibis_hook  # noqa: F401  # so that ibis.to_sql knows the dialect without the .pth file too
from marketing_ibis.dialects.base import Dialect
from marketing_ibis.dialects.redshift.compiler import RedshiftCompiler
from marketing_ibis.dialects.redshift.ddl import RedshiftDialect
from marketing_ibis.dialects.redshift.types import RedshiftType

compiler = RedshiftCompiler()
"""The one that `ibis.to_sql(expr, dialect="redshift")` finds."""


def redshift_dialect() -> Dialect:
    """Return Redshift's dialect; the columns of its late-binding views are in no catalog, so nothing describes them."""
    return RedshiftDialect(
        name="redshift",
        compiler=compiler,
        parse_type=RedshiftType.from_string,
        comments_view_columns=False,
        declares_not_null=True,
    )


__all__ = ["compiler", "redshift_dialect"]
