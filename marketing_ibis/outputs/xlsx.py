"""Write rows to a sheet of Excel."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import IO, TYPE_CHECKING

from marketing_ibis.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 1_048_575
"""Rows of a sheet, besides its header.

https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
"""
EXACT_DIGITS = 10**15
"""From here on Excel rounds whole numbers."""


def write_xlsx(file: IO[bytes], schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write rows to the only sheet of a new file; a string is never a formula.

    Raises:
        UsageError: openpyxl is not installed, or there are more rows than a sheet has.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.writer.excel import ExcelWriter
    except ImportError as error:
        raise UsageError(
            "Excel files are written by openpyxl, which is not installed.",
            hint="Install it: pip install 'marketing-ibis[xlsx]'.",
        ) from error
    from zipfile import ZIP_DEFLATED, ZipFile

    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")

    def cell(value: object) -> object:
        value = _plain(value)
        if not isinstance(value, str):
            return value
        text = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        text.data_type = "s"
        return text

    sheet.append([cell(name) for name in schema.names])
    row_count = 0
    for batch in batches:
        row_count += batch.num_rows
        if row_count > MOST_ROWS:
            raise UsageError(f"A sheet of Excel has room for {MOST_ROWS:,} rows.", hint="Write a .csv file.")
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append([cell(value) for value in row])
    # Not book.save: on a full disk it leaves sheet and archive open, and these then complain of a closed file.
    sheet.close()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()


def _plain(value: object) -> object:
    """Return a value as Excel has it: numbers that it would round and timestamps with a zone become strings."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT_DIGITS:
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
