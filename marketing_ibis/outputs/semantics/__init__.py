"""What semantic layers read, generated from the contracts: one file for each format, and the record that all share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketing_ibis.outputs.semantics.bsl import bsl_files
from marketing_ibis.outputs.semantics.derive import semantic_model
from marketing_ibis.outputs.semantics.lookml import lookml_files
from marketing_ibis.outputs.semantics.osi import osi_files
from marketing_ibis.outputs.semantics.records import SemanticModel

FORMATS: Mapping[str, Callable[[SemanticModel], dict[str, str]]] = {
    "lookml": lookml_files,
    "osi": osi_files,
    "bsl": bsl_files,
}
"""What writes each format: the text of its files, by name."""

__all__ = ["FORMATS", "semantic_model"]
