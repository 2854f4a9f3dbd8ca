"""Check the options of COPY and UNLOAD: credentials, and what excludes or needs what.

https://docs.aws.amazon.com/redshift/latest/dg/r_COPY-parameters.html and r_UNLOAD.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from marketing_ibis.engines.redshift.gate.parsing import Statement
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.vocabulary import words

AUTHORIZATION = "copy-parameters-authorization.html"
FORMATS = "copy-parameters-data-format.html"
COLUMNAR = "copy-usage_notes-copy-from-columnar.html"
KEYS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
SOURCES = ("s3://", "emr://", "dynamodb://")
_TEXT_ONLY = words(
    """
    ACCEPTANYDATE BLANKSASNULL BZIP2 COMPROWS COMPUPDATE DATEFORMAT DELIMITER EMPTYASNULL ENCODING ENCRYPTED ESCAPE
    FIXEDWIDTH GZIP IGNOREALLERRORS IGNOREBLANKLINES IGNOREHEADER LZOP MAXERROR NULL QUOTE READRATIO REMOVEQUOTES
    ROUNDEC TIMEFORMAT TRIMBLANKS TRUNCATECOLUMNS ZSTD
    """
)
_NO_FIELDS = words("DELIMITER ESCAPE FILLRECORD FIXEDWIDTH IGNOREBLANKLINES READRATIO REMOVEQUOTES QUOTE")
COPY_EXCLUDES: Mapping[str, frozenset[str]] = {
    "CSV": frozenset({"FIXEDWIDTH", "REMOVEQUOTES", "ESCAPE"}),
    "FIXEDWIDTH": frozenset({"DELIMITER", "ESCAPE"}),
    "SHAPEFILE": frozenset({"FIXEDWIDTH", "REMOVEQUOTES", "ESCAPE"}),
    "JSON": _NO_FIELDS,
    "AVRO": _NO_FIELDS,
    "PARQUET": _TEXT_ONLY,
    "ORC": _TEXT_ONLY,
    "CREDENTIALS": frozenset({"MASTER_SYMMETRIC_KEY"}),
}
UNLOAD_EXCLUDES: Mapping[str, frozenset[str]] = {
    "CSV": frozenset({"FIXEDWIDTH", "ADDQUOTES"}),
    "FIXEDWIDTH": frozenset({"DELIMITER", "HEADER"}),
    "PARQUET": words("DELIMITER FIXEDWIDTH ADDQUOTES ESCAPE NULL HEADER GZIP BZIP2 ZSTD"),
    "JSON": words("DELIMITER FIXEDWIDTH ADDQUOTES ESCAPE NULL HEADER"),
    "CREDENTIALS": frozenset({"MASTER_SYMMETRIC_KEY", "KMS_KEY_ID"}),
    "KMS_KEY_ID": frozenset({"MASTER_SYMMETRIC_KEY"}),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "MASTER_SYMMETRIC_KEY": ("ENCRYPTED",),
    "KMS_KEY_ID": ("ENCRYPTED",),
    "QUOTE": ("CSV",),
    "SECRET_ACCESS_KEY": ("ACCESS_KEY_ID",),
    "ACCESS_KEY_ID": ("SECRET_ACCESS_KEY",),
    "SESSION_TOKEN": ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"),
    "ROWGROUPSIZE": ("PARQUET",),
}
LIMITS: Mapping[str, tuple[float, float]] = {"MAXERROR": (0, 100_000), "COMPROWS": (1_000, 2_147_483_647)}


def check_copy(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the options of COPY."""
    statement_words = statement.words()
    start = statement_words.index("FROM")
    source = statement_words[start + 1].strip("'")
    if not source.lower().startswith(SOURCES) and "SSH" not in statement_words:
        reason = "COPY reads from S3, EMR, DynamoDB or over SSH"
        yield Refusal(f"source '{source}'", reason, "s3://...", "copy-parameters-data-source.html")
    options = statement_words[start + 2 :]
    is_table = source.lower().startswith("dynamodb://")
    if is_table != ("READRATIO" in options):
        construct = "a DynamoDB table without READRATIO" if is_table else "READRATIO"
        reason = "reading one needs it" if is_table else "it is the share of a DynamoDB table's throughput"
        instead = "READRATIO 50" if is_table else "COPY FROM 'dynamodb://...'"
        yield Refusal(construct, reason, instead, "copy-parameters-data-source-dynamodb.html")
    if "QUOTE" in options:
        sign = next(word for word in options[options.index("QUOTE") + 1 :] if word != "AS")
        if len(sign[1:-1].replace("''", "'").lstrip("\\")) > 1:
            yield Refusal(f"QUOTE {sign}", "it is one character", "QUOTE '\"'", FORMATS)
    yield from _check_delimiter(options)
    yield from _check_options(options, COPY_EXCLUDES, statement.page)


def check_unload(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the options of UNLOAD."""
    statement_words = statement.words()
    start = statement_words.index("TO")
    if not statement_words[start + 1].lower().startswith("'s3://"):
        yield Refusal(f"target {statement_words[start + 1]}", "UNLOAD writes to S3", "'s3://...'", statement.page)
    yield from _check_delimiter(statement_words[start + 2 :])
    yield from _check_options(statement_words[start + 2 :], UNLOAD_EXCLUDES, statement.page)
    yield from _check_sizes(statement_words[start + 2 :], statement.page)


def _check_delimiter(options: list[str]) -> Iterator[Refusal]:
    """Check that DELIMITER is one character, or the escape of one."""
    if "DELIMITER" not in options:
        return
    sign = next((word for word in options[options.index("DELIMITER") + 1 :] if word != "AS"), "''")
    text = sign[1:-1].replace("''", "'")
    if len(text) != 1 and not _ESCAPED.fullmatch(text):
        yield Refusal(f"DELIMITER {sign}", "it is one character", "DELIMITER ','", FORMATS)


_ESCAPED = re.compile(r"\\{1,2}(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)")


def _check_options(options: list[str], excludes: Mapping[str, frozenset[str]], page: str) -> Iterator[Refusal]:
    yield from _check_authorization(options)
    present = set(options)
    for option in sorted(present & excludes.keys()):
        for other in sorted(present & excludes[option]):
            where = COLUMNAR if option in ("PARQUET", "ORC") else FORMATS
            yield Refusal(f"{option} with {other}", "they exclude each other", "one of both", where)
    for option in sorted(present & NEEDS.keys()):
        for other in NEEDS[option]:
            if other not in present and not (other == "CSV" and "CSV" in present):
                yield Refusal(f"{option} without {other}", "it needs it", f"{option} and {other}", page)
    for option in sorted(present & LIMITS.keys()):
        number = next(word for word in options[options.index(option) + 1 :] if word[:1].isdigit())
        least, most = LIMITS[option]
        if not least <= float(number) <= most:
            yield Refusal(f"{option} {number}", f"it is between {least:,} and {most:,}", "such a number", page)


def _check_authorization(options: list[str]) -> Iterator[Refusal]:
    ways: list[str] = [way for way in ("IAM_ROLE", "CREDENTIALS") if way in options]
    ways += ["ACCESS_KEY_ID"] if any(key in options for key in KEYS) else []
    if not ways:
        yield Refusal("credentials", "there are none", "IAM_ROLE default", AUTHORIZATION)
    elif len(ways) > 1:
        yield Refusal(" and ".join(ways), "one authorization is allowed", "IAM_ROLE alone", AUTHORIZATION)


def _check_sizes(options: list[str], page: str) -> Iterator[Refusal]:
    """Check MAXFILESIZE, 5 MB to 6.2 GB, and ROWGROUPSIZE, 32 to 128 MB."""
    for option, least, most in (("MAXFILESIZE", 5.0, 6.2 * 1024), ("ROWGROUPSIZE", 32.0, 128.0)):
        if option in options:
            place = options.index(option) + 1 + (options[options.index(option) + 1] == "AS")
            unit = options[place + 1] if place + 1 < len(options) else "MB"
            size = float(options[place]) * (1024 if unit == "GB" else 1)
            if not least <= size <= most:
                reason = f"it is between {least:g} and {most:g} MB"
                yield Refusal(f"{option} {options[place]}", reason, "a size in these limits", page)
