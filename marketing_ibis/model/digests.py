"""Digests of strings, which every engine computes under the same name."""

from __future__ import annotations

import ibis


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """Return the MD5 digest of a string, in hexadecimal digits."""
