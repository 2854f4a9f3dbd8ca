"""Check whole statements, alone or in the order in which they are sent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import own_functions, vocabulary
from marketing_ibis.engines.redshift.gate.advice import ADVICE
from marketing_ibis.engines.redshift.gate.contents import check_contents
from marketing_ibis.engines.redshift.gate.lexer import Token, tokenize
from marketing_ibis.engines.redshift.gate.parsing import Statement, parse
from marketing_ibis.engines.redshift.gate.queries import UNREADABLE, check_generated, check_query
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.errors import RefusedByRedshift

NEVER_IN_TRANSACTION = re.compile(
    r"\s*(VACUUM|TRUNCATE|CREATE\s+DATABASE|DROP\s+DATABASE|ALTER\s+TABLE\s+\S+\s+APPEND)\b", re.IGNORECASE
)
OPENING = re.compile(r"\s*(BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
CLOSING = re.compile(r"\s*(COMMIT|ROLLBACK|END|ABORT)\b", re.IGNORECASE)
QUERY = re.compile(r"\(*\s*(SELECT|WITH)\b", re.IGNORECASE)
PARAMETER = re.compile(r"(?<![\w$'])\$(\d+)\b")
MOST_DIGITS = 400
CHANGE = re.compile(r"\)\s*(UPDATE|DELETE)\b", re.IGNORECASE)


def allow_functions(names: Iterable[str]) -> None:
    """Let a project's own functions pass, in place of those of an earlier call."""
    own_functions.allow_functions(names)
    _check.cache_clear()


def check(statement: str) -> tuple[Refusal, ...]:
    """Return everything in one statement that AWS does not document; nothing when it may be sent.

    It fails closed: what is not recognised is refused.
    """
    return _check(statement.strip())


def require(statement: str, *, subject: str = "", in_transaction: bool = False) -> None:
    """Let a documented statement pass.

    Raises:
        RefusedByRedshift: naming ``subject``, the column, each construct and what to write instead.
    """
    _raise_refusals([*check(statement), *(_check_transaction(statement) if in_transaction else ())], subject)


def require_tree(tree: sge.Expression, text: str) -> None:
    """Let a query pass that was just written as ``text``; its tree is parsed again only where the text differs.

    Raises:
        RefusedByRedshift: as ``require``.
    """
    refusals = check_generated(tree, text)
    if refusals is None:
        require(text)
    else:
        _raise_refusals([*_check_size(text), *refusals], "")


def require_size(text: str) -> None:
    """Let a query pass that is not too long.

    Raises:
        RefusedByRedshift: as ``require``.
    """
    _raise_refusals([*_check_size(text)], "")


def check_script(statements: Iterable[str]) -> tuple[Refusal, ...]:
    """Return what is wrong with statements that are sent one after another, transactions included."""
    refusals: list[Refusal] = []
    is_open = False
    for statement in statements:
        refusals += check(statement)
        plain = _without_comments(statement)
        is_open = (is_open or bool(OPENING.match(plain))) and not CLOSING.match(plain)
        refusals += _check_transaction(statement) if is_open else ()
    return tuple(refusals)


def require_script(statements: Sequence[str], *, subject: str = "") -> None:
    """Let documented statements pass, sent one after another.

    Raises:
        RefusedByRedshift: as ``require``.
    """
    _raise_refusals(check_script(statements), subject)


def _raise_refusals(refusals: Sequence[Refusal], subject: str) -> None:
    if refusals:
        reasons = "; ".join(dict.fromkeys(map(str, refusals)))
        raise RefusedByRedshift(f"{subject}: {reasons}." if subject else f"Redshift would refuse this: {reasons}.")


def _check_transaction(statement: str) -> Iterator[Refusal]:
    forbidden = NEVER_IN_TRANSACTION.match(_without_comments(statement))
    if forbidden:
        reason = "it ends a transaction or cannot run inside one"
        yield Refusal(forbidden[1].upper(), reason, "it after COMMIT", "r_BEGIN.html")


def _check_size(statement: str) -> Iterator[Refusal]:
    if len(statement) * 4 > vocabulary.STATEMENT_BYTES:
        size = len(statement.encode())
        if size > vocabulary.STATEMENT_BYTES:
            reason = f"it has {size:,} bytes, 16 MB at most"
            yield Refusal("the statement", reason, "rows loaded into a table", "c_redshift-sql.html")


@lru_cache(maxsize=512)
def _check(statement: str) -> tuple[Refusal, ...]:
    too_large = tuple(_check_size(statement))
    if too_large:
        return too_large
    plain = _without_comments(statement).rstrip(";").strip()
    tokens = tokenize(plain)
    too_long = tuple(_check_numbers(tokens))
    if too_long:
        return too_long
    if QUERY.match(plain) and not CHANGE.search(plain):
        refusals = tuple(check_query(plain, tokens))
        is_vague = any(refusal.reason == UNREADABLE for refusal in refusals)
    else:
        refusals = tuple(_check_tokens(plain, tokens))
        is_vague = True
    if refusals and is_vague:
        return next(((refusal,) for pattern, refusal in ADVICE if pattern.match(plain)), refusals)
    return refusals


def _check_numbers(tokens: Sequence[Token]) -> Iterator[Refusal]:
    """Yield the numbers that no type contains: others are read further, digit by digit."""
    for token in tokens:
        if token.kind == "number" and (len(token.text) > MOST_DIGITS or math.isinf(float(token.text))):
            reason = "it is out of the range of every type"
            yield Refusal(f"the number {token.text[:20]}...", reason, "a smaller one", "r_Numeric_types201.html")


def _check_tokens(statement: str, tokens: Sequence[Token]) -> Iterator[Refusal]:
    result = parse(statement, tokens)
    if isinstance(result, Refusal):
        yield result
    elif result.rule == "prepare":
        yield from _check_prepared(result)
    else:
        yield from check_contents(result)


def _check_prepared(statement: Statement) -> Iterator[Refusal]:
    """Check the statement of a PREPARE, with a value of its type in place of each parameter."""
    types = statement.texts("prepared_type")
    (part,) = statement.find("prepared_text")
    for kind in types:
        yield from check(f"SELECT CAST(NULL AS {kind}) AS a")
    text = statement.text_of(part)
    numbers = [int(number) for number in PARAMETER.findall(text)]
    if any(not 0 < number <= len(types) for number in numbers):
        construct = f"${max(numbers)} of {len(types)} parameters"
        yield Refusal(construct, "PREPARE lists the type of each", "a type per parameter", statement.page)
        return
    yield from check(PARAMETER.sub(lambda match: f"CAST(NULL AS {types[int(match[1]) - 1]})", text))


def _without_comments(statement: str) -> str:
    """Blank out comments that stand outside of quotes."""
    if "--" not in statement and "/*" not in statement:
        return statement
    parts = re.split(r"""('(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*")""", statement, flags=re.DOTALL)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"--[^\n]*|/\*.*?\*/", " ", parts[place], flags=re.DOTALL)
    return "".join(parts).strip()
