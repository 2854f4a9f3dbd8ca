"""Describe a project for programs, language models and people: what its tables mean, and how to query them."""

from __future__ import annotations

from marketing_ibis.outputs.description.collect import describe_project
from marketing_ibis.outputs.description.document import SCHEMA_FILE, document, json_text, schema_text
from marketing_ibis.outputs.description.markdown import site_files
from marketing_ibis.outputs.description.records import Description
from marketing_ibis.outputs.description.text import description_text

__all__ = [
    "SCHEMA_FILE",
    "Description",
    "describe_project",
    "description_text",
    "document",
    "json_text",
    "schema_text",
    "site_files",
]
