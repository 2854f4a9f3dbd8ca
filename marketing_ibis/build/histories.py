"""Keep what a build publishes in the histories of its models that exist."""

from __future__ import annotations

from marketing_ibis.build.masked_records import refresh_masked
from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.dialect import NO_WIDTHS
from marketing_ibis.engines.target import Target


def history_statements(plan: Plan, target: Target) -> tuple[str, ...]:
    """Return the statements that keep what ``plan`` publishes as of its day.

    They belong behind those that publish it, in the same transaction.

    Raises:
        SourceError: a table is not a history of its model, or a column has another type.
    """
    histories = [step.history for step in plan.steps() if step.history is not None]
    existing = target.relations(plan.schemas.models) if histories else {}
    recorded = [history for history in histories if history.table.name in existing]
    masked_views = [view for history in recorded for view in history.masked if view.original.name in existing]
    return (
        *(
            statement
            for history in recorded
            for statement in history.statements(target, plan.text_widths.get(history.model, NO_WIDTHS))
        ),
        *refresh_masked(target, plan.schemas.models, masked_views),
    )
