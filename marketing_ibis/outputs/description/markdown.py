"""Write a description as Markdown for language models: llms.txt, a page for each table, and all of it in one file.

The form of llms.txt is that of https://llmstxt.org: a title, a quoted summary, notes, and lists of links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from marketing_ibis.outputs.description.document import SCHEMA_FILE, json_text, schema_text
from marketing_ibis.outputs.description.records import (
    ColumnEntry,
    Description,
    ExposureEntry,
    PageEntry,
    RelationEntry,
    SettingsEntry,
)
from marketing_ibis.outputs.description.text import audience_facts, column_facts, join_text, relation_kind
from marketing_ibis.plurals import plural

INDEX, WHOLE, DOCUMENT = "llms.txt", "llms-full.txt", "describe.json"
AUDIENCES, EXPOSURES = "audiences.html.md", "exposures.html.md"
PAGE_LINK = re.compile(r"(\]\(<?)(?![a-z]+:)([^)>#?\s]+)\.md\b", re.I)
PAGE_TARGET = re.compile(r"(\]\(<?)(?![a-z]+:|#)([^)>#?\s]+)", re.I)
FENCE = re.compile(r"^\s*(```|~~~)")


def site_files(description: Description, home: Path, folder: str) -> dict[str, str]:
    """Return the files for language models by their path in the site, whose pages of tables are in ``folder``.

    ``home`` is the folder of the pages that define the numbers.
    """
    settings = {entry.name: entry for entry in description.settings}
    pages = {page.path: page for relation in description.relations for page in relation.pages}
    texts = {path: _page_text(home / path) for path in sorted(pages)}
    return {
        INDEX: _joined(_index(description, folder, [pages[path] for path in texts])),
        WHOLE: _joined(_whole(description, settings, folder, texts)),
        DOCUMENT: json_text(description),
        SCHEMA_FILE: schema_text(),
        **{
            f"{folder}/{relation.name}.html.md": _joined(_relation(relation, settings, "", "../"))
            for relation in description.relations
        },
        AUDIENCES: _joined(["# Audiences", "", *_audiences(description, 2)]),
        EXPOSURES: _joined(["# Exposures", "", *_exposures(description, 2)]),
        **{_text_path(path): text for path, text in texts.items()},
    }


def _index(description: Description, folder: str, pages: Iterable[PageEntry]) -> Iterator[str]:
    yield from _head(description)
    queried = [relation for relation in description.models if not relation.is_internal]
    internal = [relation for relation in description.models if relation.is_internal]
    yield from _section("Tables", (_relation_link(relation, folder) for relation in queried))
    yield from _section("Definitions", (_link(page.title, _text_path(page.path), page.summary) for page in pages))
    names = ", ".join(audience.name for audience in description.audiences) or "none is declared"
    uses = ", ".join(exposure.name for exposure in description.exposures) or "none is declared"
    outputs = [_link("Audiences", AUDIENCES, f"lists of customers that are exported: {names}")]
    outputs.append(_link("Exposures", EXPOSURES, f"dashboards and campaigns that use the tables: {uses}"))
    yield from _section("Uses", outputs)
    documents = [
        _link(DOCUMENT, DOCUMENT, "columns, units, joins, tests, thresholds and warnings of every table, as JSON"),
        _link(SCHEMA_FILE, SCHEMA_FILE, f"the JSON schema of {DOCUMENT}"),
        _link(WHOLE, WHOLE, "every table and definition in one file"),
    ]
    yield from _section("Documents", documents)
    yield from _section("Optional", (_relation_link(each, folder) for each in (*internal, *description.sources)))


def _whole(
    description: Description, settings: Mapping[str, SettingsEntry], folder: str, texts: Mapping[str, str]
) -> Iterator[str]:
    yield from _head(description)
    for relation in (each for relations in description.layers.values() for each in relations):
        yield from _lowered(_relation(relation, settings, f"{folder}/", ""), 1)
    yield from ("", "## Audiences", "", *_audiences(description, 3))
    yield from ("", "## Exposures", "", *_exposures(description, 3))
    for path, text in texts.items():
        yield from ("", *_lowered(_from_top(path, text).strip().split("\n"), 1))


def _from_top(page: str, text: str) -> str:
    """Return a page whose links are those of a file at the top of the site."""
    return PAGE_TARGET.sub(lambda match: f"{match[1]}{_resolved(page, match[2])}", text)


def _resolved(page: str, link: str) -> str:
    """Return where a link of a page leads, as seen from the top of the site."""
    parts = list(Path(page).parent.parts)
    for part in Path(link).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _head(description: Description) -> Iterator[str]:
    models, sources = plural("model", len(description.models)), plural("source", len(description.sources))
    yield f"# {_line(description.title)}"
    yield ""
    yield (
        f"> What the tables of {_line(description.title)} mean and how to query them: {models} in schema"
        f" {description.model_schema}, built from {sources}."
    )
    yield ""
    yield from (f"- {sentence}" for sentence in description.conventions)


def _relation(relation: RelationEntry, settings: Mapping[str, SettingsEntry], folder: str, root: str) -> Iterator[str]:
    """Yield the text of a table; pages of tables are in ``folder`` and the others in ``root`` as seen from it."""

    def linked(names: Iterable[str]) -> str:
        return ", ".join(f"[{name}]({folder}{name}.html.md)" for name in names)

    yield f"# {relation.name}"
    yield ""
    yield f"`{relation.relation}`: {relation_kind(relation)}."
    for paragraph in relation.description.split("\n\n"):
        yield from ("", " ".join(paragraph.split()))
    yield from _section("Warnings", (f"- {warning}" for warning in relation.warnings))
    yield from _section("Columns", _columns(relation.columns))
    yield from _section("Joins", (f"- {join_text(join)}" for join in relation.joins))
    facts = {
        "Built from": linked(relation.parents),
        "Read by": linked(relation.children),
        "Used by": ", ".join(relation.used_by),
        "Owner": relation.owner,
        "Definitions": ", ".join(f"[{page.title}]({root}{_text_path(page.path)})" for page in relation.pages),
        "Settings of models upstream": ", ".join(relation.upstream_settings),
    }
    yield from _section("Facts", (f"- {name}: {value}" for name, value in facts.items() if value))
    keys = (
        f"- `{name}.{key.key} = {key.value}`: {key.description or 'no description'}"
        for name in relation.settings
        for key in settings[name].keys
    )
    yield from _section("Settings", keys)
    tests = [*relation.tests, *(data_test for column in relation.columns for data_test in column.tests)]
    yield from _section("Data tests", (f"- {each.name} ({each.severity}): {_line(each.meaning)}" for each in tests))


def _columns(columns: Iterable[ColumnEntry]) -> Iterator[str]:
    yield "| column | type | description |"
    yield "|---|---|---|"
    yield from (
        f"| {_cell(column.name)} | {_cell(column_facts(column))} | {_cell(column.description)} |" for column in columns
    )


def _audiences(description: Description, level: int) -> Iterator[str]:
    for audience in description.audiences:
        yield f"{'#' * level} {audience.name}"
        yield from ("", f"A list of customers of {audience.audience.model}.", "")
        yield from (f"- {_line(fact)}" for fact in audience_facts(audience))
        yield ""
    if not description.audiences:
        yield "No audience is declared."


def _exposures(description: Description, level: int) -> Iterator[str]:
    for exposure in description.exposures:
        yield f"{'#' * level} {exposure.name}"
        yield from ("", *_exposure_facts(exposure), "")
    if not description.exposures:
        yield "No dashboard or campaign is declared."


def _exposure_facts(exposure: ExposureEntry) -> Iterator[str]:
    facts = {
        "Type": exposure.type,
        "Uses": ", ".join(exposure.parents),
        "Owner": exposure.owner,
        "Maturity": exposure.maturity,
        "Address": exposure.url,
    }
    yield exposure.lead
    yield ""
    yield from (f"- {name}: {_line(value)}" for name, value in facts.items() if value)


def _section(head: str, lines: Iterable[str]) -> list[str]:
    """Return lines under a heading; nothing where there are none."""
    items = list(lines)
    return ["", f"## {head}", "", *items] if items else []


def _relation_link(relation: RelationEntry, folder: str) -> str:
    note = f"{relation.lead} One row per {', '.join(relation.grain)}."
    return _link(relation.name, f"{folder}/{relation.name}.html.md", note)


def _link(name: str, path: str, note: str) -> str:
    return f"- [{_line(name)}]({path}): {_line(note)}" if note else f"- [{_line(name)}]({path})"


def _text_path(page: str) -> str:
    """Return the path of a page as Markdown: that of its HTML with .md added, as is usual."""
    return f"{page.removesuffix('.md')}.html.md"


def _page_text(path: Path) -> str:
    """Return a page of the project, whose links lead to the pages of the site."""
    return PAGE_LINK.sub(r"\1\2.html", path.read_text("utf-8").strip()) + "\n"


def _lowered(lines: Iterable[str], levels: int) -> Iterator[str]:
    """Yield Markdown whose headings are lower by ``levels``; what is in a fence is code."""
    is_code = False
    for line in lines:
        is_code ^= bool(FENCE.match(line))
        yield f"{'#' * levels}{line}" if line.startswith("#") and not is_code else line


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
