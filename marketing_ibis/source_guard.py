"""Notice that the tables that a build reads have changed under it, whoever changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marketing_ibis.dialects import Relation
from marketing_ibis.errors import RunFailed
from marketing_ibis.plan import Plan
from marketing_ibis.targets.base import Target


@dataclass(frozen=True, slots=True)
class SourceGuard:
    """The state of every table that a plan reads, as it was before the plan read any."""

    plan: Plan
    target: Target
    versions: Mapping[Relation, object]

    @classmethod
    def over(cls, plan: Plan, target: Target) -> SourceGuard:
        """Look at the tables that ``plan`` reads."""
        return cls(plan, target, _versions(plan, target))

    def check(self) -> None:
        """Compare with what is there now.

        Raises:
            RunFailed: a table has changed, so that what was built may be of two states.
        """
        now = _versions(self.plan, self.target)
        changed = sorted(
            str(relation) for relation in self.plan.reads if self.versions.get(relation) != now.get(relation)
        )
        if changed:
            raise RunFailed(
                f"Nothing was published: {', '.join(changed)} changed while the build was reading"
                f" {'it' if len(changed) == 1 else 'them'}.",
                hint="The published tables are unchanged. Run again when whatever loads the data is done.",
                is_temporary=True,
            )


def _versions(plan: Plan, target: Target) -> Mapping[Relation, object]:
    columns = {relation: tuple(schema) for relation, schema in plan.reads.items()}
    return target.attempt("sources", lambda: target.versions(columns)) if columns else {}
