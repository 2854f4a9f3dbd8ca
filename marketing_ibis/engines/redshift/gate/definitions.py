"""Check what a table is made of: its columns, their types and encodings, and the keys by which its rows lie.

https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.data_types import INSTEAD, UNSUPPORTED, check_data_type
from marketing_ibis.engines.redshift.gate.parsing import Statement, fold
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.tokens import check_name

PAGE = "r_CREATE_TABLE_NEW.html"
ENCODINGS_PAGE = "c_Compression_encodings.html"
INTERLEAVED_KEYS = 8
WITHOUT_ORDER = frozenset({"SUPER", "GEOMETRY", "GEOGRAPHY", "HLLSKETCH", "VARBYTE"})
"""Types that no key takes.

https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html and spatial-limitations.html
"""
SAME_TYPES = {
    "INT2": "SMALLINT", "INT4": "INTEGER", "INT": "INTEGER", "INT8": "BIGINT", "NUMERIC": "DECIMAL", "FLOAT4": "REAL",
    "FLOAT8": "DOUBLE", "FLOAT": "DOUBLE", "BOOL": "BOOLEAN", "CHARACTER": "CHAR", "NCHAR": "CHAR", "BPCHAR": "CHAR",
    "NVARCHAR": "VARCHAR", "TEXT": "VARCHAR", "VARBINARY": "VARBYTE", "BINARY": "VARBYTE",
}  # fmt: skip
_WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
_INSTANTS = frozenset({"DATE", "TIMESTAMP", "TIMESTAMPTZ"})
_ANY = frozenset(SAME_TYPES.values()) | _INSTANTS | {"TIME", "TIMETZ", "SUPER", "INTERVAL"}
ENCODINGS = {
    "AZ64": _WHOLE | _INSTANTS | {"DECIMAL", "TIME", "TIMETZ", "INTERVAL"},
    "BYTEDICT": _ANY - {"BOOLEAN", "SUPER", "VARBYTE"},
    "DELTA": _WHOLE | _INSTANTS | {"DECIMAL"},
    "DELTA32K": (_WHOLE | _INSTANTS | {"DECIMAL"}) - {"SMALLINT"},
    "LZO": _ANY - {"BOOLEAN", "REAL", "DOUBLE"},
    "MOSTLY8": _WHOLE | {"DECIMAL"},
    "MOSTLY16": (_WHOLE | {"DECIMAL"}) - {"SMALLINT"},
    "MOSTLY32": frozenset({"BIGINT", "DECIMAL"}),
    "RAW": _ANY | {"GEOMETRY", "GEOGRAPHY", "HLLSKETCH"},
    "RUNLENGTH": _ANY,
    "TEXT255": frozenset({"VARCHAR"}),
    "TEXT32K": frozenset({"VARCHAR"}),
    "ZSTD": _ANY,
}
"""Encodings with the types that they take: https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html"""
READER = Redshift()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is created or altered."""

    name: str
    type: str
    kind: str
    is_documented: bool
    encoding: str
    is_identity: bool
    is_dist_key: bool
    is_sort_key: bool
    has_collation: bool


def check_table(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the columns, constraints and attributes of CREATE TABLE."""
    columns = _columns(statement, "column_definition")
    if len(columns) > vocabulary.COLUMNS:
        construct, reason = f"{len(columns)} columns", f"{vocabulary.COLUMNS} at most"
        yield Refusal(construct, reason, "fewer columns", "r_CREATE_TABLE_usage.html")
    yield from _check_names(statement.texts("column_name"))
    for column in columns:
        yield from (refusal.of(column.name) for refusal in _check_column(column))
    identities = [column.name for column in columns if column.is_identity]
    if len(identities) > 1:
        yield Refusal(f"IDENTITY of {' and '.join(identities)}", "a table has one", "one IDENTITY column", PAGE)
    if statement.words().count("PRIMARY") > 1:
        yield Refusal("two primary keys", "a table has one, of several columns", "PRIMARY KEY (a, b)", PAGE)
    names = None if "LIKE" in statement.words() else {column.name.lower() for column in columns}
    for constraint in statement.find("constraint"):
        keys = statement.names("key_column", constraint)
        yield from _check_keys("a constraint", keys, names)
        yield from _check_references(keys, statement.words(constraint))
    yield from _check_attributes(statement, columns, names)


def _check_references(keys: Sequence[str], words: Sequence[str]) -> Iterator[Refusal]:
    """Yield a refusal of a foreign key that has another number of columns than what it refers to."""
    if "REFERENCES" not in words:
        return
    referenced = words[words.index("REFERENCES") + 1 :]
    columns = referenced[referenced.index("(") :].count(",") + 1 if "(" in referenced else len(keys)
    if columns != len(keys):
        reason = f"it refers to {columns} columns"
        yield Refusal(f"a foreign key of {len(keys)} columns", reason, "as many columns on both sides", PAGE)


def check_added_column(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the column or with the type of an ALTER TABLE."""
    words = [word for part in statement.find("added_column") for word in statement.words(part)]
    if ("NOT", "NULL") in itertools.pairwise(words) and "DEFAULT" not in words:
        instead = "DEFAULT, or a column that may be NULL"
        yield Refusal("an added NOT NULL column", "its rows have no value yet", instead, "r_ALTER_TABLE.html")
    for column in _columns(statement, "added_column"):
        yield from (refusal.of(column.name) for refusal in (*_check_column(column), *_check_names([column.name])))
    for encoding in statement.texts("encoding"):
        yield from _check_encoding(encoding, "")
    for text in statement.texts("varying"):
        yield from _check_type(text, is_documented=True)


def check_layout(statement: Statement, names: Sequence[str] | None) -> Iterator[Refusal]:
    """Yield what is wrong with the attributes of a table that a query fills with columns of these ``names``."""
    yield from _check_names(statement.texts("column_name"))
    columns = statement.names("column_name") or names
    yield from _check_attributes(statement, [], set(map(str.lower, columns)) if columns else None)


def check_temporary(statement: Statement) -> Iterator[Refusal]:
    """Yield a refusal of a temporary table in a schema: it has one of its own."""
    for table in statement.texts("new_table"):
        if statement.find("temporary") and "." in table:
            yield Refusal(f"temporary table {table}", "it cannot be in a schema", table.split(".")[-1].strip(), PAGE)


def _columns(statement: Statement, rule: str) -> list[Column]:
    columns = []
    for part in statement.find(rule):
        text = statement.texts("column_type", part)[0]
        words = text.upper().replace("(", " ").split()
        kind = SAME_TYPES.get(words[0], words[0])
        if kind == "CHAR" and words[1:2] == ["VARYING"]:
            kind = "VARCHAR"
        columns.append(
            Column(
                statement.texts("column_name", part)[0].strip('"'),
                text,
                kind,
                not statement.find("other_type", part),
                "".join(statement.texts("encoding", part)).upper(),
                bool(statement.find("identity", part)),
                bool(statement.find("column_dist_key", part)),
                bool(statement.find("column_sort_key", part)),
                "COLLATE" in statement.words(part),
            )
        )
    return columns


def _check_names(texts: Sequence[str]) -> Iterator[Refusal]:
    folded_names: dict[str, str] = {}
    for text in texts:
        name = text.strip('"')
        yield from check_name(name)
        other = folded_names.get(fold(text))
        folded_names[fold(text)] = name
        if other is not None:
            yield Refusal(f"columns {other} and {name}", "they are folded to one", "another name", "r_names.html")


def _check_column(column: Column) -> Iterator[Refusal]:
    yield from _check_type(column.type, is_documented=column.is_documented)
    if column.encoding:
        yield from _check_encoding(column.encoding, column.kind)
    if column.has_collation and column.kind not in ("CHAR", "VARCHAR"):
        yield Refusal(f"COLLATE of {column.type}", "only strings have one", "the column without it", PAGE)
    if column.is_identity and column.kind not in ("INTEGER", "BIGINT"):
        yield Refusal(f"IDENTITY of {column.type}", "it is an INT or a BIGINT", "BIGINT IDENTITY(1, 1)", PAGE)
    if column.is_dist_key or column.is_sort_key:
        yield from _check_key_type(column)


def _check_key_type(column: Column) -> Iterator[Refusal]:
    if column.kind in WITHOUT_ORDER:
        page = "spatial-limitations.html" if column.kind.startswith("GEO") else "limitations-super.html"
        yield Refusal(f"a key of type {column.kind}", "no key has this type", "another column", page)


def _check_encoding(encoding: str, kind: str) -> Iterator[Refusal]:
    types = ENCODINGS.get(encoding.upper())
    if types is None:
        yield Refusal(f"ENCODE {encoding}", "it is not a documented encoding", "AZ64, ZSTD or RAW", ENCODINGS_PAGE)
    elif kind and kind not in types:
        yield Refusal(f"ENCODE {encoding}", f"it does not encode {kind}", "another encoding", ENCODINGS_PAGE)


def _check_type(text: str, *, is_documented: bool) -> Iterator[Refusal]:
    word = text.split("(")[0].split("[")[0].split()[0].upper()
    if not is_documented:
        instead = INSTEAD.get(word, "a documented type")
        yield Refusal(f"type {text}", "it is not supported, or not what it says", instead, UNSUPPORTED)
        return
    if word in ("INTERVAL", "TEXT", "BINARY"):
        return
    try:
        (kind,) = READER.parse_into(sge.DataType, text)
    except SqlglotError:
        yield Refusal(f"type {text}", "it cannot be read", "a documented type", "c_Supported_data_types.html")
        return
    if isinstance(kind, sge.DataType):
        yield from check_data_type(kind)


def _check_attributes(statement: Statement, columns: Sequence[Column], names: set[str] | None) -> Iterator[Refusal]:
    """Check the attributes that say where rows lie: one key at most, and a style that fits it."""
    by_name = {column.name.lower(): column for column in columns}
    dist_keys = [*statement.names("dist_key"), *(column.name.lower() for column in columns if column.is_dist_key)]
    style = "".join(statement.texts("dist_style")).upper()
    if len(dist_keys) > 1:
        yield Refusal(f"DISTKEY of {' and '.join(dist_keys)}", "a table has one at most", "one DISTKEY", PAGE)
    if style == "KEY" and not dist_keys:
        yield Refusal("DISTSTYLE KEY", "no column is the DISTKEY", "DISTKEY (a)", PAGE)
    if style not in ("", "KEY") and dist_keys:
        yield Refusal(f"DISTSTYLE {style} with a DISTKEY", "only KEY takes a column", "DISTKEY (a)", PAGE)
    yield from _check_keys("DISTKEY", statement.names("dist_key"), names)
    sort_keys = statement.names("sort_key_column")
    of_columns = [column.name for column in columns if column.is_sort_key]
    if len(of_columns) > 1 or (of_columns and statement.find("table_sort_key")):
        yield Refusal("two SORTKEYs", "a table has one, of several columns", "SORTKEY (a, b)", PAGE)
    yield from _check_keys("SORTKEY", sort_keys, names)
    is_interleaved = statement.texts("sort_style") and statement.texts("sort_style")[0].upper() == "INTERLEAVED"
    most = INTERLEAVED_KEYS if is_interleaved else vocabulary.SORT_KEYS
    if len(sort_keys) > most:
        yield Refusal("SORTKEY", f"{most} columns at most", "fewer columns", PAGE)
    for name in {*statement.names("dist_key"), *sort_keys} & by_name.keys():
        yield from (refusal.of(name) for refusal in _check_key_type(by_name[name]))


def _check_keys(construct: str, keys: Sequence[str], names: set[str] | None) -> Iterator[Refusal]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield Refusal(f"{construct} of {key}", "the column is listed twice", "it once", PAGE)
        if names is not None and key not in names:
            yield Refusal(f"{construct} of {key}", "it is not a column of the table", "a column of the table", PAGE)
