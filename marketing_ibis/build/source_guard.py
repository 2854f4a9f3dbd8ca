"""Detect that tables that a build reads were changed during it, by any program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import Failure, MarketingIbisError, RunFailed, TargetUnavailable


class SourcesChanged(RunFailed):
    """Tables that a build reads have changed during it, or cannot be read, so that a change would go unnoticed.

    ``cause`` is the message of the engine about those that cannot be read, "" if all can.
    """

    def __init__(self, relations: Iterable[Relation], reason: str, *, cause: str = "") -> None:
        names = sorted(map(str, relations))
        super().__init__(
            f"Nothing was published: {', '.join(names)} {reason}",
            hint="The published tables are unchanged. Run again when the data has been loaded.",
            is_temporary=True,
            failures=[Failure("source", name, name, reason.rstrip("."), "") for name in names],
        )
        self.cause = cause


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
        """Compare with the current state.

        Raises:
            SourcesChanged: a table has changed, so that what was built may be of two states, or cannot be read.
        """
        try:
            current = _versions(self.plan, self.target)
        except RunFailed as error:
            reason = f"cannot be read as before: {error.message}"
            raise SourcesChanged(self.plan.tables_read, reason, cause=error.message) from error
        changed = [
            relation for relation in self.plan.tables_read if self.versions.get(relation) != current.get(relation)
        ]
        if changed:
            raise SourcesChanged(
                changed, f"changed while the build was reading {'it' if len(changed) == 1 else 'them'}."
            )

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Report a change of the tables rather than the failure inside, which may only follow from it.

        Raises:
            SourcesChanged: something failed, and a table has changed.
        """
        try:
            yield
        except TargetUnavailable:
            # The target accepts no queries now, and the same call may succeed later.
            raise
        except MarketingIbisError:
            self.check()
            raise


def _versions(plan: Plan, target: Target) -> Mapping[Relation, object]:
    tables = plan.tables_read
    return target.attempt("sources", lambda: target.versions(tables)) if tables else {}
