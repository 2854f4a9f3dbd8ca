"""Record what a build is known by, apart from the build itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from marketing_ibis.build.publish import execute_all
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError


def record_apart(target: Target, statements: Sequence[str], on_error: Callable[[MarketingIbisError], None]) -> None:
    """Execute statements in a transaction of their own; a failure goes to ``on_error`` and stops nothing."""

    def execute() -> None:
        with target.transaction():
            execute_all(target, statements)

    if statements:
        try:
            target.attempt("history", execute)
        except MarketingIbisError as error:
            on_error(error)
