"""Compile Ibis expressions to SQL that AWS documents, and to nothing else.

Four steps, in the manner of Ibis' own compilers:

1. ``rewrites`` turn operations that Redshift lacks into others, some of them ``operations`` of our own.
   ``rewrites/rules.py`` says which apply to what, in which order.
2. ``redshift_compiler``, with the classes of ``visitors``, turns operations into sqlglot's nodes. ``types``,
   ``conversions``, ``integers`` and ``double_literals`` are what it knows of types; ``unsupported`` lists what it
   refuses, with advice.
3. ``trees`` complete the tree of nodes: names within SQL of the user's own, types of constants, names of queries, and
   the columns that the gate must know.
4. ``sqlglot_dialect`` writes the tree as a string, with the rows of ``memory_rows``, and sends it through the gate.
"""

from __future__ import annotations

import sys

from ibis.backends.sql import compilers

from marketing_ibis.engines.redshift.compiler.redshift_compiler import RedshiftCompiler

compiler = RedshiftCompiler()
"""The one that `ibis.to_sql(expr, dialect="redshift")` finds."""

if not hasattr(compilers, "redshift"):
    # Ibis looks for a dialect among the modules of this package, and offers no other way to register one.
    compilers.redshift = sys.modules[__name__]

__all__ = ["RedshiftCompiler", "compiler"]
