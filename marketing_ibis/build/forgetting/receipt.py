"""Write what was deleted about a person, without saying who it was."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from marketing_ibis import __version__
from marketing_ibis.build.forgetting.search import Findings
from marketing_ibis.errors import UsageError

FOLDER = "forgotten"
"""The folder of receipts in that of the target."""
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was deleted of the customers with the ``hashes``; without ``deleted_at`` the deletion did not finish.

    ``removals`` are files that remove the customers from destinations of audiences. ``rewritten`` are files without
    their keys, ``removed`` are files that were deleted. ``remaining`` says what remains to be done, and
    ``not_searched`` names sources that do not say whose their rows are. With ``finishes_earlier``, the rows of an
    earlier deletion left the disk, too, which had been stopped before that.
    """

    engine: str
    hashes: tuple[Mapping[str, str], ...]
    findings: Findings
    places: Mapping[str, str]
    started_at: datetime
    deleted_at: datetime | None = None
    removals: tuple[Path, ...] = ()
    rewritten: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    remaining: tuple[str, ...] = field(default=())
    not_searched: tuple[str, ...] = ()
    finishes_earlier: bool = False

    def document(self) -> dict[str, object]:
        """Return the receipt as plain data."""
        return {
            "format": FORMAT,
            "version": __version__,
            "engine": self.engine,
            "started_at": self.started_at.isoformat(),
            "deleted_at": self.deleted_at.isoformat() if self.deleted_at else None,
            "customers": [dict(each) for each in self.hashes],
            "tables": [
                {"table": str(rows.table.relation), "purpose": rows.table.purpose, "rows": rows.count}
                for rows in self.findings.tables
                if rows.count
            ],
            "dropped": [
                {"table": str(leftover.relation), "purpose": leftover.purpose} for leftover in self.findings.leftovers
            ],
            "removal_files": _names(self.removals),
            "files_rewritten": _names(self.rewritten),
            "files_removed": _names(self.removed),
            "sources": [
                {"source": name, "table": self.places[name], "rows": rows}
                for name, rows in self.findings.sources.items()
            ],
            "not_searched": list(self.not_searched),
            "finishes_earlier_deletion": self.finishes_earlier,
            "remaining": list(self.remaining),
        }


def receipt_path(folder: Path, started_at: datetime) -> Path:
    """Return the place of a receipt in the target's folder."""
    return folder / FOLDER / f"forget-{started_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.json"


def customers_with_receipts(folder: Path, customers: Collection[str], key: bytes) -> frozenset[str]:
    """Return those of ``customers`` that a receipt in the target's folder is about.

    Raises:
        UsageError: a receipt cannot be read.
    """
    salted: list[tuple[dict[str, str], bytes]] = []
    for path in sorted((folder / FOLDER).glob("forget-*.json"), reverse=True):
        try:
            entries = json.loads(path.read_text("utf-8"))["customers"]
            salted += [(entry, bytes.fromhex(entry.get("salt", ""))) for entry in entries]
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise UsageError(f"The receipt {path} cannot be read.", hint="Move it to another folder.") from error
    return frozenset(
        customer for customer in customers if any(hash_customer(customer, key, salt) == entry for entry, salt in salted)
    )


def hash_customer(customer: str, key: bytes, salt: bytes = b"") -> dict[str, str]:
    """Return a hash that is the same for a customer and the project's ``key``, so that a receipt can be recognized.

    Without a key the ``salt`` is part of the receipt: then a short key of a customer can be guessed.
    """
    if key and not salt:
        digest = hmac.new(key, f"forgotten customer {customer}".encode(), hashlib.sha256).hexdigest()
        return {"method": "hmac-sha256 with the project's key", "hash": digest}
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(customer.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()
    return {"method": "scrypt, n 16384, r 8, p 1", "salt": salt.hex(), "hash": digest}


def _names(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths]
