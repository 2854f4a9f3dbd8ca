"""Cut Redshift SQL into statements of standard literals, folded names and no comments."""

from __future__ import annotations

import re
from contextvars import ContextVar

from tests.engines.redshift.standin.errors import Untranslatable

CAPITALS_COUNT = ContextVar("capitals_count", default=False)
"""Whether names in quotes are left as they are; Redshift folds them by default."""

TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<text>(?:(?<!\w)[eE])?'(?:[^'\\]|\\.|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<body>\$\$.*?\$\$)
    | (?P<dollar>\$\w*\$)
    | (?P<end>;)
    | (?P<other>[^-/'"$;eE]+|.)
    """,
    re.DOTALL | re.VERBOSE,
)

PROCEDURE = re.compile(r"\s*CREATE (OR REPLACE )?PROCEDURE ", re.IGNORECASE)

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
"""What follows a backslash; any other character that is not a digit means itself."""


def split_statements(sql: str) -> list[str]:
    """Return the statements of a string, with literals as the SQL standard writes them.

    Raises:
        Untranslatable: For a character by number in a literal, or dollar quotes that are not a procedure's.
    """
    statements = [""]
    for match in TOKEN.finditer(sql):
        if match["end"]:
            statements.append("")
        else:
            statements[-1] += match["body"] if _is_procedure(statements[-1], match) else _standard(match)
    return [statement.strip() for statement in statements if statement.strip()]


def _is_procedure(statement: str, match: re.Match[str]) -> bool:
    return bool(match["body"]) and PROCEDURE.match(statement) is not None


def _standard(match: re.Match[str]) -> str:
    if match["comment"]:
        return " "
    if match["body"] or match["dollar"]:
        raise Untranslatable("a dollar-quoted body")
    if match["name"]:
        # Quoted names fold too, unless enable_case_sensitive_identifier is on: r_names.
        return match["name"] if CAPITALS_COUNT.get() else match["name"].lower()
    if match["text"]:
        return _literal(match["text"])
    return match["other"]


def _literal(text: str) -> str:
    body = text[text.index("'") + 1 : -1].replace("''", "'")
    return "'" + re.sub(r"\\(.)", _unescape, body, flags=re.DOTALL).replace("'", "''") + "'"


def _unescape(match: re.Match[str]) -> str:
    if match[1] in "01234567x":
        raise Untranslatable(f"the escape {match[0]} in a literal")
    return ESCAPES.get(match[1], match[1])
