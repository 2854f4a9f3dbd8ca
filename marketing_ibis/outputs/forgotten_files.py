"""Remove customers from the files of a target's folder, and find those that still name them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketing_ibis.build.latest_results import LATEST_RESULTS
from marketing_ibis.errors import UsageError
from marketing_ibis.outputs.artifacts.files import write_json
from marketing_ibis.outputs.artifacts.previous_run import UNFINISHED_RUN
from marketing_ibis.outputs.artifacts.run_results import RUN_RESULTS

RESULTS = (LATEST_RESULTS, RUN_RESULTS, UNFINISHED_RUN)
"""Files with the keys of the first rows that failed a data test."""
LEAST_LETTERS = 8
"""Of a key that is searched for on its own: a shorter one may be any number or word."""


@dataclass(frozen=True, slots=True)
class Traces:
    """How files name a customer: the keys in ``columns``, by name, and e-mail ``addresses`` and phone numbers."""

    columns: Mapping[str, frozenset[str]]
    addresses: frozenset[str]

    def names_person(self, key: Mapping[str, Any]) -> bool:
        """Return whether the key of a failing row is that of a customer, or of what belongs to one."""
        return any(
            str(value) in self.columns.get(name, frozenset()) or str(value) in self.addresses
            for name, value in key.items()
        )

    def pattern(self) -> re.Pattern[bytes] | None:
        """Return what finds a trace in a file; None if nothing would be one."""
        keys = {key for of_column in self.columns.values() for key in of_column if len(key) >= LEAST_LETTERS}
        parts = [re.escape(trace) for trace in sorted(keys | self.addresses)]
        for name, values in self.columns.items():
            if values:
                any_value = "|".join(map(re.escape, sorted(values)))
                parts.append(rf"\b{re.escape(name)}\b[\"']?[:=\s]{{1,3}}[\"']?(?:{any_value})(?![\w-])")
        return re.compile("|".join(parts).encode()) if parts else None


def rewrite_results(folder: Path, traces: Traces) -> tuple[Path, ...]:
    """Remove keys of failing rows from the results in ``folder``; return the files that had any.

    Raises:
        UsageError: a file cannot be written.
    """
    return tuple(path for name in RESULTS if (path := folder / name).is_file() and _rewrite(path, traces))


def _rewrite(path: Path, traces: Traces) -> bool:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", hint="Delete it, and repeat the command.") from error
    has_changed = False
    for holder in _key_holders(document):
        other_keys = [key for key in holder["keys"] if not (isinstance(key, dict) and traces.names_person(key))]
        has_changed |= len(other_keys) < len(holder["keys"])
        holder["keys"] = other_keys
    if has_changed:
        write_json(path, document)
    return has_changed


def _key_holders(document: object) -> Iterator[dict[str, Any]]:
    """Yield every object with a list of keys, wherever it is."""
    if isinstance(document, dict):
        if isinstance(document.get("keys"), list):
            yield document
        for value in document.values():
            yield from _key_holders(value)
    elif isinstance(document, list):
        for value in document:
            yield from _key_holders(value)


def find_traces(folder: Path, traces: Traces, skipped: Collection[Path]) -> Iterator[Path]:
    """Yield the files of ``folder`` that name a customer, without those that are ``skipped`` or in such a folder.

    Raises:
        UsageError: a file cannot be read.
    """
    pattern, resolved = traces.pattern(), {path.resolve() for path in skipped}
    for path in sorted(folder.rglob("*")) if pattern else ():
        is_skipped = resolved & {path.resolve(), *path.resolve().parents}
        if path.is_symlink() or not path.is_file() or is_skipped:
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{path} cannot be read: {error.strerror}.", hint="Allow it, and repeat the command."
            ) from error
        if pattern and pattern.search(content):
            yield path
