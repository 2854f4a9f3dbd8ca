"""The gate: a statement leaves for Redshift only if every part of it is documented."""

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
