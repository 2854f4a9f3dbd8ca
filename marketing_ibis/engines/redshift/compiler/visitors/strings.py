"""Redshift's text: searching, cutting, joining and regular expressions."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterable
from functools import reduce
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL

FROM_START, FIRST, PERL = 1, 1, "p"
"""Position, occurrence and the flag that reads patterns as Perl does, \\d and look-ahead included."""

DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
SPLIT = "SPLIT"
"""Stands for split text until an index takes a piece of it."""
ESCAPE = "\\"
BIGINT_BYTES = 8
GROUP_START = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\((?!\?)", re.DOTALL)
"""A parenthesis that captures; escaped signs and character classes, which may contain one, match as a whole."""
NAMED_GROUP, BACK_REFERENCE = re.compile(r"\(\?(?:P?<(?![=!])|')"), re.compile(r"\\[1-9]")


class StringVisitors:
    """Visitors of operations on text; part of the compiler."""

    f: Any
    cast: Any
    if_: Any

    def visit_StringConcat(self, op: Any, *, arg: Any) -> sge.Expression:
        """Join; CONCAT takes exactly two."""
        return reduce(lambda left, right: sge.DPipe(this=left, expression=right), arg)

    def visit_StringJoin(self, op: Any, *, sep: Any, arg: Any) -> sge.Expression:
        """Join what is not NULL with a separator; there is no CONCAT_WS."""
        led = [self.f.coalesce(sge.DPipe(this=sep.copy(), expression=text), sge.convert("")) for text in arg]
        joined = sge.paren(self.visit_StringConcat(op, arg=led))
        return self.f.substring(joined, sge.Add(this=self.f.len(sep.copy()), expression=sge.convert(1)))

    # A comparison ignores blanks at the end of either side, and so equal strings also have to be as long:
    # https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html

    def visit_StartsWith(self, op: Any, *, arg: Any, start: Any) -> sge.Expression:
        begins = sge.EQ(this=self.f.left(arg, self.f.len(start)), expression=start.copy())
        return begins if _ends_in_no_blank(op.start) else self._require_length(begins, arg, start)

    def visit_EndsWith(self, op: Any, *, arg: Any, end: Any) -> sge.Expression:
        ends = sge.EQ(this=self.f.right(arg, self.f.len(end)), expression=end.copy())
        return ends if _ends_in_no_blank(op.end) else self._require_length(ends, arg, end)

    def _require_length(self, matches: sge.Expression, text: Any, part: Any) -> sge.Expression:
        is_as_long = sge.GTE(this=self.f.len(text.copy()), expression=self.f.len(part.copy()))
        return sge.paren(sge.And(this=matches, expression=is_as_long))

    def visit_NullIf(self, op: ops.NullIf, *, arg: Any, null_if_expr: Any) -> sge.Expression:
        """Blank out a value; of strings only the very same.

        The result has the type of the first: https://docs.aws.amazon.com/redshift/latest/dg/r_NULLIF_function.html
        """
        if not op.arg.dtype.is_string():
            value = self.f.nullif(arg, null_if_expr)
            is_of_type = op.arg.dtype.copy(nullable=True) == op.dtype.copy(nullable=True)
            return value if is_of_type else self.cast(value, op.dtype)
        return sge.Case(ifs=[self.if_(self._is_same(arg, null_if_expr), NULL)], default=arg.copy())

    def _is_same(self, left: Any, right: Any) -> sge.Expression:
        is_as_long = sge.EQ(this=self.f.len(left.copy()), expression=self.f.len(right.copy()))
        return sge.And(this=sge.EQ(this=left.copy(), expression=right.copy()), expression=is_as_long)

    # A backslash in a pattern escapes: https://docs.aws.amazon.com/redshift/latest/dg/r_patternmatching_condition_like.html

    def visit_StringSQLLike(self, op: Any, *, arg: Any, pattern: Any, escape: Any) -> sge.Expression:
        return self._like(sge.Like, op, arg, pattern)

    def visit_StringSQLILike(self, op: Any, *, arg: Any, pattern: Any, escape: Any) -> sge.Expression:
        """Compare without case; ILIKE does so for ASCII characters only."""
        if isinstance(op.pattern, ops.Literal) and op.pattern.value.isascii():
            return self._like(sge.ILike, op, arg, pattern)
        return self._like(sge.Like, op, self.f.lower(arg), self.f.lower(pattern))

    def _like(self, kind: type[sge.Binary], op: Any, arg: Any, pattern: Any) -> sge.Expression:
        if op.escape is not None:
            return sge.Escape(this=kind(this=arg, expression=pattern), expression=sge.convert(op.escape))
        if not isinstance(op.pattern, ops.Literal):
            pattern = self.f.replace(pattern, sge.convert(ESCAPE), sge.convert(ESCAPE * 2))
        elif ESCAPE in op.pattern.value:
            pattern = pattern.transform(_double_backslashes)
        return kind(this=arg, expression=pattern)

    def visit_StringContains(self, op: Any, *, haystack: Any, needle: Any) -> sge.Expression:
        """Search; every string contains the empty one."""
        if isinstance(op.needle, ops.Literal) and not op.needle.value:
            return sge.GTE(this=self.f.len(haystack), expression=sge.convert(0))
        return sge.GT(this=self.f.strpos(haystack, needle), expression=sge.convert(0))

    def visit_StringFind(self, op: Any, *, arg: Any, substr: Any, start: Any, end: Any) -> sge.Expression:
        if end is not None:
            raise com.UnsupportedOperationError("STRPOS has no end; cut the text before.")
        if start is None:
            return self.f.strpos(arg, substr)
        rest = self.f.substring(arg, sge.Add(this=sge.paren(start), expression=sge.convert(1)))
        place = self.f.strpos(rest, substr)
        is_found = sge.GT(this=place, expression=sge.convert(0))
        return self.if_(is_found, sge.Add(this=place.copy(), expression=sge.paren(start.copy())), sge.convert(0))

    def visit_Substring(self, op: Any, *, arg: Any, start: Any, length: Any) -> sge.Expression:
        """Cut out; a start below 0 counts from the end."""
        if isinstance(op.length, ops.Literal) and op.length.value < 0:
            raise com.IbisInputError(f"Length parameter must be a non-negative value; got {op.length.value}")
        first = sge.convert(1)
        forward = sge.Add(this=sge.paren(start), expression=first)
        from_end = sge.Add(
            this=sge.Add(this=self.f.len(arg.copy()), expression=sge.paren(start.copy())), expression=first
        )
        if isinstance(op.start, ops.Literal):
            place = sge.convert(op.start.value + 1) if op.start.value >= 0 else from_end
        else:
            place = self.if_(sge.GTE(this=sge.paren(start.copy()), expression=sge.convert(0)), forward, from_end)
            place = self._whole(op.start, place)
        return self.f.substring(arg, place, *([] if length is None else [self._whole(op.length, length)]))

    def visit_StrRight(self, op: Any, *, arg: Any, nchars: Any) -> sge.Expression:
        return self.f.right(arg, self._whole(op.nchars, nchars))

    def visit_Repeat(self, op: Any, *, arg: Any, times: Any) -> sge.Expression:
        return self.f.repeat(arg, self._whole(op.times, times))

    def _whole(self, op: ops.Value, number: Any) -> Any:
        """Return a place or length as an INTEGER, which AWS' pages ask for; Ibis counts in BIGINT."""
        return number if isinstance(op, ops.Literal) or op.dtype.nbytes < BIGINT_BYTES else self.cast(number, dt.int32)

    def visit_FindInSet(self, op: ops.FindInSet, *, needle: Any, values: Any) -> sge.Expression:
        """Return the place of a string among others, from 1; a comparison alone ignores blanks at the end."""
        places = [
            self.if_(self._is_same(needle, value), sge.convert(place)) for place, value in enumerate(values, start=1)
        ]
        return sge.Case(ifs=[self.if_(needle.copy().is_(NULL), NULL), *places], default=sge.convert(0))

    def visit_Strip(self, op: Any, *, arg: Any) -> sge.Expression:
        return self.f.btrim(arg, sge.convert(string.whitespace))

    def visit_RStrip(self, op: Any, *, arg: Any) -> sge.Expression:
        return self.f.rtrim(arg, sge.convert(string.whitespace))

    def visit_LStrip(self, op: Any, *, arg: Any) -> sge.Expression:
        return self.f.ltrim(arg, sge.convert(string.whitespace))

    def visit_LPad(self, op: Any, *, arg: Any, length: Any, pad: Any) -> sge.Expression:
        """Fill up on the left, never cutting."""
        return self.f.lpad(arg, self.f.greatest(self.f.len(arg.copy()), self._whole(op.length, length)), pad)

    def visit_RPad(self, op: Any, *, arg: Any, length: Any, pad: Any) -> sge.Expression:
        """Fill up on the right, never cutting."""
        return self.f.rpad(arg, self.f.greatest(self.f.len(arg.copy()), self._whole(op.length, length)), pad)

    def _take_piece(self, op: Any, split: Any) -> sge.Expression:
        """Take a piece of split text, from its start or its end."""
        place, separators = op.index.value, self._separators(op.arg, split)
        if place == -1:
            return self.f.split_part(*split.expressions, sge.Add(this=separators, expression=sge.convert(1)))
        # SPLIT_PART gives '' beyond the last piece, an index gives NULL.
        least = place if place >= 0 else -place - 1
        from_end = sge.Sub(this=separators.copy(), expression=sge.convert(least - 1))
        number = sge.convert(place + 1) if place >= 0 else from_end
        piece = self.f.split_part(*split.expressions, number)
        return self.if_(sge.GTE(this=separators, expression=sge.convert(least)), piece, NULL)

    def _count_pieces(self, op: Any, split: Any) -> Any:
        """Count the pieces of split text: one more than its separators."""
        return self.cast(sge.Add(this=self._separators(op.arg, split), expression=sge.convert(1)), op.dtype)

    def _separators(self, op: ops.StringSplit, split: Any) -> sge.Expression:
        text, pattern = split.expressions[0].copy(), sge.convert(re.escape(_delimiter(op)))
        return self.f.regexp_count(text, pattern)

    def visit_StringSplit(self, op: ops.StringSplit, *, arg: Any, delimiter: Any) -> sge.Expression:
        """Keep text and delimiter for the index that follows; alone it is not a value of Redshift."""
        return sge.Anonymous(this=SPLIT, expressions=[arg, delimiter])

    def visit_Hash(self, op: Any, *, arg: Any) -> sge.Expression:
        """Hash any value: https://docs.aws.amazon.com/redshift/latest/dg/r_FNV_HASH.html."""
        return self.f.fnv_hash(arg)

    def visit_HashBytes(self, op: ops.HashBytes, *, arg: Any, how: str) -> sge.Expression:
        """Digest text as bytes: https://docs.aws.amazon.com/redshift/latest/dg/hash-functions.html."""
        if how.lower() not in DIGESTS or not op.arg.dtype.is_string():
            raise com.UnsupportedOperationError(
                f"Redshift has no {how} of {op.arg.dtype}; take one of {', '.join(DIGESTS)} of a string."
            )
        return self.f.from_hex(self.visit_HexDigest(op, arg=arg, how=how.lower()))

    def visit_HexDigest(self, op: Any, *, arg: Any, how: str) -> sge.Expression:
        """Digest text, as lower case hexadecimal digits."""
        sizes = {"sha224": 224, "sha256": 256, "sha384": 384, "sha512": 512}
        return self.f.sha2(arg, sge.convert(sizes[how])) if how in sizes else self.f[how](arg)

    # Regular expressions: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_COUNT.html

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> sge.Expression:
        count = self.f.regexp_count(arg, pattern, sge.convert(FROM_START), sge.convert(PERL))
        return sge.GT(this=count, expression=sge.convert(0))

    def visit_RegexReplace(self, op: Any, *, arg: Any, pattern: Any, replacement: Any) -> sge.Expression:
        """Replace every match; the fourth argument is a position, not PostgreSQL's flags."""
        if not isinstance(op.replacement, ops.Literal) or re.search(r"[\\$]", op.replacement.value):
            raise com.UnsupportedOperationError(
                "REGEXP_REPLACE with references to groups is written differently by every engine; "
                "replace by plain text, or take the groups apart with re_extract."
            )
        return self.f.regexp_replace(arg, pattern, replacement, sge.convert(FROM_START), sge.convert(PERL))

    def visit_RegexExtract(self, op: Any, *, arg: Any, pattern: Any, index: Any) -> sge.Expression:
        """Take the first match or a group: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_SUBSTR.html.

        It takes the first group only, so that the groups before another one no longer capture. Of an empty string it
        is NULL, since that has no first character.
        """
        group = op.index.value if isinstance(op.index, ops.Literal) else None
        if group is None or group < 0:
            raise com.UnsupportedOperationError("REGEXP_SUBSTR takes a group by its number; write it as a literal.")
        if group > 1:
            pattern = sge.convert(_capture_one(op.pattern, group))
        flags = PERL if group == 0 else f"e{PERL}"
        match = self.f.regexp_substr(arg, pattern, sge.convert(FROM_START), sge.convert(FIRST), sge.convert(flags))
        return self.f.coalesce(match, self.f.left(arg.copy(), sge.convert(0)))


def _ends_in_no_blank(part: ops.Value) -> bool:
    return isinstance(part, ops.Literal) and not part.value.endswith(" ")


def _double_backslashes(node: sge.Expression) -> sge.Expression:
    return sge.convert(node.name.replace(ESCAPE, ESCAPE * 2)) if node.is_string else node


def refuse_split_alone(nodes: Iterable[sge.Expression]) -> None:
    """Refuse split text of which no piece was taken."""
    if any(isinstance(node, sge.Anonymous) and node.name == SPLIT for node in nodes):
        raise com.UnsupportedOperationError(
            "StringSplit gives an array, and Redshift has none; take a piece by its number: `text.split(',')[0]`."
        )


def _delimiter(op: ops.StringSplit) -> str:
    if not isinstance(op.delimiter, ops.Literal) or not op.delimiter.value:
        raise com.UnsupportedOperationError("SPLIT_PART takes a constant delimiter; write it as a literal.")
    text: str = op.delimiter.value
    return text


def _capture_one(op: ops.Value, number: int) -> str:
    """Return a pattern in which one group captures only."""
    pattern = op.value if isinstance(op, ops.Literal) else None
    if pattern is None or NAMED_GROUP.search(pattern) or BACK_REFERENCE.search(pattern):
        raise com.UnsupportedOperationError(
            "REGEXP_SUBSTR takes the first group only; use a constant pattern without names and references of groups."
        )
    opened = itertools.count(1)

    def mark(match: re.Match[str]) -> str:
        return match[0] if match[0] != "(" or next(opened) == number else "(?:"

    marked = GROUP_START.sub(mark, pattern)
    if next(opened) <= number:
        raise com.UnsupportedOperationError(f"The pattern {pattern!r} has no group {number}.")
    return marked
