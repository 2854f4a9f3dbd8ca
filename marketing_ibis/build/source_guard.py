"""Detect that tables that a build reads were changed during it, by any program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from marketing_ibis.build.plan import Plan
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import Failure, MarketingIbisError, RunFailed, TargetUnavailable


class SourcesChanged(RunFailed):
    """A table that a build reads has changed during it."""


class SourcesUnreadable(SourcesChanged):
    """A table that a build reads can no longer be read, so that a change would go unnoticed."""


def is_same_cause(error: SourcesChanged, reasons: Collection[str]) -> bool:
    """Return whether the tables cannot be read for a reason for which a model failed, too, such as a full disk."""
    cause = error.__cause__
    if not (isinstance(error, SourcesUnreadable) and isinstance(cause, RunFailed)):
        return False
    # The reason of a model is a message with its hint.
    return any(reason.startswith(cause.message) for reason in reasons)


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
            SourcesChanged: a table has changed, so that what was built may be of two states.
            SourcesUnreadable: a table cannot be read.
        """
        try:
            current = _versions(self.plan, self.target)
        except RunFailed as error:
            reason = f"cannot be read as before: {error.message}"
            raise _changed(self.plan.tables_read, reason, SourcesUnreadable) from error
        changed = [
            relation for relation in self.plan.tables_read if self.versions.get(relation) != current.get(relation)
        ]
        if changed:
            raise _changed(changed, f"changed while the build was reading {'it' if len(changed) == 1 else 'them'}.")

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Report a change of the tables rather than the failure inside, which may only follow from it.

        Raises:
            SourcesChanged: something failed, and a table has changed.
        """
        try:
            yield
        except TargetUnavailable:
            # Nothing can be asked of it, and the same call may succeed later.
            raise
        except MarketingIbisError:
            self.check()
            raise


def _changed(relations: Iterable[Relation], reason: str, kind: type[SourcesChanged] = SourcesChanged) -> SourcesChanged:
    names = sorted(map(str, relations))
    return kind(
        f"Nothing was published: {', '.join(names)} {reason}",
        hint="The published tables are unchanged. Run again when the data has been loaded.",
        is_temporary=True,
        failures=[Failure("source", name, name, reason.rstrip("."), "") for name in names],
    )


def _versions(plan: Plan, target: Target) -> Mapping[Relation, object]:
    tables = plan.tables_read
    return target.attempt("sources", lambda: target.versions(tables)) if tables else {}
