"""Read Redshift SQL into a tree in which every function still has the name it was called by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import TokenType

from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.lexer import CAPITALS_COUNT

SPELLED = ("CAST", "CONVERT", "EXTRACT", "POSITION", "SUBSTRING", "TRIM", "TRY_CAST")
"""Functions with a grammar of their own; sqlglot renames or drops parts of the others."""

CLAUSES = """Alias AtIndex Between Boolean Case Column ColumnDef CTE Cube Distinct Except Exists From Group GroupingSets
Having Identifier If In Insert Intersect Join Limit Merge Null Offset Order Ordered Paren Qualify Rollup Schema Select
Star Subquery Table TableAlias Tuple Union Unnest Update Delete EQ Values Var When Whens Where With Window WindowSpec
WithinGroup
IgnoreNulls RespectNulls PrimaryKeyColumnConstraint NotNullColumnConstraint ColumnConstraint Create
DefaultColumnConstraint Reference GeneratedAsIdentityColumnConstraint UniqueColumnConstraint
Properties TemporaryProperty"""
VALUES = """Add And Anonymous AtTimeZone Bracket Dot BitwiseAnd BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift
BitwiseXor Cast Cbrt CurrentDate CurrentTimestamp CurrentUser DPipe DataType DataTypeParam Div
Escape Extract GT GTE ILike Interval Is LT LTE Like Literal Mod Mul NEQ Neg Not Or Pow RegexpILike
RegexpLike SimilarTo Sqrt StrPosition Sub Substring Trim TryCast"""
TRANSLATED = frozenset((CLAUSES + " " + VALUES).split())
"""The kinds of nodes whose meaning is known to survive; all others are refused."""

UNKNOWN_PARTS: dict[type[exp.Expression], set[str]] = {
    exp.Cast: {"format", "action", "default"},
    exp.Select: {"windows", "hint", "kind", "into", "laterals", "match", "sample", "connect", "prewhere", "format"},
    exp.Join: {"match_condition", "hint", "pivots"},
    exp.Table: {"alias_hints", "changes", "hints", "only", "ordinality", "pivots", "sample", "version", "when"},
    exp.Insert: {"conflict", "returning", "overwrite", "ignore", "by_name", "stored"},
    exp.Update: {"returning"},
    exp.Delete: {"returning"},
    exp.Merge: {"returning"},
}
"""Parts that sqlglot reads for other databases and would drop, or that Redshift has not."""


class Reader(Redshift):
    """Redshift's grammar without sqlglot's knowledge of functions."""

    class Tokenizer(Redshift.Tokenizer):
        """Literals arrive in the form of the SQL standard: see lexer."""

        STRING_ESCAPES: ClassVar = ["'"]
        # An exclusive or; a temporary table called #name is refused for it.
        SINGLE_TOKENS: ClassVar = {**Redshift.Tokenizer.SINGLE_TOKENS, "#": TokenType.HASH}

    class Parser(Redshift.Parser):
        """Keep every call as it was written."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar = {name: Redshift.Parser.FUNCTION_PARSERS[name] for name in SPELLED}
        NO_PAREN_FUNCTIONS: ClassVar = {
            TokenType.CURRENT_DATE: exp.CurrentDate,
            TokenType.CURRENT_USER: exp.CurrentUser,
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {
            "CASE": Redshift.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"],
            "SYSDATE": Redshift.Parser.NO_PAREN_FUNCTION_PARSERS["SYSDATE"],
            # An exact count is within the error that an approximate one may have.
            "APPROXIMATE": lambda self: self._parse_function(),
        }


READER = Reader()


def read(statement: str) -> exp.Expression:
    """Return the tree of one statement, its names in lower case.

    Raises:
        Untranslatable: If it cannot be read, or contains an unknown construct.
    """
    try:
        tree = READER.parser(error_level=ErrorLevel.RAISE).parse(READER.tokenize(statement), statement)[0]
    except (ParseError, TokenError) as error:
        raise Untranslatable(str(error)) from error
    for node in tree.walk():
        if type(node).__name__ not in TRANSLATED or _has_unknown_part(node):
            raise Untranslatable(f"{type(node).__name__}: {node.sql('redshift')}")
        if isinstance(node, exp.Identifier) and not (node.quoted and CAPITALS_COUNT.get()):
            node.set("this", node.name.lower())
    return tree


@contextmanager
def capitals_count() -> Iterator[None]:
    """Leave names in quotes as they are, as a session with enable_case_sensitive_identifier does."""
    token = CAPITALS_COUNT.set(True)
    try:
        yield
    finally:
        CAPITALS_COUNT.reset(token)


def _has_unknown_part(node: exp.Expression) -> bool:
    parts = {name for name, value in node.args.items() if value}
    if isinstance(node, exp.Star):
        return bool(parts)
    if isinstance(node, exp.Distinct):
        return "on" in parts
    if isinstance(node, exp.Values):
        return not isinstance(node.parent, exp.Insert)
    if isinstance(node, exp.WindowSpec):
        return bool(str(node.args["kind"]).upper() != "ROWS" or node.args.get("exclude"))
    return bool(parts & UNKNOWN_PARTS.get(type(node), set()))
