"""Write rows to a csv, parquet, json or xlsx file that appears whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from marketing_ibis.atomic_write import replacing
from marketing_ibis.errors import UsageError, nearest
from marketing_ibis.outputs.xlsx import write_xlsx

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""By what a spreadsheet may take a cell for a formula, wide forms included: https://owasp.org/www-community/attacks/CSV_Injection"""
TEXT_MARK = "'"
"""Put before such a cell, it makes it a string."""
UNESCAPED = {"content": "phone"}
"""Metadata of a column whose strings are phone numbers: digits after a plus are not a formula."""

Writer = Callable[[IO[bytes], "pa.Schema", Iterable["pa.RecordBatch"]], None]


def write_file(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write rows in the format that the name of ``path`` ends with, and return how many there are.

    Raises:
        UsageError: the format is unknown, or the file cannot be written.
    """
    write = _writer(path)
    row_count = 0
    remaining = iter(batches)
    # Most queries fail before their first row: then no folder is created.
    first = tuple(islice(remaining, 1))

    def count_rows() -> Iterator[pa.RecordBatch]:
        nonlocal row_count
        for batch in chain(first, remaining):
            row_count += batch.num_rows
            yield batch

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            write(file, schema, count_rows())
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror or error}.", hint="Choose another file with --to."
        ) from error
    return row_count


def write_rows(format_name: str, file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write rows to an open file in the format ``csv``, ``json`` or another of ``WRITERS``."""
    WRITERS[f".{format_name}"](file, schema, batches)


def check_path(path: Path) -> None:
    """Refuse a file that cannot be written, before anything is read for it.

    Raises:
        UsageError: the format is unknown, or a folder has the name, or a file that of the folder.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Name a file in it with --to.")
    _writer(path)
    for folder in path.parents:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, not a folder.", hint="Choose another folder with --to.")


def _writer(path: Path) -> Writer:
    ending = path.suffix.lower()
    if ending not in WRITERS:
        problem = f"ends in {ending}, which is not a known format" if ending else "has no ending that names its format"
        raise UsageError(
            f"The file {path.name} {problem}.",
            hint=nearest(ending, WRITERS) if ending else f"Known: {', '.join(sorted(WRITERS))}.",
        )
    return WRITERS[ending]


def _write_csv(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    from pyarrow import csv

    with csv.CSVWriter(file, schema) as writer:
        for batch in batches:
            writer.write_batch(_escape_formulas(batch))


def _escape_formulas(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = list(batch.columns)
    for index, field in enumerate(batch.schema):
        is_escaped = b"content" not in (field.metadata or {})
        if pa.types.is_string(field.type) and is_escaped:
            text = columns[index]
            is_formula = pc.match_substring_regex(text, f"^[{FORMULA_STARTS}]".replace("-", r"\-", 1))
            columns[index] = pc.if_else(is_formula, pc.binary_join_element_wise(TEXT_MARK, text, ""), text)
    return pa.record_batch(columns, schema=batch.schema)


def _write_parquet(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_json(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    opening = b"[\n"
    for row in _json_rows(batches):
        file.write(opening + row)
        opening = b",\n"
    file.write(b"[]\n" if opening == b"[\n" else b"\n]\n")


def _write_json_lines(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    for row in _json_rows(batches):
        file.write(row + b"\n")


def _json_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    for batch in batches:
        for row in batch.to_pylist():
            plain = {name: _plain(value) for name, value in row.items()}
            yield json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()


def _plain(value: object) -> object:
    """Return a value as JSON knows it: money and days as text, since a double would round them."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        ".csv": _write_csv,
        ".parquet": _write_parquet,
        ".json": _write_json,
        ".jsonl": _write_json_lines,
        ".ndjson": _write_json_lines,
        ".xlsx": write_xlsx,
    }
)
"""By the ending of a file's name."""
