"""Read artifacts as other tools do; the parser takes a second to import, which only the tests that use it should."""

from __future__ import annotations

from typing import Any


def parse(kind: str, document: dict[str, Any]) -> Any:
    """Return an artifact, of the release of its form that it says it has; one of another form is an error."""
    from dbt_artifacts_parser import parser

    return getattr(parser, f"parse_{kind}")(document)
