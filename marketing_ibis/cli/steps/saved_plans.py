"""Refuse to carry out a plan whose world has changed since it was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.planning import PlannedBuild
from marketing_ibis.errors import UsageError

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan

MOST_DIFFERENCES = 3


def check_destination(session: Session, plan: Plan, file: Path) -> None:
    """Refuse a plan for another engine, or for other schemas.

    Raises:
        UsageError: saying which the plan is for.
    """
    engine = session.destination.engine
    if engine.name != plan.engine:
        raise UsageError(
            f"The plan {file} is for {plan.engine}, and the target is {engine.name}.",
            hint=f"Apply it with --target {plan.engine}, or with the output of the profile that it was made for.",
        )
    project = session.project
    for kind, planned, current in (
        ("source", plan.schemas.sources, project.source_schema),
        ("model", plan.schemas.models, project.model_schema),
    ):
        if planned != current:
            raise UsageError(
                f"The plan {file} is for the {kind} schema {planned}, and the target has {current}.",
                hint="Apply it to the target that it was made for, or write a new plan: `plan --out FILE`.",
            )
    masked = {view.relation.schema for view in plan.masked_views}
    if masked != ({project.masking.schema} if project.masking else set()):
        raise UsageError(
            f"The plan {file} is for {_masked(masked)}, and the settings say something else.",
            hint="Write a new plan: `plan --out FILE`.",
        )


def _masked(schemas: set[str]) -> str:
    return f"masked views in schema {', '.join(schemas)}" if schemas else "tables without masked views"


def check_world(planned_build: PlannedBuild) -> PlannedBuild:
    """Compare the tables that a plan reads and replaces with those that existed when it was made.

    Raises:
        UsageError: naming the tables that have changed; nothing was executed.
    """
    from marketing_ibis.build.world import look_at, world_differences

    plan, world = planned_build.plan, planned_build.world
    if world is None:
        return planned_build
    with planned_build.build.session.destination.open_existing() as target:
        current = target.attempt("tables", lambda: look_at(plan, target))
    differences = list(world_differences(plan, world, current))
    if differences:
        more = len(differences) - MOST_DIFFERENCES
        text = "; ".join(differences[:MOST_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
        raise UsageError(
            f"Nothing was executed, because tables have changed since the plan was made: {text}.",
            hint="Write a new plan with `plan --out FILE`, look at it and apply that.",
        )
    return planned_build
