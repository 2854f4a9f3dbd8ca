"""The parts of a URL, cut out with regular expressions as RFC 3986 takes it apart; Redshift has no functions for them.

A part that is missing is NULL, and nothing is decoded.
"""

from __future__ import annotations

import re
from typing import Any

import ibis.common.exceptions as com
import ibis.expr.operations as ops
import sqlglot.expressions as sge

GROUP = "e"
"""Flag of REGEXP_SUBSTR that takes the first group: https://docs.aws.amazon.com/redshift/latest/dg/REGEXP_SUBSTR.html"""
PROTOCOL = "^([^:/?#]+):"
AUTHORITY = "^[^:/?#]*:?//([^/?#]*)"
BEFORE_PATH = "^([^:/?#]+:)?(//[^/?#]*)?"
QUERY = "^[^?#]*[?]([^#]*)"
FRAGMENT = "#(.*)$"


class UrlVisitors:
    """Visitors of the parts of a URL; part of the compiler."""

    f: Any

    def visit_ExtractProtocol(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._part(arg, PROTOCOL)

    def visit_ExtractAuthority(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._part(arg, AUTHORITY)

    def visit_ExtractUserInfo(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._part(self._match(arg, AUTHORITY), "^(.*)@")

    def visit_ExtractHost(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take what follows the user and precedes the port."""
        return self._part(self._match(arg, AUTHORITY), "([^@:]*)(:[0-9]*)?$")

    def visit_ExtractFile(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._remove(self._from_path(arg), "#.*$")

    def visit_ExtractPath(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._remove(self._from_path(arg), "[?#].*$")

    def visit_ExtractQuery(self, op: ops.ExtractQuery, *, arg: Any, key: Any) -> sge.Expression:
        """Take the query, or the value of its first parameter of a name."""
        if op.key is None:
            return self._part(arg, QUERY)
        if not isinstance(op.key, ops.Literal):
            raise com.UnsupportedOperationError(
                "REGEXP_SUBSTR takes a constant pattern; write the parameter's name as a literal."
            )
        parameters = sge.DPipe(this=sge.convert("&"), expression=self._match(arg, QUERY))
        return self._part(parameters, f"&{re.escape(op.key.value)}=([^&]*)")

    def visit_ExtractFragment(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._part(arg, FRAGMENT)

    def _from_path(self, url: Any) -> sge.Expression:
        return self._remove(url, BEFORE_PATH)

    def _remove(self, text: Any, pattern: str) -> sge.Expression:
        rest: sge.Expression = self.f.regexp_replace(text, sge.convert(pattern), sge.convert(""))
        return rest

    def _match(self, text: Any, pattern: str) -> sge.Expression:
        """Return the first group of the first match; an empty string where nothing matches."""
        first = sge.convert(1)
        match: sge.Expression = self.f.regexp_substr(
            text, sge.convert(pattern), first, first.copy(), sge.convert(GROUP)
        )
        return match

    def _part(self, text: Any, pattern: str) -> sge.Expression:
        part: sge.Expression = self.f.nullif(self._match(text, pattern), sge.convert(""))
        return part
