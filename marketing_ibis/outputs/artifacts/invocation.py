"""Say which call of a command an artifact comes from, and name things as dbt does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import uuid4

from marketing_ibis import __version__
from marketing_ibis.engines.dialect import Relation

OWN_PACKAGE = "marketing_ibis"
"""The package of the nodes of a project without a name."""
DIGITS = 10
DBT_VERSION = "1.10.0"
"""The dbt whose files these are in form; readers ask for it."""
VERSIONS: Mapping[str, int] = {"manifest": 12, "run-results": 6, "catalog": 1, "sources": 3}
"""Versions of dbt's schemas, by artifact."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a command: on which engine, as of which day, with which arguments.

    ``arguments`` are the options as they were given. A profile's settings are not among them. ``package`` is the
    project's name, which every node belongs to.
    """

    command: str
    engine: str
    as_of: date
    arguments: Mapping[str, object] = field(default_factory=dict)
    package: str = OWN_PACKAGE
    id: str = field(default_factory=lambda: str(uuid4()))
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def metadata(self, artifact: str, **env: str) -> dict[str, object]:
        """Return the head of an artifact; ``env`` is kept with the day and the engine."""
        return {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{artifact}/v{VERSIONS[artifact]}.json",
            "dbt_version": DBT_VERSION,
            "generated_at": moment(datetime.now(UTC)),
            "invocation_id": self.id,
            "invocation_started_at": moment(self.started_at),
            "env": {
                "as_of": self.as_of.isoformat(),
                "target": self.engine,
                "command": self.command,
                "marketing_ibis_version": __version__,
                **env,
            },
        }


def moment(instant: datetime) -> str:
    """Return an instant as dbt writes it: in UTC, to the microsecond."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def model_id(package: str, name: str) -> str:
    """Return the unique id of a model."""
    return f"model.{package}.{name}"


def source_name(relation: Relation) -> str:
    """Return what groups source tables: their schema, with its database where that is another one."""
    return ".".join(relation.parts[:-1])


def source_id(package: str, relation: Relation) -> str:
    """Return the unique id of a source table."""
    return f"source.{package}.{relation}"


def exposure_id(package: str, name: str) -> str:
    """Return the unique id of an exposure."""
    return f"exposure.{package}.{name}"


def test_id(package: str, name: str, node: str) -> str:
    """Return the unique id of a data test of ``node``, as dbt ends it: in a few digits that stay."""
    return f"test.{package}.{name}.{hashlib.sha256(f'{name} {node}'.encode()).hexdigest()[:DIGITS]}"


def checksum(text: str) -> dict[str, str]:
    """Return dbt's checksum of a node's code."""
    return {"name": "sha256", "checksum": hashlib.sha256(text.encode()).hexdigest()}
