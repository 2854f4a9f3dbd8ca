"""Read the lines of a csv: the names in its header, the lines of rows, the first line that is broken."""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from marketing_ibis.engines.duckdb.files.headers import refuse_duplicates
from marketing_ibis.errors import SourceError
from marketing_ibis.model.file_format import FileFormat

if TYPE_CHECKING:
    import _csv

BLOCK = 1 << 20


def read_header(path: Path, form: FileFormat) -> list[str]:
    """Return the names in the first line.

    Raises:
        SourceError: the file is empty, in another encoding, damaged, or two columns bear one name.
    """
    try:
        if path.suffix == ".gz":
            _unzip(path)
        with open_text(path, form) as text:
            header = next(_reader(text, form), None)
    except UnicodeError as error:
        raise wrong_encoding(path, form) from error
    except (csv.Error, OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read: {error}.", hint="Export it again; nothing was loaded.") from error
    if not header:
        problem = "is empty" if header is None else "starts with a blank line"
        raise SourceError(f"{path} {problem}.", hint="It must start with a line of column names.")
    refuse_duplicates(path, header)
    return header


def lines_of(path: Path, form: FileFormat, rows: Collection[int]) -> dict[int, int]:
    """Return the line on which each of the data ``rows`` starts, counted as an editor does."""
    lines: dict[int, int] = {}
    with open_text(path, form) as text:
        reader = _reader(text, form)
        next(reader)
        number, end, last = 0, reader.line_num, max(rows)
        for fields in reader:
            number += bool(fields)
            if fields and number in rows:
                lines[number] = end + 1
            if number == last:
                break
            end = reader.line_num
    return lines


def broken_line(path: Path, form: FileFormat) -> SourceError | None:
    """Return what is wrong with the structure: another encoding, a row too long or too short, a stray quote."""
    last = 1
    try:
        with open_text(path, form) as text:
            reader = _reader(text, form)
            width = len(next(reader, []))
            last = reader.line_num
            for row in reader:
                if row and len(row) != width:
                    return SourceError(
                        f"{path}, line {last + 1}: {len(row)} fields where the header has {width}.",
                        hint="Quote fields that contain the delimiter; nothing was loaded.",
                    )
                last = reader.line_num
    except UnicodeError:
        return wrong_encoding(path, form)
    except csv.Error as error:
        return SourceError(f"{path}, line {last + 1}: {error}.", hint="Correct the quotes; nothing was loaded.")
    return None


def inconsistent_line_end(path: Path, form: FileFormat) -> SourceError | None:
    """Return the first line that ends in other characters than the header, as in files pieced together."""
    with open_text(path, form) as text:
        header = _ending(next(text, ""))
        for number, line in enumerate(text, start=2):
            if _ending(line) not in (header, ""):
                return SourceError(
                    f"{path}, line {number}: the line ends in {_ending(line)!r}, the header in {header!r}.",
                    hint="Save the file with one kind of line end; nothing was loaded.",
                )
    return None


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def wrong_encoding(path: Path, form: FileFormat) -> SourceError:
    """Return the error of a file that is not in the encoding of ``form``, with the first line that is not."""
    if not form.is_utf8:
        return SourceError(
            f"{path} is not encoded as {form.encoding}.",
            hint="Name its encoding with --encoding, or save the file as UTF-8; nothing was loaded.",
        )
    number = next((number for number, line in _enumerate_lines(path) if not _is_utf8(line)), 1)
    return SourceError(
        f"{path}, line {number}: not UTF-8.",
        hint="Name its encoding, such as --encoding latin-1 or cp1252, or save the file as UTF-8; nothing was loaded.",
    )


def _enumerate_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with open_binary(path) as lines:
        yield from enumerate(lines, start=1)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unzip(path: Path) -> None:
    """Read to the checksum at the end, which the engine does not compare."""
    with gzip.open(path) as file:
        while file.read(BLOCK):
            pass


def open_text(path: Path, form: FileFormat) -> TextIO:
    """Open a csv, zipped or not, as the text that it is."""
    encoding = "utf-8-sig" if form.is_utf8 else form.encoding
    return io.TextIOWrapper(open_binary(path), encoding=encoding, newline="")


def _reader(text: TextIO, form: FileFormat) -> _csv.Reader:
    # Fields of any length: the limit of the csv module is for other uses.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    return csv.reader(text, delimiter=form.delimiter, strict=True)


def open_binary(path: Path) -> gzip.GzipFile | io.BufferedReader:
    """Open a file that may be zipped."""
    return gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb")
