"""Write a csv of another encoding as UTF-8, which DuckDB reads without an extension."""

from __future__ import annotations

import codecs
import shutil
from pathlib import Path

from marketing_ibis.engines.duckdb.files.csv_diagnostics import open_binary, open_text, wrong_encoding
from marketing_ibis.errors import SourceError
from marketing_ibis.model.file_format import FileFormat


def write_utf8(path: Path, form: FileFormat, folder: Path) -> Path:
    """Write the csv as UTF-8 into ``folder`` and return the file.

    Raises:
        SourceError: the file is in another encoding than ``form`` says.
    """
    _refuse_utf8_mark(path, form)
    copy = folder / f"{path.name.partition('.')[0]}.csv"
    try:
        with open_text(path, form) as source, copy.open("w", encoding="utf-8", newline="") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except UnicodeError as error:
        raise wrong_encoding(path, form) from error
    return copy


def _refuse_utf8_mark(path: Path, form: FileFormat) -> None:
    """Refuse a file that says itself that it is UTF-8: as latin-1 any bytes can be read."""
    with open_binary(path) as file:
        if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            raise SourceError(
                f"{path} is UTF-8 by its byte-order mark, not {form.encoding}.",
                hint="Remove --encoding, or the setting encoding of this file; nothing was loaded.",
            )
