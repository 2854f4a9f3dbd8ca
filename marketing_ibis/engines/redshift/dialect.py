"""Redshift's SQL, as its compiler writes it."""

from __future__ import annotations

from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.compiler.types import RedshiftType
from marketing_ibis.engines.redshift.ddl import RedshiftDialect


def redshift_dialect() -> Dialect:
    """Return Redshift's dialect; the columns of its late-binding views are in no catalog, so nothing describes them."""
    return RedshiftDialect(
        name="redshift",
        compiler=compiler,
        parse_type=RedshiftType.from_string,
        comments_view_columns=False,
        declares_not_null=True,
    )
