"""Name the tables that earlier builds published and that no model has any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketing_ibis.errors import MarketingIbisError

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan
    from marketing_ibis.engines.target import Target

MOST_NAMES = 5


def orphan_warning(plan: Plan, target: Target) -> str:
    """Return one line about tables and views whose model was renamed or removed, with what to do; "" for none.

    Nothing that fails here undoes what was published.
    """
    from marketing_ibis.build.metrics import published_tables
    from marketing_ibis.engines.dialect import Relation  # it imports ibis, which help does without

    schema = plan.schemas.models
    try:
        recorded = target.attempt("orphans", lambda: published_tables(target, schema))
        kinds = target.relations(schema)
        masked_views = [
            Relation(masked, name) for masked in plan.schemas_written[1:] for name in target.relations(masked)
        ]
    except MarketingIbisError as error:
        return f"Tables without a model could not be looked for: {error.message}"
    # Only PostgreSQL would keep apart names that differ by case, and elsewhere the DROP would hit the new table.
    declared = {relation.name.lower() for relation in plan.published.values() if relation.schema == schema}
    orphans = sorted(name for name in recorded if name.lower() not in declared and name in kinds)
    if not orphans:
        return ""
    names = ", ".join(str(Relation(schema, name)) for name in orphans[:MOST_NAMES])
    more = f" and {len(orphans) - MOST_NAMES} more" if len(orphans) > MOST_NAMES else ""
    if len(orphans) == 1:
        place = target.dialect.relation(Relation(schema, orphans[0]))
        drop = f"DROP {kinds[orphans[0]].upper()} {place}"
        views = [view for view in masked_views if view.name == orphans[0]]
        drop = "; ".join([*(f"DROP VIEW {target.dialect.relation(view)}" for view in views), drop])
        return f"{names} was published by an earlier build, and no model has its name. If nothing reads it: {drop}"
    return f"{names}{more} were published by earlier builds, and no model has their names. Drop what nothing reads."
