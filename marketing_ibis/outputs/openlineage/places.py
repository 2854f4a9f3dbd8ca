"""Name tables as OpenLineage does, so that other tools' events speak of the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marketing_ibis.engines.dialect import Relation

AMAZON = ".redshift.amazonaws.com"
PORTS = {"postgres": 5432, "redshift": 5439}


@dataclass(frozen=True, slots=True)
class Places:
    """The database that tables stand in: ``namespace`` names its server, ``database`` itself."""

    namespace: str
    database: str

    def name(self, relation: Relation) -> str:
        """Return a table's name within the namespace."""
        return f"{self.database}.{relation}"


def places_of(engine: str, settings: object) -> Places:
    """Return where an engine keeps tables: ``settings`` are DuckDB's file, or the keys of a profile's output."""
    if not isinstance(settings, Mapping):
        file = Path(str(settings))
        return Places(f"duckdb://{file.absolute().as_posix()}", file.stem)
    host, port = str(settings.get("host") or ""), settings.get("port") or PORTS[engine]
    return Places(f"{engine}://{_server(host)}:{port}", str(settings.get("dbname") or ""))


def _server(host: str) -> str:
    if not host.endswith(AMAZON):
        return host
    # cluster.account.region.redshift.amazonaws.com is known by cluster and region.
    parts = host.removesuffix(AMAZON).split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else host
