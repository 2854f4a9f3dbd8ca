"""List the tables that the settings map to sources, without importing the dataflow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.guide import guide_page
from marketing_ibis.model import Declaration
from marketing_ibis.model.vocabulary import ADAPTERS
from marketing_ibis.project.folders import PYPROJECT, SETTINGS
from marketing_ibis.project.source_settings import SourceSettings, TablePlace
from marketing_ibis.project.static_parsing import Node, check_tables

NOWHERE = TablePlace("")
"""Of a node that has no table."""


def map_nodes(nodes: Mapping[str, Node], sources: Mapping[str, SourceSettings]) -> dict[str, Node]:
    """Return ``nodes`` with each mapped source as an adapter, and with the table that it reads as a source.

    Raises:
        ConfigurationError: an adapter of the project replaces a mapped source, or a table's name is that of a node.
        CompileError: a table is that of another source.
    """
    mapped_nodes = dict(nodes)
    for name, settings in sources.items():
        node = nodes[name]
        if not settings.table and not settings.is_mapping:
            continue
        if node.is_absent:
            raise ConfigurationError(
                f"{SETTINGS} sources.{name} maps an optional source, which optional_sources does not list.",
                hint=f'Set optional_sources = ["{name}"] under {SETTINGS}.',
            )
        if node.is_adapter and not settings.table and not settings.has_conversions:
            continue
        if node.is_adapter:
            raise ConfigurationError(
                f"{SETTINGS} sources.{name} maps a source that an adapter replaces: {node.path}:{node.line}.",
                hint="Remove the mapping or the adapter.",
            )
        table = table_of(settings, node)
        if not settings.is_mapping:
            mapped_nodes[name] = replace(node, **table._asdict())
            continue
        parent = table_node_name(table)
        if parent in nodes:
            raise ConfigurationError(
                f"{SETTINGS} sources.{name}.table would be the source {parent}, and {nodes[parent].path} declares a"
                f" {nodes[parent].kind} of that name.",
                hint=f"Rename that function, or write an adapter: {guide_page('docs/how-to/adapters.md')}.",
            )
        other = mapped_nodes.get(parent)
        if other and place_of(other) != table:
            raise ConfigurationError(
                f"{SETTINGS} sources.{name}.table would be the source {parent}, and so would"
                f" {place_of(other)}, which another source is mapped to.",
                hint="Read one of them through a view of another name, or write an adapter: "
                f"{guide_page('docs/how-to/adapters.md')}.",
            )
        description = f"The table {table}, which the settings map."
        mapped_nodes[parent] = Node(
            parent, "source", "sources", "view", PYPROJECT, description=description, **table._asdict()
        )
        mapped_nodes[name] = replace(
            node,
            kind="model",
            layer=ADAPTERS,
            parents=(parent,),
            **NOWHERE._asdict(),
            is_adapter=True,
            replaced_path=node.path,
        )
    if mapped_nodes != nodes:
        check_tables(mapped_nodes.values())
    return mapped_nodes


def place_of(source: Node | Declaration) -> TablePlace:
    """Return where the table of a source is."""
    return TablePlace(source.table, source.schema, source.database)


def table_of(settings: SourceSettings, source: Node | Declaration) -> TablePlace:
    """Return the table that is read in place of that of ``source``, or the same."""
    return settings.place if settings.table else place_of(source)


def table_node_name(table: TablePlace) -> str:
    """Return the name of the source that a mapped table becomes: shopify_orders for shopify.orders."""
    place = table if table.schema else table._replace(schema="source")
    name = re.sub(r"\W+", "_", str(place)).strip("_").lower()
    return name if name[:1].isalpha() else f"source_{name}"
