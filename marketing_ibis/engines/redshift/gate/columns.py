"""Check the columns that a table is made of."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.redshift.gate import vocabulary as known
from marketing_ibis.engines.redshift.gate.data_types import INSTEAD, UNSUPPORTED, check_data_type
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.templates import COLUMN, CONSTRAINT
from marketing_ibis.engines.redshift.gate.tokens import check_name

UNKNOWN_COLUMN = "no column of this form is documented"
PAGE = "r_CREATE_TABLE_NEW.html"
WITHOUT_WIDTH = frozenset({"VARCHAR", "NVARCHAR", "CHAR", "CHARACTER", "NCHAR", "BPCHAR"})
UNDOCUMENTED = {
    "CHECK": Refusal(
        "CHECK", "there are no check constraints", "a test of the model", "c_unsupported-postgresql-features.html"
    ),
    "EXCLUDE": Refusal(
        "EXCLUDE", "there are no exclusion constraints", "a test", "c_unsupported-postgresql-features.html"
    ),
    "GENERATED": Refusal("GENERATED ALWAYS AS", "no column is computed", "IDENTITY(1, 1), or a view", PAGE),
    "COLLATE": Refusal("COLLATE of a column", "it takes two names only", "COLLATE CASE_SENSITIVE", PAGE),
}


def check_columns(columns: str, reader: Redshift) -> Iterator[Refusal]:
    """Yield what is wrong with the list of a CREATE TABLE, column by column."""
    seen: dict[str, str] = {}
    definitions = list(_split(columns))
    if len(definitions) > known.COLUMNS:
        construct, reason = f"{len(definitions)} columns", f"{known.COLUMNS} at most"
        yield Refusal(construct, reason, "fewer columns", "r_CREATE_TABLE_usage.html")
    for definition in definitions:
        if CONSTRAINT.fullmatch(definition):
            continue
        match = COLUMN.fullmatch(definition)
        if match is None:
            yield _undocumented(definition)
            continue
        name = match["name"].strip('"')
        yield from (refusal.of(name) for refusal in _check_name(match["name"], seen))
        yield from (refusal.of(name) for refusal in _check_type(match["type"], reader))


def _undocumented(definition: str) -> Refusal:
    words = definition.upper().split()
    for word, refusal in UNDOCUMENTED.items():
        if word in words or any(found.startswith(f"{word}(") for found in words):
            return refusal
    return Refusal(f"column {definition[:40]}", UNKNOWN_COLUMN, page=PAGE)


def _check_name(written: str, seen: dict[str, str]) -> Iterator[Refusal]:
    name = written.strip('"').replace('""', '"')
    if written.startswith('"'):
        yield from check_name(name)
    elif name.lower() in known.RESERVED:
        yield Refusal(f"name {name}", "it is a reserved word", f'"{name}"', "r_pg_keywords.html")
    if name.lower() in seen:
        construct = f"columns {seen[name.lower()]} and {name}"
        yield Refusal(construct, "they are folded to one", "another name", "r_names.html")
    seen[name.lower()] = name


def _check_type(text: str, reader: Redshift) -> Iterator[Refusal]:
    word = text.split("(")[0].split()[0].upper()
    if word not in known.TYPES:
        instead = INSTEAD.get(word, "a documented type")
        yield Refusal(f"type {text}", "it is not supported, or not what it says", instead, UNSUPPORTED)
        return
    if word == "INTERVAL":
        if len(text.split()) == 1:
            instead = "INTERVAL DAY TO SECOND"
            yield Refusal("a bare INTERVAL", "no column has this type", instead, "r_interval_data_types.html")
        return
    if word in WITHOUT_WIDTH and "(" not in text:
        reason = "its width is left open, which is 256 or 1"
        yield Refusal(f"type {text}", reason, "VARCHAR(n)", "r_Character_types.html")
    try:
        (kind,) = reader.parse_into(sge.DataType, text)
    except SqlglotError:
        yield Refusal(f"type {text}", "it cannot be read", "a documented type", "c_Supported_data_types.html")
        return
    if isinstance(kind, sge.DataType):
        yield from check_data_type(kind)


def _split(columns: str) -> Iterator[str]:
    """Split at commas outside of parentheses and quotes."""
    depth, quote, start = 0, "", 0
    for place, character in enumerate(columns):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
            if character == "," and depth == 0:
                yield columns[start:place].strip()
                start = place + 1
    yield columns[start:].strip()
