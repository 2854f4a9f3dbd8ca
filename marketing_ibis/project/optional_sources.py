"""Find what a project is without, by the settings: what needs optional sources, and optional parents."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.graph import descendants
from marketing_ibis.project.source_settings import SourceSettings

SETTING = "[tool.marketing_ibis] optional_sources"


def absent_nodes(required: Mapping[str, Collection[str]], unused_sources: Collection[str]) -> frozenset[str]:
    """Return ``unused_sources`` and all that cannot exist without them.

    ``required`` are the parameters of each node that have no default.
    """
    graph = {name: tuple(parameters) for name, parameters in required.items()}
    return frozenset(unused_sources) | descendants(graph, unused_sources)


def required_parameters(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the parameters of a function that have no default."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty)


def check_optional_sources(names: Collection[str], sources: Mapping[str, bool]) -> None:
    """Stop where the settings list what is not an optional source; ``sources`` says of each one whether it is optional.

    Raises:
        ConfigurationError: naming what is listed, and the nearest optional source.
    """
    optional = [name for name, is_optional in sources.items() if is_optional]
    for name in names:
        if name not in optional:
            hint = f"Remove {name}: that source is always used." if name in sources else ""
            raise ConfigurationError(
                f"{SETTING} lists {name}, which is not an optional source.",
                hint=hint or nearest(name, optional) or "The project has no optional sources.",
            )


def used_settings(*variables: Mapping[str, object], sources: Mapping[str, SourceSettings]) -> frozenset[str]:
    """Return the settings in use of those that optional parents depend on, by the names that models have for them.

    ``variables`` are the thresholds that the settings override, and those that the command does.
    """
    rules = {f"vars.{name}" for overrides in variables for name, thresholds in overrides.items() if thresholds}
    return frozenset(rules | {f"sources.{name}.pass_through" for name, used in sources.items() if used.pass_through})
