"""Call the functions of a project's report, and report where they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from marketing_ibis.errors import CompileError, MarketingIbisError
from marketing_ibis.model.validation import advice_for, place_of

T = TypeVar("T")


def call_guarded(name: str, function: Callable[..., Any], expected: type[T], *arguments: Any, **keywords: Any) -> T:
    """Return what a function of the report returns, which must be an ``expected``.

    Raises:
        CompileError: it raises an exception, or returns something else.
    """
    try:
        result = function(*arguments, **keywords)
    except MarketingIbisError:
        raise
    except (Exception, SystemExit) as error:  # the function is the user's own code
        place = place_of(error)
        hints = (f"See {place}." if place else "", advice_for(error))
        raise CompileError(
            f"{name} of the report raised {type(error).__name__}: {str(error).rstrip('.')}.",
            hint=" ".join(filter(None, hints)),
        ) from error
    if not isinstance(result, expected):
        raise CompileError(
            f"{name} of the report returned {type(result).__name__} instead of {expected.__name__}.",
            hint="Is a return missing?" if result is None else f"Return a {expected.__name__}.",
        )
    return result
