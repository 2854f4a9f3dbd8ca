"""Check a statement's tokens: the names that are called, their arguments, operators, literals and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from marketing_ibis.engines.redshift.gate import functions, vocabulary
from marketing_ibis.engines.redshift.gate.lexer import NOTHING, Token
from marketing_ibis.engines.redshift.gate.own_functions import SETTING, is_allowed
from marketing_ibis.engines.redshift.gate.refusal import Refusal

NOT_CALLS = frozenset(
    [
        "ALL",
        "AND",
        "AS",
        "ASC",
        "BETWEEN",
        "BY",
        "CASE",
        "CUBE",
        "DESC",
        "DISTINCT",
        "ELSE",
        "EXCEPT",
        "EXCLUDE",
        "EXISTS",
        "FOR",
        "FROM",
        "GROUP",
        "HAVING",
        "ILIKE",
        "IN",
        "INTERSECT",
        "IS",
        "JOIN",
        "LIKE",
        "LIMIT",
        "MINUS",
        "NOT",
        "NULLS",
        "OFFSET",
        "ON",
        "OR",
        "OVER",
        "PIVOT",
        "PRIOR",
        "QUALIFY",
        "RECURSIVE",
        "ROLLUP",
        "SELECT",
        "SETS",
        "THEN",
        "TO",
        "TOP",
        "UNION",
        "UNPIVOT",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
        "WITH",
    ]
)
"""Words of the grammar that may precede a parenthesis."""
SIGNS = frozenset(
    [
        "(",
        ")",
        ",",
        ".",
        ";",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "&",
        "<<",
        ">>",
        "|/",
        "||/",
        "=",
        "<>",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "||",
        "::",
        "~",
        "!~",
        "[",
        "]",
    ]
)
"""https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html and the pages of conditions and patterns."""
INSTEAD = {
    "->": "JSON_EXTRACT_PATH_TEXT",
    "->>": "JSON_EXTRACT_PATH_TEXT",
    "#>": "JSON_EXTRACT_PATH_TEXT",
    "#>>": "JSON_EXTRACT_PATH_TEXT",
    "@": "ABS(x)",
    "|": "a + (b - (a & b))",
    "#": "a + b - 2 * (a & b)",
    "=>": "the arguments in their order",
    "~*": "ILIKE, or REGEXP_COUNT(x, y, 1, 'i') > 0",
    "!~*": "NOT ILIKE, or REGEXP_COUNT(x, y, 1, 'i') = 0",
    "~~": "LIKE",
    "!~~": "NOT LIKE",
    "~~*": "ILIKE",
    "!~~*": "NOT ILIKE",
    "?": "JSON_EXTRACT_PATH_TEXT(x, y) <> ''",
    "==": "=",
    "<=>": "a comparison with NULLs spelled out",
}
COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>", "!="})
QUANTIFIERS = {"ANY": frozenset("="), "SOME": frozenset("="), "ALL": frozenset({"<>", "!="})}
"""Words before a set of rows, with the comparisons that they take."""
LONE_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\'])")


def check_tokens(
    tokens: Sequence[Token], *, on_leader: bool = False, declared: frozenset[str] = frozenset()
) -> Iterator[Refusal]:
    """Yield what is wrong with the words of a statement.

    ``on_leader`` says that it reads at most the catalog, ``declared`` names functions of the user's database.
    """
    before = NOTHING
    for place, token in enumerate(tokens):
        if token.kind == "sign":
            if token.text not in SIGNS or (token.text == "[" and before.upper == "ARRAY"):
                yield _undocumented_sign(token.text, before)
            elif token.text == "(" and before.kind in ("word", "name"):
                yield from _check_call(tokens, place - 1, on_leader=on_leader, declared=declared)
            elif token.text == "~" and before.text in ("", "(", ",", "=", "+", "-", "*", "/", "SELECT", "WHERE"):
                yield Refusal("operator ~ before a number", "it is not documented", "-1 - a", "r_OPERATOR_SYMBOLS.html")
        elif token.kind == "text":
            if before.kind == "word" and len(before.text) == 1 and before.upper in "BENX":
                kind = f"{before.upper}'...'"
                yield Refusal(f"literal {kind}", "only plain text is documented", "'...'", "r_char_literals.html")
            if "\\" in token.text and LONE_BACKSLASH.search(token.text[1:-1]):
                reason = "it escapes what follows"
                yield Refusal("backslash in a literal", reason, "two backslashes", "r_char_literals.html")
        elif token.kind == "body":
            yield Refusal("a string between $$", "only plain text is documented", "'...'", "r_char_literals.html")
        elif token.kind == "name":
            yield from check_name(token.text[1:-1].replace('""', '"'))
        elif token.upper in vocabulary.NO_VALUES and before.text not in (".", "AS"):
            reason = "it runs on the leader node only, and fails on tables"
            page = "c_SQL_functions_leader_node_only.html"
            yield Refusal(f"function {token.upper}", reason, vocabulary.NO_VALUES[token.upper], page)
        before = token


def _undocumented_sign(sign: str, before: Token) -> Refusal:
    if sign == "[" and before.upper == "ARRAY":
        page = "c_unsupported-postgresql-datatypes.html"
        return Refusal("ARRAY[...]", "there is no array type", "one row for each element", page)
    page = "c_unsupported-postgresql-datatypes.html" if sign in "->> #>> @> <@ ?" else "r_OPERATOR_SYMBOLS.html"
    return Refusal(f"operator {sign}", "it is not documented", INSTEAD.get(sign, ""), page)


def check_name(name: str) -> Iterator[Refusal]:
    """Yield what is wrong with a quoted name."""
    size = len(name.encode())
    if size > vocabulary.IDENTIFIER_BYTES:
        reason = f"it has {size} bytes, {vocabulary.IDENTIFIER_BYTES} at most"
        yield Refusal(f"name {name[:24]}...{name[-12:]}", reason, "a shorter name", "r_names.html")
    if name.lower() in vocabulary.SYSTEM_COLUMNS:
        yield Refusal(f"name {name}", "it is a system column's", "another name", "r_CREATE_TABLE_NEW.html")
    if not name:
        yield Refusal("empty name", "a name has at least one byte", "a name", "r_names.html")


def _check_call(tokens: Sequence[Token], place: int, *, on_leader: bool, declared: frozenset[str]) -> Iterator[Refusal]:
    token = tokens[place]
    function = token.text.strip('"').upper()
    if (function in declared or is_allowed(function)) and function not in functions.LEADER_ONLY:
        return
    if token.kind == "name":
        if not _has_column_list(tokens, place):
            page = "c_SQL_functions.html"
            yield Refusal(f"call of {token.text}", "a quoted name is not a documented function", page=page)
        return
    name = token.upper
    before = tokens[place - 1] if place else NOTHING
    if name in QUANTIFIERS:
        yield from _check_quantifier(tokens, place, name, before)
    elif (
        name in NOT_CALLS
        # `u.a(+)`: https://docs.aws.amazon.com/redshift/latest/dg/r_WHERE_oracle_outer.html
        or [token.text for token in tokens[place + 2 : place + 4]] == ["+", ")"]
        or (name in vocabulary.SIZED and _is_size(tokens, place))
        or name == "GROUP"
        or (name in vocabulary.TYPES and before.text == "::")
    ):
        return
    elif name in functions.FUNCTIONS:
        yield from _check_arguments(tokens, place, name, functions.FUNCTIONS[name])
    elif on_leader and name in functions.CATALOG:
        yield from _check_arguments(tokens, place, name, functions.CATALOG[name])
    elif not _has_column_list(tokens, place) and not (on_leader and before.text == ")"):
        yield _undocumented_function(name)


def _check_quantifier(tokens: Sequence[Token], place: int, name: str, before: Token) -> Iterator[Refusal]:
    """Allow = ANY, = SOME and <> ALL of a query only.

    https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html
    """
    if name == "ALL" and before.text not in COMPARISONS:  # UNION ALL (SELECT ...)
        return
    is_query = tokens[place + 2].upper in ("SELECT", "WITH", "(")
    if before.text not in QUANTIFIERS[name] or not is_query:
        reason = "only = ANY, = SOME and <> ALL of a query are supported"
        yield Refusal(f"{name} (...)", reason, "IN, or MIN and MAX", "r_comparison_condition.html")


def _undocumented_function(name: str) -> Refusal:
    instead = functions.REWRITES.get(name, "")
    if name in functions.LEADER_ONLY:
        reason = "it runs on the leader node only, and fails on tables"
        return Refusal(f"function {name}", reason, instead, "c_SQL_functions_leader_node_only.html")
    reason = "it is not documented" if instead else f"it is neither documented nor in {SETTING}"
    return Refusal(f"function {name}", reason, instead, "c_SQL_functions.html")


def _is_size(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a parenthesis after a type holds its size."""
    inside = tokens[place + 2 : _closing_place(tokens, place + 1)]
    return bool(inside) and all(token.kind == "number" or token.text in (",", "MAX", "max") for token in inside)


def _has_column_list(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a name before a parenthesis is a relation's with its columns: `WITH x (a)`, `AS x (a)`."""
    before = tokens[place - 1].upper if place else ""
    if before == "AS":
        return True
    # A call may be followed by AS too, and then by a name: only a query in parentheses distinguishes them.
    end = _closing_place(tokens, place + 1)
    opens_query = [token.upper for token in tokens[end + 1 : end + 4]]
    starts = opens_query[2:] in (["SELECT"], ["("])
    return before in ("WITH", "RECURSIVE", ",") and opens_query[:2] == ["AS", "("] and starts


def _check_arguments(
    tokens: Sequence[Token], place: int, name: str, signature: functions.Signature
) -> Iterator[Refusal]:
    parts = list(_arguments(tokens, place + 1))
    if name == "SUBSTRING":  # SUBSTRING(x FROM 1 FOR 2)
        parts += [[token] for part in parts[:1] for token in part[1:] if token.upper in ("FROM", "FOR")][:2]
    if name == "COUNT" and len(parts) > 1 and parts[0][0].upper == "DISTINCT":
        yield Refusal("COUNT(DISTINCT a, b)", "it takes one expression", "a COUNT over SELECT DISTINCT", "r_COUNT.html")
    elif not signature.least <= len(parts) <= signature.most:
        least, most = signature.least, signature.most
        count = f"{least}" if least == most else f"{least} to {most}"
        instead = "||" if name == "CONCAT" else ""
        reason = f"it takes {count} argument{'' if count == '1' else 's'}, not {len(parts)}"
        yield Refusal(f"function {name}", reason, instead, signature.page)
    if name == "REGEXP_REPLACE" and len(parts) > 3 and parts[3][0].kind == "text":
        reason = "the fourth argument is a position, not flags"
        yield Refusal("REGEXP_REPLACE with flags", reason, "REGEXP_REPLACE(x, y, z, 1, 'p')", "REGEXP_REPLACE.html")
    if name == "LISTAGG" and len(parts) > 1 and [token.kind for token in parts[1]] != ["text"]:
        yield Refusal("LISTAGG", "its separator is a constant text", "a literal", "r_LISTAGG.html")
    if name in ("EXTRACT", "DATEADD", "DATEDIFF", "DATE_PART", "DATE_TRUNC") and parts:
        yield from _check_part(name, parts[0][0])


def _check_part(name: str, part: Token) -> Iterator[Refusal]:
    if part.kind == "text" and name == "EXTRACT":
        yield Refusal(f"EXTRACT({part.text} FROM ...)", "its part is a bare word", part.text, "r_EXTRACT_function.html")
    elif part.kind != "text" and name == "DATE_TRUNC":
        yield Refusal(f"DATE_TRUNC({part.text}, ...)", "its part is a string", f"'{part.text}'", "r_DATE_TRUNC.html")
    elif part.text.strip("'").lower() not in vocabulary.DATE_PARTS:
        page = "r_Dateparts_for_datetime_functions.html"
        yield Refusal(f"date part {part.text}", "it is not documented", "a documented part", page)


def _arguments(tokens: Sequence[Token], opening: int) -> Iterator[list[Token]]:
    argument: list[Token] = []
    depth = 0
    for token in tokens[opening + 1 : _closing_place(tokens, opening)]:
        if token.kind == "sign":
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "," and depth == 0:
                yield argument or [NOTHING]
                argument = []
                continue
        argument.append(token)
    if argument:
        yield argument


def _closing_place(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place].kind == "sign":
            depth += (tokens[place].text == "(") - (tokens[place].text == ")")
            if depth == 0:
                return place
    return len(tokens)
