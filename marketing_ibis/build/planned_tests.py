"""Data tests of published tables as a document, from which they are run without Ibis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.testing.batches import Batch


@dataclass(frozen=True, slots=True)
class PlannedTests:
    """Tests as queries of ``relations``, with the columns of the sources and the ``owners`` of models.

    ``manifest`` is the content of the manifest of the project.
    """

    batches: tuple[Batch, ...]
    relations: Mapping[str, Relation]
    source_columns: Mapping[str, Mapping[str, str]]
    owners: Mapping[str, str]
    manifest: str
