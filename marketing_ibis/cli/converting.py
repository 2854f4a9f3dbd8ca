"""Read the options of a command from a program's values, as from a command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click

from marketing_ibis.errors import UsageError, nearest


def convert_options(
    command: click.Command, options: Mapping[str, object], known_names: Collection[str]
) -> dict[str, object]:
    """Return the values of ``options`` as the command takes them, with None for those without a value.

    ``known_names`` are the options that a program may pass.

    Raises:
        UsageError: an option is unknown, or has a value that the command line would refuse.
    """
    parameters = {str(parameter.name): parameter for parameter in command.params}
    values: dict[str, object] = {}
    for name, value in options.items():
        if name not in known_names:
            raise UsageError(f"{command.name} has no option {name}.", hint=nearest(name, known_names))
        if value is not None:
            values[name] = _convert(command, parameters[name], value)
    return values


def _convert(command: click.Command, parameter: click.Parameter, value: object) -> object:
    is_flag = isinstance(parameter, click.Option) and parameter.is_flag
    if is_flag and not isinstance(value, bool):
        raise UsageError(f"{parameter.name} is {value!r}.", hint="Write True or False.")
    if isinstance(value, bool) and not is_flag:
        raise UsageError(f"{parameter.name} is {value!r}.", hint=f"See `marketing-ibis {command.name} --help`.")
    values = (value,) if parameter.multiple and isinstance(value, str) else value
    try:
        return parameter.type_cast_value(click.Context(command), values)
    except click.BadParameter as error:
        hint = f"See `marketing-ibis {command.name} --help`."
        raise UsageError(f"{parameter.name} is {value!r}: {error.message}", hint=hint) from error
