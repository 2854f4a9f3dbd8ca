"""Compile Ibis expressions to SQL that AWS documents, and to nothing else.

Four steps, in the manner of Ibis' own compilers:

1. ``rewrites`` turns operations that Redshift lacks into others: ``aliases``, ``joins``, ``limits``,
   ``distinct_rows``, ``moments``, ``sort_keys``, ``sorted_aggregates``, ``interval_sums``, ``unnesting`` with
   ``number_series`` and ``super_rows``, and ``decorrelation`` with ``correlated`` and ``keyed_rows``; ``scopes`` and
   ``columns`` move expressions from one relation to another.
2. ``visitors``, the compiler itself, turns operations into sqlglot's nodes, with a class of visitors per subject:
   ``aggregates``, ``casts``, ``dates``, ``date_buckets``, ``date_formats``, ``literals``, ``numbers``,
   ``random_values``, ``relations``, ``strings``, ``super_values`` and ``urls``. ``types``, ``conversions``,
   ``integers`` and ``double_literals`` are what it knows of types; ``unsupported`` lists what it refuses, with
   advice.
3. The tree of nodes is completed: ``embedded_names`` are kept apart, ``constant_columns`` get a type, ``json_paths``
   start at columns, ``date_differences`` become numbers, and ``stored_columns`` are noted for the gate.
4. ``sqlglot_dialect`` writes the tree as a string, with the rows of ``memory_rows``, and sends it through the gate.
"""

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
