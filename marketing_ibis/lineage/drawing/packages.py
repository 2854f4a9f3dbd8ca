"""The libraries that draw: they come with an extra, so their absence is told with what to install."""

from __future__ import annotations

from typing import Any

from marketing_ibis.errors import ConfigurationError

INSTALL = "Install the optional packages: pip install 'marketing-ibis[docs]'"


def graphviz() -> Any:
    """Return the package that writes DOT source.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        import graphviz as package
    except ImportError as error:
        raise ConfigurationError("A graph cannot be drawn: the package graphviz is missing.", hint=INSTALL) from error
    return package
