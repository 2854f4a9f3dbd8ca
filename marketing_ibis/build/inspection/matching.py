"""Match the columns of a source with those of a table: by names first, then by kinds and values, each with evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from marketing_ibis.build.inspection.records import ColumnProfile, Match, TableProfile
from marketing_ibis.model import ID, Column, Source
from marketing_ibis.plurals import plural

SAME, SYNONYM, SIMILAR, ONLY = 1.0, 0.9, 0.6, 0.4
"""How much a reason counts: the same name, a usual one, a similar one, and the only column of a kind."""
SIMILARITY = 0.8
CENTS = "cents"
LEAST_SCORE = 1.5
"""What a table must reach to be proposed for a source."""


def match_table(source: Source, table: TableProfile, parents: Mapping[str, str]) -> tuple[Match, ...]:
    """Return the matches of a source's columns, each with another column of the table, the surest first.

    ``parents`` are the tables of the sources that a column refers to, by column.
    """
    candidates = sorted(_candidates(source, table, parents), key=lambda match: -match.score)
    chosen: dict[str, Match] = {}
    origins: set[str] = set()
    for match in candidates:
        if match.column not in chosen and match.origin not in origins:
            chosen[match.column] = match
            origins.add(match.origin)
    for column in columns_of(source):
        only_match = None if column.name in chosen else _only_of_its_kind(column, table, origins)
        if only_match:
            chosen[column.name] = only_match
            origins.add(only_match.origin)
    return tuple(chosen[column.name] for column in columns_of(source) if column.name in chosen)


def score_table(source: Source, table: TableProfile, matches: tuple[Match, ...]) -> float:
    """Return how well a table fits a source: by its name, and by the columns that match; 0 where it does not."""
    keys = set(source.declaration.grain)
    if keys and not keys & {match.column for match in matches}:
        return 0.0
    names = [match.score for match in matches if match.column not in keys and match.score > ONLY]
    total = sum(names) + name_score(source.declaration.table, table.name)
    # A table has all the ids of a shop in it somewhere: only more than the keys makes it a source.
    return total if names and total >= LEAST_SCORE else 0.0


def name_score(name: str, other: str) -> float:
    """Return how well the name of a table fits that of another: stg_orders and order fit orders."""
    words, singular = _words(other), _singular(name)
    if singular in {_singular(word) for word in words}:
        return SAME if len(words) == 1 else SYNONYM
    return 0.0


def _candidates(source: Source, table: TableProfile, parents: Mapping[str, str]) -> Iterator[Match]:
    for column in columns_of(source):
        for profile in table.columns:
            score, reason = _name_reason(source, column, profile.name, parents)
            if score and fits(column, profile):
                yield Match(column.name, profile.name, (reason, *evidence(column, profile)), score)


def _name_reason(source: Source, column: Column, name: str, parents: Mapping[str, str]) -> tuple[float, str]:
    plain = plain_name(name)
    if plain == plain_name(column.name):
        return SAME, "same name"
    usual_names = [plain_name(usual) for usual in _usual_names(source, column, parents)]
    if plain in usual_names:
        # The more usual of two names wins.
        return SYNONYM - usual_names.index(plain) / 1000, "usual name"
    ratio = SequenceMatcher(None, plain, plain_name(column.name)).ratio()
    return (SIMILAR * ratio, "similar name") if ratio >= SIMILARITY else (0.0, "")


def _usual_names(source: Source, column: Column, parents: Mapping[str, str]) -> Iterator[str]:
    """Yield the names that a column often has: a key that of its table, a foreign key that of the other table."""
    yield from column.synonyms
    if column.type != ID:
        return
    table = source.declaration.table if column.name in source.declaration.grain else parents.get(column.name, "")
    if table:
        for ending in ("id", "key", "number", "no", "code", "uuid"):
            yield f"{_singular(table)}_{ending}"
            yield f"{table}_{ending}"


def _only_of_its_kind(column: Column, table: TableProfile, origins: set[str]) -> Match | None:
    """Return the one column that has days or amounts, for the one of a source that needs some."""
    if column.type == ID or column.optional or not (column.type == "date" or column.unit == CENTS):
        return None
    rest = [profile for profile in table.columns if profile.name not in origins and fits(column, profile)]
    if column.unit == CENTS:
        rest = [profile for profile in rest if profile.kind in ("decimal", "float")]
    if len(rest) != 1:
        return None
    content = "days" if column.type == "date" else "fractions of an amount"
    return Match(column.name, rest[0].name, (f"the only column with {content}", *evidence(column, rest[0])), ONLY)


def fits(column: Column, profile: ColumnProfile) -> bool:
    """Return whether a column's values can be those of a source's column."""
    if column.type == ID:
        return profile.kind in ("integer", "text") or profile.filled == 0
    if column.type == "date" or column.type.startswith("timestamp"):
        return profile.is_temporal or profile.filled == 0
    if column.type == "string":
        return profile.kind in ("text", "integer", "boolean") or profile.filled == 0
    return profile.is_number or profile.filled == 0


def evidence(column: Column, profile: ColumnProfile) -> Iterator[str]:
    """Yield what the values of a column say."""
    nulls = profile.rows - profile.filled
    if not profile.filled:
        yield "no values"
        return
    if column.type == ID:
        yield "unique, no NULLs" if profile.is_key else f"{profile.distinct:,} different"
    if profile.least and column.type != ID and not column.pii:
        yield f"{profile.least} to {profile.greatest}"
    if nulls:
        yield f"{plural('NULL', nulls)}"
    if column.type == "string" and profile.frequent and not column.pii:
        listing = ", ".join(f"{value} ({count:,})" for value, count in profile.frequent[:4])
        more = f" and {len(profile.frequent) - 4} more" if len(profile.frequent) > 4 else ""
        yield f"{listing}{more}"
    elif profile.samples and not column.pii and column.type in (ID, "string"):
        yield f"such as {', '.join(profile.samples)}"


def columns_of(source: Source) -> tuple[Column, ...]:
    """Return the columns that a source may have, the optional ones last."""
    return (*source.declaration.contract.columns, *source.declaration.contract.unused)


def plain_name(name: str) -> str:
    """Return a name as people compare names: createdAt, "Created at" and created_at are the same."""
    return "".join(filter(str.isalnum, name.lower()))


def _words(name: str) -> list[str]:
    return [word for word in "".join(c.lower() if c.isalnum() else " " for c in name).split() if word]


def _singular(name: str) -> str:
    lower = name.lower()
    return f"{lower[:-3]}y" if lower.endswith("ies") else lower.removesuffix("s")
