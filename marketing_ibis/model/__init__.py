"""What a project imports to declare its models, sources, columns and exposures."""

from __future__ import annotations

from marketing_ibis.model.aggregates import Average, Ratio, Sum
from marketing_ibis.model.audiences import Audience, audience
from marketing_ibis.model.declaration import (
    adapter,
    column,
    expanded,
    exposure,
    freshness,
    inherited,
    measures,
    model,
    source,
    warns,
)
from marketing_ibis.model.histories import History
from marketing_ibis.model.history_views import HistoryView, history_view
from marketing_ibis.model.records import (
    ID,
    MONEY,
    Column,
    Contract,
    DataTest,
    Declaration,
    Exposure,
    Freshness,
    Model,
    PassedColumns,
    Source,
)
from marketing_ibis.model.schemas import schema_differences
from marketing_ibis.model.snapshots import Snapshot

__all__ = [
    "ID",
    "MONEY",
    "Audience",
    "Average",
    "Column",
    "Contract",
    "DataTest",
    "Declaration",
    "Exposure",
    "Freshness",
    "History",
    "HistoryView",
    "Model",
    "PassedColumns",
    "Ratio",
    "Snapshot",
    "Source",
    "Sum",
    "adapter",
    "audience",
    "column",
    "expanded",
    "exposure",
    "freshness",
    "history_view",
    "inherited",
    "measures",
    "model",
    "schema_differences",
    "source",
    "warns",
]
