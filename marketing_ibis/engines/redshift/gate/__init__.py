"""The gate: a statement leaves for Redshift only if every part of it is documented.

- What a statement passes through: ``statements`` takes it, alone or in a script. ``parsing`` finds the synopsis that it
  follows, and ``contents`` checks what is inside: ``definitions`` of tables, ``row_changes``, ``file_options``.
- What a query passes through: ``queries`` takes it. ``tokens`` checks its words; ``tree`` its clauses, with
  ``correlation``, ``windows``, ``navigation``, ``data_types`` and ``catalog_tables``; ``scopes`` resolves its names;
  ``arguments``, ``argument_types``, ``constant_arguments``, ``date_calls`` and ``operators`` check calls and operators
  by their types and constants; ``marked_joins`` checks (+).
- What AWS documents: ``vocabulary``, ``functions``, ``function_types`` and ``spatial``, ``grammar``, ``synopses``,
  ``time_zones``, and ``advice`` for forms that people reach for. ``own_functions`` are those of the project.
- What the checks share: ``lexer``, ``notation`` (of synopses), ``nodes``, ``calls``, ``literals``, ``type_families``,
  ``value_types`` and ``common_types``, ``names``, and ``refusal``, which each of them yields.
"""

from __future__ import annotations

from marketing_ibis.engines.redshift.gate.names import check_names
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.statements import (
    allow_functions,
    check,
    check_script,
    require,
    require_script,
    require_size,
    require_tree,
)

__all__ = [
    "Refusal",
    "allow_functions",
    "check",
    "check_names",
    "check_script",
    "require",
    "require_script",
    "require_size",
    "require_tree",
]
