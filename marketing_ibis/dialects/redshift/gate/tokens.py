"""Check a statement's tokens: the names that are called, their arguments, operators, literals and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot.tokens import Token, TokenType

from marketing_ibis.dialects.redshift.gate import vocabulary as known
from marketing_ibis.dialects.redshift.gate.refusal import Refusal

NOT_CALLS = frozenset(
    "ALL AND ANY AS ASC BETWEEN BY CASE CUBE DESC DISTINCT ELSE EXCEPT EXCLUDE EXISTS FROM GROUP HAVING ILIKE IN INTERSECT"
    " INTERVAL IS JOIN LIKE LIMIT MINUS NOT OFFSET ON OR OVER QUALIFY RECURSIVE ROLLUP ROWS SELECT SETS SOME THEN TO TOP"
    " UNION USING VALUES WHEN WHERE WITH".split()
)
"""Words of the grammar that may stand before a parenthesis."""
OPERATORS = {
    TokenType.ARROW: "->",
    TokenType.DARROW: "->>",
    TokenType.HASH_ARROW: "#>",
    TokenType.DHASH_ARROW: "#>>",
    TokenType.AT_GT: "@>",
    TokenType.LT_AT: "<@",
    TokenType.FARROW: "=>",
    TokenType.L_BRACKET: "[",
    TokenType.HASH: "#",
    TokenType.PIPE: "|",
    TokenType.PLACEHOLDER: "?",
    TokenType.PARAMETER: "@",
}
"""Operators that stand on no page of AWS', as they are written."""
INSTEAD = {
    "->": "JSON_EXTRACT_PATH_TEXT",
    "->>": "JSON_EXTRACT_PATH_TEXT",
    "|": "a + (b - (a & b))",
    "#": "a + b - 2 * (a & b)",
    "=>": "the arguments in their order",
    "[": "SPLIT_PART, or one row for each element",
}
STRINGS = frozenset({TokenType.STRING})
ODD_LITERALS = frozenset(
    {TokenType.BYTE_STRING, TokenType.HEX_STRING, TokenType.NATIONAL_STRING, TokenType.HEREDOC_STRING}
)
LONE_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\'])")


def check_tokens(sql: str, tokens: Sequence[Token]) -> Iterator[Refusal]:
    """Yield what is wrong with the words of a query."""
    for place, token in enumerate(tokens):
        if token.token_type in OPERATORS:
            sign = OPERATORS[token.token_type]
            yield Refusal(f"operator {sign}", "it is not documented", INSTEAD.get(sign, ""), "r_OPERATOR_SYMBOLS.html")
        elif token.token_type in ODD_LITERALS:
            yield Refusal(
                f"literal {token.text!r}", "only plain text literals are documented", "'...'", "r_char_literals.html"
            )
        elif token.token_type in STRINGS:
            yield from _check_literal(sql[token.start : token.end + 1])
        elif token.token_type == TokenType.IDENTIFIER:
            yield from check_name(token.text)
        if place + 1 < len(tokens) and tokens[place + 1].token_type == TokenType.L_PAREN:
            yield from _check_call(tokens, place)


def check_name(name: str) -> Iterator[Refusal]:
    """Yield what is wrong with a quoted name."""
    size = len(name.encode())
    if size > known.IDENTIFIER_BYTES:
        reason = f"it has {size} bytes, {known.IDENTIFIER_BYTES} at most"
        yield Refusal(f"name {name[:24]}...", reason, "a shorter name", "r_names.html")
    if name.lower() in known.SYSTEM_COLUMNS:
        yield Refusal(f"name {name}", "it is a system column's", "another name", "r_CREATE_TABLE_NEW.html")
    if not name:
        yield Refusal("empty name", "a name has at least one byte", "a name", "r_names.html")


def _check_literal(raw: str) -> Iterator[Refusal]:
    if LONE_BACKSLASH.search(raw[1:-1]):
        yield Refusal("backslash in a literal", "it escapes what follows", "two backslashes", "r_char_literals.html")


def _check_call(tokens: Sequence[Token], place: int) -> Iterator[Refusal]:
    token = tokens[place]
    before = tokens[place - 1].text.upper() if place else ""
    name = token.text.upper()
    if token.token_type == TokenType.IDENTIFIER:
        if before not in ("AS", "INTO", "TABLE") and not _names_columns(tokens, place):
            yield Refusal(
                f'call of "{token.text}"', "a quoted name is no documented function", page="c_SQL_functions.html"
            )
        return
    if name in ("ANY", "SOME") or (name == "ALL" and before in ("=", "<", ">", "<=", ">=", "<>", "!=")):
        yield Refusal(
            f"{name} (...)", "comparisons with a set are not documented", "IN, or MIN and MAX", "r_in_condition.html"
        )
        return
    if not token.text[:1].isalpha() and not token.text.startswith("_"):
        return
    if name in NOT_CALLS or name in known.TYPES:
        return
    if name in known.LEADER_ONLY:
        reason = "it runs on the leader node only, and fails on tables"
        yield Refusal(f"function {name}", reason, known.REWRITES.get(name, ""), "c_SQL_functions_leader_node_only.html")
    elif name not in known.FUNCTIONS:
        if not _names_columns(tokens, place):
            instead = known.REWRITES.get(name, "")
            yield Refusal(f"function {name}", "it is not documented", instead, "c_SQL_functions.html")
    else:
        yield from _check_arguments(tokens, place, name)


def _names_columns(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a name before a parenthesis is a relation's with its columns: `WITH x (a)`, `AS x (a)`."""
    before = tokens[place - 1].text.upper() if place else ""
    if before in ("AS", "INTO", "RECURSIVE", "TABLE"):
        return True
    end = _closing(tokens, place + 1)
    starts_cte = before in ("WITH", ",") and end + 1 < len(tokens) and tokens[end + 1].text.upper() == "AS"
    return starts_cte


def _check_arguments(tokens: Sequence[Token], place: int, name: str) -> Iterator[Refusal]:
    signature = known.FUNCTIONS[name]
    parts = list(_arguments(tokens, place + 1))
    if name == "COUNT" and parts and parts[0][0].text.upper() == "DISTINCT" and len(parts) > 1:
        yield Refusal("COUNT(DISTINCT a, b)", "it takes one expression", "a COUNT over SELECT DISTINCT", "r_COUNT.html")
    elif not signature.least <= len(parts) <= signature.most:
        least, most = signature.least, signature.most
        wanted = f"{least}" if least == most else f"{least} to {most}"
        page = signature.page.removeprefix(known.AWS)
        instead = "||" if name == "CONCAT" else ""
        yield Refusal(f"function {name}", f"it takes {wanted} arguments, not {len(parts)}", instead, page)
    if name == "REGEXP_REPLACE" and len(parts) > 3 and parts[3][0].token_type == TokenType.STRING:
        reason = "the fourth argument is a position, not flags"
        yield Refusal("REGEXP_REPLACE with flags", reason, "REGEXP_REPLACE(x, y, z, 1, 'p')", "REGEXP_REPLACE.html")
    if name == "LISTAGG" and len(parts) > 1 and not _is_text(parts[1]):
        yield Refusal("LISTAGG", "its separator is a constant text", "a literal", "r_LISTAGG.html")
    if name in ("EXTRACT", "DATEADD", "DATEDIFF") and parts:
        yield from _check_part(name, parts[0][0])


def _is_text(argument: Sequence[Token]) -> bool:
    return len(argument) == 1 and argument[0].token_type == TokenType.STRING


def _check_part(name: str, part: Token) -> Iterator[Refusal]:
    if part.token_type == TokenType.STRING and name == "EXTRACT":
        yield Refusal(f"{name}('{part.text}' ...)", "its part is a bare word", part.text, "r_EXTRACT_function.html")
    elif part.text.lower() not in known.DATE_PARTS:
        page = "r_Dateparts_for_datetime_functions.html"
        yield Refusal(f"date part {part.text}", "it is not documented", "a documented part", page)


def _arguments(tokens: Sequence[Token], opening: int) -> Iterator[list[Token]]:
    argument: list[Token] = []
    depth = 0
    for token in tokens[opening + 1 : _closing(tokens, opening)]:
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if token.token_type == TokenType.COMMA and depth == 0:
            yield argument
            argument = []
        else:
            argument.append(token)
    if argument:
        yield argument


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(tokens)):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(tokens[place].token_type, 0)
        if depth == 0:
            return place
    return len(tokens)
