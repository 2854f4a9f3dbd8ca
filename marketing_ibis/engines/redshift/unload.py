"""Write the statement by which Redshift writes rows to S3."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from marketing_ibis.errors import UsageError

FORMATS = {".csv": "CSV HEADER", ".parquet": "PARQUET", ".json": "JSON", ".jsonl": "JSON", ".ndjson": "JSON"}
"""What Redshift calls a format; its JSON has one object a line."""
_BUCKET_AND_KEY = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\s'\\]*[^\s'\\/]")
IAM_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")


def unload(select: str, place: str, iam_role: str | None, literal: Callable[[str], str]) -> str:
    """Return the UNLOAD of a SELECT to ``place``; ``literal`` writes a string.

    https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html

    Raises:
        UsageError: the place is no s3://bucket/key of a known format, or the role no ARN.
    """
    ending = PurePosixPath(place).suffix.lower()
    if not _BUCKET_AND_KEY.fullmatch(place) or ending not in FORMATS:
        raise UsageError(
            f"{place} is not an S3 location with a known format.",
            hint=f"Write s3://BUCKET/FOLDER/FILE and one of {', '.join(FORMATS)}.",
        )
    if iam_role is not None and not IAM_ROLE.fullmatch(iam_role):
        raise UsageError("The IAM role is not an ARN.", hint="Write arn:aws:iam::123456789012:role/NAME.")
    parts = (
        f"UNLOAD ({literal(select)})",
        f"TO {literal(f'{place[: -len(ending)]}_')}",
        f"IAM_ROLE {literal(iam_role) if iam_role else 'DEFAULT'}",
        f"FORMAT AS {FORMATS[ending]}",
        f"EXTENSION {literal(ending[1:])}",
        # One file, in order: a list is read by people.
        "PARALLEL OFF",
        "ALLOWOVERWRITE",
    )
    return "\n".join(parts)
