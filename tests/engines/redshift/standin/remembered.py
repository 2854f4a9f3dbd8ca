"""Remember translations: tests execute the same statements over again, and reading one takes longer than running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.engines.redshift.standin.data_types import Catalogue
from tests.engines.redshift.standin.lexer import CAPITALS_COUNT
from tests.engines.redshift.standin.translate import translate_statement

MOST = 4_000
"""How many statements are remembered; most of a random test never come back."""

Columns = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Translation:
    """A statement as the server takes it, with the columns of each table that the translation asked for."""

    text: str
    columns: dict[tuple[str | None, str], Columns]


_TRANSLATIONS: dict[tuple[str, bool], Translation] = {}


def translate_once(statement: str, catalogue: Catalogue) -> str:
    """Translate a statement, or return its last translation while the columns that it depends on are the same."""
    key = (statement, CAPITALS_COUNT.get())
    known = _TRANSLATIONS.get(key)
    if known and all(_same(catalogue(*table), columns) for table, columns in known.columns.items()):
        return known.text
    asked: dict[tuple[str | None, str], Columns] = {}

    def ask(schema: str | None, table: str) -> Columns:
        if (schema, table) not in asked:
            asked[schema, table] = catalogue(schema, table)
        return asked[schema, table]

    text = translate_statement(statement, ask)
    if len(_TRANSLATIONS) >= MOST:
        _TRANSLATIONS.clear()
    _TRANSLATIONS[key] = Translation(text, asked)
    return text


def _same(left: Columns, right: Columns) -> bool:
    """Return whether columns have the same names and types, in the same order."""
    return list(left.items()) == list(right.items())
