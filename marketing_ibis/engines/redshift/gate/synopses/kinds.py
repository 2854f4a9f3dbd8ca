"""Kinds of single tokens that synopses name in small letters."""

from __future__ import annotations

import re

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.lexer import Token
from marketing_ibis.engines.redshift.gate.notation import MISS, Matcher, Reading, kind
from marketing_ibis.engines.redshift.gate.vocabulary import words

NO_LABELS = words("EXCLUDE FETCH FILTER LATERAL OVER QUALIFY RETURNING SET TABLESAMPLE VALUES WINDOW WITHIN")
"""Words that begin a clause although they are not reserved: without AS they name nothing."""
PREPARED = words("SELECT WITH INSERT UPDATE DELETE")
"""First words of what PREPARE takes: https://docs.aws.amazon.com/redshift/latest/dg/r_PREPARE.html"""
SWITCHES = words(
    """
    ALLOW_SUPER_CASE_SENSITIVE CAST_SUPER_NULL_ON_ERROR DESCRIBE_FIELD_NAME_IN_UPPERCASE DOWNCASE_DELIMITED_IDENTIFIER
    ENABLE_CASE_SENSITIVE_IDENTIFIER ENABLE_CASE_SENSITIVE_SUPER_ATTRIBUTE ENABLE_NUMERIC_ROUNDING
    ENABLE_RESULT_CACHE_FOR_SESSION ENABLE_SPECTRUM_OID ENABLE_VACUUM_BOOST ERROR_ON_NONDETERMINISTIC_UPDATE
    INTERVAL_FORBID_COMPOSITE_LITERALS JSON_PARSE_DEDUP_ATTRIBUTES JSON_PARSE_TRUNCATE_STRINGS JSON_SERIALIZATION_ENABLE
    JSON_SERIALIZATION_PARSE_NESTED_STRINGS MV_ENABLE_AQMV_FOR_SESSION NAVIGATE_SUPER_NULL_ON_ERROR
    PARSE_SUPER_NULL_ON_ERROR PG_FEDERATION_REPEATABLE_READ SPECTRUM_ENABLE_PSEUDO_COLUMNS USE_FIPS_SSL
    AUTO_MV AUTO_ANALYZE ENABLE_LOCAL_WRITE_CACHE
    """
)
"""Settings that are on or off: https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html"""
COUNTS = words(
    """
    ANALYZE_THRESHOLD_PERCENT EXTRA_FLOAT_DIGITS MAX_CURSOR_RESULT_SET_SIZE SPECTRUM_QUERY_MAXERROR STATEMENT_TIMEOUT
    WLM_QUERY_SLOT_COUNT
    """
)
"""Settings that are numbers."""
LABELLED = words(
    """
    APPLICATION_NAME DATASHARE_BREAK_GLASS_SESSION_VAR DEFAULT_GEOMETRY_ENCODING QUERY_GROUP SESSION_AUTHORIZATION
    STORED_PROC_LOG_MIN_MESSAGES CLIENT_ENCODING
    """
)
"""Settings that are words."""
ABBREVIATIONS = words("AEST AKDT AKST BST CDT CEST CST EDT EEST IST JST MDT PDT PST WEST")
"""Names of fixed offsets, which SET does not take.

https://docs.aws.amazon.com/redshift/latest/dg/r_timezone_config.html
"""
_AMOUNT = re.compile(r"'\s*-?\d+\s*(?:us|ms|s|min|h|d)?\s*'", re.IGNORECASE)
_INTERVAL = re.compile(
    r"'\s*(?:P[\dA-Z.,+-]+|(?:\s*(?:[+-]?(?:\d|[.:-]\d)[\d.:-]*\s*)?[a-z]+(?![a-z]),?)+\s*)'", re.IGNORECASE
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_interval_literals.html"""


def _is_name(token: Token) -> bool:
    if token.kind == "word":
        return token.text[0] != "#" and token.text.lower() not in vocabulary.RESERVED
    return token.kind == "name"


def _is_integer(token: Token) -> bool:
    return token.kind == "number" and token.text.isdigit()


def _is_amount(token: Token) -> bool:
    return token.kind == "text" and _AMOUNT.fullmatch(token.text) is not None


def _is_interval(token: Token) -> bool:
    """Return whether an interval names its units itself, all of them documented ones."""
    if token.kind != "text" or not _INTERVAL.fullmatch(token.text):
        return False
    units: list[str] = re.findall("[a-z]+", token.text.lower())
    return token.text.strip("' ")[0] in "Pp" or all(unit in vocabulary.DATE_PARTS or unit == "ago" for unit in units)


def _match_literal(reading: Reading, place: int) -> int:
    """Match a constant that is a whole value: rows spelled out are long, and hold little else."""
    tokens = reading.tokens
    start = place + 1 if place < len(tokens) and tokens[place].text in "+-" else place
    if start + 1 >= len(tokens) or tokens[start + 1].text not in ",)":
        return MISS
    is_constant = tokens[start].kind == "number" or (start == place and tokens[start].kind == "text")
    return start + 1 if is_constant or tokens[start].upper == "NULL" else MISS


def _match_query(reading: Reading, place: int) -> int:
    """Match the query at the end of a statement, which is checked by itself: all tokens up to a view's last words."""
    statement_words = reading.words
    start = place
    while start < len(statement_words) and statement_words[start] == "(":
        start += 1
    if start == len(statement_words) or statement_words[start] not in ("SELECT", "WITH"):
        return reading.miss(place, "a query")
    return (
        len(statement_words) - 4
        if statement_words[-4:] == ["WITH", "NO", "SCHEMA", "BINDING"]
        else len(statement_words)
    )


def _match_statement(reading: Reading, place: int) -> int:
    """Match the statement at the end of a PREPARE, which is checked by itself: all tokens."""
    if place < len(reading.words) and reading.words[place] in PREPARED:
        return len(reading.words)
    return reading.miss(place, "a SELECT, INSERT, UPDATE or DELETE")


def _one_of(label: str, choices: frozenset[str]) -> Matcher:
    return kind(label, lambda token: token.kind == "word" and token.upper in choices)


def _is_zone(token: Token) -> bool:
    return token.kind in ("word", "text") and token.text.strip("'").upper() not in ABBREVIATIONS


KINDS: dict[str, Matcher] = {
    "name": kind("a name", _is_name),
    "word": kind("a name", lambda token: token.kind in ("word", "name") and token.text[0] != "#"),
    "label": kind("a name", lambda token: _is_name(token) and token.upper not in NO_LABELS),
    "alias": kind("a name", lambda token: _is_name(token) or token.text.lower() in vocabulary.ALIASES),
    "temporary_table": kind("a table", lambda token: token.text[0] == "#" and token.kind == "word"),
    "string": kind("a string", lambda token: token.kind == "text"),
    "interval": kind("an interval", _is_interval),
    "integer": kind("a whole number", _is_integer),
    "percentage": kind("a number up to 100", lambda token: _is_integer(token) and int(token.text) <= 100),
    "amount": kind("a number in quotes", _is_amount),
    "number": kind("a number", lambda token: token.kind == "number"),
    "zone": kind("a time zone's full name", _is_zone),
    "switch": _one_of("a setting", SWITCHES),
    "count": _one_of("a setting", COUNTS),
    "labelled": _one_of("a setting", LABELLED),
    "body": kind("a body between $$", lambda token: token.kind == "body"),
    "literal": _match_literal,
    "query_tokens": _match_query,
    "statement_tokens": _match_statement,
}
