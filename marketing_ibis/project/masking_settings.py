"""Read the settings of the masked views, which those read who may not see personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketing_ibis.errors import ConfigurationError, nearest
from marketing_ibis.model.masking import Masking
from marketing_ibis.project.folders import SETTINGS
from marketing_ibis.project.setting_types import read_columns, read_names, read_string

PLACE = f"{SETTINGS} personal_data"
PLACEHOLDER = "{model_schema}"
"""What the name of the masked schema may contain, so that targets with schemas of their own do not share one."""
READERS = {"masked_schema": read_string, "masked_roles": read_names, "hashed": read_columns}
EVERYONE = "public"


def check_masking_settings(key: str, value: object) -> Mapping[str, Any]:
    """Return the settings of the masked views, each of which is of the right type.

    Raises:
        ConfigurationError: it is not a table, or a key or value is wrong.
    """
    if not isinstance(value, dict):
        raise ConfigurationError(
            f"{SETTINGS} {key} is {value!r}, not a table.",
            hint=f'Write [tool.marketing_ibis.{key}], and below it masked_schema = "{PLACEHOLDER}_masked".',
        )
    for name in value:
        if name not in READERS:
            raise ConfigurationError(f"{SETTINGS} {key}.{name} is unknown.", hint=nearest(name, READERS))
    return {name: READERS[name](f"{key}.{name}", setting) for name, setting in value.items()}


def resolve_masking(
    settings: Mapping[str, Any], source_schema: str, model_schema: str, grants: tuple[str, ...]
) -> Masking | None:
    """Return the masked views that the settings ask for, None if they ask for none.

    Raises:
        ConfigurationError: the views would replace what they mask, or a role would see both.
    """
    if not settings:
        return None
    if "masked_schema" not in settings:
        raise ConfigurationError(
            f"{PLACE} has no masked_schema, so there are no masked views.",
            hint=f'Write masked_schema = "{PLACEHOLDER}_masked" in it.',
        )
    schema = settings["masked_schema"].replace(PLACEHOLDER, model_schema)
    for name, other in (("model_schema", model_schema), ("source_schema", source_schema)):
        if schema.lower() == other.lower():
            raise ConfigurationError(
                f"{PLACE}.masked_schema is {schema}, and so is {name}.",
                hint=f'Keep the masked views in a schema of their own, such as "{PLACEHOLDER}_masked".',
            )
    roles = settings.get("masked_roles", ())
    readers = {_name(reader): reader for reader in grants}
    for role in roles:
        both = readers.get(_name(role)) or readers.get(EVERYONE)
        if both is not None:
            raise ConfigurationError(
                f"{PLACE}.masked_roles contains {role!r}, and grants contains {both!r}, who reads what is not masked.",
                hint="Remove it from one of them.",
            )
    return Masking(schema, roles, settings.get("hashed", {}))


def _name(reader: str) -> str:
    """Return the name of a user, group or role, as servers compare it."""
    return reader.split()[-1].lower() if reader.split() else ""
