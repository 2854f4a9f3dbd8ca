"""Say what went wrong and what to do next, one exception a kind of failure.

MarketingIbisError            exit code 1
|- UsageError                 exit code 2: the call, the configuration or the connection
|  |- ConfigurationError      pyproject.toml, profiles or a setting
|  `- TargetUnavailable       no database: locked, corrupt, unreachable, refused
|- SelectionError             a selector names nothing, or nothing is left
|  `- NothingChanged          state: selects nothing: exit code 0
|- UnknownName                a model, source or column that does not exist
|- CompileError               a model that cannot become SQL
|  |- UnknownModel            a parameter names no model, source or input
|  |- CyclicModels            models that need each other
|  |- ContractBroken          columns or types other than declared
|  `- RefusedByRedshift       a statement that AWS does not document
|- SourceError                source tables or files that are missing or malformed
|- RunFailed                  at least one step failed; nothing was published
|  |- OutOfMemory             a statement needs more memory or disk than it may use
|  `- ValueRefused            the engine refused a value, which the message may quote
|     `- ValueTooLong         a string has more bytes than its column
`- ModelsExcluded             exit code 3: published without the models that depend on stale sources

An error with ``is_temporary`` has exit code 75 whatever its kind: the same call may succeed later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TEMPORARY = 75
"""Exit code of a failure after which the same call may succeed: EX_TEMPFAIL of sysexits.h."""


class MarketingIbisError(Exception):
    """A failure with one message, and the next step in ``hint``; ``failures`` name the nodes to blame, if any."""

    exit_code = 1
    failures: tuple[Failure, ...] = ()

    def __init__(self, message: str, *, hint: str = "", is_temporary: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if is_temporary:
            self.exit_code = TEMPORARY

    @property
    def is_temporary(self) -> bool:
        """Whether the same call may succeed later: a lost connection, a lock that others hold."""
        return self.exit_code == TEMPORARY

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(MarketingIbisError):
    """The call cannot be carried out as it was written."""

    exit_code = 2


class ConfigurationError(UsageError):
    """A setting, profile or environment variable is missing or malformed."""


def missing_optional(place: str, column: str) -> ConfigurationError:
    """Return the error of an optional column that the settings list and that ``place`` does not have."""
    return ConfigurationError(
        f"{place} has no column {column}, which the settings list as optional.",
        hint=f"Add the column, or remove {column} from `optional` under [tool.marketing_ibis.sources].",
    )


class TargetUnavailable(UsageError):
    """The target's database cannot be opened or reached."""


class SelectionError(MarketingIbisError):
    """A selector matches nothing."""


class NothingChanged(SelectionError):
    """A comparison with an earlier state leaves nothing to do, which is not a failure."""

    exit_code = 0


class UnknownName(MarketingIbisError):
    """There is no model, source or column of that name."""


class CompileError(MarketingIbisError):
    """A model cannot be turned into SQL."""


class UnknownModel(CompileError):
    """A model's parameter names no model, source or input."""


class CyclicModels(CompileError):
    """Models depend on each other in a cycle."""


class ContractBroken(CompileError):
    """A model's columns or types differ from its contract."""


class RefusedByRedshift(CompileError):
    """A statement holds something that Redshift does not document."""


class SourceError(MarketingIbisError):
    """A source table or file is missing or malformed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A model or data test that failed: why, the file of its SQL, and of a test how many rows and the first keys.

    ``owner`` is that of the model, or of the model that a test looks at; "" for none.
    """

    kind: str
    name: str
    relation: str
    reason: str
    sql: str
    failures: int | None = None
    keys: tuple[dict[str, object], ...] = ()
    owner: str = ""


class ModelsExcluded(MarketingIbisError):
    """A build published what it could, and excluded models that depend on sources that are too old."""

    exit_code = 3


class RunFailed(MarketingIbisError):
    """At least one step of a run failed; ``failures`` are the models and data tests to blame."""

    def __init__(
        self, message: str, *, hint: str = "", is_temporary: bool = False, failures: Iterable[Failure] = ()
    ) -> None:
        super().__init__(message, hint=hint, is_temporary=is_temporary)
        self.failures = tuple(failures)


class OutOfMemory(RunFailed):
    """A statement needs more memory, or more disk to spill to, than it may use."""


class ValueRefused(RunFailed):
    """The engine refused a value, such as a string that is not a number; the message may quote it."""


class ValueTooLong(ValueRefused):
    """The engine refused a string that has more bytes than its column; nothing was cut."""


def nearest(name: str, names: Iterable[str], *, prefix: str = "") -> str:
    """Return a hint that names the closest known names, or the first few when none is close.

    ``prefix`` is what a user writes in front of a name.
    """
    candidates = sorted(names)
    close = close_matches(name, candidates)
    if close:
        return f"Did you mean {' or '.join(f'{prefix}{candidate}' for candidate in close)}?"
    more = f" and {len(candidates) - 12} more" if len(candidates) > 12 else ""
    return f"Known: {', '.join(candidates[:12])}{more}." if candidates else ""


def close_matches(name: str, names: Iterable[str]) -> list[str]:
    """Return the known names that ``name`` may be a slip of, the closest first."""
    import difflib  # only a mistake needs it

    return difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.5)
