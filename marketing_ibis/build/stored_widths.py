"""Read the widths of strings from the catalog of the warehouse, where a plan's tables are created with widths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.folded_names import FoldedNames
from marketing_ibis.engines.target import Target
from marketing_ibis.lineage.width_rules import evaluate


def with_stored_widths(plan: Plan, target: Target) -> Plan:
    """Return ``plan`` with tables as wide as the strings that they are made of are in the warehouse."""
    if not plan.dialect.declares_not_null:
        return plan
    names = {relation: name for name, relation in plan.published.items()}
    widths: dict[str, Mapping[str, int]] = dict(plan.text_widths)
    for relation in (*plan.sources, *plan.published_parents):
        stored = plan.dialect.stored_widths(target.query, relation)
        widths[names[relation]] = FoldedNames([*widths.get(names[relation], {}).items(), *stored.items()])
    for step in plan.steps():
        widths[step.name] = {name: evaluate(rule, widths) for name, rule in step.widths.items()}
    return replace(plan, text_widths=widths)
