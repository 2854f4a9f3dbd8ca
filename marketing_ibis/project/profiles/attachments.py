"""Read ``attach`` of an output: the database files that are attached to a target, as dbt-duckdb writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from marketing_ibis.engines import DEFAULT
from marketing_ibis.engines.base import Attachment
from marketing_ibis.errors import ConfigurationError, nearest

KEYS = ("alias", "path", "read_only", "type")
OF_DBT = ("is_ducklake", "options", "secret")
"""Keys of databases that are not files of this machine."""
FILE_TYPE = DEFAULT.name
ADDRESS = re.compile(r"\w{2,}:")
"""How an address begins, or a path that names an extension; one letter is a drive of Windows."""
EXAMPLE = "Write attach: [{path: raw.db, alias: raw}]."


def read_attachments(value: object, place: str) -> tuple[Attachment, ...]:
    """Return the database files among the databases that ``value`` lists.

    Raises:
        ConfigurationError: it is not such a list, or two databases have one alias; no value is repeated.
    """
    attachments: dict[str, Attachment] = {}
    for number, entry in enumerate(_entries(value, place), 1):
        if not _is_file(entry):
            continue
        path = str(entry["path"])
        attachment = Attachment(str(entry.get("alias") or Path(path).stem), path)
        if attachments.setdefault(attachment.alias.lower(), attachment) is not attachment:
            raise ConfigurationError(
                f"{place}: entry {number} has the alias of another one.", hint="Give each database an alias of its own."
            )
    return tuple(attachments.values())


def unsupported_entries(value: object) -> Iterator[int]:
    """Yield the numbers of the databases that are not attached: those that are not DuckDB files of this machine."""
    for number, entry in enumerate(value if isinstance(value, list) else (), 1):
        if isinstance(entry, dict) and entry.get("path") and not _is_file(entry):
            yield number


def _entries(value: object, place: str) -> Iterator[Mapping[str, object]]:
    if not isinstance(value, list):
        raise ConfigurationError(f"{place} is not a list of databases.", hint=EXAMPLE)
    for number, entry in enumerate(value, 1):
        if not isinstance(entry, dict) or not entry.get("path"):
            raise ConfigurationError(f"{place}: entry {number} has no path.", hint=EXAMPLE)
        for name in entry:
            if name not in (*KEYS, *OF_DBT):
                raise ConfigurationError(
                    f"{place}: entry {number} has an unknown key.", hint=nearest(str(name), (*KEYS, *OF_DBT))
                )
        yield entry


def _is_file(entry: Mapping[str, object]) -> bool:
    is_elsewhere = any(entry.get(name) for name in OF_DBT) or ADDRESS.match(str(entry["path"]))
    return not is_elsewhere and str(entry.get("type") or FILE_TYPE).lower() == FILE_TYPE
