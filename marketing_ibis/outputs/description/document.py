"""Write a description as JSON; the form is documented in docs/reference/describe.md and keeps its version."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from marketing_ibis.outputs.description.records import AudienceEntry, Description

FORMAT = "marketing-ibis.describe"
VERSION = 1
SCHEMA_FILE = "describe.schema.json"


def json_text(description: Description) -> str:
    """Return the document as text, the same for the same project, settings and day."""
    return json.dumps(document(description), indent=2, ensure_ascii=False) + "\n"


def document(description: Description) -> dict[str, Any]:
    """Return a description as plain data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "project": description.project,
        "title": description.title,
        "as_of": description.as_of,
        "time_zone": description.time_zone,
        "schemas": {"sources": description.source_schema, "models": description.model_schema},
        "conventions": list(description.conventions),
        "sources": [_plain(source) for source in description.sources],
        "models": [_plain(model) for model in description.models],
        "audiences": [_audience(audience) for audience in description.audiences],
        "exposures": [_plain(exposure) for exposure in description.exposures],
        "settings": [_plain(settings) for settings in description.settings],
    }


def schema_text() -> str:
    """Return the JSON schema of the document."""
    return (files(__package__) / SCHEMA_FILE).read_text("utf-8")


def _plain(entry: Any) -> dict[str, Any]:
    """Return a record as JSON has it, with lists."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(entry)))
    return plain


def _audience(entry: AudienceEntry) -> dict[str, Any]:
    return {"name": entry.name, **_plain(entry.audience)}
