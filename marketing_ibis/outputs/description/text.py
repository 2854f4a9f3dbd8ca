"""Write a description for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marketing_ibis.outputs.description.records import (
    AudienceEntry,
    ColumnEntry,
    Description,
    ExposureEntry,
    RelationEntry,
    SettingsEntry,
    TestEntry,
)
from marketing_ibis.plurals import plural
from marketing_ibis.testing.joins import Join

STEP = "  "


def description_text(description: Description, *, is_whole: bool) -> str:
    """Return what is described; of a whole project a line for each table, audience and exposure."""
    return "\n".join(_overview(description) if is_whole else _details(description)) + "\n"


def _overview(description: Description) -> Iterator[str]:
    yield f"{description.title}: {plural('source', len(description.sources))}, " + ", ".join(
        [
            plural("model", len(description.models)),
            plural("audience", len(description.audiences)),
            plural("exposure", len(description.exposures)),
        ]
    )
    yield from _section("Conventions", (f"- {sentence}" for sentence in description.conventions))
    for layer, relations in description.layers.items():
        yield from _section(layer.capitalize(), (f"{relation.name}: {relation.lead}" for relation in relations))
    yield from _section("Audiences", (f"{audience.name}: {audience.lead}" for audience in description.audiences))
    yield from _section("Exposures", (f"{exposure.name}: {exposure.lead}" for exposure in description.exposures))


def _details(description: Description) -> Iterator[str]:
    settings = {entry.name: entry for entry in description.settings}
    blocks = [_relation(relation, settings) for relation in description.relations]
    blocks += [audience_lines(audience) for audience in description.audiences]
    blocks += [_exposure(exposure) for exposure in description.exposures]
    for place, block in enumerate(blocks):
        if place:
            yield ""
        yield from block


def _relation(relation: RelationEntry, settings: dict[str, SettingsEntry]) -> list[str]:
    kind = relation_kind(relation)
    return [
        f"{relation.name} ({relation.relation})",
        f"{STEP}{kind[0].upper()}{kind[1:]}.",
        *([f"{STEP}Owner: {relation.owner}."] if relation.owner else []),
        *(f"{STEP}{' '.join(paragraph.split())}" for paragraph in relation.description.split("\n\n") if paragraph),
        *_section("Warnings", (f"- {warning}" for warning in relation.warnings)),
        *_section("Columns", (line for column in relation.columns for line in _column(column))),
        *_section("Joins", map(join_text, relation.joins)),
        *_section("Built from", relation.parents),
        *_section("Read by", relation.children),
        *_section("Used by", relation.used_by),
        *_section("Settings", (line for name in relation.settings for line in _settings(settings[name]))),
        *_section("Settings of models upstream", relation.upstream_settings),
        *_section("Tests of the table", map(_test, relation.tests)),
        *_section("Definitions", (page.path for page in relation.pages)),
    ]


def relation_kind(relation: RelationEntry) -> str:
    """Return what a relation is: how it is stored, its layer, and what a row is, if that is declared."""
    kind = "source" if relation.kind == "source" else f"{relation.materialization} in layer {relation.layer}"
    return f"{kind}, one row per {', '.join(relation.grain)}" if relation.grain else kind


def column_facts(column: ColumnEntry) -> str:
    """Return the type of a column, its unit, and whether it is a key, may be NULL and contains personal data."""
    facts = [
        " ".join(filter(None, (column.type, f"in {column.unit}" if column.unit else ""))),
        "key" if column.is_key else "",
        "may be NULL" if column.nullable else "",
        "personal data" if column.personal_data else "",
    ]
    return ", ".join(filter(None, facts))


def join_text(join: Join) -> str:
    """Return a join as a condition with its cardinality."""
    return f"{join.column} = {join.to}.{join.to_column} ({join.cardinality.replace('_', ' ')})"


def audience_lines(entry: AudienceEntry) -> list[str]:
    """Return what is declared of an audience."""
    return [f"{entry.name} (audience of {entry.audience.model})", *(f"{STEP}{line}" for line in audience_facts(entry))]


def audience_facts(entry: AudienceEntry) -> list[str]:
    """Return the facts of an audience, one line for each."""
    audience = entry.audience
    facts = {
        "": entry.lead,
        "Owner": audience.owner,
        "Condition": audience.condition or "none: every customer of the model",
        "Consent": f"column {audience.consent} of {audience.contacts}",
        "Key": audience.key,
        "Destination": audience.destination,
        "Identifiers": ", ".join(audience.identifiers),
        "Smallest list": f"{audience.min_size:,}" if audience.min_size else "any size",
        "Hold-out": f"{audience.holdout:.0%} of customers" if audience.holdout else "none",
        "Expires": audience.expires or "never",
        "Purchases": f"{audience.orders}{f', where {audience.order_condition}' if audience.order_condition else ''}",
    }
    return [f"{name}: {value}" if name else value for name, value in facts.items()]


def _column(column: ColumnEntry) -> Iterator[str]:
    yield f"{column.name}  {column_facts(column)}"
    if column.description:
        yield f"{STEP}{' '.join(column.description.split())}"
    yield from (f"{STEP}{line}" for line in map(_test, column.tests))


def _test(entry: TestEntry) -> str:
    return f"test ({entry.severity}): {entry.meaning.replace('``', '')}"


def _settings(entry: SettingsEntry) -> Iterator[str]:
    return (f"{entry.name}.{key.key} = {key.value}" for key in entry.keys)


def _exposure(entry: ExposureEntry) -> list[str]:
    return [
        f"{entry.name} ({entry.type})",
        f"{STEP}{entry.lead}",
        f"{STEP}Owner: {entry.owner}",
        f"{STEP}Uses: {', '.join(entry.parents)}",
        *([f"{STEP}Maturity: {entry.maturity}"] if entry.maturity else []),
        *([f"{STEP}Address: {entry.url}"] if entry.url else []),
    ]


def _section(head: str, lines: Iterable[str]) -> list[str]:
    """Return lines under their head; nothing where there are none."""
    indented = [f"{STEP}{line}" for line in lines]
    return ["", head, *indented] if indented else []
