"""Read a sheet of a workbook into a parquet file of text, each cell as a person would type it into a csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketing_ibis.engines.duckdb.files.headers import refuse_duplicates
from marketing_ibis.errors import SourceError, nearest
from marketing_ibis.model.file_format import FileFormat

if TYPE_CHECKING:
    import pyarrow as pa

ROW_NUMBER = "number_of_row"
"""The column with the row of the sheet, counted as the workbook does."""
BATCH_ROWS = 10_000
LONGEST_DIGITS = 15
"""Digits that Excel shows of a number: the rest is noise of its arithmetic."""


def write_sheet(path: Path, table: str, form: FileFormat, folder: Path) -> tuple[Path, list[str]]:
    """Write the sheet of ``table`` as parquet into ``folder`` and return the file and the names of its columns.

    The columns are named ``column 1`` and so on, so that a sheet may have nameless ones.

    Raises:
        SourceError: the workbook cannot be read, several sheets may be meant, or the sheet has no row of names.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = _numbered_rows(_choose_sheet(path, table, form))
    header = next(rows, None)
    if header is None:
        raise SourceError(f"{path} is empty.", hint="Its first row must contain the names of the columns.")
    names = [_text(cell, form) or "" for cell in header[1]]
    refuse_duplicates(path, names)
    fields = [pa.field(ROW_NUMBER, pa.int64()), *(pa.field(column_name(n), pa.string()) for n in range(len(names)))]
    file = folder / f"{path.stem}.parquet"
    with pq.ParquetWriter(file, pa.schema(fields), compression="none") as writer:
        for batch in _batches(rows, len(names), form, pa.schema(fields)):
            writer.write_batch(batch)
    return file, names


def column_name(position: int) -> str:
    """Return how the column at a position, counted from 0, is named in the parquet file."""
    return f"column {position + 1}"


def _choose_sheet(path: Path, table: str, form: FileFormat) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return workbook.get_sheet_by_name(_sheet_name(path, table, form, visible))
    except (CalamineError, OSError) as error:
        raise SourceError(
            f"{path} is not a readable workbook: {error}.", hint="Save it again as xlsx, or as csv."
        ) from error


def _sheet_name(path: Path, table: str, form: FileFormat, names: list[str]) -> str:
    if form.sheet:
        if form.sheet not in names:
            raise SourceError(f"{path} has no sheet {form.sheet}.", hint=nearest(form.sheet, names))
        return form.sheet
    same_name = [name for name in names if name.lower() == table.lower()]
    if len(names) == 1 or len(same_name) == 1:
        return (same_name or names)[0]
    raise SourceError(
        f"{path} has {len(names)} sheets, and none of them is named {table}: {', '.join(names[:8])}.",
        hint=f"Say which one to read: --sheet NAME, or sheet = NAME under [tool.marketing_ibis.files.{table}].",
    )


def _numbered_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows that have a value, each with its number in the workbook."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if cells.count("") < len(cells):
            yield number, cells


def _batches(
    rows: Iterable[tuple[int, list[Any]]], width: int, form: FileFormat, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    iterator = iter(rows)
    while chunk := list(islice(iterator, BATCH_ROWS)):
        numbers = pa.array([number for number, _ in chunk], pa.int64())
        texts = [_texts([cells[place] for _, cells in chunk], form) for place in range(width)]
        yield pa.record_batch([numbers, *texts], schema=schema)


def _texts(cells: Sequence[object], form: FileFormat) -> pa.Array:
    """Return the cells of a column as ``_text`` does, at once where all of them are of one kind."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = set(map(type, cells))
    if kinds == {str}:
        texts = pa.array(cells, pa.string())
        return pc.if_else(pc.not_equal(texts, ""), texts, None)
    filled = [None if cell == "" else cell for cell in cells] if str in kinds else cells
    kinds = {type(cell) for cell in filled if cell is not None}
    if kinds == {float}:
        numbers = pa.array(filled, pa.float64())
        has_digits_only = pc.less(pc.abs(numbers), float(10**LONGEST_DIGITS))
        is_whole = pc.and_(pc.equal(pc.trunc(numbers), numbers), has_digits_only)
        whole = pc.if_else(is_whole, numbers, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(whole, _texts_by_value(pc.if_else(is_whole, None, numbers), form))
    if kinds in ({datetime}, {date}):
        return _texts_by_value(pa.array(filled), form)
    return pa.array([_text(cell, form) for cell in filled], pa.string())


def _texts_by_value(cells: pa.Array, form: FileFormat) -> pa.Array:
    """Return the cells of a column as text, each different value once."""
    import pyarrow as pa

    encoded = cells.dictionary_encode()
    texts = [_text(cell, form) for cell in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def _text(cell: object, form: FileFormat) -> str | None:
    """Return a cell as text; None for an empty one."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_text(cell).replace(".", form.decimal)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell) if cell is not None else None


def _number_text(number: float) -> str:
    if number == int(number) and abs(number) < 10**LONGEST_DIGITS:
        return str(int(number))
    return f"{number:.{LONGEST_DIGITS}g}"
